/** What the service remembers, as lines that can be drawn. Pure. x is seconds before now, negative, oldest first. */

import type { Strip } from "../charts/drawing";
import { chartOf, type ChartKind } from "../charts/kinds";
import type { AlarmRecord, Baseline, History, Series } from "./answers";

export interface Line {
  x: number[];
  /** null where a gap begins: nothing is drawn across it. */
  y: (number | null)[];
}

const NOTHING: Line = { x: [], y: [] };

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

/** The baseline's values on a chart. */
export function baselineOf(kind: ChartKind, baseline: Baseline | null): number[] {
  if (!baseline) return [];
  const values = { rate: [baseline.heart_rate], spo2: [baseline.spo2], pressure: [baseline.systolic, baseline.diastolic] };
  return values[kind].filter((value) => value !== null);
}

/** The alarms of a chart, as stretches of x. */
export function stretches(kind: ChartKind, alarms: AlarmRecord[]): Strip[] {
  return alarms
    .filter((alarm) => chartOf(alarm.vitals) === kind)
    .map(({ age_s, lasted_s, over, priority }) => ({ from: -age_s, until: over ? lasted_s - age_s : 0, priority }));
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
