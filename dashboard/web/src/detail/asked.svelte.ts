/** A question that is asked again and again while somebody looks at its answer. */

import { ask, type Query } from "./answers";

export class Asked<T> {
  /** The newest answer; null before the first. An answer that could not be renewed goes with `failed`. */
  answer = $state.raw<T | null>(null);
  /** Why there is no newer answer, or empty. */
  failed = $state("");

  /** Asks now, and again `everyMs` after each answer until the returned function is called. 0: only once. */
  keep(path: string, query: Query, everyMs = 0): () => void {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const once = async () => {
      try {
        const answer = await ask<T>(path, query, stop.signal);
        if (stop.signal.aborted) return;
        this.answer = answer;
        this.failed = "";
      } catch (error) {
        if (stop.signal.aborted) return; // nobody looks any more
        this.failed = error instanceof Error ? error.message : String(error);
      }
      if (everyMs > 0) timer = setTimeout(once, everyMs);
    };
    void once();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }
}
