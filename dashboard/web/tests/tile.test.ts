/** The tile as it is drawn in each state, rendered to HTML without a browser. */

import { render } from "svelte/server";
import { describe, expect, test } from "vitest";

import { ChairPicture } from "../src/clinic.svelte";
import Tile from "../src/components/Tile.svelte";
import type { Alarm, Chair, Value } from "../src/protocol";
import { alarm, chair, value } from "./frames";

interface Scene {
  info?: Partial<Chair>;
  values?: Partial<Value>[];
  alarms?: Partial<Alarm>[];
  now?: number;
  lost?: boolean;
}

function draw({ info = {}, values = [{}], alarms = [], now = 100, lost = false }: Scene): string {
  const picture = new ChairPicture(chair({ ...info, values: values.map(value) }), 100);
  for (const one of alarms) picture.setAlarm(alarm(one), 100);
  return render(Tile, { props: { chair: picture, now, lost, opened: false, density: "M", timeAgo: (s) => `14:${s}`, open: () => {} } }).body.replace(/<!--.*?-->/g, "");
}

/** The opening tag of the first element that has this attribute. */
function tag(html: string, attribute: string): string {
  return html.match(new RegExp(`<[^<>]*${attribute}[^<>]*>`))?.[0] ?? "";
}

const number = (html: string, vital: string) =>
  html.match(new RegExp(`data-vital="${vital}"[\\s\\S]*?data-number[^>]*>([^<]*)`))?.[1]?.trim();

describe("calm", () => {
  const html = draw({});
  test("the strip shows the limits", () => expect(html).toContain("90–"));
  test("the value is live", () => {
    expect(number(html, "spo2")).toBe("97");
    expect(tag(html, 'data-vital="spo2"')).toContain('data-freshness="live"');
  });
  test("missing vitals keep their place", () => {
    expect(number(html, "heart_rate")).toBe("--");
    expect(number(html, "pressure")).toBe("--");
  });
});

describe("an active alarm", () => {
  const html = draw({
    values: [{ value: 86 }],
    alarms: [{ since_age_s: 14 }, { condition: "T-NIBP-LATE", kind: "T", priority: "low", vitals: ["systolic"] }],
  });
  test("gives the tile its state and priority", () => {
    expect(tag(html, "data-chair=")).toContain('data-state="active"');
    expect(tag(html, "data-chair=")).toContain('data-priority="medium"');
  });
  test("flashes, with its stars, text, age and the number of others", () => {
    expect(tag(html, "data-strip")).toContain("flashing");
    expect(html).toContain("**");
    expect(html).toContain("SpO2 low 86 &lt; 90");
    expect(html).toContain("0:14");
    expect(html).toContain("+1");
  });
  test("inverts the offending value and no other", () => {
    expect(tag(html, 'data-vital="spo2"')).toContain('data-inverted="medium"');
    expect(tag(html, 'data-vital="heart_rate"')).not.toContain("data-inverted");
  });
});

test("an active alarm without a value keeps its strip, reads `--` and carries the note", () => {
  const html = draw({
    values: [{ value: null, validity: "unavailable", last_value: 73, last_age_s: 14 }],
    alarms: [{ note: "last 73, 0:14 ago" }],
  });
  expect(number(html, "spo2")).toBe("--");
  expect(html).toContain("last 73, 0:14 ago");
  expect(tag(html, 'data-vital="spo2"')).toContain("hatched");
});

test.each([
  ["acknowledged", "seen", true],
  ["latched", "over", false],
] as const)("an alarm that is %s does not flash and carries its sign", (state, glyph, filled) => {
  const html = draw({ alarms: [{ state }] });
  expect(tag(html, "data-strip")).not.toContain("flashing");
  expect(/\bfilled\b/.test(tag(html, "data-strip"))).toBe(filled);
  expect(html).toContain(`data-glyph="${glyph}"`);
});

