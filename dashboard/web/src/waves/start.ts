/** Wiring of the waves: feed worker → sweep worker → canvases. */

import type { ToSweeps } from "./messages";
import { Sweeps } from "./sweeps";

/** The page's sweeps; components give them canvases and places. */
export const sweeps = new Sweeps();

/** Starts the worker that draws, and gives `toFeed` the end of its channel that belongs to the worker of the socket. */
export function startSweeps(toFeed: (port: MessagePort) => void): void {
  const worker = new Worker(new URL("./sweep.worker.ts", import.meta.url), { type: "module" });
  const tell = (message: ToSweeps, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const channel = new MessageChannel();
  tell({ type: "feed", port: channel.port1 }, [channel.port1]);
  toFeed(channel.port2);
  sweeps.connect(tell);

  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  const look = () => tell({ type: "look", visible: document.visibilityState === "visible", still: motion.matches });
  motion.addEventListener("change", look);
  document.addEventListener("visibilitychange", look);
  look();
}
