import { beforeEach, describe, expect, test } from "vitest";

import { Actor, Acts, NOTE_MS } from "../src/acts.svelte";
import type { Act, Deed } from "../src/protocol";
import { words } from "../src/words";

const seen: Deed = { act: "acknowledge", chair: "1", condition: "SPO2-LOW" };
const other: Deed = { act: "acknowledge", chair: "1", condition: "HR-HIGH" };

let stored: Map<string, string>;
let sent: Act[];
let timers: { step: () => void; ms: number }[];
let acts: Acts;

function make(): Acts {
  const store = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, text: string) => void stored.set(key, text),
  };
  return new Acts(new Actor(store), (act) => sent.push(act), (step, ms) => timers.push({ step, ms }));
}

beforeEach(() => {
  stored = new Map();
  sent = [];
  timers = [];
  acts = make();
  acts.introduce("Anna");
});

describe("a name", () => {
  test("is asked before the first act, which is then sent", () => {
    stored.clear();
    acts = make();
    acts.ask(seen);
    expect(sent).toEqual([]);
    expect(acts.waiting).toEqual(seen);
    acts.introduce("  Bo   Li ");
    expect(sent).toEqual([{ type: "act", id: 1, actor: "Bo Li", ...seen }]);
    expect(acts.waiting).toBeNull();
  });

  test("of spaces only is none", () => {
    stored.clear();
    acts = make();
    acts.ask(seen);
    acts.introduce("   ");
    expect(sent).toEqual([]);
    expect(acts.waiting).toEqual(seen);
  });

  test("is kept on this screen, with those given before", () => {
    acts.introduce("Bo");
    const later = make();
    expect(later.actor.name).toBe("Bo");
    expect(later.actor.known).toEqual(["Bo", "Anna"]);
  });
});

describe("a deed", () => {
  test("is on its way until the server answers, each button for itself", () => {
    acts.ask(seen);
    expect(acts.progress(seen)).toEqual({ at: "sending" });
    expect(acts.progress(other)).toBeUndefined();
    acts.answer({ type: "reply", seq: 5, id: 1, ok: true, error: "", note: "" });
    expect(acts.progress(seen)).toEqual({ at: "done" });
  });

  test("on its way is not sent twice", () => {
    acts.ask(seen);
    acts.ask(seen);
    expect(sent).toHaveLength(1);
  });

  test("that is refused shows the server's own sentence and can be tried again", () => {
    acts.ask(seen);
    acts.answer({ type: "reply", seq: 5, id: 1, ok: false, error: "That alarm has ended.", note: "" });
    expect(acts.progress(seen)).toEqual({ at: "refused", error: "That alarm has ended." });
    acts.ask(seen);
    expect(sent).toHaveLength(2);
  });

  test("without an answer says so", () => {
    acts.ask(seen);
    timers[0]?.step();
    expect(acts.progress(seen)).toEqual({ at: "refused", error: words.noReply });
  });

  test("answered in time is not called unanswered later", () => {
    acts.ask(seen);
    acts.answer({ type: "reply", seq: 5, id: 1, ok: true, error: "", note: "" });
    timers[0]?.step();
    expect(acts.progress(seen)).toEqual({ at: "done" });
    timers[1]?.step();
    expect(acts.progress(seen)).toBeUndefined();
  });

  test("that is done but not on the disk yet says so, and longer", () => {
    acts.ask(seen);
    const note = "Done, but not in the record yet. The disk is full.";
    acts.answer({ type: "reply", seq: 5, id: 1, ok: true, error: "", note });
    expect(acts.progress(seen)).toEqual({ at: "done", note });
    expect(timers[1]?.ms).toBe(NOTE_MS);
    timers[1]?.step();
    expect(acts.progress(seen)).toBeUndefined();
  });

  test("under way when the connection goes is left in doubt, in words", () => {
    acts.ask(seen);
    acts.lose();
    expect(acts.progress(seen)).toEqual({ at: "refused", error: words.lostWhileSending });
  });
});
