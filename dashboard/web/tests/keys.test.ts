import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ChairKeys } from "../src/keys.svelte";

const opened: [string, boolean | undefined][] = [];
let closed = 0;
let keys: ChairKeys;

class FakeInput {}

function type(text: string, target: unknown = null): void {
  const pressed = text === "Enter" || text === "Escape" ? [text] : [...text];
  for (const key of pressed) keys.press({ key, target, preventDefault() {} } as unknown as KeyboardEvent);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("HTMLInputElement", FakeInput);
  opened.length = 0;
  closed = 0;
  keys = new ChairKeys({
    find: (digits) => (digits === "12" ? "c12" : undefined),
    focused: () => "c3",
    open: (id, toAcknowledge) => opened.push([id, toAcknowledge]),
    close: () => closed++,
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

test("A goes to the alarms of the chair in focus, Esc closes", () => {
  type("a");
  expect(opened).toEqual([["c3", true]]);
  type("Escape");
  expect(closed).toBe(1);
});

test("what is typed into a field is not taken for a command", () => {
  type("a1", new FakeInput());
  expect(opened).toEqual([]);
  expect(keys.typed).toBe("");
});
