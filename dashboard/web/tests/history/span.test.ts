import { describe, expect, test } from "vitest";

import { around, DAY_S, dayOf, HOUR_S, lastOf, moved, nameOfDay, place, widened, zoomed } from "../../src/history/span";

const NOW = 1_800_000_000;
const SHIFT = lastOf(8 * HOUR_S, NOW);

describe("the part of the record that is looked at", () => {
  test("up to now takes in what began a moment ago, though the page's clock is a little behind", () => {
    expect(SHIFT.until - SHIFT.from).toBe(8 * HOUR_S);
    expect(SHIFT.until).toBeGreaterThan(NOW + 1);
    expect(SHIFT.until).toBeLessThan(NOW + 5);
  });

  test("moves by itself, and never wholly into the future", () => {
    expect(moved(SHIFT, -HOUR_S, NOW)).toEqual({ from: SHIFT.from - HOUR_S, until: SHIFT.until - HOUR_S });
    const far = moved(SHIFT, 100 * DAY_S, NOW);
    expect(far.until - far.from).toBe(8 * HOUR_S);
    expect((far.from + far.until) / 2).toBe(NOW);
  });

  test("is zoomed around the moment under the pointer", () => {
    const closer = zoomed(SHIFT, 0.5, 0.25);
    expect(closer.until - closer.from).toBe(4 * HOUR_S);
    expect(closer.from + (closer.until - closer.from) * 0.25).toBe(SHIFT.from + 2 * HOUR_S);
  });

  test("is never shorter than a minute nor longer than three months", () => {
    expect(zoomed({ from: NOW - 60, until: NOW }, 0.5, 1)).toEqual({ from: NOW - 60, until: NOW });
    const most = zoomed({ from: NOW - 80 * DAY_S, until: NOW }, 100, 1);
    expect(most.until - most.from).toBe(92 * DAY_S);
  });

  test("shows an alarm with some time around it, also one that is still there", () => {
    expect(around(NOW - 100, NOW - 60, NOW)).toEqual({ from: NOW - 220, until: NOW + 60 });
    expect(around(NOW - 4000, null, NOW)).toEqual({ from: NOW - 5000, until: NOW + 1000 });
  });

  test("is asked for with a margin", () => expect(widened({ from: 100, until: 200 })).toEqual({ from: 75, until: 225 }));

  test("puts what lies outside at its edge", () => {
    const span = { from: 100, until: 200 };
    expect([50, 100, 150, 300].map((at) => place(span, at))).toEqual([0, 0, 50, 100]);
  });
});

describe("a day", () => {
  test.each(["2026-11-22", "2026-03-29", "2026-10-25"])("%s begins at midnight and has its name", (name) => {
    const day = dayOf(name);
    expect(nameOfDay(day?.from ?? 0)).toBe(name);
    expect(nameOfDay((day?.until ?? 0) - 1)).toBe(name);
    expect(nameOfDay(day?.until ?? 0)).not.toBe(name);
  });

  test.each(["", "2026", "2026-02-31", "soon"])("is not %j", (name) => expect(dayOf(name)).toBeNull());
});
