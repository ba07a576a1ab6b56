/**
 * The page's one picture of the clinic: what the server last said, chair by chair, and how old that is.
 *
 * Fed by the worker's batches, read by the components. It decides nothing that the server owns; it keeps the newest of
 * everything and knows when it can no longer be believed.
 */

import { SvelteMap } from "svelte/reactivity";

import { serviceNow, timeOfDay, type Anchor } from "./ages";
import { inOrder, type HeldAlarm } from "./alarms";
import { SILENCE_MS, type Batch } from "./feed";
import type { Alarm, Chair, LiveAlarms, Look, ReplayState, ScreenView, ServerFrame, Snapshot, Value } from "./protocol";
import type { HeldValue } from "./readings";
import { Spark } from "./waves/spark";
import { words } from "./words";

/** One chair: what it is, its newest values by vital, and its present alarms by condition. */
export class ChairPicture {
  info = $state.raw() as Chair;
  /** Service second at which `info` was sent. */
  sentAt = $state.raw(0);
  /** Another map with each change: those who read it are told once, however many vitals there are. */
  values = $state.raw<ReadonlyMap<string, HeldValue>>(new Map());
  readonly alarms = new SvelteMap<string, HeldAlarm>();
  /** Service second of the last change of state of each condition, also of ended ones: see `setTexts`. */
  readonly #changedAt = new Map<string, number>();

  /**
   * `spark` holds the last half hour of SpO2, as heard here. It may come from the picture before: the page needs to have
   * heard the values only once.
   */
  constructor(info: Chair, sentAt: number, readonly spark = new Spark()) {
    this.describe(info, sentAt);
  }

  /** Takes a whole chair; its values replace all that were there. */
  describe(info: Chair, sentAt: number): void {
    this.info = info;
    this.sentAt = sentAt;
    this.values = new Map();
    this.spark.beginAt(sentAt - info.visit_age_s);
    for (const value of info.values) this.setValue(value, sentAt);
  }

  setValue(value: Value, sentAt: number): void {
    this.values = new Map(this.values).set(value.vital, { ...value, sentAt });
    if (value.vital === "spo2") this.spark.take(value.value, sentAt - value.age_s);
  }

  /** Takes an alarm after a change of state. */
  setAlarm(alarm: Alarm, sentAt: number): void {
    this.#changedAt.set(alarm.condition, sentAt);
    if (alarm.state === "idle") this.alarms.delete(alarm.condition);
    else this.alarms.set(alarm.condition, { ...alarm, sentAt });
  }

