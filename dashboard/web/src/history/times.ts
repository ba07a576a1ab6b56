/** How moments of the past read. Pure; in this computer's time zone. */

import { words } from "../words";

const at = (seconds: number) => new Date(seconds * 1000);

/** `10:42`, with seconds where they tell. */
export function timeAt(seconds: number, withSeconds = false): string {
  const second = withSeconds ? "2-digit" : undefined;
  return at(seconds).toLocaleTimeString(words.tag, { hour: "2-digit", minute: "2-digit", second, hourCycle: "h23" });
}

/** `Sun 22 Nov 2026`. */
export function dateAt(seconds: number): string {
  return at(seconds).toLocaleDateString(words.tag, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
}

/** `Sun 22 Nov 2026, 08:00 – 16:00`, or with both days. */
export function spanText(from: number, until: number): string {
  const last = dateAt(until - 1);
  const begin = `${dateAt(from)}, ${timeAt(from)}`;
  return dateAt(from) === last ? `${begin} – ${timeAt(until)}` : `${begin} – ${dateAt(until)}, ${timeAt(until)}`;
}

/** The figure of an axis whose figures are `step` seconds apart. */
export function axisTime(seconds: number, step: number): string {
  const midnight = at(seconds).getHours() === 0 && at(seconds).getMinutes() === 0;
  if (step >= 86_400 || midnight) return at(seconds).toLocaleDateString(words.tag, { day: "numeric", month: "short" });
  return timeAt(seconds, step < 60);
}

/** `10:42:05` of today, with its day before that. */
export function momentText(seconds: number, now: number): string {
  const time = timeAt(seconds, true);
  return dateAt(seconds) === dateAt(now) ? time : `${at(seconds).toLocaleDateString(words.tag, { day: "numeric", month: "short" })} ${time}`;
}
