import { expect, test } from "vitest";

import { hashOf, routeOf } from "../../src/history/route";

test.each([
  ["#history", { page: "chair", chair: "", from: null, until: null }],
  ["#history?chair=A%203", { page: "chair", chair: "A 3", from: null, until: null }],
  ["#history?view=burden", { page: "burden", chair: "", from: null, until: null }],
  ["#history?chair=3&from=1800000000&until=1800000060", { page: "chair", chair: "3", from: 1_800_000_000, until: 1_800_000_060 }],
  ["#history?from=soon&until=-1", { page: "chair", chair: "", from: null, until: null }],
])("the address %s is read", (hash, route) => expect(routeOf(hash)).toEqual(route));

test.each(["", "#", "#historical", "#wall"])("the address %j is not the history's", (hash) => expect(routeOf(hash)).toBeNull());

test("an address that was made is read as what it was made from", () => {
  const route = { page: "chair", chair: "Büro & Co?", from: 1_800_000_000, until: 1_800_000_060 } as const;
  expect(routeOf(hashOf(route))).toEqual(route);
  expect(hashOf({})).toBe("#history");
  expect(routeOf(hashOf({ page: "burden" }))?.page).toBe("burden");
});
