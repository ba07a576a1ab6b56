import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../src/tokens.css", import.meta.url), "utf8");
const tokens = new Map([...css.matchAll(/--([\w-]+):\s*#([0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));

/** Relative luminance of WCAG 2.2. */
function luminance(token: string): number {
  const hex = tokens.get(token);
  if (hex === undefined) throw new Error(`no colour token --${token}`);
  const [r, g, b] = [0, 2, 4].map((i) => {
    const channel = parseInt(hex.slice(i, i + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Every background, with every text that stands on it. */
const texts: Record<string, string[]> = {
  page: ["text", "label"],
  tile: ["hr", "spo2", "pressure", "text", "label", "stale-text", "high-frame", "medium-frame", "low-frame"],
  "tile-stale": ["hr", "spo2", "pressure", "text", "label", "stale-text"],
  line: ["text", "label"],
  control: ["text", "label"],
  high: ["on-high"],
  "high-flash": ["on-high"],
  medium: ["on-medium"],
  "medium-flash": ["on-medium"],
  low: ["on-low"],
  paused: ["on-paused"],
  lost: ["on-lost"],
};

describe("text is readable: at least 4.5", () => {
  const pairs = Object.entries(texts).flatMap(([background, all]) => all.map((text) => [text, background] as const));
  test.each(pairs)("%s on %s", (text, background) => {
    expect(contrast(text, background)).toBeGreaterThanOrEqual(4.5);
  });
});

describe("an alarm stands out from its tile: at least 3", () => {
  test.each(["high", "medium", "low", "high-frame", "medium-frame", "low-frame", "focus"])("%s", (colour) => {
    expect(contrast(colour, "tile")).toBeGreaterThanOrEqual(3);
  });
});

test("every colour is used in a pair above", () => {
  const named = new Set([...Object.keys(texts), ...Object.values(texts).flat(), "focus", "control-line"]);
  expect([...tokens.keys()].filter((name) => !named.has(name as string))).toEqual([]);
});

test("no component has a colour of its own", () => {
  const sources = import.meta.glob("../src/**/*.{svelte,css}", { query: "?raw", import: "default", eager: true });
  const own = Object.entries(sources).filter(
    ([path, text]) => !path.endsWith("tokens.css") && /#[0-9a-f]{3,8}\b(?=[;, )])|rgba?\(|hsla?\(/i.test(String(text)),
  );
  expect(own.map(([path]) => path)).toEqual([]);
});
