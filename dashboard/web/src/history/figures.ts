/** How figures of the burden read. Pure. */

/** Alarms for each chair-hour; a dash where nothing was watched. */
export function rate(perHour: number | null): string {
  return perHour === null ? "–" : perHour.toFixed(2);
}
