import { expect, test } from "vitest";

import { Receipts } from "../src/receipts";
import { alarmFrame, batch, snapshot, value } from "./frames";

function desk() {
  const sent: [number, number][] = [];
  const painting: (() => void)[] = [];
  const receipts = new Receipts(
    (connection, { seq }) => sent.push([connection, seq]),
    (step) => painting.push(step),
  );
  const paint = () => painting.splice(0).forEach((step) => step());
  return { receipts, sent, paint, painting };
}

const heartbeat = (seq: number) => batch(0, { type: "heartbeat", seq, now: 0 });

test("a receipt goes out only after the frame was painted", () => {
  const { receipts, sent, paint } = desk();
  receipts.drawn(heartbeat(4));
  expect(sent).toEqual([]);
  paint();
  expect(sent).toEqual([[1, 4]]);
});

test("each heartbeat, alarm and snapshot has one; values alone have none", () => {
  const { receipts, sent, paint } = desk();
  const values = batch(0, { type: "vitals", seq: 3, now: 0, values: [value()] });
  for (const next of [batch(0, snapshot()), heartbeat(2), values, batch(0, alarmFrame(4, 0, {}))]) {
    receipts.drawn(next);
    paint();
  }
  expect(sent).toEqual([
    [1, 1],
    [1, 2],
    [1, 4],
  ]);
});

test("what arrives while a frame is being painted waits for the next one", () => {
  const { receipts, sent, paint } = desk();
  receipts.drawn(heartbeat(1));
  receipts.drawn(heartbeat(2));
  paint();
  expect(sent).toEqual([[1, 1]]);
  paint();
  expect(sent).toEqual([
    [1, 1],
    [1, 2],
  ]);
});

test("a page that paints nothing for hours proves nothing, and keeps one receipt", () => {
  const { receipts, sent, painting, paint } = desk();
  for (let seq = 1; seq <= 10_000; seq++) receipts.drawn(heartbeat(seq));
  expect(sent).toEqual([]);
  expect(painting).toHaveLength(1);
  paint();
  paint();
  expect(sent).toEqual([
    [1, 1],
    [1, 10_000],
  ]);
});
