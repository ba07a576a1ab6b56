import { describe, expect, test } from "vitest";

import { canAcknowledge, count, doubted, inOrder, inverted, trend, type HeldAlarm } from "../src/alarms";
import { alarm } from "./frames";

const held = (changes: Parameters<typeof alarm>[0]): HeldAlarm => ({ ...alarm(changes), sentAt: 100 });
const order = (...alarms: HeldAlarm[]) => inOrder(alarms).map(({ condition }) => condition);

describe("which alarm the strip shows", () => {
  test("high before medium before low", () => {
    const low = held({ condition: "LOW", priority: "low" });
    const medium = held({ condition: "MEDIUM" });
    const high = held({ condition: "HIGH", priority: "high" });
    expect(order(low, medium, high)).toEqual(["HIGH", "MEDIUM", "LOW"]);
  });

  test("of one priority: active, acknowledged, latched, pending", () => {
    const states = (["pending", "latched", "acknowledged", "active"] as const).map((state) =>
      held({ condition: state, state }),
    );
    expect(order(...states)).toEqual(["active", "acknowledged", "latched", "pending"]);
  });

  test("an unanswered medium alarm is not hidden behind an answered high one", () => {
    const seen = held({ condition: "SEEN", priority: "high", state: "acknowledged" });
    expect(order(seen, held({ condition: "NEW" }))).toEqual(["NEW", "SEEN"]);
  });

  test("a steady low alarm does not hide an answered high one that still holds", () => {
    const seen = held({ condition: "SEEN", priority: "high", state: "acknowledged" });
    expect(order(held({ condition: "LATE", kind: "T", priority: "low" }), seen)).toEqual(["SEEN", "LATE"]);
  });

  test("what holds now comes before a high alarm that is over, and pending ones come last", () => {
    const over = held({ condition: "OVER", priority: "high", state: "latched" });
    const coming = held({ condition: "COMING", priority: "high", state: "pending" });
    const low = held({ condition: "LOW", priority: "low" });
    expect(order(coming, over, low)).toEqual(["LOW", "OVER", "COMING"]);
  });

  test("physiological before technical, then the longest standing", () => {
    const technical = held({ condition: "PROBE", kind: "T", since_age_s: 90 });
    const newer = held({ condition: "NEWER", since_age_s: 5 });
    const older = held({ condition: "OLDER", since_age_s: 50 });
    expect(order(technical, newer, older)).toEqual(["OLDER", "NEWER", "PROBE"]);
  });

  test("masked, ended and shelved alarms do not light", () => {
    expect(order(held({ masked: true }), held({ state: "idle" }), held({ state: "shelved" }))).toEqual([]);
  });
});

describe("which values an alarm points at", () => {
  test("the offending value is inverted in the worst alarm's priority, also after an answer", () => {
    const seen = held({ priority: "high", state: "acknowledged" });
    expect(inverted([seen, held({ priority: "low" })], ["spo2"])).toBe("high");
    expect(inverted([seen], ["heart_rate"])).toBeNull();
  });

  test("a pending or ended alarm inverts nothing", () => {
    expect(inverted([held({ state: "pending" }), held({ state: "latched" })], ["spo2"])).toBeNull();
  });

  test("a technical alarm puts the value in doubt and inverts nothing", () => {
    const probe = held({ kind: "T" });
    expect(inverted([probe], ["spo2"])).toBeNull();
    expect(doubted([probe], ["spo2"])).toBe(true);
    expect(doubted([held({})], ["spo2"])).toBe(false);
  });
});

test("only an unanswered alarm that is not covered by a worse one can be acknowledged", () => {
  expect(canAcknowledge(alarm({ state: "active" }))).toBe(true);
  expect(canAcknowledge(alarm({ state: "latched" }))).toBe(true);
  expect(canAcknowledge(alarm({ state: "pending" }))).toBe(false);
  expect(canAcknowledge(alarm({ state: "acknowledged" }))).toBe(false);
  expect(canAcknowledge(alarm({ masked: true }))).toBe(false);
});

test("every listed alarm is counted exactly once", () => {
  const listed = [
    held({ priority: "high" }),
    held({ kind: "T", priority: "high" }),
    held({ kind: "T", priority: "medium" }),
    held({ kind: "T", priority: "low" }),
    held({ priority: "low" }),
  ];
  expect(count(listed)).toEqual({ high: 2, medium: 1, low: 1, technical: 1 });
});

describe("a trend arrow", () => {
  const way = (changes: Parameters<typeof alarm>[0], vitals = ["spo2"]) => trend([held(changes)], vitals);

  test("stands only for a trend alarm of the service", () => {
    expect(way({ condition: "SPO2-LOW" })).toBeNull();
    expect(way({ condition: "SPO2-DROP" })).toBe("falling");
    expect(way({ condition: "SPO2-DROP" }, ["heart_rate"])).toBeNull();
    expect(way({ condition: "SPO2-DROP", state: "latched" })).toBeNull();
  });

  test.each([
    ["HR-TREND", 110, 80, "rising"],
    ["HR-TREND", 60, 80, "falling"],
    ["BP-TTL", 150, 160, "rising"],
    ["BP-TTL", 100, 90, "falling"],
    ["BP-RISE", 150, null, "rising"],
    ["BP-FALL", 100, null, "falling"],
  ] as const)("of %s at %s with %s is %s", (condition, value, limit, expected) => {
    expect(way({ condition, value, limit })).toBe(expected);
  });
});
