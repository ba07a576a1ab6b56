import { describe, expect, test } from "vitest";

import { FeedFault, Intake, nextRetry } from "../src/feed";
import { alarmFrame, snapshot } from "./frames";

const heartbeat = (seq: number) => JSON.stringify({ type: "heartbeat", seq, now: 100 + seq });

function started(seq = 1): Intake {
  const intake = new Intake(7, 0);
  intake.receive(JSON.stringify(snapshot({ seq })), 0);
  return intake;
}

describe("order", () => {
  test("frames that follow each other are handed on in one batch", () => {
    const intake = started(41);
    intake.receive(heartbeat(42), 10);
    intake.receive(heartbeat(43), 20);
    const batch = intake.drain();
    expect(batch?.frames.map((frame) => frame.seq)).toEqual([41, 42, 43]);
    expect(batch).toMatchObject({ connection: 7, heardMs: 20 });
    expect(intake.drain()).toBeNull();
  });

  test.each([
    ["a gap", 3],
    ["a repeat", 1],
  ])("%s is a fault", (_, seq) => {
    expect(() => started().receive(heartbeat(seq), 10)).toThrow(FeedFault);
  });

  test("anything before the snapshot is a fault", () => {
    expect(() => new Intake(1, 0).receive(heartbeat(1), 10)).toThrow(FeedFault);
  });

  test("a frame that is not JSON is a fault", () => {
    expect(() => started().receive("{", 10)).toThrow(FeedFault);
  });
});

test("alarms, answers and the snapshot do not wait; values do", () => {
  const intake = new Intake(1, 0);
  expect(intake.receive(JSON.stringify(snapshot()), 0)).toBe(true);
  expect(intake.receive(JSON.stringify({ type: "vitals", seq: 2, now: 100, values: [] }), 0)).toBe(false);
  expect(intake.receive(JSON.stringify(alarmFrame(3, 100, {})), 0)).toBe(true);
  expect(intake.receive(JSON.stringify({ type: "reply", seq: 4, id: 1, ok: true, error: "" }), 0)).toBe(true);
});

describe("silence", () => {
  test("of more than 2.5 s is a loss", () => {
    const intake = started();
    intake.receive(heartbeat(2), 1000);
    intake.watch(3500);
    expect(() => intake.watch(3501)).toThrow(FeedFault);
  });

  test("a connection that brings no snapshot in 5 s is given up", () => {
    const intake = new Intake(1, 1000);
    intake.watch(6000);
    expect(() => intake.watch(6001)).toThrow(FeedFault);
  });
});

test("new tries come after 0.5 s, then ever later up to 5 s", () => {
  const waits = [0, 0, 0, 0, 0, 0];
  waits.reduce((last, _, i) => (waits[i] = nextRetry(last)), 0);
  expect(waits).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});
