/** How many columns the wall has, how much a tile of that size shows, and which one may grow. Pure, in pixels of a 1080p screen. */

/** A tile as wide as this many times its height gives its digits the most room (see Tile.svelte's type sizes). */
const BEST_ASPECT = 1.94;
/** Below this height a tile's smallest text (16 px) no longer fits; then the page scrolls, as on a phone. */
export const LEAST_TILE_HEIGHT = 104;
const LEAST_TILE_WIDTH = 205;
const SCROLLED_TILE = { width: 340, height: 176 };

/**
 * How much a tile shows. L: everything. M: no sparkline. S: no sweep, and the header takes the alarm's colour too, for a
 * thin frame is too weak to see from the door. Alarm strip, values and ages are in all of them.
 */
export type Density = "S" | "M" | "L";

export function density(tileHeight: number): Density {
  if (tileHeight < 150) return "S";
  return tileHeight < 260 ? "M" : "L";
}

/** On a wall with more chairs than this the tile that is needed most grows to twice its width and height. */
export const GROWS_ABOVE = 36;

export interface Grid {
  columns: number;
  rows: number;
  /** Of one tile; when the page scrolls, of one that is scrolled. */
  tileHeight: number;
  /** The height of a row when the page has to scroll; null when all tiles fit. */
  scrolledRow: number | null;
}

/** The grid with the largest digits for `chairs` tiles on a wall of this size; among equals the fewest holes. */
export function grid(chairs: number, width: number, height: number, gap: number): Grid {
  let best: Grid | null = null;
  let bestSize = 0;
  for (let columns = 1; columns <= Math.max(1, chairs); columns++) {
    const rows = Math.max(1, Math.ceil(chairs / columns));
    const w = share(width, columns, gap);
    const h = share(height, rows, gap);
    if (w < LEAST_TILE_WIDTH || h < LEAST_TILE_HEIGHT) continue;
    const holes = columns * rows - chairs;
    const size = Math.min(h, w / BEST_ASPECT) * (1 - holes * 0.001);
    if (size > bestSize) {
      best = { columns, rows, tileHeight: h, scrolledRow: null };
      bestSize = size;
    }
  }
  if (best) return best;
  const columns = Math.max(1, Math.min(chairs, Math.floor(width / SCROLLED_TILE.width)));
  const rows = Math.max(1, Math.ceil(chairs / columns));
  return { columns, rows, tileHeight: SCROLLED_TILE.height, scrolledRow: SCROLLED_TILE.height };
}

/**
 * Whether one row can be twice as high and one tile in it twice as wide, and every tile still be large enough to read.
 *
 * The grown tile takes its room from its own row, and a little height from all: every chair keeps its row and its place in
 * it, none is covered, no other row's tiles move sideways, and the smaller ones still have the size that all texts fit.
 */
export function canGrow(chairs: number, shape: Grid, width: number, height: number, gap: number): boolean {
  return (
    chairs > GROWS_ABOVE &&
    shape.scrolledRow === null &&
    share(width, shape.columns + 1, gap) >= LEAST_TILE_WIDTH &&
    share(height - gap, shape.rows + 1, gap) >= LEAST_TILE_HEIGHT
  );
}

/** Equal rows as CSS writes them, the one at index `tall` with two shares. */
export function rowLines(rows: number, tall: number | null): string {
  return Array.from({ length: rows }, (_, i) => `minmax(0, ${i === tall ? 2 : 1}fr)`).join(" ");
}

/** How fine the grid's own columns are, so that a row may hold one tile of two shares among others of one. */
export function fineColumns(columns: number): number {
  return columns * (columns + 1);
}

/** How many fine columns the tile at `index` takes when the one at `grown`, if any, is large. */
export function span(columns: number, index: number, grown: number | null): number {
  const sameRow = grown !== null && Math.floor(index / columns) === Math.floor(grown / columns);
  if (!sameRow) return columns + 1;
  return index === grown ? 2 * columns : columns;
}

/** How long each of `count` pieces is that fill `length` with gaps between them. */
export function share(length: number, count: number, gap: number): number {
  return (length - gap * (count - 1)) / count;
}
