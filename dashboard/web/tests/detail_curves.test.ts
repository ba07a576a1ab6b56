import { describe, expect, test } from "vitest";

import type { AlarmRecord, History } from "../src/detail/answers";
import { addressOf } from "../src/detail/answers";
import { chartOf, scaleOf } from "../src/charts/kinds";
import { linesOf, pathOf, stretches } from "../src/detail/curves";

function history(changes: Partial<History> = {}): History {
  return {
    now: 1000,
    vitals: {},
    cuff: [],
    alarms: [],
    marks: [],
    limits: {},
    baseline: null,
    visit_age_s: 0,
    phase_age_s: null,
    end_in_s: null,
    ...changes,
  };
}

function record(changes: Partial<AlarmRecord> = {}): AlarmRecord {
  return {
    chair: "1",
    label: "1",
    condition: "SPO2-LOW",
    priority: "medium",
    text: "SpO2 low 86 < 90",
    age_s: 100,
    lasted_s: 40,
    over: true,
    over_why: "",
    value: 86,
    peak: 84,
    limit: 90,
    limit_source: "",
    delay_s: 10,
    seen_after_s: null,
    seen_by: "",
    vitals: ["spo2"],
    ...changes,
  };
}

describe("lines", () => {
  test("run from the past to now and keep their gaps", () => {
    const [line] = linesOf("spo2", history({ vitals: { spo2: { t: [3, 2, 1], value: [97, null, 95] } } }));
    expect(line).toEqual({ x: [-3, -2, -1], y: [97, null, 95] });
  });

  test("of the rate are the electrical one's where it has any value, else the pulse's", () => {
    const pulse = { t: [1], value: [66] };
    expect(linesOf("rate", history({ vitals: { heart_rate: { t: [1], value: [70] }, pulse_rate: pulse } }))[0]?.y).toEqual([70]);
    expect(linesOf("rate", history({ vitals: { heart_rate: { t: [1], value: [null] }, pulse_rate: pulse } }))[0]?.y).toEqual([66]);
    expect(linesOf("rate", history())[0]?.y).toEqual([]);
  });

  test("of the pressure are two points a reading", () => {
    const cuff = [{ age_s: 60, systolic: 120, diastolic: 80, mean: 93, pulse: null }];
    expect(linesOf("pressure", history({ cuff }))).toEqual([
      { x: [-60], y: [120] },
      { x: [-60], y: [80] },
    ]);
  });
});

describe("a scale", () => {
  test("is always the same for usual values, and grows for others", () => {
    expect(scaleOf("rate", [60, 90, null])).toEqual([40, 140]);
    expect(scaleOf("rate", [30, 200])).toEqual([25, 205]);
    expect(scaleOf("spo2", [71])).toEqual([70, 100.5]);
  });

  test("never goes below nothing", () => expect(scaleOf("pressure", [2])[0]).toBe(0));
});

test("a gap lifts the pen, and so does the edge", () => {
  const box = { width: 100, height: 10, x: [-10, 0] as [number, number], y: [0, 100] as [number, number] };
  const line = { x: [-12, -10, -8, -6, -5], y: [50, 50, 100, null, 0] };
  expect(pathOf(line, box)).toBe("M0.0 5.0L20.0 0.0M50.0 10.0");
});

test("an alarm that is over ends where it ended; one that is there reaches now", () => {
  const there = record({ over: false });
  expect(stretches("spo2", [record(), there, record({ vitals: ["systolic"] })])).toEqual([
    { from: -100, until: -60, priority: record().priority },
    { from: -100, until: 0, priority: there.priority },
  ]);
});

test("each condition has its chart, or none", () => {
  expect(chartOf(["heart_rate", "pulse_rate"])).toBe("rate");
  expect(chartOf(["mean_pressure"])).toBe("pressure");
  expect(chartOf([])).toBeNull();
});

test("questions go to where the page came from, with odd names made safe", () => {
  expect(addressOf("http://host/below/", "alarms", { chair: "a&b", since_s: 60, priority: null })).toBe(
    "http://host/below/api/v1/alarms?chair=a%26b&since_s=60",
  );
});
