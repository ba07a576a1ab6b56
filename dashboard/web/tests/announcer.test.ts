import { expect, test } from "vitest";

import { Announcer } from "../src/announcer.svelte";
import { ChairPicture, type Listed } from "../src/clinic.svelte";
import { alarm, chair } from "./frames";

const entry = (changes: Parameters<typeof alarm>[0]): Listed => ({
  chair: new ChairPicture(chair(), 0),
  alarm: { ...alarm(changes), sentAt: 0 },
});

test("each alarm is said once, high ones assertively", () => {
  const announcer = new Announcer();
  const both = [entry({ condition: "SPO2-DESAT", priority: "high", text: "SpO2 very low 82 < 85" }), entry({})];
  announcer.look(both);
  announcer.look(both);
  expect(announcer.assertive.map((line) => line.text)).toEqual(["Chair 1. High alarm. SpO2 very low 82 < 85."]);
  expect(announcer.polite.map((line) => line.text)).toEqual(["Chair 1. Medium alarm. SpO2 low 86 < 90."]);
});

test("an alarm that was answered and comes back is said again", () => {
  const announcer = new Announcer();
  announcer.look([entry({})]);
  announcer.look([entry({ state: "acknowledged" })]);
  announcer.look([entry({})]);
  expect(announcer.polite).toHaveLength(2);
});

test("an alarm that becomes high is said again, assertively", () => {
  const announcer = new Announcer();
  announcer.look([entry({ condition: "T-LINK" })]);
  announcer.look([entry({ condition: "T-LINK", priority: "high" })]);
  announcer.look([entry({ condition: "T-LINK", priority: "high" })]);
  expect([announcer.polite.length, announcer.assertive.length]).toEqual([1, 1]);
});

test.each([["Chair 12", "Chair 12."], ["12", "Chair 12."], ["Behandlungsstuhl 12", "Behandlungsstuhl 12."]])("a chair labelled %s is named %s", (label, said) => {
  const announcer = new Announcer();
  announcer.look([{ ...entry({}), chair: new ChairPicture(chair({ label }), 0) }]);
  expect(announcer.polite[0]?.text).toContain(`${said} Medium`);
});

test("the lines do not grow without end", () => {
  const announcer = new Announcer();
  for (let i = 0; i < 50; i++) {
    announcer.look([entry({})]);
    announcer.look([]);
  }
  expect(announcer.polite.length).toBeLessThan(20);
  expect(new Set(announcer.polite.map((line) => line.id)).size).toBe(announcer.polite.length);
});
