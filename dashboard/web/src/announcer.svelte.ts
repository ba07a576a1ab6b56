/** Says each alarm once to people who listen to the page through a screen reader. */

import type { Listed } from "./clinic.svelte";
import { words } from "./words";

export interface Announcement {
  id: number;
  text: string;
}

/** Old lines leave the page; a reader has long taken them. */
const KEPT = 12;

export class Announcer {
  /** High alarms; they interrupt what is being read. */
  assertive = $state.raw<Announcement[]>([]);
  /** The others; they wait their turn. */
  polite = $state.raw<Announcement[]>([]);
  #active = new Set<string>();
  #nextId = 1;

  /**
   * Looks at all alarms that light now and says those that have become active since the last look.
   *
   * An alarm that comes back after it was acknowledged or over, or that has become worse, is said again; one that is
   * merely sent again, as after a new connection, is not.
   */
  look(listed: Listed[]): void {
    const active = listed.filter(({ alarm }) => alarm.state === "active");
    const key = ({ chair, alarm }: Listed) => `${chair.info.id} ${alarm.condition} ${alarm.priority}`;
    const fresh = active.filter((entry) => !this.#active.has(key(entry)));
    this.#active = new Set(active.map(key));
    const isHigh = ({ alarm }: Listed) => alarm.priority === "high";
    this.assertive = this.#add(this.assertive, fresh.filter(isHigh));
    this.polite = this.#add(this.polite, fresh.filter((entry) => !isHigh(entry)));
  }

  #add(lines: Announcement[], fresh: Listed[]): Announcement[] {
    if (fresh.length === 0) return lines;
    const said = fresh.map(({ chair, alarm }) => ({
      id: this.#nextId++,
      text: words.announcement(chair.info.id ? words.chair(chair.info.label) : words.wholeClinic, words.priority[alarm.priority], alarm.text),
    }));
    return [...lines, ...said].slice(-KEPT);
  }
}
