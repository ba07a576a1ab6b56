import { describe, expect, test } from "vitest";

import type { Alarm } from "../../src/protocol";
import { asking, ROOM_AFTER_S } from "../../src/sound/asking";
import { alarm } from "../frames";

function chair(changes: Partial<Alarm>, paused_until: number | null = null) {
  const held = { ...alarm(changes), sentAt: 100 };
  return { info: { id: "1", audio_paused_until: paused_until }, alarms: new Map([[held.condition, held]]) };
}
const ids = (...all: Parameters<typeof asking>) => asking(...all).map(({ id }) => id);

test("an active alarm asks, with its priority and its escalation", () => {
  const found = asking([chair({ priority: "high", escalated: 2, count: 3 })], 100, false);
  expect(found).toEqual([{ id: "1 SPO2-LOW 3", priority: "high", escalated: 2 }]);
});

test.each(["pending", "acknowledged", "latched", "shelved"] as const)("one that is %s does not", (state) => {
  expect(ids([chair({ state })], 100, false)).toEqual([]);
});

test("the milder of a pair does not", () => {
  expect(ids([chair({ masked: true })], 100, false)).toEqual([]);
});

test("a chair's pause holds its own alarms back, and only until it ends", () => {
  const chairs = [chair({}, 220), chair({ chair: "2" })];
  expect(ids(chairs, 219, false)).toEqual(["2 SPO2-LOW 1"]);
  expect(ids(chairs, 220, false)).toEqual(["1 SPO2-LOW 1", "2 SPO2-LOW 1"]);
});

describe("in a quiet room", () => {
  test("only a high alarm that nobody has answered for a while asks", () => {
    const high = [chair({ priority: "high", since_age_s: 0 })];
    expect(ids(high, 100 + ROOM_AFTER_S - 1, true)).toEqual([]);
    expect(ids(high, 100 + ROOM_AFTER_S, true)).toHaveLength(1);
  });

  test("the others never do", () => {
    expect(ids([chair({ since_age_s: 1000 })], 2000, true)).toEqual([]);
  });
});
