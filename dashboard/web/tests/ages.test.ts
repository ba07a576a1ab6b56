import { describe, expect, test } from "vitest";

import { ageAt, clock, countdown, freshness, minutes, serviceNow } from "../src/ages";

describe("the service's clock", () => {
  test("runs on by this computer's own clock", () => {
    expect(serviceNow({ now: 100, heardMs: 5000, speed: 1 }, 7500)).toBe(102.5);
  });

  test("runs at the speed of a replay", () => {
    expect(serviceNow({ now: 100, heardMs: 5000, speed: 10 }, 7500)).toBe(125);
  });

  test("an age grows by what passed since it was sent and never shrinks", () => {
    expect(ageAt(4, 100, 103)).toBe(7);
    expect(ageAt(4, 100, 99.9)).toBe(4);
  });
});

describe("freshness", () => {
  const limits = { stale_s: 5, gone_s: 10 };

  test.each([
    [0, "live"],
    [4.99, "live"],
    [5, "stale"],
    [9.99, "stale"],
    [10, "gone"],
    [3600, "gone"],
  ])("a value of %d s is %s", (age, look) => {
    expect(freshness(age, limits)).toBe(look);
  });

  test("a value without a stale time between is gone at once", () => {
    expect(freshness(10, { stale_s: 10, gone_s: 10 })).toBe("gone");
  });
});

describe("how ages read", () => {
  test.each([
    [0, "0:00"],
    [14.9, "0:14"],
    [60, "1:00"],
    [725, "12:05"],
    [3730, "1:02:10"],
    [-1, "0:00"],
  ])("%d s reads %s", (seconds, text) => {
    expect(clock(seconds)).toBe(text);
  });

  test("a countdown reads 0:00 only when it is over", () => {
    expect(countdown(0.1)).toBe("0:01");
    expect(countdown(0)).toBe("0:00");
  });

  test.each([
    [0, "<1 min"],
    [59.9, "<1 min"],
    [60, "1 min"],
    [299, "4 min"],
    [3599, "59 min"],
  ])("a cuff reading of %d s reads %s", (seconds, text) => {
    expect(minutes(seconds)).toBe(text);
  });
});
