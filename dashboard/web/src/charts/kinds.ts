/** The three charts: which vitals, scale and limits belong to each. Pure. */

export type ChartKind = "rate" | "spo2" | "pressure";

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
