import { beforeEach, describe, expect, test } from "vitest";

import type { Priority } from "../../src/protocol";
import { BURSTS, SELF_TEST } from "../../src/sound/patterns";
import { Schedule, type Asking, type Cue } from "../../src/sound/schedule";

/** A desk with a hand-driven clock that looks four times a second, as the page does, and notes what starts and stops. */
class Desk {
  readonly schedule = new Schedule();
  asking: Asking[] = [];
  ms = 0;
  notes: string[] = [];

  note(cue: Cue): void {
    if (cue?.do === "stop") this.notes.push(`${this.ms / 1000} stop`);
    if (cue?.do !== "start") return;
    const name = Object.entries({ ...BURSTS, test: SELF_TEST }).find(([, burst]) => burst === cue.burst)?.[0];
    this.notes.push(`${this.ms / 1000} ${name}${"+".repeat(cue.escalated)}`);
  }

  look(): void {
    this.note(this.schedule.next(this.asking, this.ms));
  }

  until(seconds: number): string[] {
    for (; this.ms < seconds * 1000; this.ms += 250) this.look();
    return this.notes.splice(0);
  }
}

const ask = (id: string, priority: Priority, escalated = 0): Asking => ({ id, priority, escalated });
let desk: Desk;

beforeEach(() => {
  desk = new Desk();
});

describe("one alarm", () => {
  test.each([
    ["high", [0, 10, 20, 30]],
    ["medium", [0, 25]],
    ["low", [0, 30]],
  ] as const)("of %s priority sounds at once and is repeated", (priority, starts) => {
    desk.asking = [ask("a", priority)];
    expect(desk.until(31)).toEqual(starts.map((second) => `${second} ${priority}`));
  });

  test("that is answered in the middle of its burst ends it there", () => {
    desk.asking = [ask("a", "high")];
    desk.until(1);
    desk.asking = [];
    expect(desk.until(60)).toEqual(["1 stop"]);
  });

  test("that is answered between two bursts ends nothing", () => {
    desk.asking = [ask("a", "high")];
    desk.until(5);
    desk.asking = [];
    expect(desk.until(60)).toEqual([]);
  });

  test("that escalates sounds louder from the next burst on", () => {
    desk.asking = [ask("a", "high")];
    desk.until(5);
    desk.asking = [ask("a", "high", 1)];
    expect(desk.until(20.25)).toEqual(["10 high+", "20 high+"]);
  });

  test("that comes back after an answer or a pause sounds at once, but never sooner than the rest between bursts", () => {
    desk.asking = [ask("a", "medium")];
    desk.until(10);
    desk.asking = [];
    desk.until(12);
    desk.asking = [ask("a", "medium")];
    expect(desk.until(14)).toEqual(["12 medium"]);
    desk.asking = [];
    desk.look();
    desk.asking = [ask("a", "medium")];
    expect(desk.until(20)).toEqual(["15.5 medium"]);
  });
});

describe("of several alarms", () => {
  test("only the highest priority sounds", () => {
    desk.asking = [ask("a", "low"), ask("b", "high"), ask("c", "medium")];
    expect(desk.until(31)).toEqual(["0 high", "10 high", "20 high", "30 high"]);
  });

  test("a higher one breaks into the burst of a lower one", () => {
    desk.asking = [ask("a", "medium")];
    desk.until(0.5);
    desk.asking = [ask("a", "medium"), ask("b", "high")];
    expect(desk.until(1)).toEqual(["0.5 high"]);
  });

  test("a new one of the same priority sounds when the burst is over and has rested", () => {
    desk.asking = [ask("a", "medium")];
    desk.until(0.5);
    desk.asking = [ask("a", "medium"), ask("b", "medium")];
    expect(desk.until(10)).toEqual(["3.5 medium"]);
  });

  test("a new lower one waits until the higher is answered, and then has its turn", () => {
    desk.asking = [ask("a", "high")];
    desk.until(5);
    desk.asking = [ask("a", "high"), ask("b", "medium")];
    expect(desk.until(12)).toEqual(["10 high"]);
    desk.asking = [ask("b", "medium")];
    expect(desk.until(38)).toEqual(["12 medium", "37 medium"]);
  });

  test("the loudest of the sounding priority sets the loudness", () => {
    desk.asking = [ask("a", "high", 1), ask("b", "high", 2), ask("c", "medium", 0)];
    expect(desk.until(1)).toEqual(["0 high++"]);
  });
});

describe("a lost connection", () => {
  test("ends the burst, and the same alarm after it keeps its rhythm", () => {
    desk.asking = [ask("a", "high")];
    desk.until(2);
    desk.note(desk.schedule.hush(desk.ms));
    expect(desk.notes.splice(0)).toEqual(["2 stop"]);
    desk.ms = 5000;
    expect(desk.until(21)).toEqual(["10 high", "20 high"]);
  });

  test("that was longer than the rhythm is followed by one burst, not by those that were missed", () => {
    desk.asking = [ask("a", "high")];
    desk.until(5);
    desk.ms = 65_000;
    expect(desk.until(70)).toEqual(["65 high"]);
  });

  test("does not hide an alarm that is new after it", () => {
    desk.asking = [ask("a", "high")];
    desk.until(5);
    desk.asking = [ask("b", "high")];
    expect(desk.until(7)).toEqual(["6 high"]);
  });
});

test("what could not be heard sounds at once when it can", () => {
  desk.asking = [ask("a", "low")];
  desk.until(5);
  desk.schedule.forget();
  expect(desk.until(6)).toEqual(["5 low"]);
});

describe("a self-test", () => {
  test("is played to its end, once", () => {
    desk.note(desk.schedule.once(SELF_TEST, 0));
    expect(desk.until(60)).toEqual(["0 test"]);
  });

  test("is cut short by any alarm", () => {
    desk.note(desk.schedule.once(SELF_TEST, 0));
    desk.until(1);
    desk.asking = [ask("a", "low")];
    expect(desk.until(2)).toEqual(["1 low"]);
  });

  test("does not sound while an alarm asks for sound", () => {
    desk.asking = [ask("a", "low")];
    desk.until(5);
    expect(desk.schedule.once(SELF_TEST, desk.ms)).toBeNull();
  });
});
