/** Where each sample belongs in time: joined in spite of jitter, torn by a gap, never more than the ring holds. */

import { describe, expect, test } from "vitest";

import { MISSING } from "../../src/waves/frame";
import { BUFFER_MS, CAPACITY, TORN_MS, Trace } from "../../src/waves/trace";

const RATE = 75;
const BLOCK = Uint8Array.from({ length: 25 }, (_, i) => i);
const BLOCK_MS = (1000 * BLOCK.length) / RATE;

/** Numbers of the samples that are gaps. */
function gaps(trace: Trace): number[] {
  const numbers = Array.from({ length: trace.written - trace.first }, (_, i) => trace.first + i);
  return numbers.filter((number) => trace.heightOf(number) === MISSING);
}

function times(trace: Trace): number[] {
  return Array.from({ length: trace.written - trace.first }, (_, i) => trace.timeOf(trace.first + i));
}

test("the first block ends when it was heard, behind a gap", () => {
  const trace = new Trace();
  trace.add(BLOCK, RATE, 10_000);
  expect(trace.written).toBe(26);
  expect(gaps(trace)).toEqual([0]);
  expect(trace.timeOf(25)).toBeCloseTo(10_000, 6);
  expect(trace.timeOf(1)).toBeCloseTo(10_000 - BLOCK_MS + 1000 / RATE, 6);
});

test("blocks that come with jitter are joined, and evenly spaced to a tenth", () => {
  const trace = new Trace();
  for (let i = 0; i < 60; i++) trace.add(BLOCK, RATE, 10_000 + i * BLOCK_MS + [0, 40, -30, 60, -20][i % 5]!);
  expect(gaps(trace)).toEqual([0]);
  const all = times(trace).slice(1);
  const steps = all.slice(1).map((time, i) => time - all[i]!);
  expect(Math.min(...steps)).toBeGreaterThan((1000 / RATE) * 0.9);
  expect(Math.max(...steps)).toBeLessThan((1000 / RATE) * 1.1);
});

test.each([0.8, 1.2])("a monitor whose samples come %d times as fast as it says neither tears nor runs away", (pace) => {
  const trace = new Trace();
  let at = 10_000;
  for (let i = 0; i < 400; i++, at += BLOCK_MS / pace) trace.add(BLOCK, RATE, at);
  expect(gaps(trace).length).toBeLessThanOrEqual(1);
  expect(Math.abs(trace.endMs - (at - BLOCK_MS / pace))).toBeLessThan(TORN_MS);
});

test("a block that is much too late begins anew behind a gap, at its own time", () => {
  const trace = new Trace();
  trace.add(BLOCK, RATE, 10_000);
  trace.add(BLOCK, RATE, 12_000);
  expect(gaps(trace)).toEqual([0, 26]);
  expect(trace.timeOf(25)).toBeCloseTo(10_000, 6);
  expect(trace.timeOf(27)).toBeGreaterThan(12_000 - BLOCK_MS);
  expect(trace.endMs).toBeCloseTo(12_000, 6);
});

test("a burst of what had been held up fills the past, and what would lie in the future is dropped", () => {
  const trace = new Trace();
  trace.add(BLOCK, RATE, 10_000);
  for (let i = 0; i < 20; i++) trace.add(BLOCK, RATE, 10_400);
  expect(trace.endMs).toBeLessThan(10_400 + TORN_MS + BLOCK_MS);
  const all = times(trace);
  expect(all.every((time, i) => i === 0 || time >= all[i - 1]!)).toBe(true);
});

test("the drawing lies one block and the buffer behind; one long block holds it back for a while only", () => {
  const trace = new Trace();
  trace.add(BLOCK, RATE, 10_000);
  expect(trace.lagMs).toBeCloseTo(BUFFER_MS + BLOCK_MS, 6);
  trace.add(new Uint8Array(75), RATE, 11_000);
  expect(trace.lagMs).toBeCloseTo(BUFFER_MS + 1000, 6);
  for (let i = 1; i < 120; i++) trace.add(BLOCK, RATE, 11_000 + i * BLOCK_MS);
  expect(trace.lagMs).toBeCloseTo(BUFFER_MS + BLOCK_MS, 6);
});

describe("the ring", () => {
  test("holds the newest samples and no more, with their own heights", () => {
    const trace = new Trace();
    for (let i = 0; i < 400; i++) trace.add(BLOCK, RATE, 10_000 + i * BLOCK_MS);
    expect(trace.written).toBe(400 * 25 + 1);
    expect(trace.first).toBe(trace.written - CAPACITY);
    for (let number = trace.first; number < trace.written; number++) expect(trace.heightOf(number)).toBe((number - 1) % 25);
  });
});
