/** What the record tells of a chair, as what is drawn on one chart. Pure. */

import { CHART_VITALS, chartOf, type ChartKind } from "../charts/kinds";
import type { Curve, PastAlarm, Timeline } from "./answers";

const NOTHING: Curve = { episodic: false, t: [], low: [], high: [], mean: [] };

/** The streamed curve of a chart. The rate is the electrical one where there is any, else the pulse's, as on the tile. */
export function curveOf(kind: ChartKind, vitals: Record<string, Curve>): Curve {
  if (kind === "pressure") return NOTHING;
  const found = CHART_VITALS[kind].map((vital) => vitals[vital]).find((curve) => curve?.mean.some((value) => value !== null));
  return found ?? NOTHING;
}

/** One cuff reading, or the extremes of several where a point stands for more time. */
export interface Reading {
  t: number;
  systolic: [low: number, high: number];
  diastolic: [low: number, high: number];
}

/** The cuff readings that have both pressures. */
export function readingsOf(vitals: Record<string, Curve>): Reading[] {
  const { systolic = NOTHING, diastolic = NOTHING } = vitals;
  const other = new Map(diastolic.t.map((t, index) => [t, index]));
  return systolic.t.flatMap((t, index) => {
    const at = other.get(t);
    const [low, high] = [systolic.low[index] ?? null, systolic.high[index] ?? null];
    const [least, most] = at === undefined ? [null, null] : [diastolic.low[at] ?? null, diastolic.high[at] ?? null];
    if (low === null || high === null || least === null || most === null) return [];
    return [{ t, systolic: [low, high], diastolic: [least, most] }];
  });
}

/** Every number that must be in sight on a chart, between two times. */
export function numbersOf(kind: ChartKind, vitals: Record<string, Curve>, from: number, until: number): number[] {
  if (kind === "pressure") {
    const inside = readingsOf(vitals).filter(({ t }) => t >= from && t <= until);
    return inside.flatMap(({ systolic, diastolic }) => [...systolic, ...diastolic]);
  }
  const { t, low, high } = curveOf(kind, vitals);
  return t.flatMap((at, i) => (at >= from && at <= until ? [low[i] ?? null, high[i] ?? null].filter((value) => value !== null) : []));
}

/** The alarms that are about the values of a chart. */
export function alarmsOf(kind: ChartKind, alarms: PastAlarm[]): PastAlarm[] {
  return alarms.filter((alarm) => chartOf(alarm.vitals) === kind);
}

/** When nobody was watching, between two times: what lies between the runs of the service, as far as was asked. */
export function away(
  { since, until: asked, runs }: Pick<Timeline, "since" | "until" | "runs">,
  begin: number,
  end: number,
): { from: number; until: number }[] {
  const [from, until] = [Math.max(begin, since), Math.min(end, asked)];
  const gaps = [];
  let last = from;
  for (const run of runs) {
    if (run.began > last + 1) gaps.push({ from: last, until: Math.min(run.began, until) });
    last = Math.max(last, run.how === "" ? until : run.ended); // it runs on: its last entry may be a minute old
  }
  if (until > last + 1) gaps.push({ from: last, until });
  return gaps.filter((gap) => gap.until > gap.from);
}
