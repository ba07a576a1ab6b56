/**
 * The one clock of all flashing: the document names the priorities that are in the dark half of their flash (see app.css).
 *
 * No CSS animation: one of a colour keeps a page at work in every frame. Here there are five changes a second, whatever
 * flashes, and all tiles are in step by themselves.
 */

import type { Priority } from "./protocol";

/** Half a flash. 2 Hz for high and 0.6 Hz for medium; IEC 60601-1-8 wants 1.4 to 2.8 and 0.4 to 0.8. Low is steady. */
export const HALF_MS: Partial<Record<Priority, number>> = { high: 250, medium: 833 };

/** The priorities that are dark at this moment, and how long it is until that changes. */
export function dark(nowMs: number): { priorities: string[]; nextMs: number } {
  const halves = Object.entries(HALF_MS);
  return {
    priorities: halves.filter(([, half]) => Math.floor(nowMs / half) % 2 === 1).map(([priority]) => priority),
    nextMs: Math.min(...halves.map(([, half]) => half - (nowMs % half))),
  };
}

/** Keeps flashing from now on, for as long as the page lives. */
export function flash(root: HTMLElement): void {
  const { priorities, nextMs } = dark(performance.now());
  root.dataset["dark"] = priorities.join(" ");
  setTimeout(() => flash(root), Math.ceil(nextMs));
}
