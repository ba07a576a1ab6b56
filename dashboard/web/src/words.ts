/**
 * Every text of the page's own that people read, in one place. The server sends alarm texts, reasons and notices itself.
 *
 * Another language is another object of the same shape.
 */

import type { AlarmState, ChairState, Command, Phase, Priority } from "./protocol";

const priority: Record<Priority, string> = { high: "High", medium: "Medium", low: "Low" };
const stars: Record<Priority, string> = { high: "***", medium: "**", low: "*" };
const phase: Record<Phase, string> = {
  unknown: "",
  preparation: "Preparation",
  infusion: "Infusion",
  recovery: "Recovery",
};
const command: Record<Command, string> = { start_nibp: "BP now" };
const chairState: Record<ChairState, string> = { empty: "Empty", watched: "Watching", standby: "Standby" };
const alarmState: Record<AlarmState, string> = {
  idle: "Over",
  pending: "Not yet an alarm",
  active: "Waiting for an answer",
  acknowledged: "Seen",
  latched: "Over, not yet seen",
  shelved: "Set aside",
};
const status: Record<string, string> = {
  sensor_off: "Sensor off",
  no_sensor: "No sensor",
  sensor_fault: "Sensor fault",
  searching: "Searching for pulse",
  pulse_lost: "Pulse lost",
  low_perfusion: "Low perfusion",
  low_signal: "Weak signal",
  motion: "Motion",
  interference: "Interference",
  ambient_light: "Too much light",
  cuff_inflating: "Measuring BP",
  cuff_failed: "BP failed",
  monitor_alarm: "Monitor alarm",
  monitor_audio_paused: "Monitor audio paused",
  battery_low: "Battery low",
  standby: "Monitor on standby",
  demo: "Monitor in demo mode",
};
const link = { opening: "opening", up: "connected", lost: "lost" } as const;

export const words = {
  secondPairOfEyes: "Second pair of eyes: the bedside monitor is the primary alarm.",
  page: "VitalWatch",
  priority,
  stars,
  phase,
  command,
  chairState,
  alarmState,

  vital: { heart_rate: "HR", pulse_rate: "PR", spo2: "SpO2", pressure: "BP", mean_pressure: "MAP" },
  limitOrder: [
    ["heart_rate", "HR"],
    ["pulse_rate", "PR"],
    ["spo2", "SpO2"],
    ["systolic", "SYS"],
    ["diastolic", "DIA"],
    ["mean_pressure", "MAP"],
  ] as const,
  noLimits: "No limits set",
  status: (name: string) => status[name] ?? name.replaceAll("_", " "),

  more: (count: number) => `+${count}`,
  moreAlarms: (count: number) => `${count} more ${count === 1 ? "alarm" : "alarms"}`,
  noData: (age: string) => `No data ${age}`,
  noDataYet: "No data yet",
  noDevice: "No monitor assigned",
  audioPaused: "Audio paused",
  open: (chair: string) => `Open chair ${chair}`,
  /** A chair by its label, which may already say what it is. */
  chair: (label: string) => (/^chair\b/i.test(label) ? label : `Chair ${label}`),

  infusing: (count: number) => `${count} infusing`,
  technical: (count: number) => `${count} tech`,
  noAlarms: "No alarms",
  wholeClinic: "Clinic",
  allAlarms: "Alarms of all chairs, most urgent first",
  linkLive: "Live",
  linkLost: "Lost",
  linkConnecting: "Connecting",
  connecting: "Connecting to the service…",
  noChairs: "No chairs are set up yet. Add them to the clinic file and reload it.",
  connectionLost: "CONNECTION LOST",
  connectionLostAdvice: "These tiles are not live. Watch the bedside monitors.",
  retrying: (since: string) => `nothing heard for ${since}, trying again`,
  announcement: (chair: string, level: string, text: string) => `Chair ${chair}. ${level} alarm. ${text}.`,

  close: "Close",
  acknowledge: "Acknowledge",
  seenBy: (actor: string) => `Seen by ${actor}`,
  seen: "Seen",
  since: (age: string) => `for ${age}`,
  times: (count: number) => `${count} times`,
  masked: "covered by the worse alarm",
  noAlarmsHere: "No alarms at this chair.",
  sound: "Sound",
  pauseAudio: "Audio pause 2 min",
  resumeAudio: (left: string) => `Resume audio (${left})`,
  chairIs: "Chair",
  hold: "hold",
  phaseIs: "Phase",
  monitors: "Monitors",
  monitor: (id: string, driver: string) => `${id} (${driver})`,
  link,
  heard: (age: string) => `heard ${age} ago`,
  never: "nothing heard yet",
  sending: "Sending…",
  done: "Done",
  noReply: "No answer from the server. Look at the tile, then try again.",
  refused: "The server refused.",
  lostWhileSending: "Connection lost: it is not known whether this was done. Look again when it is back.",

  whoAreYou: "Who are you?",
  whoWhy: "Each act is recorded with a name.",
  yourName: "Your name or initials",
  thatsMe: "That is me",
  notNow: "Not now",
  you: (name: string) => `You: ${name}`,
  nobody: "Who are you?",
  goTo: (digits: string) => `Chair ${digits} – press Enter`,
  noSuchChair: (digits: string) => `No chair ${digits}`,
} as const;
