/** Which sweeps share a canvas. Pure. */

import type { Place } from "./sweep";

/** A part of a surface that is one canvas. Device pixels from the surface's corner; its places count from its own. */
export interface Band {
  x: number;
  y: number;
  width: number;
  height: number;
  places: Place[];
}

/**
 * The canvases that these places need: one for all that stand side by side, as a row of tiles does.
 *
 * What a browser has to compose again in each frame is the canvas and not the curve. One canvas over the whole wall is
 * mostly empty and costs most of a core without a graphics card; one a chair costs more in its handling (see
 * benchmarks/README.md).
 */
export function bands(places: readonly Place[]): Band[] {
  const rows: Place[][] = [];
  let bottom = -Infinity;
  for (const place of [...places].sort((a, b) => a.y - b.y)) {
    if (place.y >= bottom) rows.push([]);
    rows.at(-1)?.push(place);
    bottom = Math.max(bottom, place.y + place.height);
  }
  return rows.map(around);
}

function around(places: Place[]): Band {
  const x = Math.min(...places.map((place) => place.x));
  const y = Math.min(...places.map((place) => place.y));
  return {
    x,
    y,
    width: Math.max(...places.map((place) => place.x + place.width)) - x,
    height: Math.max(...places.map((place) => place.y + place.height)) - y,
    places: places.map((place) => ({ ...place, x: place.x - x, y: place.y - y })),
  };
}
