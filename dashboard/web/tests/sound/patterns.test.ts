import { describe, expect, test } from "vitest";

import {
  BURSTS, FALL_S, gain, HARMONICS, LOUDEST, loudness, QUIETEST, REPEAT_S, RISE_S, SELF_TEST, USUAL, type Burst,
} from "../../src/sound/patterns";

const ends = ({ pulses }: Burst) => pulses.map(({ atS, lengthS }) => atS + lengthS);
const gaps = (burst: Burst) => burst.pulses.slice(1).map(({ atS }, i) => atS - (ends(burst)[i] as number));
const between = (low: number, high: number) => (seconds: number) => seconds >= low - 1e-9 && seconds <= high + 1e-9;

describe("a high burst", () => {
  const { high } = BURSTS;

  test("is ten pulses in two groups of three and two", () => {
    const [a, b, beat, d, pause, ...second] = gaps(high) as [number, number, number, number, number, ...number[]];
    expect([a, b, d].every(between(0.05, 0.125))).toBe(true);
    expect(beat).toBeCloseTo(2 * a + (high.pulses[0]?.lengthS as number));
    expect(between(0.35, 1.3)(pause)).toBe(true);
    expect(second).toHaveLength(4);
    second.forEach((gap, i) => expect(gap).toBeCloseTo([a, b, beat, d][i] as number));
  });

  test("has pulses of 75 to 200 ms", () => {
    expect(high.pulses.map(({ lengthS }) => lengthS).every(between(0.075, 0.2))).toBe(true);
  });
});

describe.each([
  ["medium", 3],
  ["low", 2],
] as const)("a %s burst", (priority, count) => {
  test("has its pulses, of 125 to 250 ms and as far apart", () => {
    const burst = BURSTS[priority];
    expect(burst.pulses).toHaveLength(count);
    expect(burst.pulses.map(({ lengthS }) => lengthS).every(between(0.125, 0.25))).toBe(true);
    expect(gaps(burst).every(between(0.125, 0.25))).toBe(true);
  });
});

test.each([
  ["high", 2.5, 15],
  ["medium", 2.5, 30],
  ["low", 15, 30],
] as const)("the rest between two %s bursts is %d to %d s", (priority, low, high) => {
  expect(between(low, high)(REPEAT_S[priority] - BURSTS[priority].lengthS)).toBe(true);
});

describe("every pulse", () => {
  const pulses = Object.values(BURSTS).flatMap((burst) => burst.pulses);

  test("has a fundamental of 150 to 1000 Hz, and harmonics up to 4000 Hz within 15 dB of it", () => {
    for (const { hz } of pulses) {
      expect(between(150, 1000)(hz)).toBe(true);
      const counted = HARMONICS.slice(1).filter((loud, i) => hz * (i + 2) <= 4000 && 20 * Math.log10(loud) >= -15);
      expect(counted.length).toBeGreaterThanOrEqual(4);
    }
  });

  test("swells and fades within itself", () => {
    expect(pulses.every(({ lengthS }) => RISE_S + FALL_S < lengthS)).toBe(true);
  });
});

test("a burst lasts to the end of its last pulse", () => {
  for (const burst of [...Object.values(BURSTS), SELF_TEST]) expect(burst.lengthS).toBeCloseTo(Math.max(...ends(burst)));
});

test("the self-test plays low, medium and high, none over another", () => {
  expect(SELF_TEST.pulses).toHaveLength(2 + 3 + 10);
  expect(gaps(SELF_TEST).every((gap) => gap > 0)).toBe(true);
});

describe("loudness", () => {
  test.each([0, -3, -Infinity, NaN])("set to %s still sounds", (wanted) => {
    expect(loudness(wanted)).toBeGreaterThanOrEqual(QUIETEST);
    expect(gain(wanted)).toBeGreaterThan(0);
  });

  test("has no step beyond the loudest, and every step is louder than the one before", () => {
    expect(gain(99)).toBe(1);
    const steps = Array.from({ length: LOUDEST }, (_, i) => gain(QUIETEST + i));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBe(LOUDEST);
  });

  test("rises with each escalation, up to the loudest", () => {
    expect(gain(USUAL, 1)).toBe(gain(USUAL + 1));
    expect(gain(LOUDEST, 2)).toBe(1);
  });

  test("that cannot be read is the usual one", () => {
    expect(loudness(Number("loud"))).toBe(USUAL);
  });
});
