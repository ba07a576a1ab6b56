import { expect, test } from "vitest";

import { Clinic } from "../src/clinic.svelte";
import { Intake } from "../src/feed";
import type { ReplayState, Snapshot } from "../src/protocol";
import { jumped, replaySocket } from "../src/replay/address";

const PAGE = "https://clinic.local/watch/replay/?from=2026-11-22T10:40&speed=8#here";
const REPLAY: ReplayState = { state: "playing", speed: 8, since: "2026-11-22T10:40:00+00:00", until: "2026-11-22T11:00:00+00:00" };

function snapshot(now: number, speed: number): Snapshot {
  return {
    ...{ type: "snapshot", seq: 1, now, wall: "2026-11-22T10:40:00+00:00", speed, clinic: "Day unit", version: "1" },
    ...{ notices: [], look: { palette: "classic", colours: {} }, chairs: [], clinic_alarms: [], screens: [], fallback: true },
    replay: { ...REPLAY, state: speed === 0 ? "paused" : "playing" },
  };
}

const batch = (frame: Snapshot, heardMs: number) => ({ type: "batch" as const, connection: 1, frames: [frame], heardMs });

test("the socket of a replay stands beside its page and asks for the same", () => {
  expect(replaySocket(PAGE)).toBe("wss://clinic.local/watch/ws/replay?from=2026-11-22T10:40&speed=8");
});

test("a jump is another moment at the same speed", () => {
  const to = new URL(jumped(PAGE, new Date("2026-11-22T10:45:00Z"), -60, 16));
  expect([to.searchParams.get("from"), to.searchParams.get("speed")]).toEqual([String(Date.parse("2026-11-22T10:44:00Z") / 1000), "16"]);
});

test("the time of day of the past goes as fast as the past", () => {
  const clinic = new Clinic(0);
  clinic.apply(batch(snapshot(500, 8), 1000));
  clinic.tick(2000);
  expect(clinic.wall?.toISOString()).toBe("2026-11-22T10:40:08.000Z");
  expect(clinic.timeAgo(68)).toBe(new Date("2026-11-22T10:39:00Z").toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
});

test("while the past stands still, so do its time of day and every age", () => {
  const clinic = new Clinic(0);
  clinic.apply(batch(snapshot(500, 0), 1000));
  clinic.tick(3000);
  expect([clinic.now, clinic.wall?.toISOString()]).toEqual([500, "2026-11-22T10:40:00.000Z"]);
});

test("a live page is no replay", () => {
  const { replay: _, ...live } = snapshot(500, 1);
  const clinic = new Clinic(0);
  clinic.apply(batch(live, 1000));
  expect(clinic.replay).toBeNull();
});

test("frames of a replay that wait for it are not taken for those of a slow line", () => {
  const intake = new Intake(1, 0);
  intake.receive(JSON.stringify(snapshot(500, 8)), 0);
  intake.receive(JSON.stringify({ type: "heartbeat", seq: 2, now: 501 }), 10_000);
  expect(intake.drain()?.frames).toHaveLength(2);
});
