/** One erase-bar sweep: draws a trace into its box of a canvas, a little more each time. */

import { HIGHEST, MISSING } from "./frame";
import { BAR_PX, windowMs, wiped, xAt } from "./geometry";
import type { Trace } from "./trace";

/** What a sweep draws with; a canvas's context has it. */
export type Pen = Pick<
  OffscreenCanvasRenderingContext2D,
  "clearRect" | "beginPath" | "moveTo" | "lineTo" | "stroke" | "strokeStyle" | "lineWidth"
>;

/** Where a chair's curve goes: a box in device pixels, and its colour. */
export interface Place {
  chair: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Device pixels in one CSS pixel. */
  ratio: number;
  colour: string;
}

const LINE_PX = 1.75;
/** The curve stays this far from the edges of its box, and is wiped so far beyond its points: a line is broader than they. */
const marginOf = ({ ratio }: Place) => Math.ceil(LINE_PX * ratio);

export class Sweep {
  /** The moment up to which everything is drawn; nothing is yet at -Infinity. */
  #headMs = -Infinity;
  #next = 0;
  #x = NaN;
  #y = NaN;

  constructor(readonly place: Place) {}

  /**
   * Draws up to the present. `stepMs` above 0 moves on in steps of that length only.
   *
   * Returns false when there is nothing left to draw or to wipe until another sample comes.
   */
  draw(pen: Pen, trace: Trace, nowMs: number, stepMs: number): boolean {
    const { x, y, height, ratio } = this.place;
    const margin = marginOf(this.place);
    const width = this.place.width - 2 * margin;
    const window = windowMs(width / ratio);
    const now = nowMs - trace.lagMs;
    const head = stepMs > 0 ? Math.floor(now / stepMs) * stepMs : now;
    const barMs = (BAR_PX * ratio * window) / width;
    const oldest = head + barMs - window;
    if (head > this.#headMs) {
      for (const [from, long] of wiped(this.#headMs + barMs, head + barMs, window, width)) {
        pen.clearRect(x + from, y, long + 2 * margin, height);
      }
      this.#headMs = head;
    }
    this.#next = Math.max(this.#next, trace.first);
    this.#line(pen, trace, oldest, window, width);
    return trace.endMs > oldest;
  }

  #line(pen: Pen, trace: Trace, oldest: number, window: number, width: number): void {
    if (this.#next >= trace.written || trace.timeOf(this.#next) > this.#headMs) return;
    const { x, y, height, ratio, colour } = this.place;
    const margin = marginOf(this.place);
    pen.strokeStyle = colour;
    pen.lineWidth = LINE_PX * ratio;
    pen.beginPath();
    pen.moveTo(this.#x, this.#y);
    for (; this.#next < trace.written; this.#next++) {
      const time = trace.timeOf(this.#next);
      if (time > this.#headMs) break;
      const sample = trace.heightOf(this.#next);
      if (sample === MISSING || time < oldest) {
        this.#x = NaN;
        continue;
      }
      const toX = x + margin + xAt(time, window, width);
      this.#y = y + margin + (1 - sample / HIGHEST) * (height - 2 * margin);
      // The pen is lifted after a gap and where the sweep begins again at the left.
      if (toX >= this.#x) pen.lineTo(toX, this.#y);
      else pen.moveTo(toX, this.#y);
      this.#x = toX;
    }
    pen.stroke();
  }
}
