import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../src/tokens.css", import.meta.url), "utf8");

/** The colours that one block of tokens.css names. */
function block(selector: string): Map<string, string> {
  const body = css.split(selector)[1]?.match(/\{([^}]*)\}/)?.[1] ?? "";
  return new Map([...body.matchAll(/--([\w-]+):\s*#([0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex] as [string, string]));
}

const bright = block('[data-light="bright"]');
const lights = { bright, dim: new Map([...bright, ...block('\n[data-light="dim"]')]) };
type Tokens = Map<string, string>;

function channels(tokens: Tokens, token: string): [number, number, number] {
  const hex = tokens.get(token);
  if (hex === undefined) throw new Error(`no colour token --${token}`);
  return [0, 2, 4].map((i) => {
    const channel = parseInt(hex.slice(i, i + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
}

/** Relative luminance of WCAG 2.2. */
function luminance(tokens: Tokens, token: string): number {
  const [r, g, b] = channels(tokens, token);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(tokens: Tokens, a: string, b: string): number {
  const [light, dark] = [luminance(tokens, a), luminance(tokens, b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** CIE L*a*b* under D65. */
function lab(tokens: Tokens, token: string): [number, number, number] {
  const [r, g, b] = channels(tokens, token);
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE76 colour difference. */
function difference(tokens: Tokens, a: string, b: string): number {
  const [first, second] = [lab(tokens, a), lab(tokens, b)];
  return Math.hypot(...first.map((part, i) => part - (second[i] as number)));
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
const ALARMS = ["high", "medium", "low"];
const VITALS = ["hr", "spo2", "pressure"];

describe.each(Object.entries(lights))("in %s light", (_, tokens) => {
  const pairs = Object.entries(texts).flatMap(([background, all]) => all.map((text) => [text, background] as const));
  test.each(pairs)("%s is readable on %s: at least 4.5", (text, background) => {
    expect(contrast(tokens, text, background)).toBeGreaterThanOrEqual(4.5);
  });

  test.each([...ALARMS, ...ALARMS.map((alarm) => `${alarm}-frame`), "focus"])("%s stands out from its tile: at least 3", (colour) => {
    expect(contrast(tokens, colour, "tile")).toBeGreaterThanOrEqual(3);
  });

  // In the mono palette the values have the colour of text.
  test.each([...VITALS, "text"].flatMap((vital) => ALARMS.map((alarm) => [vital, alarm] as const)))(
    "%s is not taken for the %s alarm: ΔE at least 20",
    (vital, alarm) => expect(difference(tokens, vital, alarm)).toBeGreaterThanOrEqual(20),
  );
});

test("nothing is brighter in a dark room", () => {
  const brighter = [...lights.dim.keys()].filter((name) => luminance(lights.dim, name) > luminance(bright, name));
  expect(brighter).toEqual([]);
});

test("every colour is used in a pair above", () => {
  const named = new Set([...Object.keys(texts), ...Object.values(texts).flat(), "focus", "control-line"]);
  expect([...bright.keys()].filter((name) => !named.has(name))).toEqual([]);
});

test("no component has a colour of its own", () => {
  const sources = import.meta.glob("../src/**/*.{svelte,css}", { query: "?raw", import: "default", eager: true });
  const own = Object.entries(sources).filter(
    ([path, text]) => !path.endsWith("tokens.css") && /#[0-9a-f]{3,8}\b(?=[;, )])|rgba?\(|hsla?\(/i.test(String(text)),
  );
  expect(own.map(([path]) => path)).toEqual([]);
});
