import { describe, expect, test } from "vitest";

import type { Curve, PastAlarm } from "../../src/history/answers";
import { alarmsOf, away, curveOf, numbersOf, readingsOf } from "../../src/history/lines";

const curve = (t: number[], mean: (number | null)[], episodic = false): Curve => ({
  episodic,
  t,
  mean,
  low: mean.map((value) => value && value - 1),
  high: mean.map((value) => value && value + 1),
});

describe("the curve of the rate", () => {
  const pulse = curve([1, 2], [70, 71]);

  test("is the electrical one where there is any", () => {
    const heart = curve([1, 2], [80, null]);
    expect(curveOf("rate", { heart_rate: heart, pulse_rate: pulse })).toBe(heart);
  });

  test("is the pulse's where the electrical one has no value", () => {
    expect(curveOf("rate", { heart_rate: curve([1], [null]), pulse_rate: pulse })).toBe(pulse);
    expect(curveOf("rate", {}).t).toEqual([]);
  });
});

test("what must be in sight are the lowest and highest values of the shown time, not the means", () => {
  expect(numbersOf("spo2", { spo2: curve([1, 2, 3, 9], [90, null, 95, 60]) }, 0, 5)).toEqual([89, 91, 94, 96]);
});

test("a cuff reading needs both pressures, of one moment", () => {
  const vitals = { systolic: curve([1, 2, 3], [120, 130, null], true), diastolic: curve([1, 3], [80, 70], true) };
  expect(readingsOf(vitals)).toEqual([{ t: 1, systolic: [119, 121], diastolic: [79, 81] }]);
  expect(readingsOf({ systolic: vitals.systolic })).toEqual([]);
});

test("an alarm stands on the chart of its values", () => {
  const alarm = (vitals: string[]) => ({ vitals }) as PastAlarm;
  const [spo2, probe] = [alarm(["spo2"]), alarm([])];
  expect(alarmsOf("spo2", [spo2, probe])).toEqual([spo2]);
  expect(alarmsOf("pressure", [spo2, probe])).toEqual([]);
});

describe("nobody was watching", () => {
  const run = (began: number, ended: number, how = "stopped") => ({ began, ended, how });
  const asked = { since: 0, until: 500 };

  test("before, between and after the runs of the service", () => {
    expect(away({ ...asked, runs: [run(100, 200), run(300, 400)] }, 0, 500)).toEqual([
      { from: 0, until: 100 },
      { from: 200, until: 300 },
      { from: 400, until: 500 },
    ]);
  });

  test("at all, when it did not run", () => expect(away({ ...asked, runs: [] }, 0, 500)).toEqual([{ from: 0, until: 500 }]));

  test("never, when it ran all the time", () => expect(away({ ...asked, runs: [run(-10, 900)] }, 0, 500)).toEqual([]));

  test("is not said of a run that goes on, whose last entry is a while ago", () =>
    expect(away({ ...asked, runs: [run(100, 440, "")] }, 100, 500)).toEqual([]));

  test("is not said of times that were not asked for", () =>
    expect(away({ ...asked, runs: [run(0, 500)] }, -300, 900)).toEqual([]));
});
