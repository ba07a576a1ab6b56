/**
 * How old things are, and how ages read. Pure: the caller gives the time.
 *
 * Everything is reckoned in service seconds. The newest frame anchors them to this computer's own monotonic clock, so a
 * wrong time of day here or at the server changes no age.
 */

import type { Value } from "./protocol";

/** One moment known on both clocks. */
export interface Anchor {
  /** Service seconds, of the newest frame. */
  now: number;
  /** Local monotonic milliseconds at which that frame was heard. */
  heardMs: number;
  /** Service seconds in one real second. */
  speed: number;
}

/** The service's clock as this computer reckons it now. */
export function serviceNow(anchor: Anchor, localMs: number): number {
  return anchor.now + ((localMs - anchor.heardMs) / 1000) * anchor.speed;
}

/** Seconds: an age that was `ageS` when sent at service second `sentAt`, as it is at `now`. */
export function ageAt(ageS: number, sentAt: number, now: number): number {
  return ageS + Math.max(0, now - sentAt);
}

export type Freshness = "live" | "stale" | "gone";

/** How a value of this age may be drawn: as it is, marked as old, or not at all. */
export function freshness(ageS: number, value: Pick<Value, "stale_s" | "gone_s">): Freshness {
  if (ageS >= value.gone_s) return "gone";
  return ageS >= value.stale_s ? "stale" : "live";
}

/** `0:14`, `12:05`, `1:02:10`. Whole seconds passed, never negative. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const s = String(whole % 60).padStart(2, "0");
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** A time still to run, rounded up so that it reads 0:00 only when it is over. */
export function countdown(seconds: number): string {
  return clock(Math.ceil(seconds));
}

/** Whole minutes of a cuff reading's age: `<1 min`, `4 min`. */
export function minutes(seconds: number): string {
  return seconds < 60 ? "<1 min" : `${Math.floor(seconds / 60)} min`;
}

/** The time of day so many seconds before `wall`, as `14:02`. Says nothing about ages; see `Anchor`. */
export function timeOfDay(wall: Date, secondsAgo: number): string {
  const then = new Date(wall.getTime() - secondsAgo * 1000);
  return then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
