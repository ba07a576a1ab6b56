import { describe, expect, test } from "vitest";

import { grid, LEAST_TILE_HEIGHT } from "../src/grid";

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
