/**
 * The rules of one connection: order, batches, silence and when to try again. Pure; the worker owns socket and timers.
 *
 * Local times are milliseconds of `localNow`, which page and worker read alike.
 */

import type { Hello, PageFrame, ServerFrame } from "./protocol";

/** No frame for this long means that the connection is lost. Heartbeats come each second. */
export const SILENCE_MS = 2500;
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

/** The next waiting time before a new try: doubles from 0.5 s up to 5 s. */
export function nextRetry(lastMs: number): number {
  return Math.min(LONGEST_RETRY_MS, Math.max(FIRST_RETRY_MS, lastMs * 2));
}

/** The connection does not keep to the protocol, or is silent. The cure is always a new connection. */
export class FeedFault extends Error {}

/** Takes in the frames of one connection and hands them on in batches. Bounded by the worker draining it each frame. */
export class Intake {
  #lastSeq: number | null = null;
  #frames: ServerFrame[] = [];
  #heardMs: number;

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
   * Throws FeedFault on anything but the next frame of the protocol.
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
    this.#frames.push(frame);
    return frame.type === "alarm" || frame.type === "reply" || frame.type === "snapshot";
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
