/** Which part of the last two hours the curves show. Pure. */

/** How far back the service remembers, seconds. */
export const KEPT_S = 7200;
const LEAST_S = 60;

export interface View {
  /** Seconds from the left edge to the right one. */
  spanS: number;
  /** Age of the right edge, seconds; 0 follows the present. */
  endAgeS: number;
}

export const LAST_10_MIN: View = { spanS: 600, endAgeS: 0 };

function inside({ spanS, endAgeS }: View): View {
  const span = Math.min(KEPT_S, Math.max(LEAST_S, spanS));
  return { spanS: span, endAgeS: Math.min(KEPT_S - span, Math.max(0, endAgeS)) };
}

/** The same length, so many seconds earlier (or later, when negative). */
export function earlier(view: View, seconds: number): View {
  return inside({ spanS: view.spanS, endAgeS: view.endAgeS + seconds });
}

/** Shorter (`factor` < 1) or longer, with the moment at `fraction` of the width (0 left, 1 right) kept in its place. */
export function zoomed(view: View, factor: number, fraction: number): View {
  const spanS = Math.min(KEPT_S, Math.max(LEAST_S, view.spanS * factor));
  return inside({ spanS, endAgeS: view.endAgeS + (view.spanS - spanS) * (1 - fraction) });
}

/** From its beginning until now, as far as it is remembered. */
export function wholeVisit(visitAgeS: number): View {
  return inside({ spanS: Math.max(LAST_10_MIN.spanS, visitAgeS), endAgeS: 0 });
}

/** Where the time axis has its figures, seconds before now as negative numbers. */
export function ticks({ spanS, endAgeS }: View): number[] {
  const step = [15, 60, 120, 300, 600, 1200, 1800].find((each) => spanS / each <= 7) ?? 1800;
  const first = Math.ceil((-endAgeS - spanS) / step);
  const last = Math.floor(-endAgeS / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step + 0);
}

/** How often the curves are asked for anew, milliseconds: a long stretch moves slowly and costs more. */
export function everyMs({ spanS, endAgeS }: View): number {
  return Math.max(2000, (spanS + endAgeS) * 4);
}
