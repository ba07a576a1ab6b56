/** The words of the chair detail: curves, alarms explained, limits, notes. */

const vitals: Record<string, string> = {
  heart_rate: "HR",
  pulse_rate: "PR",
  spo2: "SpO2",
  systolic: "SYS",
  diastolic: "DIA",
  mean_pressure: "MAP",
  cuff_pulse_rate: "PR cuff",
  respiration_rate: "RR",
  perfusion_index: "PI",
  etco2: "EtCO2",
  temperature: "Temp",
};
const kinds: Record<string, string> = {
  phase: "Phase",
  visit: "Visit began",
  chair_state: "Chair",
  baseline: "Baseline",
  audio_paused: "Audio paused",
  audio_resumed: "Audio on",
  limit_changed: "Limit",
  charted: "Charted",
  note: "Note",
  dose: "Dose",
  command: "Told the monitor",
};
const phases: Record<string, string> = {
  preparation: "Preparation",
  infusion: "Infusion",
  recovery: "Recovery",
  watched: "watching",
  standby: "standby",
  empty: "empty",
  start_nibp: "BP now",
};
const measures: Record<string, string> = { spo2: "SpO2", heart_rate: "HR", systolic: "SYS", diastolic: "DIA", mean: "MAP", respiration: "RR", apnea: "Apnoea" };
const sides: Record<string, string> = {
  low: "low",
  very_low: "very low",
  high: "high",
  very_high: "very high",
  crisis: "crisis, twice",
  at_once: "crisis, at once",
  low_deep: "2 below",
  low_deeper: "4 below",
};

export const detail = {
  page: { trends: "Curves", limits: "Limits", history: "Alarm history", why: "Why" },
  vital: (name: string) => vitals[name] ?? name,
  chart: { rate: "Heart rate, bpm", spo2: "SpO2, %", pressure: "Blood pressure, mmHg" },
  chartSays: (title: string, least: string, most: string) => `${title}: ${least} to ${most}`,
  chartEmpty: (title: string) => `${title}: no values here`,
  around: (title: string) => `${title}, around the alarm`,
  noCurve: "No values are remembered from that time.",
  minutes: (count: number) => `${count} min`,
  visit: "Visit",
  earlier: "Earlier",
  later: "Later",
  closer: "A shorter time",
  farther: "A longer time",
  now: "now",
  began: "began",
  before: (age: string) => `${age} ago`,
  /** A place on the time axis, seconds before now as a negative number. */
  ago: (at: number) => (at === 0 ? "now" : at % 60 === 0 ? `${at / 60} min` : `${at} s`),
  lastWas: (value: number, age: string) => `last ${Math.round(value)}, ${age} ago`,
  failed: (why: string) => `The service does not answer this: ${why}`,
  ownLimit: "own limits",
  visitFor: (age: string) => `here ${age}`,
  endIn: (minutes: number) => (minutes >= 0 ? `${minutes} min to the planned end` : `${-minutes} min over the planned end`),

  mark: (kind: string, text: string) => `${kinds[kind] ?? kind}: ${phases[text] ?? text}`.replace(/: $/, ""),
  markShort: (kind: string, text: string) => (["phase", "command", "dose"].includes(kind) ? (phases[text] ?? text) : (kinds[kind] ?? kind)),

  why: "Why?",
  evidence: (value: string, device: string, validity: string, age: string) =>
    `${value} (${device}, ${validity}, ${age} ago)`,
  notJudged: ", not judged now",
  limit: "Limit",
  limitFrom: "Limit set in",
  delay: "Delay",
  seconds: (count: number) => `${count} s`,
  held: "Held for",
  heldBack: "Held back",
  monitorsSay: "Monitors say",

  shelve: "Put aside…",
  shelveNow: "Put aside for 30 min",
  unshelve: "Take back",
  reason: "Why?",
  takeBaseline: "Take baseline",
  write: {
    note: { open: "Note…", label: "Note, up to 200 letters", keep: "Keep the note" },
    dose: { open: "Dose…", label: "What was given, for example ketamine 40 mg", keep: "Mark the dose" },
  },
  next: (phase: string) => `▶ ${phase}`,

  allChairs: "All chairs",
  everyPriority: "All",
  table: "Table (CSV)",
  noPastAlarms: (age: string) => `No alarms in the last ${age}.`,
  lasted: (age: string) => `lasted ${age}`,
  stillThere: (age: string) => `there for ${age}`,
  peak: (value: string) => `worst ${value}`,
  notSeen: "nobody answered",
  seenAfter: (actor: string, age: string) => `seen by ${actor} after ${age}`,

  thisSessionOnly: (profile: string) => `For this visit only; the next begins with the profile ${profile} again.`,
  limitGroup: {
    spo2: "SpO2",
    heart_rate: "Heart rate",
    systolic: "Systolic",
    diastolic: "Diastolic",
    mean: "Mean pressure",
    respiration: "Breathing",
    delays: "Delays",
  },
  limitName: (key: string) => {
    const [section, name = ""] = key.split(".");
    const measure = Object.keys(measures).find((each) => name.startsWith(each)) ?? "";
    const side = sides[name.slice(measure.length + 1)] ?? "";
    return `${measures[measure] ?? name} ${side}${section === "delays" ? ", delay" : ""}`.replace(" ,", ",").trim() || key;
  },
  profileSays: (value: number) => `profile: ${value}`,
  inForce: (value: number) => `now ${value}`,
  range: (low: number, high: number) => `${low} to ${high}`,
  less: "Less",
  more: "More",
  back: "Take the last figure back",
  trying: "Asking what that would do…",
  wouldStart: (text: string, delay: number) => `Would alarm: ${text}, ${delay > 0 ? `after ${delay} s` : "at once"}`,
  wouldStop: (text: string) => `Would end: ${text}`,
  nothingWould: "No alarm would start or end now.",
  unchanged: "This is in force.",
  looserNeedsReason: "Looser: fewer or later alarms. Why?",
  secondPerson: "Looser than the profile: which second person agrees?",
  setLimit: (name: string, value: number) => `Set ${name} to ${value}`,
};
