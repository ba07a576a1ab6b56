/**
 * The page's one picture of the clinic: what the server last said, chair by chair, and how old that is.
 *
 * Fed by the worker's batches, read by the components. It decides nothing that the server owns; it keeps the newest of
 * everything and knows when it can no longer be believed.
 */

import { SvelteMap } from "svelte/reactivity";

import { serviceNow, type Anchor } from "./ages";
import { inOrder, type HeldAlarm } from "./alarms";
import { SILENCE_MS, type Batch } from "./feed";
import type { Alarm, Chair, Look, ScreenView, ServerFrame, Snapshot, Value } from "./protocol";
import type { HeldValue } from "./readings";
import { Spark } from "./waves/spark";
import { words } from "./words";

/** One chair: what it is, its newest values by vital, and its present alarms by condition. */
export class ChairPicture {
  info = $state.raw() as Chair;
  /** Service second at which `info` was sent. */
  sentAt = $state.raw(0);
  readonly values = new SvelteMap<string, HeldValue>();
  readonly alarms = new SvelteMap<string, HeldAlarm>();
  /** The last half hour of SpO2, as heard here. */
  readonly spark = new Spark();
  /** Service second of the last change of state of each condition, also of ended ones: see `setTexts`. */
  readonly #changedAt = new Map<string, number>();

  constructor(info: Chair, sentAt: number) {
    this.describe(info, sentAt);
  }

  /** Takes a whole chair; its values replace all that were there. */
  describe(info: Chair, sentAt: number): void {
    this.info = info;
    this.sentAt = sentAt;
    this.values.clear();
    if (!info.values.some(({ vital }) => vital === "spo2")) this.spark.clear();
    for (const value of info.values) this.setValue(value, sentAt);
  }

  setValue(value: Value, sentAt: number): void {
    this.values.set(value.vital, { ...value, sentAt });
    if (value.vital === "spo2") this.spark.take(value.value, sentAt - value.age_s);
  }

  /** Takes an alarm after a change of state. */
  setAlarm(alarm: Alarm, sentAt: number): void {
    this.#changedAt.set(alarm.condition, sentAt);
    if (alarm.state === "idle") this.alarms.delete(alarm.condition);
    else this.alarms.set(alarm.condition, { ...alarm, sentAt });
  }

