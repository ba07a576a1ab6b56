/**
 * The page's side of the sweeps: tells the worker which canvases there are, and where on them each chair's curve goes.
 *
 * Places are measured when anything may have moved them: a curve on another chair's tile would be worse than none.
 */

import type { ToSweeps } from "./messages";
import type { Place } from "./sweep";

/** Also measured this often, for what moves without telling, or changes colour. */
const MEASURE_MS = 250;
/** After tiles have changed places they may be on their way for so long; then they are measured each animation frame. */
const MOVING_MS = 300;

interface Surface {
  id: number;
  canvas: HTMLCanvasElement;
  /** Contains the canvas and the places. */
  root: HTMLElement;
  /** What the worker knows, as text. */
  told: string;
}

export class Sweeps {
  readonly #surfaces = new Set<Surface>();
  readonly #places = new Map<HTMLElement, string>();
  #ids = 0;
  #asked = false;
  #movingUntil = 0;
  #tell: (message: ToSweeps, transfer?: Transferable[]) => void = () => {};

  /** Where messages go; before this, and in a browser that cannot draw in a worker, nothing is drawn. */
  connect(tell: (message: ToSweeps, transfer?: Transferable[]) => void): void {
    this.#tell = tell;
  }

  /** Draws on this canvas whatever places its parent holds; call the answer when it is taken away. */
  surface(canvas: HTMLCanvasElement): () => void {
    if (!("transferControlToOffscreen" in canvas)) return () => {};
    const surface = { id: this.#ids++, canvas, root: canvas.parentElement as HTMLElement, told: "" };
    const offscreen = canvas.transferControlToOffscreen();
    this.#tell({ type: "surface", surface: surface.id, canvas: offscreen }, [offscreen]);
    this.#surfaces.add(surface);
    const sizes = new ResizeObserver(() => this.measure());
    sizes.observe(surface.root);
    const moves = new MutationObserver(() => this.#follow());
    moves.observe(surface.root, { childList: true, subtree: true });
    const scrolled = () => this.measure();
    surface.root.addEventListener("scroll", scrolled, { capture: true, passive: true });
    const timer = setInterval(() => this.measure(), MEASURE_MS);
    return () => {
      sizes.disconnect();
      moves.disconnect();
      surface.root.removeEventListener("scroll", scrolled, { capture: true });
      clearInterval(timer);
      this.#surfaces.delete(surface);
      this.#tell({ type: "remove", surface: surface.id });
    };
  }

  /** Draws a chair's curve over this element; call the answer when it is taken away. */
  place(element: HTMLElement, chair: string): () => void {
    this.#places.set(element, chair);
    this.#measureSoon();
    return () => {
      this.#places.delete(element);
      this.#measureSoon();
    };
  }

  /** Tells the worker where everything is, if that has changed. */
  measure(): void {
    for (const surface of this.#surfaces) {
      const frame = surface.canvas.getBoundingClientRect();
      const ratio = devicePixelRatio;
      const places: Place[] = [];
      for (const [element, chair] of this.#places) {
        if (!surface.root.contains(element)) continue;
        const box = element.getBoundingClientRect();
        if (box.width === 0 || box.height === 0) continue; // this tile has no room for a sweep
        places.push({
          chair,
          x: Math.round((box.left - frame.left) * ratio),
          y: Math.round((box.top - frame.top) * ratio),
          width: Math.round(box.width * ratio),
          height: Math.round(box.height * ratio),
          ratio,
          colour: getComputedStyle(element).color,
        });
      }
      const width = Math.round(frame.width * ratio);
      const height = Math.round(frame.height * ratio);
      const now = JSON.stringify([width, height, places]);
      if (now === surface.told) continue;
      surface.told = now;
      this.#tell({ type: "layout", surface: surface.id, width, height, places });
    }
  }

  /** Measures now, and in each animation frame for as long as tiles may be on their way. */
  #follow(): void {
    const wasMoving = this.#movingUntil > performance.now();
    this.#movingUntil = performance.now() + MOVING_MS;
    if (!wasMoving) this.#step();
  }

  #step(): void {
    this.measure();
    if (performance.now() < this.#movingUntil) requestAnimationFrame(() => this.#step());
  }

  /** Measures once, however many places come and go in this moment. */
  #measureSoon(): void {
    if (this.#asked) return;
    this.#asked = true;
    queueMicrotask(() => {
      this.#asked = false;
      this.measure();
    });
  }
}
