/** Which alarm a tile shows, in what order alarms are listed, and which values they point at. Pure. */

import type { Alarm, AlarmState, Priority } from "./protocol";

/** An alarm with the service second at which it was sent, from which its age runs on. */
export type HeldAlarm = Alarm & { sentAt: number };

const STATES: AlarmState[] = ["active", "acknowledged", "latched", "pending"];
const PRIORITIES: Priority[] = ["high", "medium", "low"];

/** Whether the alarm lights anywhere on the screen. Masked alarms are the milder of a pair and do not. */
export function lights(alarm: Alarm): boolean {
  return !alarm.masked && STATES.includes(alarm.state);
}

/** Whether the condition holds now, by what the server last said. */
export function holds(alarm: Alarm): boolean {
  return alarm.state === "active" || alarm.state === "acknowledged";
}

/** Whether a person can answer it. A masked alarm is answered with the worse one that masks it. */
export function canAcknowledge(alarm: Alarm): boolean {
  return !alarm.masked && (alarm.state === "active" || alarm.state === "latched");
}

/**
 * Order of need. First what flashes: alarms of high and medium priority that nobody has answered, so that none of them
 * is hidden behind one that somebody has. Then what still holds, what is over but not seen, what may become an alarm.
 * Within each: by priority, unanswered first, physiological before technical, the longest standing first.
 */
export function byNeed(a: HeldAlarm, b: HeldAlarm): number {
  return (
    urgency(a) - urgency(b) ||
    PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) ||
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    Number(a.kind !== "P") - Number(b.kind !== "P") ||
    startedAt(a) - startedAt(b)
  );
}

/** Whether the alarm flashes: unanswered, and more than low, which is steady. */
export function flashes(alarm: Alarm): boolean {
  return alarm.state === "active" && alarm.priority !== "low";
}

/** Whether its strip is filled with its colour. A low technical alarm is only outlined, as is one that is over. */
export function filled(alarm: Alarm): boolean {
  return holds(alarm) && !(alarm.kind === "T" && alarm.priority === "low");
}

function urgency(alarm: Alarm): number {
  if (flashes(alarm)) return 0;
  if (holds(alarm)) return 1;
  return alarm.state === "latched" ? 2 : 3;
}

function startedAt(alarm: HeldAlarm): number {
  return alarm.sentAt - alarm.since_age_s;
}

/** The alarms that light, most needed first. */
export function inOrder(alarms: Iterable<HeldAlarm>): HeldAlarm[] {
  return [...alarms].filter(lights).sort(byNeed);
}

/** The priority in whose colours a value of these vitals is inverted, or null. Technical alarms invert nothing. */
export function inverted(ordered: HeldAlarm[], vitals: string[]): Priority | null {
  const cause = ordered.find((alarm) => alarm.kind !== "T" && holds(alarm) && concerns(alarm, vitals));
  return cause?.priority ?? null;
}

/** Whether a technical alarm says that these vitals cannot be trusted or are not there. */
export function doubted(ordered: HeldAlarm[], vitals: string[]): boolean {
  return ordered.some((alarm) => alarm.kind === "T" && holds(alarm) && concerns(alarm, vitals));
}

export type Direction = "rising" | "falling";

const RISES: Record<string, (alarm: Alarm) => boolean> = {
  "SPO2-DROP": () => false,
  "SPO2-TTL": () => false,
  "HR-TREND": ({ value, limit }) => (value ?? 0) > (limit ?? 0), // the limit is the baseline that it moves away from
  "BP-RISE": () => true,
  "BP-FALL": () => false,
  "BP-TTL": ({ value, limit }) => (value ?? 0) < (limit ?? 0), // the limit is what it moves towards
};

/** Which way these vitals go, when one of the service's trend alarms says so. Never judged from what was drawn. */
export function trend(ordered: HeldAlarm[], vitals: string[]): Direction | null {
  const cause = ordered.find((alarm) => alarm.condition in RISES && holds(alarm) && concerns(alarm, vitals));
  return cause ? (RISES[cause.condition]?.(cause) ? "rising" : "falling") : null;
}

function concerns(alarm: Alarm, vitals: string[]): boolean {
  return alarm.vitals.some((vital) => vitals.includes(vital));
}

/** How many alarms of each sort the top bar names. Each alarm counts once. */
export interface Counts {
  high: number;
  medium: number;
  low: number;
  /** Technical alarms of low priority; the others count by their priority, since they flash like it. */
  technical: number;
}

export function count(listed: HeldAlarm[]): Counts {
  const counts: Counts = { high: 0, medium: 0, low: 0, technical: 0 };
  for (const alarm of listed) {
    if (alarm.kind === "T" && alarm.priority === "low") counts.technical += 1;
    else counts[alarm.priority] += 1;
  }
  return counts;
}