test("an alarm that is over says when its value was so, and not a present-looking age", () => {
  const html = draw({ alarms: [{ state: "latched", text: "SpO2 very low, was 82 < 85", since_age_s: 125, was_age_s: 95 }] });
  expect(html).toContain("SpO2 very low, was 82 &lt; 85");
  expect(html).toMatch(/data-since[^>]*>at 14:95</);
  expect(html).not.toContain("2:05");
});

test("what is kept quiet is marked on the tile, and read out", () => {
  expect(draw({ info: { kept_quiet: ["HR high put aside"] } })).toMatch(/data-kept-quiet[\s\S]*data-glyph="quiet"[\s\S]*HR high put aside</);
  expect(draw({})).not.toContain("data-kept-quiet");
});

test("a pending alarm is a hint: a clock and no colour", () => {
  const html = draw({ alarms: [{ state: "pending" }] });
  expect(html).toContain('data-glyph="pending"');
  expect(tag(html, "data-chair=")).not.toContain("data-tone");
});

test("a low technical alarm is outlined, a medium one filled and flashing", () => {
  const strip = (priority: Alarm["priority"]) => tag(draw({ alarms: [{ kind: "T", priority }] }), "data-strip");
  expect(strip("low")).toContain("outlined");
  expect(strip("low")).not.toMatch(/filled|flashing/);
  expect(strip("medium")).toMatch(/filled.*flashing/);
});

test("a stale value is grey with its age, then gone", () => {
  expect(draw({ now: 107 })).toMatch(/data-freshness="stale"[\s\S]*7 s/);
  expect(number(draw({ now: 110 }), "spo2")).toBe("--");
});

test("a questionable value is marked", () => {
  expect(draw({ values: [{ validity: "questionable" }] })).toMatch(/questionable[\s\S]*>97</);
  expect(draw({ values: [{ validity: "questionable" }] })).toContain(">?<");
});

test("a cuff reading shows its mean and its age in minutes", () => {
  const cuff = { episodic: true, age_s: 250, stale_s: 900, gone_s: 3600 };
  const html = draw({
    values: [
      { ...cuff, vital: "systolic", value: 138 },
      { ...cuff, vital: "diastolic", value: 82 },
      { ...cuff, vital: "mean_pressure", value: 104 },
    ],
  });
  const pressure = html.slice(html.indexOf('data-vital="pressure"')).replace(/<[^>]*>/g, "").replace(/\s+/g, " ");
  expect(pressure).toContain("138/82");
  expect(pressure).toContain("104 · 4 min");
});

test("everything reads `--` while the connection is lost", () => {
  const html = draw({ values: [{}, { vital: "systolic", value: 138, gone_s: 3600 }], lost: true });
  expect(number(html, "spo2")).toBe("--");
  expect(number(html, "pressure")).toBe("--");
  expect(tag(html, 'data-vital="spo2"')).toContain("hatched");
});

test("the mark is drawn in every state, and a device's own mode when there is none", () => {
  for (const state of ["watched", "standby", "empty"] as const) {
    expect(draw({ info: { state, mark: "SIMULATED" }, alarms: [{}] })).toContain("SIMULATED");
  }
  expect(draw({ values: [{ mode: "demo" }] })).toContain("DEMO");
});

test("an empty chair shows no vitals", () => {
  const html = draw({ info: { state: "empty" } });
  expect(tag(html, "data-chair=")).toContain('data-state="empty"');
  expect(html).not.toContain("data-vital");
});

test("standby is said in words", () => {
  expect(draw({ info: { state: "standby" } })).toContain("Standby");
});

test("a watched chair whose monitor is gone says since when", () => {
  const device = { ...chair().devices[0]!, link: "lost" as const, heard_age_s: 45 };
  const html = draw({ info: { devices: [device] }, now: 101 });
  expect(tag(html, "data-chair=")).toContain('data-state="offline"');
  expect(html).toContain("No data 0:46");
});

test("an audio pause counts down and ends by itself", () => {
  expect(draw({ info: { audio_paused_until: 202 } })).toContain("1:42");
  expect(draw({ info: { audio_paused_until: 99 } })).not.toContain("data-audio-paused");
});
