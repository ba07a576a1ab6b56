import { describe, expect, test } from "vitest";

import { View, within } from "../src/view.svelte";

function store(kept: Record<string, string> = {}) {
  return { getItem: (key: string) => kept[key] ?? null, setItem: (key: string, text: string) => void (kept[key] = text) };
}

const at = (time: string) => new Date(`2026-01-05T${time}:00`);

test.each([
  ["21:00", true],
  ["03:00", true],
  ["07:00", false],
  ["12:00", false],
])("the schedule 19:00 to 07:00 passes midnight: dim at %s is %s", (time, dim) => {
  const view = new View(store());
  view.choose({ light: "scheduled" });
  expect(view.isDim(at(time))).toBe(dim);
});

test("a span of no length is never", () => {
  expect(within(60, "01:00", "01:00")).toBe(false);
  expect(within(90, "01:00", "02:00")).toBe(true);
});

test("a schedule waits for the service's time of day", () => {
  const view = new View(store());
  view.choose({ light: "scheduled" });
  expect(view.isDim(null)).toBe(false);
});

test("the button gives the other light, also against the schedule", () => {
  const view = new View(store());
  view.choose({ light: "scheduled" });
  view.turnLight(at("21:00"));
  expect(view.isDim(at("21:00"))).toBe(false);
  view.turnLight(at("21:00"));
  expect(view.isDim(at("12:00"))).toBe(true);
});

test("choices are kept by the browser", () => {
  const kept = store();
  new View(kept).choose({ light: "dim", order: "need", colours: "mono", dimFrom: "18:30" });
  expect(new View(kept).choices).toMatchObject({ light: "dim", order: "need", colours: "mono", dimFrom: "18:30" });
});

describe("what the browser kept is not believed blindly", () => {
  test.each(["{", "null", "7", '{"light":"dark","dimFrom":"25:00","order":3}'])("%s gives the defaults", (text) => {
    expect(new View(store({ "vitalwatch.view": text })).choices).toEqual(new View(store()).choices);
  });
});
