/** Keeps the screen from going dark, and knows whether the browser agreed. */

/** `missing` where the browser has no such function, as on a page opened without https. */
export type Awake = "held" | "asking" | "refused" | "missing";

/** The part of the browser's own lock that is used here. */
interface Sentinel {
  addEventListener(type: "release", listener: () => void): void;
}
export interface Locks {
  request(type: "screen"): Promise<Sentinel>;
}

/** A refusal may pass (a laptop that was low on battery): asked again after this time. */
export const ASK_AGAIN_MS = 30_000;

export class WakeLock {
  state = $state<Awake>("asking");
  #askedMs = -Infinity;

  constructor(private readonly locks: Locks | undefined) {
    if (!locks) this.state = "missing";
  }

  /** What the service is told. A page that has just asked, or lost the lock by being hidden, has not been refused. */
  get keepsAwake(): boolean {
    return this.state === "held" || this.state === "asking";
  }

  /** Asks unless the lock is held. The browser gives it only to a visible page, and takes it back when hidden. */
  look(visible: boolean, nowMs: number): void {
    if (!visible) this.#askedMs = -Infinity; // ask at once when it is seen again
    else if (this.state !== "held" && nowMs - this.#askedMs >= ASK_AGAIN_MS) {
      this.#askedMs = nowMs;
      void this.#ask();
    }
  }

  async #ask(): Promise<void> {
    if (!this.locks) return;
    try {
      const sentinel = await this.locks.request("screen");
      this.state = "held";
      sentinel.addEventListener("release", () => (this.state = "asking"));
    } catch {
      this.state = "refused"; // told at the foot of the page and to the service
    }
  }
}
