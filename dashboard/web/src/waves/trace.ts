/**
 * The last seconds of one chair's curve, each sample with the moment it belongs to. Pure: the caller gives the time.
 *
 * Samples come in blocks, a few a second and never quite on time. A block is placed right behind the one before, nudged
 * towards its own arrival: so jitter does not tear the curve, and a monitor whose clock is a little off does not run
 * away. A block that comes much too late begins anew, behind a gap.
 *
 * Times are local monotonic milliseconds.
 */

import { MISSING } from "./frame";

/** Samples held: 16 s at the highest rate, more than any sweep is wide. The oldest are overwritten. */
export const CAPACITY = 4096;
/** What is drawn lies this far behind the newest block's begin, so that the next one is there in time. */
export const BUFFER_MS = 200;
/** A block later than this is behind a gap; one as far ahead of its time is dropped. */
export const TORN_MS = 500;
/** How much of a block's lateness its place takes up. */
const NUDGE = 0.2;
/** The longest block that the drawing waits for; a longer one, after a stall, is drawn late. */
const LONGEST_BLOCK_MS = 1500;

export class Trace {
  readonly #times = new Float64Array(CAPACITY);
  readonly #heights = new Uint8Array(CAPACITY);
  #end = -Infinity;
  #blockMs = 0;
  /** Number of samples ever taken; they are numbered from 0. */
  written = 0;

  /** The number of the oldest sample still held. */
  get first(): number {
    return Math.max(0, this.written - CAPACITY);
  }

  /** When the newest sample was measured. */
  get endMs(): number {
    return this.#end;
  }

  /** How far the drawing has to lie behind the present. */
  get lagMs(): number {
    return BUFFER_MS + this.#blockMs;
  }

  timeOf(number: number): number {
    return this.#times[number % CAPACITY] as number;
  }

  heightOf(number: number): number {
    return this.#heights[number % CAPACITY] as number;
  }

  /** Takes a block of `rateHz` samples a real second that was heard at `heardMs`. */
  add(heights: Uint8Array, rateHz: number, heardMs: number): void {
    const lengthMs = (heights.length / rateHz) * 1000;
    const lateMs = heardMs - (this.#end + lengthMs);
    let begin = this.#end;
    let end = this.#end + lengthMs + NUDGE * lateMs;
    if (lateMs > TORN_MS) {
      begin = Math.max(this.#end, heardMs - lengthMs);
      end = heardMs;
      this.#push(begin, MISSING);
    } else if (lateMs < -TORN_MS) {
      return;
    }
    // Shrinks slowly, so that one long block after a stall does not hold the drawing back for good.
    this.#blockMs = Math.max(Math.min(lengthMs, LONGEST_BLOCK_MS), this.#blockMs * 0.98);
    const step = (end - begin) / heights.length;
    for (let i = 0; i < heights.length; i++) this.#push(begin + (i + 1) * step, heights[i] as number);
    this.#end = end;
  }

  #push(time: number, height: number): void {
    this.#times[this.written % CAPACITY] = time;
    this.#heights[this.written % CAPACITY] = height;
    this.written++;
  }
}