  /** Takes a present alarm's new text, unless a change of state has overtaken it on the way. */
  setTexts(alarm: Alarm, sentAt: number): void {
    if (sentAt < (this.#changedAt.get(alarm.condition) ?? -Infinity)) return;
    if (alarm.state !== "idle") this.alarms.set(alarm.condition, { ...alarm, sentAt });
  }
}

/** An alarm with its chair, as lists over all chairs need it. */
export interface Listed {
  chair: ChairPicture;
  alarm: HeldAlarm;
}

/** The clinic as a whole, in the form of a chair: its id is empty. */
const WHOLE: Chair = {
  id: "",
  label: "",
  room: "",
  state: "watched",
  phase: "unknown",
  profile: "",
  mark: "",
  limits: {},
  changed_limits: [],
  devices: [],
  statuses: [],
  values: [],
  audio_paused_until: null,
};

export type Link = "connecting" | "live" | "lost";

/** A frame that does not fit the picture: the picture is wrong and has to be had anew. */
export class PictureFault extends Error {}

export class Clinic {
  link = $state<Link>("connecting");
  /** Why the connection was lost, in the worker's words. */
  why = $state("");
  name = $state("");
  version = $state("");
  notices = $state.raw<string[]>([]);
  /** The palette of the values that the clinic has chosen. */
  look = $state.raw<Look>({ palette: "classic", colours: {} });
  screens = $state.raw<ScreenView[]>([]);
  /** Whether the service can call somebody by itself when no screen can. */
  fallback = $state(true);
  chairs = $state.raw<ChairPicture[]>([]);
  /** Where the alarms of the clinic as a whole are kept; it has no tile, only a place in the alarm bar. */
  whole = $state.raw<ChairPicture>(new ChairPicture(WHOLE, 0));

  #anchor = $state.raw<Anchor | null>(null);
  #wall = $state.raw({ ms: 0, localMs: 0 });
  #localMs = $state(0);
  #openedMs: number;
  #byId = new Map<string, ChairPicture>();

  constructor(localMs: number) {
    this.#openedMs = localMs;
    this.#localMs = localMs;
  }

  /** Service seconds now; 0 before the first snapshot. */
  get now(): number {
    return this.#anchor ? serviceNow(this.#anchor, this.#localMs) : 0;
  }

  /** The server's time of day now, or null before the first snapshot. */
  get wall(): Date | null {
    return this.#anchor ? new Date(this.#wall.ms + this.#localMs - this.#wall.localMs) : null;
  }

  /** Real seconds since anything was heard. */
  get silentS(): number {
    return Math.max(0, (this.#localMs - (this.#anchor?.heardMs ?? this.#openedMs)) / 1000);
  }

  /**
   * Whether nothing on the screen can be taken as live any more.
   *
   * The page looks at the silence itself as well as listening to its worker, which could be what has failed.
   */
  get lost(): boolean {
    return this.link === "lost" || this.silentS * 1000 > SILENCE_MS;
  }

  /** Every alarm that lights, most needed first. Pending ones are only a hint on their own tile. */
  get listed(): Listed[] {
    const owner = new Map<HeldAlarm, ChairPicture>();
    for (const chair of [this.whole, ...this.chairs])
      for (const alarm of chair.alarms.values()) owner.set(alarm, chair);
    return inOrder(owner.keys())
      .filter((alarm) => alarm.state !== "pending")
      .map((alarm) => ({ alarm, chair: owner.get(alarm) as ChairPicture }));
  }

  chair(id: string): ChairPicture | undefined {
    return this.#byId.get(id);
  }

  /** The chair that people know by this number: its label, or the number in it (`12` for `Chair 12`). */
  chairNumbered(digits: string): ChairPicture | undefined {
    const labelled = (match: (label: string) => boolean) => this.chairs.find(({ info }) => match(info.label));
    return labelled((label) => label === digits) ?? labelled((label) => label.match(/\d+/)?.[0] === digits);
  }

  /** Moves the page's clock on; called a few times a second. */
  tick(localMs: number): void {
    this.#localMs = localMs;
  }

  /** Takes a batch of frames in order. Throws PictureFault when one cannot be about this clinic. */
  apply(batch: Batch): void {
    for (const frame of batch.frames) this.#take(frame, batch.heardMs);
    this.tick(Math.max(this.#localMs, batch.heardMs));
  }

  lose(why: string): void {
    this.link = "lost";
    this.why = why;
  }

  #take(frame: ServerFrame, heardMs: number): void {
    if (frame.type === "snapshot") {
      this.#begin(frame, heardMs);
      return;
    }
    if ("now" in frame) this.#hear(frame.now, heardMs);
    switch (frame.type) {
      case "vitals":
        for (const value of frame.values) this.#known(value.chair).setValue(value, frame.now);
        break;
      case "chair":
        this.#known(frame.chair.id).describe(frame.chair, frame.now);
        break;
      case "alarm":
        this.#known(frame.alarm.chair).setAlarm(frame.alarm, frame.now);
        break;
      case "alarms":
        for (const alarm of frame.alarms) this.#known(alarm.chair).setTexts(alarm, frame.now);
        break;
      case "screens":
        ({ screens: this.screens, fallback: this.fallback } = frame);
        break;
    }
  }

  /** Replaces everything: nothing of an earlier connection is carried over. */
  #begin(snapshot: Snapshot, heardMs: number): void {
    this.#anchor = { now: snapshot.now, heardMs, speed: snapshot.speed };
    this.#wall = { ms: Date.parse(snapshot.wall), localMs: heardMs };
    this.name = snapshot.clinic;
    this.version = snapshot.version;
    this.notices = snapshot.notices;
    this.look = snapshot.look;
    ({ screens: this.screens, fallback: this.fallback } = snapshot);
    this.chairs = snapshot.chairs.map(({ alarms, ...info }) => {
      const chair = new ChairPicture(info, snapshot.now);
      for (const alarm of alarms) chair.setAlarm(alarm, snapshot.now);
      return chair;
    });
    this.whole = new ChairPicture({ ...WHOLE, label: words.wholeClinic }, snapshot.now);
    for (const alarm of snapshot.clinic_alarms) this.whole.setAlarm(alarm, snapshot.now);
    this.#byId = new Map([this.whole, ...this.chairs].map((chair) => [chair.info.id, chair]));
    this.link = "live";
    this.why = "";
  }

  /** Anchors the clock to the newest frame. Alarms overtake values, so a later frame can carry an earlier `now`. */
  #hear(now: number, heardMs: number): void {
    if (!this.#anchor) return;
    const newest = now >= this.#anchor.now;
    this.#anchor = newest ? { ...this.#anchor, now, heardMs } : this.#anchor;
  }

  #known(id: string): ChairPicture {
    const chair = this.#byId.get(id);
    if (!chair) throw new PictureFault(`a frame is about chair ${id}, which the snapshot did not name`);
    return chair;
  }
}
