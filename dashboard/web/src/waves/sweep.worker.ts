/**
 * The worker that draws the sweeps, so that neither a busy page makes them stutter nor they delay an alarm: the socket
 * lives in another worker.
 *
 * A surface is one canvas with the sweeps of a row of tiles (see bands.ts).
 */

import { localNow } from "../feed";
import type { FromFeed, ToFeed, ToSweeps } from "./messages";
import { Sweep } from "./sweep";
import { Trace } from "./trace";

declare const self: DedicatedWorkerGlobalScope;

/** A curve moves on this much at a time for people who want no motion. */
const STILL_STEP_MS = 1000;

interface Surface {
  canvas: OffscreenCanvas;
  pen: OffscreenCanvasRenderingContext2D;
  sweeps: Sweep[];
}

const surfaces = new Map<number, Surface>();
const traces = new Map<string, Trace>();
let feed: MessagePort | null = null;
let speed = 1;
let visible = true;
let still = false;
let on = false;
let drawing = false;

self.onmessage = ({ data }: MessageEvent<ToSweeps>) => {
  switch (data.type) {
    case "feed":
      feed = data.port;
      feed.onmessage = ({ data }: MessageEvent<FromFeed>) => hear(data);
      break;
    case "surface":
      surfaces.set(data.surface, {
        canvas: data.canvas,
        pen: data.canvas.getContext("2d") as OffscreenCanvasRenderingContext2D,
        sweeps: [],
      });
      break;
    case "layout": {
      const surface = surfaces.get(data.surface);
      if (!surface) return;
      // A new size empties the canvas, as drawing everything anew needs.
      surface.canvas.width = data.width;
      surface.canvas.height = data.height;
      surface.sweeps = data.places.map((place) => new Sweep(place));
      break;
    }
    case "remove":
      surfaces.delete(data.surface);
      break;
    case "look":
      ({ visible, still } = data);
      break;
  }
  askForWaves();
  wake();
};

function hear(message: FromFeed): void {
  if (message.type === "begin") {
    speed = message.speed;
    traces.clear();
    for (const { canvas, pen, sweeps } of surfaces.values()) {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      sweeps.splice(0, sweeps.length, ...sweeps.map(({ place }) => new Sweep(place)));
    }
    return;
  }
  for (const { chair, rateHz, heights } of message.blocks) {
    const trace = traces.get(chair) ?? new Trace();
    traces.set(chair, trace);
    trace.add(heights, rateHz * speed, message.heardMs);
  }
  wake();
}

function askForWaves(): void {
  const wanted = visible && [...surfaces.values()].some(({ sweeps }) => sweeps.length > 0);
  if (wanted === on) return;
  on = wanted;
  feed?.postMessage({ on } satisfies ToFeed);
}

/** Draws from the next animation frame on, for as long as anything moves. */
function wake(): void {
  if (drawing) return;
  drawing = true;
  self.requestAnimationFrame(draw);
}

function draw(): void {
  const nowMs = localNow();
  let moving = false;
  for (const { pen, sweeps } of surfaces.values()) {
    for (const sweep of sweeps) {
      const trace = traces.get(sweep.place.chair);
      if (trace) moving = sweep.draw(pen, trace, nowMs, still ? STILL_STEP_MS : 0) || moving;
    }
  }
  drawing = moving;
  if (moving) self.requestAnimationFrame(draw);
}
