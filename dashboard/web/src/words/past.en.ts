/** The words of the history: what the record tells, and the burden of alarms. */

const percent = (part: number, whole: number) => (whole > 0 ? `${Math.round((part / whole) * 100)} %` : "–");

export const past = {
  open: "History",
  earlier: "Earlier…",
  title: "History",
  /** Stands over everything that is not of this moment. */
  notNow: "PAST – not live values",
  asOf: (time: string) => `read at ${time}`,
  page: { chair: "Chair", burden: "Alarm burden" },
  chair: "Chair",
  day: "Day",
  spans: { hour: "1 h", shift: "8 h", day: "1 day", week: "7 days", month: "30 days" },
  reading: "Reading the record…",
  each: (seconds: number) =>
    seconds === 1
      ? "Every second."
      : `Each point: ${seconds % 3600 === 0 ? `${seconds / 3600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`}, with its lowest and highest value.`,
  limitsAtEnd: "Limits: those at the end of this time. Others were in force before.",
  limitsThen: "Limits: those of this time.",
  noChairs: "The record holds no values yet.",
  away: "Nobody was watching",
  otherAlarms: "Other alarms",
  linkLost: "Link lost",
  values: "Values (CSV)",
  alarms: "Alarms (CSV)",
  acts: "Acts (CSV)",
  watchAgain: "Watch again",
  alarmCount: (shown: number) => `${shown} ${shown === 1 ? "alarm" : "alarms"}`,
  done: "Done",
  everyRule: "Every rule",
  rule: "Rule",
  noAlarms: "No alarms in this time.",
  noDeeds: "Nothing was done in this time.",
  stillThere: "still there",

  /** Acts of which the service says nothing in words of its own. */
  deeds: {
    acknowledge: "Acknowledged",
    shelve: "Put aside",
    unshelve: "Taken back",
    plan: "Planned",
  } as Record<string, string>,

  burden: {
    perHour: "alarms for each chair-hour watched",
    counts: (merged: number, raw: number) => `${merged} alarms; ${raw} with those that came back within 1 min`,
    hours: (watched: number, monitored: number, running: number) =>
      `${watched} chair-hours watched, ${monitored} with values; the service ran ${running} h.`,
    short: "lasted less than 10 s",
    within: "acknowledged within 30 s",
    median: "until acknowledged, median",
    p90: (seconds: string) => `9 of 10 within ${seconds}`,
    answered: (answered: number, all: number) => `${answered} of ${all} acknowledged`,
    of: (part: number, whole: number) => `${percent(part, whole)} (${part} of ${whole})`,
    busiest: "in the busiest 10 minutes",
    floods: (count: number) => `${count} times 10 or more`,
    clinic: (count: number) => `${count} of the clinic as a whole are not counted here.`,
    byRule: "By rule",
    byChair: "By chair",
    byHour: "By hour of the day",
    hourBar: (hour: number, merged: number, perHour: string) => `${hour} h: ${merged} alarms, ${perHour} for each chair-hour`,
    worst: "Most often",
    high: "High priority",
    columns: {
      name: "Rule",
      merged: "Alarms",
      raw: "Raw",
      perHour: "Per chair-hour",
      short: "< 10 s",
      median: "Lasted (median)",
      answered: "Acknowledged",
    },
    seconds: (seconds: number | null) => (seconds === null ? "–" : seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`),
    nothing: "Nothing was watched in this time.",
  },
};
