import { describe, expect, test } from "vitest";

import { earlier, everyMs, KEPT_S, LAST_10_MIN, ticks, wholeVisit, zoomed } from "../src/detail/view";

describe("the part that is shown", () => {
  test("moves into the past and back to now, never beyond what is remembered", () => {
    expect(earlier(LAST_10_MIN, 300)).toEqual({ spanS: 600, endAgeS: 300 });
    expect(earlier(LAST_10_MIN, -300)).toEqual(LAST_10_MIN);
    expect(earlier(LAST_10_MIN, 99_999)).toEqual({ spanS: 600, endAgeS: KEPT_S - 600 });
  });

  test("zooms about the moment under the pointer", () => {
    const view = { spanS: 600, endAgeS: 1000 };
    const closer = zoomed(view, 0.5, 0.25);
    expect(closer.spanS).toBe(300);
    const moment = (v: typeof view) => v.endAgeS + v.spanS * (1 - 0.25);
    expect(moment(closer)).toBe(moment(view));
  });

  test("at its right edge stays at now when zoomed, and is a minute to two hours long", () => {
    expect(zoomed(LAST_10_MIN, 2, 1)).toEqual({ spanS: 1200, endAgeS: 0 });
    expect(zoomed(LAST_10_MIN, 0.001, 1).spanS).toBe(60);
    expect(zoomed(LAST_10_MIN, 1000, 0.5)).toEqual({ spanS: KEPT_S, endAgeS: 0 });
  });

  test("of the whole visit is no shorter than ten minutes", () => {
    expect(wholeVisit(30)).toEqual(LAST_10_MIN);
    expect(wholeVisit(4000)).toEqual({ spanS: 4000, endAgeS: 0 });
    expect(wholeVisit(99_999).spanS).toBe(KEPT_S);
  });
});

test.each([60, 600, 1800, 3600, KEPT_S])("%d s have at most eight figures at round times, all inside", (spanS) => {
  const at = ticks({ spanS, endAgeS: 0 });
  expect(at.length).toBeGreaterThan(2);
  expect(at.length).toBeLessThanOrEqual(8);
  expect(at.at(-1)).toBe(0);
  expect(Math.min(...at)).toBeGreaterThanOrEqual(-spanS);
});

test("a long stretch is asked for less often", () => {
  expect(everyMs(LAST_10_MIN)).toBe(2400);
  expect(everyMs({ spanS: KEPT_S, endAgeS: 0 })).toBeGreaterThan(20_000);
});
