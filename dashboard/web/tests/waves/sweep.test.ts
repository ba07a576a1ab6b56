/** The sweep on paper that remembers: lines where there are samples, nothing where there are none. */

import { expect, test } from "vitest";

import { MISSING } from "../../src/waves/frame";
import { Sweep, type Pen, type Place } from "../../src/waves/sweep";
import { Trace } from "../../src/waves/trace";

const WINDOW_MS = 3000;
const PLACE: Place = { chair: "1", x: 1000, y: 500, width: 280, height: 40, ratio: 1, colour: "blue" };
const RATE = 75;
const BLOCK_MS = 1000 / 3;

/** Keeps which columns hold a line, with all its breadth. */
class Paper implements Pen {
  strokeStyle = "";
  lineWidth = 0;
  readonly inked = new Set<number>();
  wipes: [number, number][] = [];
  #x = NaN;
  #path: [number, number][] = [];

  beginPath(): void {
    this.#path = [];
    this.#x = NaN;
  }
  moveTo(x: number, y: number): void {
    this.#inside(x, y);
    this.#x = x;
  }
  lineTo(x: number, y: number): void {
    this.#inside(x, y);
    if (!Number.isNaN(this.#x)) this.#path.push([this.#x, x]);
    this.#x = x;
  }
  stroke(): void {
    const half = this.lineWidth / 2;
    for (const [from, to] of this.#path) {
      for (let x = Math.floor(from - half); x < to + half; x++) this.inked.add(x);
    }
  }
  clearRect(x: number, _y: number, width: number): void {
    this.wipes.push([x, width]);
    for (let i = x; i < x + width; i++) this.inked.delete(i);
  }
  #inside(x: number, y: number): void {
    if (Number.isNaN(x)) return;
    expect(x).toBeGreaterThanOrEqual(PLACE.x);
    expect(x).toBeLessThan(PLACE.x + PLACE.width);
    expect(y).toBeGreaterThan(PLACE.y);
    expect(y).toBeLessThan(PLACE.y + PLACE.height);
  }
}

class Scene {
  readonly paper = new Paper();
  readonly trace = new Trace();
  sweep = new Sweep(PLACE);
  now = 33 * WINDOW_MS; // so that the first sample lies at the left
  moving = false;

  /** Draws 60 times a second; a block comes each third of one unless the monitor is unplugged. */
  play(ms: number, { plugged = true, stepMs = 0, height = (_: number): number => 127 } = {}): void {
    const ends = this.now + ms;
    let nextBlock = this.now + BLOCK_MS;
    for (; this.now < ends; this.now += 1000 / 60) {
      if (plugged && this.now >= nextBlock) {
        this.trace.add(Uint8Array.from({ length: 25 }, (_, i) => height(i)), RATE, nextBlock);
        nextBlock += BLOCK_MS;
      }
      this.moving = this.sweep.draw(this.paper, this.trace, this.now, stepMs);
    }
  }
}

test("after one sweep the box is full but for the bar that runs ahead", () => {
  const scene = new Scene();
  scene.play(2 * WINDOW_MS);
  expect(scene.paper.inked.size).toBeGreaterThan(PLACE.width - 20);
  expect(scene.paper.inked.size).toBeLessThan(PLACE.width - 8);
  expect(scene.moving).toBe(true);
});

test("an unplugged monitor leaves a gap that begins within its block and the buffer, then an empty box and rest", () => {
  const scene = new Scene();
  scene.play(2 * WINDOW_MS);
  const full = scene.paper.inked.size;
  scene.play(BLOCK_MS + 200, { plugged: false });
  scene.play(500, { plugged: false });
  expect(scene.paper.inked.size).toBeLessThan(full - (PLACE.width * 400) / WINDOW_MS);
  scene.play(WINDOW_MS, { plugged: false });
  expect(scene.paper.inked.size).toBe(0);
  expect(scene.moving).toBe(false);
});

test.each([1, 1.25, 2])("no column stays inked, whenever in a frame the curve ends (pixel ratio %d)", (ratio) => {
  for (let offset = 0; offset < 40; offset++) {
    const scene = new Scene();
    scene.sweep = new Sweep({ ...PLACE, ratio });
    scene.play(WINDOW_MS + 7 * offset + offset / 3);
    expect(Math.min(...scene.paper.inked)).toBeGreaterThanOrEqual(PLACE.x);
    expect(Math.max(...scene.paper.inked)).toBeLessThan(PLACE.x + PLACE.width);
    while (scene.moving) scene.play(17, { plugged: false });
    expect([...scene.paper.inked]).toEqual([]);
  }
});

test("missing samples are a gap and not a line across it", () => {
  const scene = new Scene();
  scene.play(2 * WINDOW_MS, { height: (i) => (i >= 10 && i < 20 ? MISSING : 127) });
  expect(scene.paper.inked.size).toBeGreaterThan(PLACE.width * 0.5);
  expect(scene.paper.inked.size).toBeLessThan(PLACE.width * 0.7);
});

test("the curve of before the gap is not joined to the one after", () => {
  const scene = new Scene();
  scene.play(1500);
  scene.play(1000, { plugged: false });
  scene.play(1000);
  const columns = [...scene.paper.inked].sort((a, b) => a - b);
  expect(Math.max(...columns.slice(1).map((x, i) => x - columns[i]!))).toBeGreaterThan((PLACE.width * 500) / WINDOW_MS);
});

test("a new box, as after a change of size, is drawn at once from what is held", () => {
  const scene = new Scene();
  scene.play(2 * WINDOW_MS);
  const before = scene.paper.inked.size;
  scene.sweep = new Sweep(PLACE);
  scene.play(17);
  expect(scene.paper.inked.size).toBeGreaterThan(before - 5);
});

test("after a pause of the drawing nothing old is left standing", () => {
  const scene = new Scene();
  scene.play(2 * WINDOW_MS);
  scene.now += 10 * WINDOW_MS; // the page was hidden, and no waves were sent
  scene.play(100, { plugged: false });
  expect(scene.paper.inked.size).toBe(0);
});

test("without motion it moves on once a second", () => {
  const scene = new Scene();
  scene.play(WINDOW_MS);
  scene.paper.wipes = [];
  scene.play(3000, { stepMs: 1000 });
  expect(scene.paper.wipes.length).toBeGreaterThanOrEqual(2);
  expect(scene.paper.wipes.length).toBeLessThanOrEqual(6); // each step at most two spans
});
