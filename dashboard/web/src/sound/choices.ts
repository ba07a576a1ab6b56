/** What people have chosen about the sound of this screen; the browser keeps it. */

import type { Place } from "./asking";
import { loudness, USUAL } from "./patterns";

const PLACE_KEY = "vitalwatch.sound";
const LOUDNESS_KEY = "vitalwatch.loudness";
const TESTED_KEY = "vitalwatch.sound-tested";

export type Store = Pick<Storage, "getItem" | "setItem">;

export class Choices {
  constructor(
    private readonly store: Store,
    /** Where a screen stands that nobody has told: a wall screen in the room, any other at the desk. */
    private readonly usual: Place,
  ) {}

  get place(): Place {
    const kept = this.store.getItem(PLACE_KEY);
    return kept === "desk" || kept === "room" ? kept : this.usual;
  }

  set place(place: Place) {
    this.store.setItem(PLACE_KEY, place);
  }

  /** Never below the quietest step that sounds, whatever the browser holds. */
  get loudness(): number {
    const kept = this.store.getItem(LOUDNESS_KEY);
    return kept === null ? USUAL : loudness(Number(kept));
  }

  set loudness(step: number) {
    this.store.setItem(LOUDNESS_KEY, String(loudness(step)));
  }

  /** The day on which somebody last heard the self-test here, or null. */
  get testedOn(): string | null {
    return this.store.getItem(TESTED_KEY);
  }

  set testedOn(day: string | null) {
    this.store.setItem(TESTED_KEY, day ?? "");
  }
}
