/** Where a sweep draws and what it wipes. */

import { expect, test } from "vitest";

import { windowMs, wiped, xAt } from "../../src/waves/geometry";

test("25 mm of screen are a second, between 3 and 12 seconds a sweep", () => {
  expect(windowMs(472.44)).toBeCloseTo(5000, 0);
  expect(windowMs(100)).toBe(3000);
  expect(windowMs(4000)).toBe(12_000);
});

test("a moment lies inside the box, and a window later at the same place", () => {
  for (const time of [0, 1, 2999.9, 3000, 1.7e12 + 0.3]) {
    const x = xAt(time, 3000, 200);
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThan(200);
    expect(xAt(time + 3000, 3000, 200)).toBeCloseTo(x, 3);
  }
});

test("what is wiped in small steps covers every pixel of the way, whole pixels only, past the edge too", () => {
  const width = 203;
  const clean = new Uint8Array(width);
  let time = 777;
  for (let step = 0; time < 777 + 3100; step++) {
    const next = time + 7 + (step % 5) * 3.3;
    for (const [x, long] of wiped(time, next, 3000, width)) {
      expect(Number.isInteger(x) && Number.isInteger(long)).toBe(true);
      expect(x + long).toBeLessThanOrEqual(width);
      clean.fill(1, x, x + long);
    }
    time = next;
  }
  expect(clean.every(Boolean)).toBe(true);
});

test("a step of a window or more wipes everything, the first one too", () => {
  expect(wiped(0, 3000, 3000, 200)).toEqual([[0, 200]]);
  expect(wiped(-Infinity, 5, 3000, 200)).toEqual([[0, 200]]);
});
