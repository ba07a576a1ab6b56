/** How many columns the wall has. Pure arithmetic, in CSS pixels. */

/** A tile as wide as this many times its height gives its digits the most room (see Tile.svelte's type sizes). */
const BEST_ASPECT = 1.94;
/** Below this height a tile's smallest text (16 px) no longer fits; then the page scrolls, as on a phone. */
export const LEAST_TILE_HEIGHT = 104;
const LEAST_TILE_WIDTH = 205;
const SCROLLED_TILE = { width: 340, height: 176 };

export interface Grid {
  columns: number;
  rows: number;
  /** The height of a row when the page has to scroll; null when all tiles fit. */
  scrolledRow: number | null;
}

/** The grid with the largest digits for `chairs` tiles on a wall of this size; among equals the fewest holes. */
export function grid(chairs: number, width: number, height: number, gap: number): Grid {
  let best: Grid | null = null;
  let bestSize = 0;
  for (let columns = 1; columns <= Math.max(1, chairs); columns++) {
    const rows = Math.max(1, Math.ceil(chairs / columns));
    const w = (width - gap * (columns - 1)) / columns;
    const h = (height - gap * (rows - 1)) / rows;
    if (w < LEAST_TILE_WIDTH || h < LEAST_TILE_HEIGHT) continue;
    const holes = columns * rows - chairs;
    const size = Math.min(h, w / BEST_ASPECT) * (1 - holes * 0.001);
    if (size > bestSize) {
      best = { columns, rows, scrolledRow: null };
      bestSize = size;
    }
  }
  if (best) return best;
  const columns = Math.max(1, Math.min(chairs, Math.floor(width / SCROLLED_TILE.width)));
  return { columns, rows: Math.max(1, Math.ceil(chairs / columns)), scrolledRow: SCROLLED_TILE.height };
}
