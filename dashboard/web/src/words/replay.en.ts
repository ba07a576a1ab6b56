/** The words of the page of the past. */

import type { LiveAlarms } from "../protocol";

export const counted = ({ high, medium, low }: LiveAlarms, names: [string, string, string]) =>
  [high, medium, low].flatMap((count, i) => (count ? [`${count} ${names[i]}`] : [])).join(", ");

export const replay = {
  mark: "REPLAY",
  state: { preparing: "is being prepared…", playing: "is playing", paused: "stands still", ended: "is over" },
  lost: (why: string) => `not connected: ${why}`,
  play: "Go on",
  pause: "Stand still",
  jump: (minutes: number) => `${minutes > 0 ? "+" : "−"}${Math.abs(minutes)} min`,
  toLive: "To the live page",
  liveUnknown: "Live chairs: not known.",
  liveNone: "Live chairs: no alarms.",
  liveNow: (live: LiveAlarms) => `Live now: ${counted(live, ["high", "medium", "low"])}`,
  trial: {
    question: "In the past, at all chairs:",
    days: (days: number) => (days === 1 ? "last day" : `last ${days} days`),
    going: (percent: number) => `Playing the record… ${percent} %`,
    cancel: "Cancel",
    counts: (vanish: number, appear: number, later: number, earlier: number, same: number) =>
      `${vanish} alarms vanish, ${appear} appear, ${later} come later, ${earlier} earlier, ${same} stay.`,
    vanish: "vanishes",
    appear: "appears",
    later: (seconds: number) => `${Math.round(Math.abs(seconds))} s ${seconds > 0 ? "later" : "earlier"}`,
    missed: (count: number) => `${count} ${count === 1 ? "part" : "parts"} of that time could not be played.`,
  },
  foot: "This is the past, without sound, and nothing can be done in it. It is no screen that watches: keep the live page open.",
};

