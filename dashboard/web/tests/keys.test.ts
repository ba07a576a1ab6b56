import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ChairKeys } from "../src/keys.svelte";
import { words } from "../src/words";

const opened: [string, string | undefined][] = [];
const turned: string[] = [];
let closed = 0;
let keys: ChairKeys;

class FakeField {}
const fields: Record<string, typeof FakeField> = { input: class extends FakeField {}, select: class extends FakeField {}, textarea: class extends FakeField {} };

function type(text: string, target: unknown = null): void {
  const pressed = text === "Enter" || text === "Escape" ? [text] : [...text];
  for (const key of pressed) keys.press({ key, target, preventDefault() {} } as unknown as KeyboardEvent);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("HTMLInputElement", fields["input"]);
  vi.stubGlobal("HTMLSelectElement", fields["select"]);
  vi.stubGlobal("HTMLTextAreaElement", fields["textarea"]);
  opened.length = 0;
  turned.length = 0;
  closed = 0;
  keys = new ChairKeys({
    find: (digits) => (digits === "12" ? "c12" : undefined),
    focused: () => "c3",
    open: (id, act) => void opened.push([id, act]),
    close: () => void closed++,
    screen: Object.fromEntries(["s", "d", "f", "/", "?"].map((key) => [key, () => void turned.push(key)])),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("digits and Enter open a chair", () => {
  type("12");
  expect(keys.typed).toBe("12");
  type("Enter");
  expect(opened).toEqual([["c12", undefined]]);
  expect(keys.typed).toBe("");
});

test("a number that no chair has is said so", () => {
  type("7");
  type("Enter");
  expect(opened).toEqual([]);
  expect(keys.unknown).toBe(true);
});

test("digits are forgotten after a while", () => {
  type("1");
  vi.advanceTimersByTime(4000);
  expect(keys.typed).toBe("");
});

test("A goes to the alarms of the chair in focus, P to its audio pause, Esc closes", () => {
  type("a");
  type("P");
  expect(opened).toEqual([
    ["c3", "acknowledge"],
    ["c3", "pause_audio"],
  ]);
  type("Escape");
  expect(closed).toBe(1);
});

test("S, D, F, / and ? change the screen, whatever the shift key says", () => {
  type("sDf/?");
  expect(turned).toEqual(["s", "d", "f", "/", "?"]);
});

test("every key that is handled stands in the help", () => {
  const told = words.helpLines.map(([key]) => key.toLowerCase());
  expect(told).toEqual(expect.arrayContaining(["a", "p", "s", "d", "f", "/", "?", "esc"]));
});

test.each(["input", "select", "textarea"])("what is typed into a field (%s) is not taken for a command", (kind) => {
  type("a1sd/", new (fields[kind] as typeof FakeField)());
  expect(opened).toEqual([]);
  expect(turned).toEqual([]);
  expect(keys.typed).toBe("");
});
