import { describe, expect, test } from "vitest";

import { canGrow, density, fineColumns, grid, GROWS_ABOVE, LEAST_TILE_HEIGHT, rowLines, span } from "../src/grid";

/** The wall's room on a 1920×1080 screen below the top bar, above the footer, with the connection-lost bar shown. */
const WALL = { width: 1910, height: 940 };

describe("on a 1080p wall", () => {
  test.each(Array.from({ length: 64 }, (_, i) => i + 1))("%d chairs fit without scrolling", (chairs) => {
    const { columns, rows, scrolledRow } = grid(chairs, WALL.width, WALL.height, 5);
    expect(scrolledRow).toBeNull();
    expect(columns * rows).toBeGreaterThanOrEqual(chairs);
    expect(columns * (rows - 1)).toBeLessThan(chairs);
    expect((WALL.height - 5 * (rows - 1)) / rows).toBeGreaterThanOrEqual(LEAST_TILE_HEIGHT);
  });

  test.each([
    [16, 4],
    [36, 6],
    [64, 8],
  ])("%d chairs stand in %d columns", (chairs, columns) => {
    expect(grid(chairs, WALL.width, WALL.height, 5).columns).toBe(columns);
  });
});

test("a screen on its side gets fewer columns", () => {
  expect(grid(16, 1070, 1780, 5).columns).toBeLessThan(4);
});

test("a phone scrolls one column", () => {
  expect(grid(8, 380, 620, 5)).toMatchObject({ columns: 1, rows: 8 });
  expect(grid(8, 380, 620, 5).scrolledRow).not.toBeNull();
});

test("no chairs are no division by zero", () => {
  expect(grid(0, 1900, 900, 5)).toMatchObject({ columns: 1, rows: 1 });
});

describe("how much a tile shows", () => {
  test.each([
    [64, "S"],
    [49, "S"],
    [36, "M"],
    [16, "M"],
    [9, "L"],
    [4, "L"],
  ])("on a 1080p wall of %d chairs: %s", (chairs, expected) => {
    expect(density(grid(chairs, WALL.width, 1000, 5).tileHeight)).toBe(expected);
  });
});

describe("a tile that grows", () => {
  /** The wall's room on a 1920×1080 screen on which nothing is lost. */
  const ROOM = { width: 1910, height: 990 };
  const may = (chairs: number, height = ROOM.height) =>
    canGrow(chairs, grid(chairs, ROOM.width, height, 5), ROOM.width, height, 5);

  test("does so only on a wall with many chairs", () => {
    expect(may(GROWS_ABOVE)).toBe(false);
    expect(may(GROWS_ABOVE + 1)).toBe(true);
    expect(may(64)).toBe(true);
  });

  test("does not make the others too small to read", () => expect(may(64, 900)).toBe(false));

  test("takes two shares of its row, and its row two of the height", () => {
    const spans = Array.from({ length: 16 }, (_, i) => span(8, i, 3));
    expect(spans.slice(0, 8)).toEqual([8, 8, 8, 16, 8, 8, 8, 8]);
    expect(spans.slice(8)).toEqual(Array(8).fill(9));
    expect(rowLines(2, 0)).toBe("minmax(0, 2fr) minmax(0, 1fr)");
  });

  test("leaves every row full, wherever it stands", () => {
    for (let grown = 0; grown < 8; grown++) {
      const row = Array.from({ length: 8 }, (_, i) => span(8, i, grown));
      expect(row.reduce((sum, one) => sum + one)).toBe(fineColumns(8));
    }
  });
});
