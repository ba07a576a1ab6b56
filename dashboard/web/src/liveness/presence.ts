/** Tells the service what this screen can do: once on each connection, and at each change. */

import type { State } from "../protocol";

export class Presence {
  #connection = 0;
  #told = "";

  constructor(private readonly send: (state: State) => void) {}

  /** Call whenever something may have changed; `connection` counts those that have brought their snapshot. */
  tell(connection: number, state: State): void {
    const now = JSON.stringify(state);
    if (connection === this.#connection && now === this.#told) return;
    this.#connection = connection;
    this.#told = now;
    this.send(state);
  }
}
