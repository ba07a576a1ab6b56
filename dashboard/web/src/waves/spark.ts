/**
 * Half an hour of one vital in a few points, from what the page itself has heard. Pure: the caller gives the time.
 *
 * Each point is the worst (lowest) value of its quarter of a minute, so that a short desaturation shows. A quarter without
 * any value is a gap.
 */

/** Service seconds of one point. */
export const POINT_S = 15;
/** Service seconds that are kept and drawn. */
export const SPAN_S = 30 * 60;
const POINTS = SPAN_S / POINT_S;

export class Spark {
  /** By number of the quarter since the service's zero; in order, at most POINTS of them. */
  readonly #lowest = new Map<number, number>();

  /** Takes a value at service second `now`, or that there is none. */
  take(value: number | null, now: number): void {
    const quarter = Math.floor(now / POINT_S);
    for (const old of this.#lowest.keys()) {
      if (old > quarter - POINTS) break;
      this.#lowest.delete(old);
    }
    if (value !== null) this.#lowest.set(quarter, Math.min(value, this.#lowest.get(quarter) ?? value));
  }

  /**
   * Forgets what is older than the visit that began at this service second. The quarter in which it began goes too: it may
   * hold a value of the patient before.
   */
  beginAt(second: number): void {
    for (const quarter of this.#lowest.keys()) {
      if (quarter > Math.floor(second / POINT_S)) break;
      this.#lowest.delete(quarter);
    }
  }

  /**
   * The line as an SVG path in a box of 1 × 1, oldest left, the present right; empty when there is nothing to draw.
   *
   * `least` and `most` are the values at the bottom and the top; what lies beyond is drawn at the edge.
   */
  path(now: number, least: number, most: number): string {
    const newest = Math.floor(now / POINT_S);
    let path = "";
    let before = NaN;
    for (const [quarter, value] of this.#lowest) {
      if (quarter <= newest - POINTS) continue;
      const x = 1 - (newest - quarter) / POINTS;
      const y = 1 - Math.min(1, Math.max(0, (value - least) / (most - least)));
      const left = (x - 1 / POINTS).toFixed(4);
      path += `${quarter === before + 1 ? "L" : "M"}${left} ${y.toFixed(3)}H${x.toFixed(4)}`;
      before = quarter;
    }
    return path;
  }
}
