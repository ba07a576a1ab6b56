/** How the limits are listed and stepped. The service owns what may be set and what it would do. Pure. */

import type { Limit } from "./answers";
import type { ChartKind } from "../charts/kinds";

/** In the order of the screen; a limit and its delays stand together. */
const ORDER: Record<string, string[]> = {
  spo2: ["spo2_low", "spo2_very_low"],
  heart_rate: ["heart_rate_high", "heart_rate_very_high", "heart_rate_low", "heart_rate_very_low"],
  systolic: ["systolic_high", "systolic_crisis", "systolic_at_once", "systolic_low", "systolic_very_low"],
  diastolic: ["diastolic_high", "diastolic_crisis", "diastolic_at_once"],
  mean: ["mean_low"],
  respiration: ["respiration_low"],
};

/** The limits by vital, in the order of the screen; then the delays. */
export function grouped(limits: Limit[]): { name: string; limits: Limit[] }[] {
  const byKey = new Map(limits.map((limit) => [limit.key, limit]));
  const groups = Object.entries(ORDER).map(([name, keys]) => ({
    name,
    limits: keys.flatMap((key) => byKey.get(`limits.${key}`) ?? []),
  }));
  return [...groups, { name: "delays", limits: limits.filter(({ key }) => key.startsWith("delays.")) }];
}

/** The chart behind a limit: where its vital is drawn. */
export function chartBehind(key: string): ChartKind | null {
  const name = key.split(".")[1] ?? "";
  if (name.startsWith("spo2")) return "spo2";
  if (name.startsWith("heart_rate")) return "rate";
  return /^(systolic|diastolic|mean)/.test(name) ? "pressure" : null;
}

export function unitOf(key: string): string {
  if (key.startsWith("delays.")) return "s";
  const kind = chartBehind(key);
  return kind === null ? "/min" : { spo2: "%", rate: "bpm", pressure: "mmHg" }[kind];
}

function stepOf(key: string): number {
  const fine = key.startsWith("delays.") || chartBehind(key) === "spo2" || chartBehind(key) === null;
  return fine ? 1 : 5;
}

/** One step up or down, to the next multiple, inside what may be set. */
export function stepped({ key, low, high }: Limit, value: number, up: boolean): number {
  const step = stepOf(key);
  const next = up ? Math.floor(value / step) * step + step : Math.ceil(value / step) * step - step;
  return Math.min(high, Math.max(low, next));
}

/** The figures typed on the keypad after one more key; at most three, no leading zero. */
export function typed(figures: string, key: string): string {
  if (key === "back") return figures.slice(0, -1);
  return (figures === "0" ? key : figures + key).slice(-3);
}
