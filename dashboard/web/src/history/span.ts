/** Which part of the record is looked at. Pure. Times are seconds since 1970; days are those of this computer's zone. */

export interface Span {
  from: number;
  until: number;
}

export const HOUR_S = 3600;
export const DAY_S = 24 * HOUR_S;
const LEAST_S = 60;
const LEAD_S = 2;
const MOST_S = 92 * DAY_S;

/** The same length, so many seconds later (or earlier, when negative); never wholly in the future. */
export function moved({ from, until }: Span, seconds: number, now: number): Span {
  const by = Math.min(seconds, now - from - (until - from) / 2);
  return { from: from + by, until: until + by };
}

/** Shorter (`factor` < 1) or longer, with the moment at `fraction` of the width (0 left, 1 right) kept in its place. */
export function zoomed({ from, until }: Span, factor: number, fraction: number): Span {
  const length = Math.min(MOST_S, Math.max(LEAST_S, (until - from) * factor));
  const kept = from + (until - from) * fraction;
  return { from: kept - length * fraction, until: kept + length * (1 - fraction) };
}

/** So long, ending now; a little later, as a page's clock may be a moment behind: what just began belongs to it. */
export function lastOf(seconds: number, now: number): Span {
  return { from: now + LEAD_S - seconds, until: now + LEAD_S };
}

/** A whole day by its name, `2026-11-22`; null for what is no day. */
export function dayOf(name: string): Span | null {
  const [year, month, day] = name.split("-").map(Number);
  if (!year || !month || !day) return null;
  const from = new Date(year, month - 1, day);
  if (from.getMonth() !== month - 1) return null;
  return { from: from.getTime() / 1000, until: new Date(year, month - 1, day + 1).getTime() / 1000 };
}

/** The name of the day in which a moment lies. */
export function nameOfDay(at: number): string {
  const date = new Date(at * 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** An alarm with some time around it, so that its beginning and its end can be seen. */
export function around(began: number, ended: number | null, now: number): Span {
  const end = ended ?? now;
  const margin = Math.max(120, (end - began) * 0.25);
  return { from: began - margin, until: end + margin };
}

/** A little more than what is looked at, so that a small move shows something at once. */
export function widened({ from, until }: Span): Span {
  const more = (until - from) / 4;
  return { from: from - more, until: until + more };
}

/** Where a moment lies in a span, in percent of its width; outside of it at an edge. */
export function place({ from, until }: Span, at: number): number {
  return Math.min(100, Math.max(0, ((at - from) / (until - from)) * 100));
}
