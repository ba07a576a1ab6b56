/** Tells the service what is on the glass, so that it knows which screens are alive and which alarms they show. */

import type { Batch } from "./feed";
import type { Drew } from "./protocol";

/** Frames that the service waits to see drawn; a batch of values alone needs no receipt. */
const PROVED: ReadonlySet<string> = new Set(["heartbeat", "alarm", "snapshot"]);

/** Runs `step` once what has been changed so far is painted; never while the page is hidden, since nothing is. */
export function afterPaint(step: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(step));
}

/** A frame's number with the connection that it came on. */
interface Proof {
  connection: number;
  seq: number;
}

export class Receipts {
  /** In the page, but not yet in a painting: the newest only, so that a page hidden for hours holds no more than one. */
  #next: Proof | null = null;
  #painting = false;

  constructor(
    private readonly send: (connection: number, drew: Drew) => void,
    private readonly painted: (step: () => void) => void,
  ) {}

  /** Call when a batch is in the page: its receipt goes out after the next painting that holds it. */
  drawn({ connection, frames }: Batch): void {
    const seq = frames.at(-1)?.seq;
    if (seq === undefined || !frames.some(({ type }) => PROVED.has(type))) return;
    this.#next = { connection, seq };
    if (!this.#painting) this.#prove(this.#next);
  }

  #prove({ connection, seq }: Proof): void {
    this.#painting = true;
    this.#next = null;
    this.painted(() => {
      this.#painting = false;
      this.send(connection, { type: "drew", seq });
      // What came in meanwhile may have missed the painting.
      if (this.#next) this.#prove(this.#next);
    });
  }
}
