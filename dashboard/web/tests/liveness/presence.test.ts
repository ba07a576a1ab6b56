import { expect, test } from "vitest";

import { Presence } from "../../src/liveness/presence";
import type { State } from "../../src/protocol";

const state = (changes: Partial<State> = {}): State => ({ type: "state", sound: "on", visible: true, awake: true, ...changes });

test("a state is told once on each connection, and at each change", () => {
  const told: State[] = [];
  const presence = new Presence((frame) => told.push(frame));
  const hidden = state({ visible: false });
  for (const [connection, now] of [[1, state()], [1, state()], [1, hidden], [1, hidden], [2, hidden], [2, state()]] as const)
    presence.tell(connection, now);
  expect(told).toEqual([state(), hidden, hidden, state()]);
});
