import { expect, test } from "vitest";

import { missing } from "../../src/liveness/missing";

test("a page opened without https names what it has to do without", () => {
  expect(missing({ navigator: {} })).toEqual(["wakeLock", "push", "offline"]);
});

test("messages need the worker that takes them, whatever else the browser has", () => {
  expect(missing({ navigator: { wakeLock: {} }, PushManager: class {} })).toEqual(["push", "offline"]);
});

test("a page with everything names nothing", () => {
  expect(missing({ navigator: { wakeLock: {}, serviceWorker: {} }, PushManager: class {} })).toEqual([]);
});
