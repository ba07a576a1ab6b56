import { expect, test } from "vitest";

import { Receipts } from "../src/receipts";
import { alarmFrame, batch } from "./frames";

function desk() {
  const sent: [number, number][] = [];
  const painting: (() => void)[] = [];
  const time = { ms: 0 };
  const receipts = new Receipts(
    (connection, { seq }) => sent.push([connection, seq]),
    (step) => painting.push(step),
    () => time.ms,
  );
  const paint = () => painting.splice(0).forEach((step) => step());
  return { receipts, sent, paint, time };
}

const heartbeat = (seq: number) => batch(0, { type: "heartbeat", seq, now: 0 });

test("a receipt goes out only after the frame was painted", () => {
  const { receipts, sent, paint } = desk();
  receipts.drawn(heartbeat(4));
  expect(sent).toEqual([]);
  paint();
  expect(sent).toEqual([[1, 4]]);
});

test("at most once a second, but at once for each alarm", () => {
  const { receipts, sent, paint, time } = desk();
  for (const [ms, next] of [
    [0, heartbeat(1)],
    [400, heartbeat(2)],
    [500, batch(0, alarmFrame(3, 0, {}))],
    [1400, heartbeat(4)],
    [1500, heartbeat(5)],
  ] as const) {
    time.ms = ms;
    receipts.drawn(next);
    paint();
  }
  expect(sent).toEqual([
    [1, 1],
    [1, 3],
    [1, 5],
  ]);
});
