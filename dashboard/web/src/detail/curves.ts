/** What the service remembers, as lines that can be drawn. Pure. x is seconds before now, negative, oldest first. */

import type { AlarmRecord, Baseline, History, Series } from "./answers";

export interface Line {
  x: number[];
  /** null where a gap begins: nothing is drawn across it. */
  y: (number | null)[];
}

export type ChartKind = "rate" | "spo2" | "pressure";

const NOTHING: Line = { x: [], y: [] };

/** Which vitals a chart is about. */
export const CHART_VITALS: Record<ChartKind, string[]> = {
  rate: ["heart_rate", "pulse_rate"],
  spo2: ["spo2"],
  pressure: ["systolic", "diastolic", "mean_pressure"],
};

/** The chart on which a condition's values are drawn, if any. */
export function chartOf(vitals: string[]): ChartKind | null {
  const kinds = Object.keys(CHART_VITALS) as ChartKind[];
  return kinds.find((kind) => vitals.some((vital) => CHART_VITALS[kind].includes(vital))) ?? null;
}

function lineOf(series: Series | undefined): Line {
  return series ? { x: series.t.map((age) => -age), y: series.value } : NOTHING;
}

/** The lines of a chart. The rate is the electrical one where there is any, else the pulse's, as on the tile. */
export function linesOf(kind: ChartKind, { vitals, cuff }: History): Line[] {
  if (kind === "spo2") return [lineOf(vitals["spo2"])];
  if (kind === "rate") {
    const electrical = vitals["heart_rate"];
    return [lineOf(electrical?.value.some((value) => value !== null) ? electrical : vitals["pulse_rate"])];
  }
  const x = cuff.map((reading) => -reading.age_s);
  return [
    { x, y: cuff.map(({ systolic }) => systolic) },
    { x, y: cuff.map(({ diastolic }) => diastolic) },
  ];
}

/** What a chart always shows; it grows for values outside, so that the eye learns where 90 is. */
const USUAL: Record<ChartKind, [number, number]> = { rate: [40, 140], spo2: [80, 100], pressure: [40, 180] };

/** The ends of a chart's scale, for these values and whatever else must be in sight. */
export function scaleOf(kind: ChartKind, values: (number | null)[]): [number, number] {
  const [low, high] = USUAL[kind];
  const there = values.filter((value) => value !== null);
  const margin = kind === "spo2" ? 1 : 5;
  const least = Math.min(low, ...there.map((value) => value - margin));
  const most = Math.max(high, ...there.map((value) => value + margin));
  return kind === "spo2" ? [Math.max(0, least), 100.5] : [Math.max(0, least), most];
}

export interface LimitLine {
  value: number;
  /** On which side it alarms. */
  low: boolean;
}

const LIMITS: Record<ChartKind, string[]> = {
  rate: ["heart_rate_low", "heart_rate_very_low", "heart_rate_high", "heart_rate_very_high"],
  spo2: ["spo2_low", "spo2_very_low"],
  pressure: ["systolic_low", "systolic_very_low", "systolic_high", "systolic_crisis"],
};

/** The limits in force on a chart. */
export function limitsOf(kind: ChartKind, limits: Record<string, number>): LimitLine[] {
  return LIMITS[kind].flatMap((name) => {
    const value = limits[name];
    return value === undefined ? [] : [{ value, low: name.endsWith("_low") }];
  });
}

/** The baseline's values on a chart. */
export function baselineOf(kind: ChartKind, baseline: Baseline | null): number[] {
  if (!baseline) return [];
  const values = { rate: [baseline.heart_rate], spo2: [baseline.spo2], pressure: [baseline.systolic, baseline.diastolic] };
  return values[kind].filter((value) => value !== null);
}

/** The alarms of a chart, as stretches of x. */
export function stretches(kind: ChartKind, alarms: AlarmRecord[]): { from: number; to: number; alarm: AlarmRecord }[] {
  return alarms
    .filter((alarm) => chartOf(alarm.vitals) === kind)
    .map((alarm) => ({ from: -alarm.age_s, to: alarm.over ? alarm.lasted_s - alarm.age_s : 0, alarm }));
}

export interface Box {
  width: number;
  height: number;
  x: [number, number];
  y: [number, number];
}

export function across({ width, x }: Box, at: number): number {
  return ((at - x[0]) / (x[1] - x[0])) * width;
}

export function down({ height, y }: Box, value: number): number {
  return height - ((value - y[0]) / (y[1] - y[0])) * height;
}

/** An SVG path of the line's part inside the box; a gap lifts the pen. */
export function pathOf({ x, y }: Line, box: Box): string {
  let pen = false;
  const parts: string[] = [];
  x.forEach((at, index) => {
    const value = y[index] ?? null;
    const inside = at >= box.x[0] && at <= box.x[1];
    if (value !== null && inside) parts.push(`${pen ? "L" : "M"}${across(box, at).toFixed(1)} ${down(box, value).toFixed(1)}`);
    pen = value !== null && inside;
  });
  return parts.join("");
}
