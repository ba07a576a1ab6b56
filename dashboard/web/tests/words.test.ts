import { describe, expect, test } from "vitest";

import { words } from "../src/words";

const sources = import.meta.glob("../src/**/*.svelte", { query: "?raw", import: "default", eager: true });

function texts(node: unknown): string[] {
  if (typeof node === "string") return [node];
  if (typeof node === "function") return [String(node("X", "X", "X"))];
  return node && typeof node === "object" ? Object.values(node).flatMap(texts) : [];
}

describe("the catalogue", () => {
  test("has no empty text but the unknown phase", () => {
    const { phase, ...others } = words;
    expect(texts(others).filter((text) => text.trim() === "")).toEqual([]);
    expect(phase.unknown).toBe("");
  });

  test("says that the bedside monitor is the primary alarm", () => {
    expect(words.secondPairOfEyes.toLowerCase()).toContain("second pair of eyes: the bedside monitor is the primary alarm");
  });

  // IEC 60601-1-8 dropped these words because makers meant different things by them.
  test.each(["silence", "mute", "suspend", "disable", "inhibit"])("does not use the word %s", (word) => {
    expect(texts(words).filter((text) => text.toLowerCase().includes(word))).toEqual([]);
  });

  test("names a device status that it does not know in readable form", () => {
    expect(words.status("sensor_off")).toBe("Sensor off");
    expect(words.status("cable_worn")).toBe("cable worn");
  });
});

/** A component's markup without scripts, styles, comments, expressions in braces, and tags. */
function visibleText(source: string): string {
  let text = source.replace(/<script[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, "");
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(/\{[^{}]*\}/g, "");
  }
  return text.replace(/<[^<>]*>/g, "");
}

test.each(Object.entries(sources))("%s holds no text of its own", (_, source) => {
  expect(visibleText(String(source))).not.toMatch(/[A-Za-z]{2}/);
  expect(String(source)).not.toMatch(/(aria-label|title|placeholder)="[^"{]/);
});
