/**
 * The rules of one connection: order, batches, silence and when to try again. Pure; the worker owns socket and timers.
 *
 * Local times are milliseconds of `localNow`, which page and worker read alike.
 */

import type { Hello, PageFrame, ServerFrame } from "./protocol";

/** No frame for this long means that the connection is lost. Heartbeats come each second. */
export const SILENCE_MS = 2500;
/** Frames that come this much later than the quickest of their connection show the past. */
export const LATE_MS = 2500;
/** How much two clocks may differ in pace: by 0.1 %, ten times what computers do. */
const DRIFT = 0.001;
/** How long opening a connection, up to its snapshot, may take. */
export const OPENING_MS = 5000;
export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 5000;

/** Frames received since the last batch, in order. */
export interface Batch {
  type: "batch";
  /** Counts connections: what the page sends in answer goes out on this one or not at all. */
  connection: number;
  frames: ServerFrame[];
  /** When the newest of them was heard. */
  heardMs: number;
}

/** What the worker tells the page. */
export type FromWorker = Batch | { type: "lost"; why: string };

/** What the page tells the worker; `reconnect` when its own picture turned out wrong. */
export type ToWorker =
  | { type: "start"; url: string; hello: Hello }
  | { type: "send"; connection: number; frame: PageFrame }
  /** The channel to the worker that draws the waves. */
  | { type: "waves"; port: MessagePort }
  | { type: "reconnect"; why: string };

/** Monotonic milliseconds on a scale that the page and its workers share. */
export function localNow(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * The next waiting time before a new try: doubles from 0.5 s up to 5 s, and begins anew once a connection has lasted.
 *
 * `livedMs` is how long the last one was live. A page that fails on every snapshot must not seem to be heard all the
 * time: the watch tone would never come.
 */
export function nextRetry(lastMs: number, livedMs: number): number {
  const longer = livedMs > LONGEST_RETRY_MS ? 0 : lastMs * 2;
  return Math.min(LONGEST_RETRY_MS, Math.max(FIRST_RETRY_MS, longer));
}

/** The connection does not keep to the protocol, or is silent. The cure is always a new connection. */
export class FeedFault extends Error {}

/** Takes in the frames of one connection and hands them on in batches. Bounded by the worker draining it each frame. */
export class Intake {
  #lastSeq: number | null = null;
  #frames: ServerFrame[] = [];
  #heardMs: number;
  #speed = 1;
  /** A replay stands still, changes its pace and may wait for itself: how long its frames were on their way cannot be told. */
  #isReplay = false;
  /** The way of the quickest frame, as the difference between both clocks, and when that was so. */
  #quickest = { wayMs: Infinity, atMs: 0 };

  constructor(
    readonly connection: number,
    openedMs: number,
  ) {
    this.#heardMs = openedMs;
  }

  /** True once the snapshot is in. */
  get started(): boolean {
    return this.#lastSeq !== null;
  }

  /**
   * Takes one text frame.
   *
   * Returns true when it may not wait for the next batch: alarms, answers to an act and the snapshot.
   * Throws FeedFault on anything but the next frame of the protocol, and on one that was long on its way.
   */
  receive(text: string, nowMs: number): boolean {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(text) as ServerFrame;
    } catch {
      throw new FeedFault("a frame is not JSON");
    }
    if (this.#lastSeq === null) {
      if (frame.type !== "snapshot") throw new FeedFault(`the first frame is ${frame.type}, not the snapshot`);
    } else if (frame.seq !== this.#lastSeq + 1) {
      throw new FeedFault(`frame ${frame.seq} came after ${this.#lastSeq}`);
    }
    this.#lastSeq = frame.seq;
    this.#heardMs = nowMs;
    if (frame.type === "snapshot") {
      this.#speed = frame.speed;
      this.#isReplay = frame.replay !== undefined;
    }
    if ("now" in frame && !this.#isReplay) this.#time(frame.now, nowMs);
    this.#frames.push(frame);
    return frame.type === "alarm" || frame.type === "reply" || frame.type === "snapshot";
  }

  /**
   * Notices a line or a computer that is too slow for what is sent: frames still come without a pause then, but what
   * they tell grows older and older, and the page would reckon its age from their arrival.
   */
  #time(serviceS: number, nowMs: number): void {
    const wayMs = nowMs - (serviceS / this.#speed) * 1000;
    const quickestMs = this.#quickest.wayMs + (nowMs - this.#quickest.atMs) * DRIFT;
    if (wayMs <= quickestMs) this.#quickest = { wayMs, atMs: nowMs };
    else if (wayMs - quickestMs > LATE_MS) {
      throw new FeedFault(`what comes is ${((wayMs - quickestMs) / 1000).toFixed(1)} s old: the line is too slow`);
    }
  }

  /** Everything since the last call, or null when there is nothing. */
  drain(): Batch | null {
    if (this.#frames.length === 0) return null;
    const frames = this.#frames;
    this.#frames = [];
    return { type: "batch", connection: this.connection, frames, heardMs: this.#heardMs };
  }

  /** Throws FeedFault when nothing was heard for too long. */
  watch(nowMs: number): void {
    const limit = this.started ? SILENCE_MS : OPENING_MS;
    if (nowMs - this.#heardMs > limit) throw new FeedFault(`nothing heard for ${limit / 1000} s`);
  }
}
