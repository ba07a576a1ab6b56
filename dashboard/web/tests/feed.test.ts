import { describe, expect, test } from "vitest";

import { FeedFault, Intake, LATE_MS, nextRetry } from "../src/feed";
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

describe("frames that come late", () => {
  /** Heartbeats of each second, each so much later on its way than the snapshot; gives how many were taken. */
  function taken(lateMs: (second: number) => number, seconds: number, speed = 1): number {
    const intake = new Intake(7, 0);
    intake.receive(JSON.stringify(snapshot({ seq: 1, now: 100, speed })), 0);
    for (let s = 1; s <= seconds; s++) {
      try {
        intake.receive(JSON.stringify({ type: "heartbeat", seq: 1 + s, now: 100 + s * speed }), s * 1000 + lateMs(s));
      } catch (fault) {
        expect(fault).toBeInstanceOf(FeedFault);
        return s - 1;
      }
      intake.watch(s * 1000 + lateMs(s));
    }
    return seconds;
  }

  test.each([1, 10])("ever later on a slow line are a fault before they show the past, at speed %i", (speed) => {
    expect(taken((s) => s * 200, 100, speed)).toBeLessThanOrEqual(13);
  });

  test("once, and in time again, are none", () => {
    expect(taken((s) => (s === 5 ? LATE_MS - 600 : 0), 60)).toBe(60);
  });

  test("only because both clocks differ in pace are none, for a whole day", () => {
    expect(taken((s) => s * 0.2, 24 * 3600)).toBe(24 * 3600);
    expect(taken((s) => s * -0.2, 24 * 3600)).toBe(24 * 3600);
  });

  test("is judged from the quickest: a snapshot that was slow does not hide it, nor a worker that hung", () => {
    expect(taken((s) => (s < 10 ? -1000 : 1600), 20)).toBe(9);
    const intake = new Intake(7, 0);
    intake.receive(JSON.stringify(snapshot({ seq: 1, now: 100 })), 0);
    expect(() => intake.receive(heartbeat(2), 12_000)).toThrow(/10\.\d s old/);
  });
});

test("new tries come after 0.5 s, then ever later up to 5 s", () => {
  const waits = [0, 0, 0, 0, 0, 0];
  waits.reduce((last, _, i) => (waits[i] = nextRetry(last, 0)), 0);
  expect(waits).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});

test("a connection that lasted is tried again soon, one that failed at once is not", () => {
  expect(nextRetry(4000, 60_000)).toBe(500);
  expect(nextRetry(500, 30)).toBe(1000);
});
