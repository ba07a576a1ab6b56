/** Which alarms ask this screen for sound, by what the service last said. Pure. */

import type { HeldAlarm } from "../alarms";
import { ageAt } from "../ages";
import type { Asking } from "./schedule";

/**
 * Where the screen stands. `desk`: it sounds. `room`: a quiet room, where it sounds only when nobody else can be relied
 * on: no other screen sounds, or a high alarm goes unanswered.
 */
export type Place = "desk" | "room";

/** After this time without an answer a high alarm sounds in the quiet room too; without the service, the watch tone. */
export const ROOM_AFTER_S = 15;

/** The part of a chair's picture that decides about its sound. */
export interface Chair {
  info: { id: string; audio_paused_until: number | null };
  alarms: ReadonlyMap<string, HeldAlarm>;
}

/**
 * The alarms that ask for sound at service second `now`.
 *
 * The service decides who sounds: active alarms, but for the milder of a pair, at chairs whose audio is not paused. A
 * pause that should have ended has ended, whether or not the service has come to say so.
 */
export function asking(chairs: Iterable<Chair>, now: number, quiet: boolean): Asking[] {
  const found: Asking[] = [];
  for (const { info, alarms } of chairs) {
    if (info.audio_paused_until !== null && now < info.audio_paused_until) continue;
    for (const alarm of alarms.values()) {
      if (alarm.state !== "active" || alarm.masked || (quiet && !isUrgent(alarm, now))) continue;
      found.push({
        id: `${alarm.chair} ${alarm.condition} ${alarm.count}`,
        priority: alarm.priority,
        escalated: alarm.escalated,
      });
    }
  }
  return found;
}

function isUrgent(alarm: HeldAlarm, now: number): boolean {
  return alarm.priority === "high" && ageAt(alarm.since_age_s, alarm.sentAt, now) >= ROOM_AFTER_S;
}
