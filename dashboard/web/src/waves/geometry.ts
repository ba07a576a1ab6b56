/** Where a sweep draws a moment, and what it wipes on its way. Pure arithmetic, in pixels of the box. */

/** 25 mm/s, the usual paper speed, in CSS pixels a second. */
const PACE_PX_S = (25 / 25.4) * 96;
const SHORTEST_S = 3;
const LONGEST_S = 12;
/** Width of the empty bar that runs ahead of the curve, CSS pixels. */
export const BAR_PX = 14;

/** How many milliseconds a sweep of this width (CSS pixels) shows. */
export function windowMs(width: number): number {
  return Math.min(LONGEST_S, Math.max(SHORTEST_S, width / PACE_PX_S)) * 1000;
}

/** The place of a moment, 0 ≤ x < width. All sweeps of one window run in step. */
export function xAt(timeMs: number, window: number, width: number): number {
  return ((timeMs % window) / window) * width;
}

/**
 * What to wipe so that everything from one moment to another is empty: spans `[x, width]`, two where they pass the edge.
 *
 * Whole pixels, the begin included: a pixel that is wiped in parts keeps a shadow of what was there.
 */
export function wiped(fromMs: number, toMs: number, window: number, width: number): [number, number][] {
  if (toMs - fromMs >= window) return [[0, width]];
  const begin = Math.floor(xAt(fromMs, window, width));
  const end = Math.ceil(xAt(toMs, window, width));
  if (end >= begin) return [[begin, end - begin]];
  return [
    [begin, width - begin],
    [0, end],
  ];
}
