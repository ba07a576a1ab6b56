import { describe, expect, test } from "vitest";

import { chooseLanguage, languages } from "../src/words";

const sources = import.meta.glob("../src/**/*.svelte", { query: "?raw", import: "default", eager: true });

function texts(node: unknown): string[] {
  if (typeof node === "string") return [node];
  if (typeof node === "function") return [String(node("X", "X", "X"))];
  return node && typeof node === "object" ? Object.values(node).flatMap(texts) : [];
}

/** The texts that are not made from something that is known only later. */
function sentences(node: unknown): string[] {
  if (typeof node === "string") return [node];
  return node && typeof node === "object" ? Object.values(node).flatMap(sentences) : [];
}

/** Every key of a catalogue with what stands there, `vital.spo2: string`. */
function keys(node: object, path = ""): string[] {
  return Object.entries(node).flatMap(([key, value]) =>
    value !== null && typeof value === "object" ? keys(value, `${path}${key}.`) : [`${path}${key}: ${typeof value}`],
  );
}

describe.each(Object.entries(languages))("the catalogue %s", (tag, catalogue) => {
  test("says which language it is", () => expect(catalogue.tag).toBe(tag));

  test("has every key of the English one, and no other", () => expect(keys(catalogue).sort()).toEqual(keys(languages.en).sort()));

  test("has no empty text but the unknown phase", () => {
    const { phase, ...others } = catalogue;
    expect(sentences(others).filter((text) => text.trim() === "")).toEqual([]);
    expect(phase.unknown).toBe("");
  });

  // IEC 60601-1-8 dropped these words because makers meant different things by them.
  test.each(["silen", "mute", "mudo", "suspen", "disable", "inhib", "desactiv"])("does not use the word %s…", (word) => {
    expect(texts(catalogue).filter((text) => text.toLowerCase().includes(word))).toEqual([]);
  });

  test("names a device status that it does not know in readable form", () => {
    expect(catalogue.status("sensor_off")).not.toBe("sensor off");
    expect(catalogue.status("cable_worn")).toBe("cable worn");
  });
});

test("both languages say that the bedside monitor is the primary alarm", () => {
  expect(languages.en.secondPairOfEyes).toContain("Second pair of eyes: the bedside monitor is the primary alarm");
  expect(languages.es.secondPairOfEyes).toContain("Segundo par de ojos: el monitor de cabecera es la alarma principal");
});

test("the sentences are really translated", () => {
  const [english, spanish] = [sentences(languages.en), sentences(languages.es)];
  const same = english.filter((text, i) => text.length > 14 && text === spanish[i]);
  expect(same).toEqual([]);
});

test.each([
  ["?lang=es", "en", ["en"], "es"],
  ["?lang=xx", "es", ["en"], "es"],
  ["", null, ["de-DE", "es-MX", "en"], "es"],
  ["", null, ["fr"], "en"],
] as const)("with %s, %s set and a browser in %s the page speaks %s", (query, set, preferred, language) => {
  expect(chooseLanguage(query, set, preferred)).toBe(language);
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
