import { describe, expect, test } from "vitest";

import { NO_VALUE, rateSource, read, steady, type HeldValue } from "../src/readings";
import { value } from "./frames";

const at = (changes: Parameters<typeof value>[0], sentAt = 100) => ({ ...value(changes), sentAt });

describe("what may be drawn of a value", () => {
  test("a fresh value as it is", () => {
    expect(read(at({}), 101, false)).toEqual({ text: "97", validity: "valid", freshness: "live", ageS: 1 });
  });

  test("an old one marked as stale, then not at all", () => {
    expect(read(at({}), 106, false)).toMatchObject({ text: "97", freshness: "stale", ageS: 6 });
    expect(read(at({}), 110, false)).toMatchObject({ text: "--", freshness: "gone" });
  });

  test("never the last usable value in place of none", () => {
    const none = at({ value: null, validity: "unavailable", last_value: 73, last_age_s: 14 });
    expect(read(none, 100, false)).toEqual({ text: "--", validity: "unavailable", freshness: "gone", ageS: null });
  });

  test("nothing at all while the connection is lost", () => {
    expect(read(at({}), 100, true)).toMatchObject({ text: "--", freshness: "gone" });
  });

  test("a vital that the chair does not have", () => {
    expect(read(undefined, 100, false)).toMatchObject({ text: "--", validity: "none" });
  });

  test("a real zero is a number", () => {
    expect(read(at({ vital: "heart_rate", value: 0 }), 100, false).text).toBe("0");
  });
});

describe("the heart rate's place", () => {
  const heart = at({ vital: "heart_rate", value: 75 });
  const pulse = at({ vital: "pulse_rate", value: 74 });

  test("shows the electrical rate while it has a value", () => {
    expect(rateSource(heart, pulse, 101)).toBe(heart);
  });

  test("falls back to the pulse when the heart rate has none or is too old", () => {
    expect(rateSource({ ...heart, value: null, validity: "unavailable" }, pulse, 101)).toBe(pulse);
    expect(rateSource({ ...heart, sentAt: 80 }, pulse, 101)).toBe(pulse);
  });

  test("keeps the heart rate's `--` when neither has a value", () => {
    expect(rateSource({ ...heart, sentAt: 80 }, undefined, 101)?.vital).toBe("heart_rate");
    expect(rateSource(undefined, undefined, 101)).toBeUndefined();
  });
});

describe("a steady reading", () => {
  const reading = (now: number, changes: Partial<HeldValue> = {}) => read({ ...value(), sentAt: 0, ...changes }, now, false);

  test("stays the same object while it looks the same, so that nothing is drawn anew", () => {
    const keep = steady();
    const first = keep(reading(0));
    expect(keep(reading(3.9))).toBe(first);
  });

  test("is a new one as soon as anything drawn differs", () => {
    const keep = steady();
    const first = keep(reading(0));
    const other = keep(reading(1, { value: 96 }));
    expect(other).not.toBe(first);
    expect(keep(reading(1, { value: 96, validity: "questionable" }))).not.toBe(other);
  });

  test("turns stale and gone in time, and a stale age counts seconds", () => {
    const keep = steady();
    keep(reading(0));
    expect(keep(reading(5))).toMatchObject({ freshness: "stale", ageS: 5 });
    expect(keep(reading(6))).toMatchObject({ freshness: "stale", ageS: 6 });
    expect(keep(reading(10))).toMatchObject({ freshness: "gone", text: NO_VALUE });
  });

  test("counts the minutes of a cuff reading", () => {
    const keep = steady();
    const cuff = { stale_s: 900, gone_s: 3600, episodic: true };
    const first = keep(reading(59, cuff));
    expect(keep(reading(60, cuff))).not.toBe(first);
    expect(keep(reading(119, cuff)).ageS).toBe(60);
  });
});
