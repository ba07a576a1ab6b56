import { describe, expect, test } from "vitest";

import { rateSource, read } from "../src/readings";
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
