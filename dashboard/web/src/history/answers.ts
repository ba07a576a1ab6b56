/**
 * What the service answers from its record: `/api/v1/record`, types as in src/vitalwatch/journal/history/questions.py and beside it.
 * Times are seconds since 1970. How to ask: `ask` in ../detail/answers.
 */

import type { Priority } from "../protocol";

/** A chair of which the record has values, from `first` to `last`. */
export interface PastChair {
  id: string;
  first: number;
  last: number;
}

export interface Chairs {
  now: number;
  chairs: PastChair[];
}

/** One vital; each point holds the lowest, the highest and the mean value of its time. null where a gap begins. */
export interface Curve {
  /** Whether each point is a reading of its own, not to be joined with the next. */
  episodic: boolean;
  t: number[];
  low: (number | null)[];
  high: (number | null)[];
  mean: (number | null)[];
}

/** One alarm that was, or is still there. */
export interface PastAlarm {
  chair: string;
  condition: string;
  technical: boolean;
  priority: Priority;
  text: string;
  began: number;
  ended: number | null;
  lasted_s: number | null;
  over_why: string;
  value: number | null;
  peak: number | null;
  limit: number | null;
  limit_source: string;
  delay_s: number;
  seen_after_s: number | null;
  seen_by: string;
  vitals: string[];
}

/** Something that was done; by itself when there is no actor. */
export interface Deed {
  t: number;
  chair: string;
  kind: string;
  text: string;
  actor: string;
  reason: string;
}

/** A state of a monitor that held; to the end of what was asked for when it has no end. */
export interface PastStatus {
  chair: string;
  device: string;
  status: string;
  began: number;
  ended: number | null;
  detail: string;
}

/** When the service ran; nobody was watching between two runs. */
export interface Run {
  began: number;
  ended: number;
  how: string;
}

/** Everything of one chair between two times. */
export interface Timeline {
  chair: string;
  since: number;
  until: number;
  step_s: number;
  vitals: Record<string, Curve>;
  alarms: PastAlarm[];
  deeds: Deed[];
  statuses: PastStatus[];
  runs: Run[];
  /** In force at the end. */
  limits: Record<string, number>;
  /** Whether others were in force before. */
  limits_changed: boolean;
}

/** How many alarms of one kind: `merged` counts one that came back within a minute with the one before. */
export interface Count {
  name: string;
  raw: number;
  merged: number;
  watched_h: number;
  per_hour: number | null;
  short: number;
  ended: number;
  answered: number;
  median_s: number | null;
}

export interface Offender {
  chair: string;
  condition: string;
  merged: number;
  share: number;
}

export interface Answering {
  alarms: number;
  answered: number;
  within_30_s: number;
  median_s: number | null;
  p90_s: number | null;
}

export interface Burden {
  since: number;
  until: number;
  running_h: number;
  watched_h: number;
  monitored_h: number;
  all: Count;
  clinic: number;
  by_priority: Count[];
  by_rule: Count[];
  by_hour: Count[];
  by_chair: Count[];
  worst: Offender[];
  answering: Answering;
  answering_high: Answering;
  busiest: number;
  floods: number;
}

export const timelineOf = (chair: string) => `record/chairs/${encodeURIComponent(chair)}/timeline`;
