/** Which sweeps share a canvas. */

import { describe, expect, test } from "vitest";

import { bands } from "../../src/waves/bands";
import type { Place } from "../../src/waves/sweep";

function place(chair: string, x: number, y: number, width = 100, height = 20): Place {
  return { chair, x, y, width, height, ratio: 1, colour: "blue" };
}

const chairs = (places: Place[]) => bands(places).map((band) => band.places.map(({ chair }) => chair));

test("nothing to draw needs no canvas", () => {
  expect(bands([])).toEqual([]);
});

test("tiles side by side share one, each row has its own", () => {
  expect(chairs([place("1", 0, 80), place("2", 110, 80), place("3", 0, 180), place("4", 110, 180)])).toEqual([
    ["1", "2"],
    ["3", "4"],
  ]);
});

test("sweeps that lie partly beside each other share one, so that no canvas covers another's curve", () => {
  expect(chairs([place("low", 0, 90), place("grown", 110, 60, 200, 40), place("next", 0, 110)])).toEqual([
    ["grown", "low"],
    ["next"],
  ]);
});

describe("a canvas", () => {
  const [band] = bands([place("1", 10, 80), place("2", 120, 84, 50, 30)]);
  test("is as large as what is drawn on it", () => {
    expect(band).toMatchObject({ x: 10, y: 80, width: 160, height: 34 });
  });
  test("has its places counted from its own corner", () => {
    expect(band?.places.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [110, 4],
    ]);
  });
});
