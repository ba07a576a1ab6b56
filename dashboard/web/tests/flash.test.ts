/** The rates of IEC 60601-1-8 for alarm lights, kept by one clock. */

import { expect, test } from "vitest";

import { dark } from "../src/flash";

/** How often a priority goes dark in ten seconds, when the page changes its flashes only when told to. */
function flashes(priority: string): number {
  let times = 0;
  let was = false;
  for (let nowMs = 0; nowMs < 10_000; ) {
    const { priorities, nextMs } = dark(nowMs);
    const is = priorities.includes(priority);
    if (is && !was) times += 1;
    was = is;
    nowMs += nextMs;
  }
  return times;
}

test("high flashes at 1.4 to 2.8 Hz, medium at 0.4 to 0.8 Hz, low is steady", () => {
  expect(flashes("high") / 10).toBeCloseTo(2, 1);
  expect(flashes("medium") / 10).toBeCloseTo(0.6, 1);
  expect(flashes("low")).toBe(0);
});

test("the next change is always ahead, so that the page never waits for nothing", () => {
  for (const nowMs of [0, 0.1, 249.9, 250, 832.999, 833, 1_000_000.5]) expect(dark(nowMs).nextMs).toBeGreaterThan(0);
});
