/** Where chairs stand: fixed places, a rare move by need, and nothing that moves under a finger. */

import { beforeEach, describe, expect, test, vi } from "vitest";

import { inOrder } from "../src/alarms";
import { ChairPicture, type Listed } from "../src/clinic.svelte";
import { CALM_MS, Places, type Look } from "../src/places.svelte";
import { Pointers } from "../src/pointers.svelte";
import type { Alarm, Chair } from "../src/protocol";
import { alarm, chair } from "./frames";

let places: Places;
let chairs: ChairPicture[];

function picture(id: string, changes: Partial<Chair> = {}): ChairPicture {
  return new ChairPicture(chair({ id, label: id, ...changes }), 100);
}

function listed(): Listed[] {
  return chairs.flatMap((one) => inOrder(one.alarms.values()).map((each) => ({ chair: one, alarm: each })));
}

function look(changes: Partial<Look> = {}): string {
  places.look({ chairs, listed: listed(), order: "room", canGrow: true, held: false, nowMs: 0, ...changes });
  return places.chairs.map(({ info }) => info.id).join("");
}

function alarmAt(index: number, changes: Partial<Alarm> = {}): void {
  chairs[index]?.setAlarm(alarm(changes), 100);
}

beforeEach(() => {
  places = new Places();
  chairs = ["a", "b", "c"].map((id) => picture(id));
});

describe("in the order of the room", () => {
  test("an alarm moves nobody", () => {
    look();
    alarmAt(2);
    expect(look({ nowMs: 60_000 })).toBe("abc");
  });
});

describe("by need", () => {
  beforeEach(() => void look({ order: "need" }));

  test("tiles move only when the new order has stood for ten seconds", () => {
    alarmAt(2);
    expect(look({ order: "need", nowMs: 1000 })).toBe("abc");
    expect(look({ order: "need", nowMs: 1000 + CALM_MS - 1 })).toBe("abc");
    expect(look({ order: "need", nowMs: 1000 + CALM_MS })).toBe("cab");
  });

  test("another change starts the wait anew", () => {
    alarmAt(2);
    look({ order: "need", nowMs: 1000 });
    alarmAt(1, { priority: "high" });
    look({ order: "need", nowMs: 6000 });
    expect(look({ order: "need", nowMs: 1000 + CALM_MS })).toBe("abc");
    expect(look({ order: "need", nowMs: 6000 + CALM_MS })).toBe("bca");
  });

  test("a phase change moves them at once", () => {
    chairs[0]?.describe(chair({ id: "a", phase: "recovery" }), 101);
    expect(look({ order: "need", nowMs: 1000 })).toBe("bca");
  });

  test("never while a pointer is down", () => {
    alarmAt(2);
    look({ order: "need", nowMs: 1000 });
    expect(look({ order: "need", nowMs: 60_000, held: true })).toBe("abc");
    expect(look({ order: "need", nowMs: 60_001 })).toBe("cab");
  });

  test("standby and empty chairs stand last", () => {
    chairs = [picture("e", { state: "empty" }), picture("s", { state: "standby" }), picture("w")];
    places = new Places();
    expect(look({ order: "need" })).toBe("wse");
  });
});

test("another snapshot's chairs are drawn at once, also under a finger", () => {
  look();
  chairs = ["x", "y"].map((id) => picture(id));
  expect(look({ held: true })).toBe("xy");
});

describe("the large tile", () => {
  test("is that of the unanswered alarm that is needed most, and of nobody when all are answered", () => {
    look();
    expect(places.grown).toBeNull();
    alarmAt(1);
    look();
    expect(places.grown).toBe("b");
    alarmAt(1, { state: "acknowledged" });
    look();
    expect(places.grown).toBeNull();
  });

  test("neither grows nor shrinks while a pointer is down", () => {
    look();
    alarmAt(1);
    look({ held: true });
    expect(places.grown).toBeNull();
    look();
    look({ held: true, listed: [] });
    expect(places.grown).toBe("b");
  });

  test("does not grow where the wall has no room for it", () => {
    alarmAt(1);
    look({ canGrow: false });
    expect(places.grown).toBeNull();
  });
});

test("a pointer holds the wall until a moment after the last one is up", () => {
  vi.useFakeTimers();
  const pointers = new Pointers();
  pointers.press({ pointerId: 1 });
  pointers.press({ pointerId: 2 });
  pointers.release({ pointerId: 1 });
  vi.advanceTimersByTime(5000);
  expect(pointers.held).toBe(true);
  pointers.release({ pointerId: 2 });
  expect(pointers.held).toBe(true);
  vi.advanceTimersByTime(500);
  expect(pointers.held).toBe(false);
  vi.useRealTimers();
});
