/** One tile in every state that it can be in, as the service would tell of it. Samples: no patient, no monitor. */

import { ChairPicture } from "../clinic.svelte";
import type { Alarm, Chair, Priority, Value } from "../protocol";

/** Service seconds at which all samples were told, and at which they are drawn unless a scene says otherwise. */
export const NOW = 1000;
/** The time of day of NOW. */
export const WALL = new Date(2026, 0, 5, 14, 4, 5);

export interface Scene {
  name: string;
  chair: ChairPicture;
  lost?: boolean;
}

function value(vital: string, number: number | null, changes: Partial<Value> = {}): Value {
  return {
    ...{ chair: "1", vital, label: vital, unit: "", value: number, validity: number === null ? "unavailable" : "valid" },
    ...{ mode: "real", device: "d", age_s: 0, stale_s: 5, gone_s: 30, episodic: false, last_value: null, last_age_s: null },
    ...changes,
  };
}

const CUFF = { episodic: true, age_s: 250, stale_s: 900, gone_s: 3600 };

/** The widest values that a tile has to hold, but for those that a scene is about. */
function values(changes: Record<string, Partial<Value>> = {}): Value[] {
  return [
    value("heart_rate", 112, changes["heart_rate"]),
    value("spo2", 100, changes["spo2"]),
    value("systolic", 188, { ...CUFF, ...changes["systolic"] }),
    value("diastolic", 112, { ...CUFF, ...changes["diastolic"] }),
    value("mean_pressure", 137, { ...CUFF, ...changes["mean_pressure"] }),
  ];
}

const CHAIR: Chair = {
  ...{ id: "1", label: "Chair 12", room: "A", state: "watched", phase: "infusion", visit_age_s: 1200, profile: "adult-default", mark: "SIMULATED" },
  limits: { heart_rate: "50–120", spo2: "90–", systolic: "90–160" },
  changed_limits: [],
  devices: [
    { id: "d", driver: "nellcor", link: "up", reason: "", heard_age_s: 0, frames: 1, bad_frames: 0, dropped_bytes: 0, commands: [] },
  ],
  ...{ statuses: [], values: [], audio_paused_until: null, kept_quiet: [] },
};

const ALARM: Alarm = {
  ...{ chair: "1", condition: "SPO2-LOW", kind: "P", state: "active", priority: "high", text: "SpO2 low 86 < 90", note: "" },
  ...{ action: "Look at the patient", since_age_s: 14, value: 86, limit: 90, vitals: ["spo2"], count: 1, actor: "" },
  ...{ masked: false, escalated: 0, was_age_s: null },
};

function scene(name: string, info: Partial<Chair>, alarms: Partial<Alarm>[] = [], lost = false): Scene {
  const chair = new ChairPicture({ ...CHAIR, id: name, values: values(), ...info }, NOW);
  alarms.forEach((one, i) => chair.setAlarm({ ...ALARM, condition: `${ALARM.condition}-${i}`, ...one }, NOW));
  return { name, chair, lost };
}

const low: Partial<Value> = { value: 86 };
const PRIORITIES: Priority[] = ["high", "medium", "low"];

/** Made anew for each part of the page, so that every tile is its own. */
export function scenes(part: string): Scene[] {
  const made = [
    scene("calm", {}),
    ...PRIORITIES.map((priority) => scene(`active-${priority}`, { values: values({ spo2: low }) }, [{ priority }])),
    scene("several", { values: values({ spo2: low }) }, [{}, { condition: "HR-HIGH", priority: "medium" }]),
    scene("pressure", {}, [{ priority: "medium", text: "SYS 188 > 160", vitals: ["systolic"] }]),
    scene("without-value", { values: values({ spo2: { value: null, validity: "unavailable" } }) }, [{ note: "last 73, 0:14 ago" }]),
    ...PRIORITIES.map((priority) =>
      scene(`technical-${priority}`, { values: values({ spo2: { value: null, validity: "unavailable" } }) }, [
        { kind: "T", priority, text: "Sensor off", action: "Put the sensor on" },
      ]),
    ),
    ...PRIORITIES.map((priority) =>
      scene(`acknowledged-${priority}`, { values: values({ spo2: low }) }, [{ priority, state: "acknowledged", actor: "Ada" }]),
    ),
    ...PRIORITIES.map((priority) =>
      scene(`latched-${priority}`, {}, [{ priority, state: "latched", text: "SpO2 low, was 86 < 90", since_age_s: 125, was_age_s: 95 }]),
    ),
    scene("pending", { values: values({ spo2: { value: 89 } }) }, [{ state: "pending", priority: "medium", text: "SpO2 low 89 < 90" }]),
    scene("trend", { values: values({ spo2: { value: 93 } }) }, [
      { condition: "SPO2-DROP", priority: "low", text: "SpO2 falling 93, was 98", value: 93 },
    ]),
    scene("audio-paused", { audio_paused_until: NOW + 102, values: values({ spo2: low }) }, [{ priority: "medium" }]),
    scene("kept-quiet", { kept_quiet: ["HR high put aside"], audio_paused_until: NOW + 102 }),
    scene("questionable", { values: values({ heart_rate: { validity: "questionable" }, spo2: { validity: "questionable" } }) }),
    scene("stale", { values: values({ heart_rate: { age_s: 18 }, spo2: { age_s: 18 }, systolic: { age_s: 1000 }, diastolic: { age_s: 1000 } }) }),
    scene("offline", {
      devices: [{ ...CHAIR.devices[0]!, link: "lost", heard_age_s: 45 }],
      values: values({ heart_rate: { age_s: 45 }, spo2: { age_s: 45 } }),
    }),
    scene("no-device", { devices: [], values: [] }),
    scene("connection-lost", {}, [], true),
    scene("standby", { state: "standby" }),
    scene("empty", { state: "empty", phase: "unknown", values: [] }),
    scene("preparation", { phase: "preparation" }),
    scene("recovery", { phase: "recovery", changed_limits: ["limits.spo2_low"] }),
    scene("replay", { mark: "REPLAY ×10" }),
    scene("demo", { mark: "", values: values({ spo2: { mode: "demo" } }) }),
  ];
  // Each tile of the page has an id of its own, which its strip's description refers to.
  for (const { chair, name } of made) chair.describe({ ...chair.info, id: `${part}-${name}` }, NOW);
  return made;
}
