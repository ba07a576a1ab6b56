import { beforeEach, describe, expect, test } from "vitest";

import { Clinic } from "../../src/clinic.svelte";
import type { Alarm, ScreenView } from "../../src/protocol";
import { ROOM_AFTER_S } from "../../src/sound/asking";
import { Choices } from "../../src/sound/choices";
import { BURSTS, gain, QUIETEST, REMINDER, USUAL, type Burst } from "../../src/sound/patterns";
import type { Player } from "../../src/sound/player";
import { Sound, TONE_PAUSE_S, TONE_S } from "../../src/sound/sound.svelte";
import { alarm, alarmEvent, alarmFrame, batch, chair, snapshot } from "../frames";

/** Notes what it is told to play. */
class Notebook implements Player {
  running = true;
  woken = 0;
  started: [Burst, number][] = [];
  stopped = 0;
  /** Seconds until the watch tone, as last told. */
  toneInS: number | null = null; // not told yet
  wake = () => void this.woken++;
  start = (burst: Burst, gain: number) => void this.started.push([burst, gain]);
  stop = () => void this.stopped++;
  watchTone = (seconds: number) => void (this.toneInS = seconds);
}

const other = (changes: Partial<ScreenView> = {}): ScreenView => ({
  screen: "desk-2", kind: "viewer", alive: true, sound: "on", visible: true, heard_age_s: 0, awake: true, ...changes,
});

let player: Notebook;
let clinic: Clinic;
let kept: Map<string, string>;
let day: string;

function made(usual: "desk" | "room" = "desk"): Sound {
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) };
  return new Sound("desk-1", player, new Choices(store, usual), () => day);
}

function hear(sound: Sound, ms: number, ...frames: Parameters<typeof batch> extends [number, ...infer F] ? F : never): void {
  clinic.apply(batch(ms, ...frames));
  sound.look(clinic, ms);
  for (const frame of frames) sound.hear(frame, clinic);
}

const begin = (sound: Sound, alarms: Alarm[] = [], screens: ScreenView[] = []) =>
  hear(sound, 1000, snapshot({ chairs: [{ ...chair(), alarms }], screens }));

beforeEach(() => {
  player = new Notebook();
  clinic = new Clinic(0);
  kept = new Map();
  day = "Monday";
});

describe("an alarm", () => {
  test("sounds in the very batch that brings it", () => {
    const sound = made();
    begin(sound);
    hear(sound, 1100, alarmFrame(2, 100, { priority: "high" }));
    expect(player.started).toEqual([[BURSTS.high, gain(USUAL)]]);
  });

  test("is not begun again by a snapshot", () => {
    const sound = made();
    begin(sound, [alarm()]);
    hear(sound, 3000, snapshot({ chairs: [{ ...chair(), alarms: [alarm()] }] }));
    expect(player.started).toHaveLength(1);
  });

  test("does not sound while its chair is paused, and does as soon as the service ends that", () => {
    const sound = made();
    const paused = chair({ audio_paused_until: 220 });
    hear(sound, 1000, snapshot({ chairs: [{ ...paused, alarms: [alarm()] }] }));
    expect(player.started).toEqual([]);
    hear(sound, 1500, alarmFrame(2, 100, { condition: "SPO2-DESAT", priority: "high" }), {
      type: "chair", seq: 3, now: 100, chair: chair(),
    });
    expect(player.started.map(([burst]) => burst)).toEqual([BURSTS.high]);
  });

  test("that has waited for the sound is heard when there is one", () => {
    player.running = false;
    const sound = made();
    begin(sound, [alarm()]);
    expect([player.started.length, sound.state, sound.isMissed]).toEqual([0, "blocked", true]);
    player.running = true;
    sound.look(clinic, 2000);
    expect([player.started.length, sound.state, sound.isMissed]).toEqual([1, "on", false]);
  });

  test("is reminded of softly when it is over and unseen", () => {
    const sound = made();
    begin(sound);
    hear(sound, 2000, {
      type: "alarm", seq: 2, now: 101, alarm: alarm({ state: "latched", priority: "high" }),
      transition: alarmEvent("reminder"),
    });
    expect(player.started.map(([burst]) => burst)).toEqual([REMINDER]);
  });
});

describe("what is kept quiet", () => {
  const remind = (sound: Sound, ms: number, heard = true) =>
    hear(sound, ms, { type: "reminder", seq: 2, now: ms / 1000, chair: "1", text: "HR high put aside", heard });

  test("is told by a soft burst, once a minute however many chairs remind", () => {
    const sound = made();
    begin(sound);
    for (const ms of [2000, 30_000, 56_000]) remind(sound, ms);
    expect(player.started.map(([burst]) => burst)).toEqual([REMINDER]);
    remind(sound, 62_000);
    expect(player.started).toHaveLength(2);
  });

  test("is only shown when no sound and no alarm is off, and in a quiet room", () => {
    const sound = made();
    begin(sound);
    remind(sound, 2000, false);
    const room = made("room");
    begin(room, [], [other()]);
    remind(room, 3000);
    expect(player.started).toEqual([]);
  });

  test("waits while an alarm asks for the sound, and is told at the next reminder", () => {
    const sound = made();
    begin(sound, [alarm()]);
    remind(sound, 2000);
    hear(sound, 2500, alarmFrame(3, 102, { state: "acknowledged" }));
    remind(sound, 32_000);
    expect(player.started.map(([burst]) => burst)).toEqual([BURSTS.medium, REMINDER]);
  });
});

