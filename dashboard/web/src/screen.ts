/** Who this screen is to the server: a name that the browser keeps, and whether it is a wall screen (`?kiosk`). */

import type { Hello } from "./protocol";

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

/** The live socket's address, beside the page's own. */
export function socketUrl(page: string): string {
  const url = new URL("ws/live", page);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = "";
  url.hash = "";
  return url.href;
}
