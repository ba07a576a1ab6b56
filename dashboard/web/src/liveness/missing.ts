/** Which functions this browser withholds here, mostly because the page was opened without https. Pure. */

export type Need = "wakeLock" | "push" | "offline";

/** The part of the window that tells. */
interface Browser {
  navigator: object;
  PushManager?: unknown;
}

export function missing(browser: Browser): Need[] {
  const has: Record<Need, boolean> = {
    wakeLock: "wakeLock" in browser.navigator,
    push: "PushManager" in browser && "serviceWorker" in browser.navigator, // a worker takes the messages
    offline: "serviceWorker" in browser.navigator,
  };
  return (Object.keys(has) as Need[]).filter((name) => !has[name]);
}