  /** Takes a present alarm's new text, unless a change of state has overtaken it on the way. */
  setTexts(alarm: Alarm, sentAt: number): void {
    if (sentAt < (this.#changedAt.get(alarm.condition) ?? -Infinity)) return;
    if (alarm.state !== "idle") this.alarms.set(alarm.condition, { ...alarm, sentAt });
  }
}

/** An alarm with its chair, as lists over all chairs need it. */
export interface Listed {
  chair: ChairPicture;
  alarm: HeldAlarm;
}

/** The clinic as a whole, in the form of a chair: its id is empty. */
const WHOLE: Chair = {
  id: "",
  label: "",
  room: "",
  state: "watched",
  phase: "unknown",
  visit_age_s: 0,
  profile: "",
  mark: "",
  limits: {},
  changed_limits: [],
  devices: [],
  statuses: [],
  values: [],
  audio_paused_until: null,
  kept_quiet: [],
};

/** A new connection's service seconds may differ so much from those of the one before, real seconds, and be the same ones. */
const SAME_CLOCK_S = 5;

/** How long a reminder stands in the top bar. */
const REMINDER_MS = 10_000;

export type Link = "connecting" | "live" | "lost";

/** A frame that does not fit the picture: the picture is wrong and has to be had anew. */
export class PictureFault extends Error {}

export class Clinic {
  link = $state<Link>("connecting");
  /** Why the connection was lost, in the worker's words. */
  why = $state("");
  name = $state("");
  version = $state("");
  notices = $state.raw<string[]>([]);
  /** The palette of the values that the clinic has chosen. */
  look = $state.raw<Look>({ palette: "classic", colours: {} });
  screens = $state.raw<ScreenView[]>([]);
  /** Whether the service can call somebody by itself when no screen can. */
  fallback = $state(true);
  chairs = $state.raw<ChairPicture[]>([]);
  /** What is played, if this is the past; null on the live page. */
  replay = $state.raw<ReplayState | null>(null);
  /** Beside a replay: what is the matter at the live chairs. */
  live = $state.raw<LiveAlarms | null>(null);
  /** What somebody is being reminded of, for a few seconds; else empty. */
  reminder = $state.raw("");
  #remindedMs = 0;
  /** The service's version when it gave this page to the screen. */
  #loadedVersion = "";
  /** Where the alarms of the clinic as a whole are kept; it has no tile, only a place in the alarm bar. */
  whole = $state.raw<ChairPicture>(new ChairPicture(WHOLE, 0));

  /**
   * Service seconds now; 0 before the first snapshot. Moves on with `tick` only, and not with every frame: all ages that
   * are drawn hang on it.
   */
  now = $state.raw(0);
  /** Real seconds since anything was heard, at the newest tick. */
  silentS = $state.raw(0);
  #isSilent = $state.raw(false);

  /**
   * Whether nothing on the screen can be taken as live any more.
   *
   * The page looks at the silence itself as well as listening to its worker, which could be what has failed.
   */
  readonly lost = $derived(this.link === "lost" || this.#isSilent);

  /** Every alarm that lights, most needed first. Pending ones are only a hint on their own tile. */
  readonly listed = $derived.by((): Listed[] => {
    const owner = new Map<HeldAlarm, ChairPicture>();
    for (const chair of [this.whole, ...this.chairs])
      for (const alarm of chair.alarms.values()) owner.set(alarm, chair);
    return inOrder(owner.keys())
      .filter((alarm) => alarm.state !== "pending")
      .map((alarm) => ({ alarm, chair: owner.get(alarm) as ChairPicture }));
  });

  #anchor: Anchor | null = null;
  #wall = $state.raw<{ ms: number; localMs: number; now: number } | null>(null);
  #localMs = $state.raw(0);
  #openedMs: number;
  #byId = new Map<string, ChairPicture>();

  constructor(localMs: number) {
    this.#openedMs = localMs;
    this.#localMs = localMs;
  }

  /** The server's time of day now, or null before the first snapshot. */
  get wall(): Date | null {
    if (!this.#wall) return null;
    const passedMs = this.replay ? (this.now - this.#wall.now) * 1000 : this.#localMs - this.#wall.localMs;
    return new Date(this.#wall.ms + passedMs);
  }

  /** The time of day so many service seconds ago, as `14:02`: a label. Empty before the first snapshot. */
  readonly timeAgo = (seconds: number): string =>
    this.wall && this.#anchor ? timeOfDay(this.wall, this.replay ? seconds : seconds / this.#anchor.speed) : "";

  /** Whether the service has another version now than the page that it gave to this screen. */
  get isOutdated(): boolean {
    return this.version !== this.#loadedVersion;
  }

  chair(id: string): ChairPicture | undefined {
    return this.#byId.get(id);
  }

  /** The chair that people know by this number: its label, or the number in it (`12` for `Chair 12`). */
  chairNumbered(digits: string): ChairPicture | undefined {
    const labelled = (match: (label: string) => boolean) => this.chairs.find(({ info }) => match(info.label));
    return labelled((label) => label === digits) ?? labelled((label) => label.match(/\d+/)?.[0] === digits);
  }

  /** Moves the page's clock on; called a few times a second. */
  tick(localMs: number): void {
    this.#localMs = localMs;
    if (this.reminder && localMs - this.#remindedMs >= REMINDER_MS) this.reminder = "";
    this.silentS = Math.max(0, (localMs - (this.#anchor?.heardMs ?? this.#openedMs)) / 1000);
    this.#isSilent = this.silentS * 1000 > SILENCE_MS;
    if (this.#anchor) this.now = serviceNow(this.#anchor, localMs);
  }

  /** Takes a batch of frames in order; its ages run on with the next `tick`. Throws PictureFault when a frame cannot be about this clinic. */
  apply(batch: Batch): void {
    for (const frame of batch.frames) this.#take(frame, batch.heardMs);
  }

  lose(why: string): void {
    this.link = "lost";
    this.why = why;
  }

  #take(frame: ServerFrame, heardMs: number): void {
    if (frame.type === "snapshot") {
      this.#begin(frame, heardMs);
      return;
    }
    if ("now" in frame) this.#hear(frame.now, heardMs);
    switch (frame.type) {
      case "vitals":
        for (const value of frame.values) this.#known(value.chair).setValue(value, frame.now);
        break;
      case "chair":
        this.#known(frame.chair.id).describe(frame.chair, frame.now);
        break;
      case "alarm":
        this.#known(frame.alarm.chair).setAlarm(frame.alarm, frame.now);
        break;
      case "alarms":
        for (const alarm of frame.alarms) this.#known(alarm.chair).setTexts(alarm, frame.now);
        break;
      case "reminder":
        this.reminder = words.reminder(words.chair(this.#known(frame.chair).info.label), frame.text);
        this.#remindedMs = heardMs;
        break;
      case "live":
        this.live = frame.alarms;
        break;
      case "screens":
        ({ screens: this.screens, fallback: this.fallback } = frame);
        break;
    }
  }

  /**
   * Replaces everything. Of what was heard before only the shape of the last half hour is kept, and only for the same
   * patient: `describe` forgets what is older than the visit.
   */
  #begin(snapshot: Snapshot, heardMs: number): void {
    const before = this.#continues(snapshot, heardMs) ? this.#byId : new Map<string, ChairPicture>();
    this.#anchor = { now: snapshot.now, heardMs, speed: snapshot.speed };
    this.#wall = { ms: Date.parse(snapshot.wall), localMs: heardMs, now: snapshot.now };
    this.replay = snapshot.replay ?? null;
    this.name = snapshot.clinic;
    this.#loadedVersion ||= snapshot.version;
    this.version = snapshot.version;
    this.notices = snapshot.notices;
    this.look = snapshot.look;
    ({ screens: this.screens, fallback: this.fallback } = snapshot);
    this.chairs = snapshot.chairs.map(({ alarms, ...info }) => {
      const chair = new ChairPicture(info, snapshot.now, before.get(info.id)?.spark);
      for (const alarm of alarms) chair.setAlarm(alarm, snapshot.now);
      return chair;
    });
    this.whole = new ChairPicture({ ...WHOLE, label: words.wholeClinic }, snapshot.now);
    for (const alarm of snapshot.clinic_alarms) this.whole.setAlarm(alarm, snapshot.now);
    this.#byId = new Map([this.whole, ...this.chairs].map((chair) => [chair.info.id, chair]));
    this.link = "live";
    this.why = "";
    this.tick(Math.max(this.#localMs, heardMs));
  }

  /** Whether a snapshot counts the same seconds as all before: not after a restart of a computer, or at another speed. */
  #continues({ now, speed }: Snapshot, heardMs: number): boolean {
    const anchor = this.#anchor;
    return anchor?.speed === speed && Math.abs(now - serviceNow(anchor, heardMs)) < SAME_CLOCK_S * speed;
  }

  /** Anchors the clock to the newest frame. Alarms overtake values, so a later frame can carry an earlier `now`. */
  #hear(now: number, heardMs: number): void {
    if (!this.#anchor) return;
    const newest = now >= this.#anchor.now;
    this.#anchor = newest ? { ...this.#anchor, now, heardMs } : this.#anchor;
  }

  #known(id: string): ChairPicture {
    const chair = this.#byId.get(id);
    if (!chair) throw new PictureFault(`a frame is about chair ${id}, which the snapshot did not name`);
    return chair;
  }
}
