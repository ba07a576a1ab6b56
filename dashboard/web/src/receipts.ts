/** Tells the server what is on the glass, so that it knows which screens are alive and which alarms they show. */

import type { Batch } from "./feed";
import type { Drew } from "./protocol";

export const RECEIPT_MS = 1000;

/** Runs `step` once what has been changed so far is painted; never while the page is hidden, since nothing is. */
export function afterPaint(step: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(step));
}

export class Receipts {
  #lastMs = -Infinity;

  constructor(
    private readonly send: (connection: number, drew: Drew) => void,
    private readonly painted: (step: () => void) => void,
    private readonly nowMs: () => number,
  ) {}

  /** Call when a batch is in the page: sends its receipt after painting, at most once a second and for each alarm. */
  drawn(batch: Batch): void {
    const seq = batch.frames.at(-1)?.seq;
    if (seq === undefined) return;
    const urgent = batch.frames.some((frame) => frame.type === "alarm" || frame.type === "snapshot");
    this.painted(() => {
      if (!urgent && this.nowMs() - this.#lastMs < RECEIPT_MS) return;
      this.#lastMs = this.nowMs();
      this.send(batch.connection, { type: "drew", seq });
    });
  }
}
