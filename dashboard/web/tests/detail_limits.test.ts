import { describe, expect, test } from "vitest";

import type { Limit } from "../src/detail/answers";
import { chartBehind, grouped, stepped, typed, unitOf } from "../src/detail/limits";
import { languages } from "../src/words";

function limit(changes: Partial<Limit> = {}): Limit {
  return { key: "limits.heart_rate_high", value: 120, own: 120, low: 30, high: 180, source: "", ...changes };
}

describe("a step", () => {
  test("goes to the next round value and stays inside what may be set", () => {
    expect(stepped(limit(), 120, true)).toBe(125);
    expect(stepped(limit(), 122, true)).toBe(125);
    expect(stepped(limit(), 122, false)).toBe(120);
    expect(stepped(limit(), 180, true)).toBe(180);
    expect(stepped(limit(), 30, false)).toBe(30);
  });

  test("is one for SpO2, breathing and delays", () => {
    for (const key of ["limits.spo2_low", "limits.respiration_low", "delays.heart_rate_high"])
      expect(stepped(limit({ key, low: 0, high: 100 }), 12, true)).toBe(13);
  });
});

test("the keypad writes at most three figures and takes the last back", () => {
  expect(["1", "2", "0", "5"].reduce(typed, "")).toBe("205");
  expect(typed("12", "back")).toBe("1");
  expect(typed("0", "7")).toBe("7");
});

test("limits stand by vital in the order of the screen, delays last, and none is lost", () => {
  const keys = ["delays.spo2_low", "limits.spo2_very_low", "limits.heart_rate_low", "limits.spo2_low"];
  const groups = grouped(keys.map((key) => limit({ key })));
  expect(groups.flatMap(({ limits }) => limits.map(({ key }) => key))).toEqual([
    "limits.spo2_low",
    "limits.spo2_very_low",
    "limits.heart_rate_low",
    "delays.spo2_low",
  ]);
});

test.each([
  ["limits.spo2_low", "spo2", "%", "SpO2 low"],
  ["limits.heart_rate_very_high", "rate", "bpm", "HR very high"],
  ["limits.diastolic_at_once", "pressure", "mmHg", "DIA crisis, at once"],
  ["limits.mean_low", "pressure", "mmHg", "MAP low"],
  ["limits.respiration_low", null, "/min", "RR low"],
  ["delays.spo2_low_deeper", "spo2", "s", "SpO2 4 below, delay"],
  ["delays.apnea", null, "s", "Apnoea, delay"],
] as const)("%s has its chart, unit and name", (key, chart, unit, name) => {
  expect([chartBehind(key), unitOf(key), languages.en.detail.limitName(key)]).toEqual([chart, unit, name]);
});