describe("the watch tone", () => {
  test("is put off by every frame, and comes within 3 s when none does", () => {
    const sound = made();
    begin(sound);
    expect(player.toneInS).toBe(TONE_S);
    expect(TONE_S).toBeLessThan(3);
    hear(sound, 2000, { type: "heartbeat", seq: 2, now: 101 });
    expect(player.toneInS).toBe(TONE_S);
    clinic.tick(2000 + TONE_S * 1000);
    sound.look(clinic, 2000 + TONE_S * 1000);
    expect(player.toneInS).toBe(0);
  });

  test("takes the place of every alarm", () => {
    const sound = made();
    begin(sound, [alarm({ priority: "high" })]);
    clinic.lose("connection closed");
    sound.look(clinic, 1500);
    expect(player.stopped).toBe(1);
    sound.look(clinic, 15_000);
    expect(player.started).toHaveLength(1);
  });

  test("can be paused for two minutes, until the connection is back", () => {
    const sound = made();
    begin(sound);
    clinic.lose("connection closed");
    clinic.tick(9000);
    sound.look(clinic, 9000);
    sound.pauseTone();
    sound.look(clinic, 9000);
    expect(player.toneInS).toBe(TONE_PAUSE_S);
    hear(sound, 20_000, snapshot());
    expect([player.toneInS, sound.tonePausedS]).toEqual([TONE_S, 0]);
  });
});

describe("a wall screen in a quiet room", () => {
  test("only lights while another screen sounds, and no bar asks for a touch", () => {
    player.running = false;
    const sound = made("room");
    begin(sound, [alarm()], [other()]);
    expect([player.started.length, player.toneInS, sound.state, sound.isMissed]).toEqual([0, ROOM_AFTER_S, "off", false]);
  });

  test("sounds the watch tone after 15 s without the service: the screen that sounded may have gone with it", () => {
    const sound = made("room");
    begin(sound, [], [other()]);
    const look = (ms: number) => (clinic.tick(ms), sound.look(clinic, ms));
    look(11_000);
    expect([clinic.lost, sound.quiet, player.toneInS]).toEqual([true, true, ROOM_AFTER_S - 10]);
    look(1000 + ROOM_AFTER_S * 1000);
    expect([sound.quiet, player.toneInS]).toEqual([false, 0]);
    sound.pauseTone();
    look(17_000);
    expect(player.toneInS).toBe(TONE_PAUSE_S - 1);
    hear(sound, 20_000, snapshot({ screens: [other()] }));
    expect([sound.quiet, player.toneInS]).toEqual([true, ROOM_AFTER_S]);
  });

  test.each([
    ["there is none", []],
    ["the other is hidden", [other({ visible: false })]],
    ["the other is not alive", [other({ alive: false })]],
    ["the other cannot be heard", [other({ sound: "blocked" })]],
    ["it is alone with itself", [other({ screen: "desk-1" })]],
  ] as const)("sounds when %s", (_, screens) => {
    const sound = made("room");
    begin(sound, [alarm()], [...screens]);
    expect(player.started).toHaveLength(1);
    expect(player.toneInS).toBe(TONE_S);
    expect(sound.state).toBe("off");
  });

  test("sounds for good when somebody has set it to", () => {
    const sound = made("room");
    sound.stand("desk");
    expect(made("room").place).toBe("desk");
    begin(sound, [alarm()], [other()]);
    expect([player.started.length, sound.state]).toEqual([1, "on"]);
  });
});

describe("loudness", () => {
  test.each(["0", "-1", "none"])("kept as %s still sounds", (step) => {
    kept.set("vitalwatch.loudness", step);
    const sound = made();
    begin(sound, [alarm()]);
    expect(player.started[0]?.[1]).toBeGreaterThan(0);
  });

  test("cannot be set below the quietest", () => {
    const sound = made();
    sound.setLoudness(0);
    expect(sound.loudness).toBe(QUIETEST);
    expect(made().loudness).toBe(QUIETEST);
  });
});

describe("the self-test", () => {
  test("counts for the day on which somebody heard it", () => {
    const sound = made();
    begin(sound);
    expect([sound.tested, sound.test()]).toEqual([false, true]);
    sound.answerTest(true);
    sound.look(clinic, 2000);
    expect(sound.tested).toBe(true);
    day = "Tuesday";
    sound.look(clinic, 3000);
    expect(sound.tested).toBe(false);
  });

  test("that was not heard does not count, nor an earlier one", () => {
    const sound = made();
    sound.answerTest(true);
    sound.answerTest(false);
    begin(sound);
    expect(sound.tested).toBe(false);
  });

  test("is refused while an alarm asks for the sound, and without sound", () => {
    const sound = made();
    begin(sound, [alarm()]);
    expect(sound.test()).toBe(false);
    player.running = false;
    const deaf = made();
    hear(deaf, 2000, snapshot());
    expect(deaf.test()).toBe(false);
  });
});

test("a touch asks the browser for the sound only while there is none", () => {
  const sound = made();
  begin(sound);
  sound.wake();
  player.running = false;
  sound.look(clinic, 2000);
  sound.wake();
  expect(player.woken).toBe(1);
});
