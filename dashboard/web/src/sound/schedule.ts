/**
 * Which sound starts when. Pure: told what asks for sound and what time it is, it says what the player does now.
 *
 * One sound at a time: of the alarms that ask for it, the highest priority sounds, repeated at its own interval. An
 * alarm that asks anew sounds at once, unless a higher one does. Nobody's sound is begun twice: an alarm that is merely
 * sent again, as after a new connection, keeps its rhythm.
 *
 * Times are local monotonic milliseconds.
 */

import type { Priority } from "../protocol";
import { BURSTS, REPEAT_S, REST_S, type Burst } from "./patterns";

/** An alarm that asks for sound. */
export interface Asking {
  /** Another one when the alarm has ended and begun again. */
  id: string;
  priority: Priority;
  /** How many escalation steps the service has taken: each makes it louder. */
  escalated: number;
}

/** What the player does now; null is nothing. Starting a sound ends the one before it. */
export type Cue = { do: "start"; burst: Burst; escalated: number } | { do: "stop" } | null;

interface Started {
  /** Null for what is no alarm: a reminder, a self-test. Any alarm cuts it short. */
  priority: Priority | null;
  atMs: number;
  endMs: number;
}

const RANK: Record<Priority, number> = { high: 3, medium: 2, low: 1 };

export class Schedule {
  #known = new Set<string>();
  /** Those that asked anew and whose priority has not sounded since. */
  #fresh = new Set<string>();
  #last: Started | null = null;

  /** What to do at `nowMs`, when these alarms ask for sound. */
  next(asking: readonly Asking[], nowMs: number): Cue {
    const ids = new Set(asking.map(({ id }) => id));
    this.#fresh = new Set([...ids].filter((id) => this.#fresh.has(id) || !this.#known.has(id)));
    this.#known = ids;
    const top = asking.reduce<Priority | null>(
      (highest, { priority }) => (highest === null || RANK[priority] > RANK[highest] ? priority : highest),
      null,
    );
    if (top === null) return this.#end(nowMs);
    const loudest = asking.filter(({ priority }) => priority === top);
    if (!this.#isDue(top, loudest, nowMs)) return null;
    for (const { id } of loudest) this.#fresh.delete(id);
    return this.#start(BURSTS[top], top, Math.max(...loudest.map(({ escalated }) => escalated)), nowMs);
  }

  /** Plays something that is no alarm, unless an alarm asks for sound. */
  once(burst: Burst, nowMs: number): Cue {
    if (this.#known.size > 0) return null;
    return this.#start(burst, null, 0, nowMs);
  }

  /** Ends what sounds now: nothing that the page knows holds any more, or nothing can be heard. Rhythms are kept. */
  hush(nowMs: number): Cue {
    if (!this.#last || !this.#isSounding(nowMs)) return null;
    this.#last.endMs = nowMs;
    return { do: "stop" };
  }

  /** The player could not be heard until now: what asks for sound has not had it. */
  forget(): void {
    this.#last = null;
  }

  #isDue(top: Priority, loudest: readonly Asking[], nowMs: number): boolean {
    const last = this.#last;
    // Another priority than the last: a higher one breaks in; a lower one takes its turn when the higher is answered.
    if (last === null || last.priority !== top) return true;
    if (nowMs >= last.atMs + REPEAT_S[top] * 1000) return true;
    return loudest.some(({ id }) => this.#fresh.has(id)) && nowMs >= last.endMs + REST_S * 1000;
  }

  /** Nothing asks for sound. A self-test or a reminder goes on; an alarm's burst ends with the alarm. */
  #end(nowMs: number): Cue {
    return this.#last?.priority ? this.hush(nowMs) : null;
  }

  #start(burst: Burst, priority: Priority | null, escalated: number, nowMs: number): Cue {
    this.#last = { priority, atMs: nowMs, endMs: nowMs + burst.lengthS * 1000 };
    return { do: "start", burst, escalated };
  }

  #isSounding(nowMs: number): boolean {
    return this.#last !== null && nowMs < this.#last.endMs;
  }
}
