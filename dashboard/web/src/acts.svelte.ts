/**
 * What people ask the server to do from this page, and what it answered. Nothing is assumed to have happened: a button
 * says "sending" until the reply, and the screen changes only by the frames that follow.
 */

import type { Act, Deed, Reply } from "./protocol";
import { words } from "./words";

export type Progress = { at: "sending" } | { at: "done"; note?: string } | { at: "refused"; error: string };

/** Without a reply in this time the page says so. The act may still have been done: the tile tells. */
export const REPLY_MS = 5000;
/** How long a button shows that the server agreed. */
export const DONE_MS = 1500;
/** How long it shows what the server adds: that it is done, but not on the disk yet. */
export const NOTE_MS = 10_000;

const NAME_KEY = "vitalwatch.actor";
const NAMES_KEY = "vitalwatch.actors";
const NAMES_KEPT = 6;

type Store = Pick<Storage, "getItem" | "setItem">;

/** Who is at this screen. Replaced by sign-in later; nothing else on the page asks for a name. */
export class Actor {
  name = $state("");
  /** Names given on this screen before, newest first. */
  known = $state.raw<string[]>([]);
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.name = store.getItem(NAME_KEY) ?? "";
    this.known = (store.getItem(NAMES_KEY) ?? "").split("\n").filter(Boolean);
  }

  choose(name: string): void {
    this.name = name.replace(/\s+/g, " ").trim();
    if (!this.name) return;
    this.known = [this.name, ...this.known.filter((other) => other !== this.name)].slice(0, NAMES_KEPT);
    this.#store.setItem(NAME_KEY, this.name);
    this.#store.setItem(NAMES_KEY, this.known.join("\n"));
  }
}

/** The deeds under way, one for each button. */
export class Acts {
  /** A deed that waits for the person to say who they are. */
  waiting = $state.raw<Deed | null>(null);
  #progress = $state.raw<Record<string, Progress>>({});
  #sent = new Map<number, string>();
  #nextId = 1;

  constructor(
    readonly actor: Actor,
    private readonly send: (act: Act) => void,
    private readonly later: (step: () => void, ms: number) => void = (step, ms) => void setTimeout(step, ms),
  ) {}

  progress(deed: Deed): Progress | undefined {
    return this.#progress[key(deed)];
  }

  /** Sends the deed, or keeps it until a name is given. A deed already on its way is not sent twice. */
  ask(deed: Deed): void {
    if (this.progress(deed)?.at === "sending") return;
    if (!this.actor.name) {
      this.waiting = deed;
      return;
    }
    const id = this.#nextId++;
    this.#sent.set(id, key(deed));
    this.#set(key(deed), { at: "sending" });
    this.send({ type: "act", id, actor: this.actor.name, ...deed });
    this.later(() => this.#settle(id, { at: "refused", error: words.noReply }), REPLY_MS);
  }

  /** Takes the name and does what was waiting for it. */
  introduce(name: string): void {
    this.actor.choose(name);
    const deed = this.waiting;
    if (!this.actor.name || !deed) return;
    this.waiting = null;
    this.ask(deed);
  }

  answer(reply: Reply): void {
    const done: Progress = reply.note ? { at: "done", note: reply.note } : { at: "done" };
    this.#settle(reply.id, reply.ok ? done : { at: "refused", error: reply.error || words.refused });
  }

  /** The connection went: nobody knows whether what was under way has been done. */
  lose(): void {
    for (const id of [...this.#sent.keys()]) this.#settle(id, { at: "refused", error: words.lostWhileSending });
  }

  #settle(id: number, progress: Progress): void {
    const button = this.#sent.get(id);
    if (button === undefined) return;
    this.#sent.delete(id);
    this.#set(button, progress);
    if (progress.at !== "done") return;
    this.later(() => {
      if (this.#progress[button] === progress) this.#set(button, undefined);
    }, progress.note ? NOTE_MS : DONE_MS);
  }

  #set(button: string, progress: Progress | undefined): void {
    const { [button]: _, ...others } = this.#progress;
    this.#progress = progress ? { ...others, [button]: progress } : others;
  }
}

function key(deed: Deed): string {
  const { act, chair, ...rest } = deed;
  return [act, chair, ...Object.values(rest)].join(" ");
}
