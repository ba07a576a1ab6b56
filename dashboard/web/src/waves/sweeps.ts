/**
 * The page's side of the sweeps: tells the worker which canvases there are, and where on them each chair's curve goes.
 *
 * Places are measured when anything may have moved them: a curve on another chair's tile would be worse than none.
 */

import { bands, type Band } from "./bands";
import type { ToSweeps } from "./messages";
import type { Place } from "./sweep";

/** Also measured this often, for what moves without telling, or changes colour. */
const MEASURE_MS = 250;
/** After tiles have changed places they may be on their way for so long; then they are measured each animation frame. */
const MOVING_MS = 300;

interface Canvas {
  id: number;
  element: HTMLCanvasElement;
  /** What the worker knows, as text. */
  told: string;
}

interface Surface {
  /** Lies over its parent; holds the canvases. */
  layer: HTMLElement;
  /** Contains the layer and the places. */
  root: HTMLElement;
  /** As many as were ever needed at once; those that are not needed now are empty. */
  canvases: Canvas[];
}

export class Sweeps {
  readonly #surfaces = new Set<Surface>();
  readonly #places = new Map<HTMLElement, string>();
  #sizes: ResizeObserver | null = null;
  #ids = 0;
  #asked = false;
  #movingUntil = 0;
  #tell: (message: ToSweeps, transfer?: Transferable[]) => void = () => {};

  /** Where messages go; before this nothing is drawn. */
  connect(tell: (message: ToSweeps, transfer?: Transferable[]) => void): void {
    this.#tell = tell;
    this.#sizes = new ResizeObserver(() => this.#follow());
  }

  /** Draws whatever places the layer's parent holds; call the answer when it is taken away. */
  surface(layer: HTMLElement): () => void {
    if (!("transferControlToOffscreen" in HTMLCanvasElement.prototype)) return () => {}; // the places stay empty
    const surface: Surface = { layer, root: layer.parentElement as HTMLElement, canvases: [] };
    this.#surfaces.add(surface);
    this.#sizes?.observe(surface.root);
    const moves = new MutationObserver((changes) => {
      if (changes.some(bringsPlaces)) this.#follow();
    });
    moves.observe(surface.root, { childList: true, subtree: true });
    const scrolled = () => this.measure();
    surface.root.addEventListener("scroll", scrolled, { capture: true, passive: true });
    const timer = setInterval(() => this.measure(), MEASURE_MS);
    return () => {
      this.#sizes?.unobserve(surface.root);
      moves.disconnect();
      surface.root.removeEventListener("scroll", scrolled, { capture: true });
      clearInterval(timer);
      this.#surfaces.delete(surface);
      for (const { id } of surface.canvases) this.#tell({ type: "remove", surface: id });
    };
  }

  /** Draws a chair's curve over this element; call the answer when it is taken away. */
  place(element: HTMLElement, chair: string): () => void {
    this.#places.set(element, chair);
    this.#sizes?.observe(element);
    this.#measureSoon();
    return () => {
      this.#places.delete(element);
      this.#sizes?.unobserve(element);
      this.#measureSoon();
    };
  }

  /** Tells the worker where everything is, if that has changed. */
  measure(): void {
    for (const surface of this.#surfaces) {
      const found = bands(this.#placesOn(surface));
      while (surface.canvases.length < found.length) surface.canvases.push(this.#canvas(surface.layer));
      for (const [i, canvas] of surface.canvases.entries()) this.#show(canvas, found[i] ?? NOTHING);
    }
  }

  #placesOn({ layer, root }: Surface): Place[] {
    const frame = layer.getBoundingClientRect();
    const ratio = devicePixelRatio;
    const places: Place[] = [];
    for (const [element, chair] of this.#places) {
      if (!root.contains(element)) continue;
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
    return places;
  }

  #canvas(layer: HTMLElement): Canvas {
    const element = layer.appendChild(document.createElement("canvas"));
    element.dataset["sweeps"] = "";
    const canvas = { id: this.#ids++, element, told: "" };
    const offscreen = element.transferControlToOffscreen();
    this.#tell({ type: "surface", surface: canvas.id, canvas: offscreen }, [offscreen]);
    return canvas;
  }

  #show(canvas: Canvas, band: Band): void {
    const now = JSON.stringify(band);
    if (now === canvas.told) return;
    canvas.told = now;
    const { x, y, width, height, places } = band;
    const { style } = canvas.element;
    style.left = `${x / devicePixelRatio}px`;
    style.top = `${y / devicePixelRatio}px`;
    style.width = `${width / devicePixelRatio}px`;
    style.height = `${height / devicePixelRatio}px`;
    this.#tell({ type: "layout", surface: canvas.id, width, height, places });
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

const NOTHING: Band = { x: 0, y: 0, width: 0, height: 0, places: [] };

/** Whether tiles came or went: text that changes moves none. */
function bringsPlaces({ addedNodes, removedNodes }: MutationRecord): boolean {
  return [...addedNodes, ...removedNodes].some((node) => node instanceof Element && node.querySelector("[data-sweep]"));
}
