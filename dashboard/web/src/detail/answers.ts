/**
 * What the service answers when it is asked about a chair: `/api/v1`, types as in src/vitalwatch/hub/answers.py, and the
 * way to ask. Ages are seconds before `now` of the answer.
 */

import type { AlarmState, Priority, Validity } from "../protocol";

/** One streamed vital, oldest first: ages, and values with null where a gap begins. */
export interface Series {
  t: number[];
  value: (number | null)[];
}

export interface Cuff {
  age_s: number;
  systolic: number | null;
  diastolic: number | null;
  mean: number | null;
  pulse: number | null;
}

/** Something that was done: a phase, a baseline, a note … */
export interface Mark {
  age_s: number;
  kind: string;
  text: string;
  actor: string;
  reason: string;
}

/** One alarm that is there or was. */
export interface AlarmRecord {
  chair: string;
  label: string;
  condition: string;
  priority: Priority;
  text: string;
  age_s: number;
  lasted_s: number;
  over: boolean;
  over_why: string;
  value: number | null;
  /** The value farthest beyond the limit. */
  peak: number | null;
  limit: number | null;
  limit_source: string;
  delay_s: number;
  /** How long after its beginning somebody acknowledged it. */
  seen_after_s: number | null;
  seen_by: string;
  vitals: string[];
}

export interface Baseline {
  age_s: number;
  actor: string;
  spo2: number | null;
  heart_rate: number | null;
  systolic: number | null;
  diastolic: number | null;
}

export interface History {
  now: number;
  vitals: Record<string, Series>;
  cuff: Cuff[];
  alarms: AlarmRecord[];
  marks: Mark[];
  /** In force, `spo2_low` and so on. */
  limits: Record<string, number>;
  baseline: Baseline | null;
  visit_age_s: number;
  phase_age_s: number | null;
  end_in_s: number | null;
}

/** A limit or delay that people may set for this patient. */
export interface Limit {
  key: string;
  value: number;
  /** The profile's. */
  own: number;
  low: number;
  high: number;
  source: string;
}

/** An alarm that would start, after its delay, or end. */
export interface WouldChange {
  condition: string;
  starts: boolean;
  delay_s: number;
  text: string;
}

/** What a limit would do, were it set now. */
export interface Trial {
  key: string;
  value: number;
  looser: boolean;
  /** It would be looser than the profile has it, which takes two people. */
  needs_second: boolean;
  error: string;
  changes: WouldChange[];
}

export interface Evidence {
  vital: string;
  device: string;
  value: number | null;
  validity: Validity;
  age_s: number;
  speaks: boolean;
}

/** Why a condition is as it is. */
export interface Explanation {
  chair: string;
  condition: string;
  state: AlarmState;
  sentence: string;
  evidence: Evidence[];
  value: number | null;
  limit: number | null;
  limit_source: string;
  delay_s: number;
  clock_s: number;
  held_back: string[];
  statuses: string[];
}

export type Query = Record<string, string | number | null>;

/** The address of a question below `/api/v1/`; what is null is left out. */
export function addressOf(base: string, path: string, query: Query): string {
  const url = new URL(`api/v1/${path}`, base);
  for (const [name, value] of Object.entries(query)) if (value !== null) url.searchParams.set(name, String(value));
  return url.href;
}

/** Without an answer in this time the service counts as not there: what is shown must not grow old unnoticed. */
export const ANSWER_MS = 10_000;

/** Asks the service. Throws with its own sentence when it refuses, and with the browser's when it is not there. */
export async function ask<T>(path: string, query: Query, signal: AbortSignal): Promise<T> {
  const answer = await fetch(addressOf(document.baseURI, path, query), {
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return (await answer.json()) as T;
}

export const historyOf = (chair: string) => `chairs/${encodeURIComponent(chair)}/history`;
export const limitsOf = (chair: string) => `chairs/${encodeURIComponent(chair)}/limits`;
