import { expect, test } from "vitest";

import { introduce, socketUrl } from "../src/screen";

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
