import { expect, test, vi } from "vitest";

import type { Chair } from "../src/protocol";
import { introduce, mayBeInfusing, POINTER_MS, socketUrl, watchPointer } from "../src/screen";

test("a screen keeps its name", () => {
  const kept = new Map<string, string>();
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) };
  const first = introduce(store, "");
  expect(first.screen).toMatch(/^screen-[a-z0-9]{6}$/);
  expect(introduce(store, "").screen).toBe(first.screen);
});

test("a wall screen says that it is one", () => {
  const store = { getItem: () => "screen-abcdef", setItem: () => {} };
  expect(introduce(store, "?kiosk").kind).toBe("kiosk");
  expect(introduce(store, "").kind).toBe("viewer");
});

test("the socket stands beside the page", () => {
  expect(socketUrl("http://127.0.0.1:8080/?kiosk#x")).toBe("ws://127.0.0.1:8080/ws/live");
  expect(socketUrl("https://clinic.example/watch/")).toBe("wss://clinic.example/watch/ws/live");
});

test.each([
  [["watched", "infusion"], true],
  [["standby", "infusion"], true],
  [["watched", "unknown"], true],
  [["watched", "preparation"], false],
  [["watched", "recovery"], false],
  [["empty", "unknown"], false],
] as [[Chair["state"], Chair["phase"]], boolean][])("a chair that is %j may be infusing: %s", ([state, phase], may) => {
  expect(mayBeInfusing([{ state: "empty", phase: "unknown" }, { state, phase }])).toBe(may);
});

test("the pointer of a wall screen goes when it rests and comes back when it moves", () => {
  vi.useFakeTimers();
  const target = new EventTarget();
  const drawn: boolean[] = [];
  watchPointer(target, (now) => void drawn.push(now));
  vi.advanceTimersByTime(POINTER_MS);
  target.dispatchEvent(new Event("pointermove"));
  vi.advanceTimersByTime(POINTER_MS - 1);
  target.dispatchEvent(new Event("pointermove"));
  vi.advanceTimersByTime(POINTER_MS - 1);
  expect(drawn).toEqual([false, true, true]);
  vi.advanceTimersByTime(1);
  expect(drawn.at(-1)).toBe(false);
  vi.useRealTimers();
});
