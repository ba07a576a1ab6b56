/** Who this screen is to the server, and what a wall screen (`?kiosk`) does by itself. */

import type { Chair, Hello } from "./protocol";

const SCREEN_KEY = "vitalwatch.screen";

export function introduce(store: Pick<Storage, "getItem" | "setItem">, query: string): Hello {
  let screen = store.getItem(SCREEN_KEY);
  if (!screen) {
    // Math.random and not crypto.randomUUID: the latter is missing on a plain-HTTP clinic network.
    screen = `screen-${Math.random().toString(36).slice(2, 8).padEnd(6, "0")}`;
    store.setItem(SCREEN_KEY, screen);
  }
  return { type: "hello", screen, kind: isKiosk(query) ? "kiosk" : "viewer" };
}

/** Whether the address makes this a wall screen. */
export function isKiosk(query: string): boolean {
  return new URLSearchParams(query).has("kiosk");
}

/** Without a movement for this long the pointer of a wall screen is not drawn. */
export const POINTER_MS = 5000;

/** Calls `draw` with whether the pointer is to be drawn: no more once it has rested for a while, and when it moves again. */
export function watchPointer(target: Pick<EventTarget, "addEventListener">, draw: (drawn: boolean) => void): void {
  let resting: ReturnType<typeof setTimeout>;
  const rest = () => (resting = setTimeout(() => draw(false), POINTER_MS));
  target.addEventListener("pointermove", () => {
    clearTimeout(resting);
    draw(true);
    rest();
  });
  rest();
}

/**
 * Whether a drug may be running at one of these chairs: then no wall screen loads itself anew. A phase that nobody has
 * set counts as an infusion, as it does for the service.
 */
export function mayBeInfusing(chairs: Iterable<Pick<Chair, "state" | "phase">>): boolean {
  return [...chairs].some(({ state, phase }) => state !== "empty" && ["infusion", "unknown"].includes(phase));
}

/** The live socket's address, beside the page's own. */
export function socketUrl(page: string): string {
  const url = new URL("ws/live", page);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = "";
  url.hash = "";
  return url.href;
}
