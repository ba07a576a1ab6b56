/** Builders of wire objects for the tests: sound defaults, and whatever a test wants to say. */

import type { Batch } from "../src/feed";
import type { Alarm, AlarmEvent, Chair, ServerFrame, Snapshot, Transition, Value } from "../src/protocol";

export function value(changes: Partial<Value> = {}): Value {
  return {
    chair: "1",
    vital: "spo2",
    label: "SpO2",
    unit: "%",
    value: 97,
    validity: "valid",
    mode: "real",
    device: "ox-1",
    age_s: 0,
    stale_s: 5,
    gone_s: 10,
    episodic: false,
    last_value: null,
    last_age_s: null,
    ...changes,
  };
}

export function alarm(changes: Partial<Alarm> = {}): Alarm {
  return {
    chair: "1",
    condition: "SPO2-LOW",
    kind: "P",
    state: "active",
    priority: "medium",
    text: "SpO2 low 86 < 90",
    note: "",
    action: "Look at the patient",
    since_age_s: 0,
    value: 86,
    limit: 90,
    vitals: ["spo2"],
    count: 1,
    actor: "",
    masked: false,
    escalated: 0,
    was_age_s: null,
    ...changes,
  };
}

export function chair(changes: Partial<Chair> = {}): Chair {
  return {
    id: "1",
    label: "1",
    room: "A",
    state: "watched",
    phase: "infusion",
    visit_age_s: 3600,
    profile: "adult-default",
    mark: "",
    limits: { spo2: "90–" },
    changed_limits: [],
    devices: [
      { id: "ox-1", driver: "nellcor", link: "up", reason: "", heard_age_s: 0, frames: 1, bad_frames: 0, dropped_bytes: 0, commands: [] },
    ],
    statuses: [],
    values: [],
    audio_paused_until: null,
    kept_quiet: [],
    ...changes,
  };
}

export function transition(changes: Partial<Transition> = {}): Transition {
  return {
    chair: "1",
    condition: "SPO2-LOW",
    from: "pending",
    to: "active",
    priority: "medium",
    value: 86,
    limit: 90,
    limit_source: "adult-default",
    delay_s: 10,
    at: 100,
    text: "",
    note: "",
    reason: "",
    actor: "",
    count: 1,
    ...changes,
  };
}

export function alarmEvent(event: AlarmEvent["event"]): AlarmEvent {
  const { chair, condition, priority, at, text, note, reason, actor } = transition();
  return { kind: "event", event, chair, condition, priority, step: 0, at, text, note, reason, actor };
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    type: "snapshot",
    seq: 1,
    now: 100,
    wall: "2026-03-01T14:02:00Z",
    speed: 1,
    clinic: "Test clinic",
    version: "0",
    notices: [],
    look: { palette: "classic", colours: {} },
    chairs: [{ ...chair(), alarms: [] }],
    clinic_alarms: [],
    screens: [],
    fallback: true,
    ...changes,
  };
}

export function alarmFrame(seq: number, now: number, changes: Partial<Alarm>): ServerFrame {
  return { type: "alarm", seq, now, transition: transition(), alarm: alarm(changes) };
}

export function batch(heardMs: number, ...frames: ServerFrame[]): Batch {
  return { type: "batch", connection: 1, frames, heardMs };
}
