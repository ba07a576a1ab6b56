/**
 * Where each chair stands on the wall, and which tile has grown. Chairs move seldom, never under a finger, so that people
 * can learn where they are.
 */

import { byNeed, flashes, inOrder, type HeldAlarm } from "./alarms";
import type { ChairPicture, Listed } from "./clinic.svelte";

/** Tiles move to a new order of need only when it has stood this long; at once when a phase has changed. */
export const CALM_MS = 10_000;

export type Order = "room" | "need";

export interface Look {
  /** In the order of the room. */
  chairs: ChairPicture[];
  /** All alarms, the one needed most first. */
  listed: Listed[];
  order: Order;
  /** Whether the wall has room for a grown tile. */
  canGrow: boolean;
  /** A finger or mouse button is down. */
  held: boolean;
  nowMs: number;
}

export class Places {
  /** The chairs as they are drawn. */
  chairs = $state.raw<ChairPicture[]>([]);
  /** Id of the chair whose tile is large. */
  grown = $state.raw<string | null>(null);
  #order: Order = "room";
  #phases = "";
  #wanted = "";
  #wantedSinceMs = 0;

  /** Call whenever something may have changed, and a few times a second. */
  look({ chairs, listed, order, canGrow, held, nowMs }: Look): void {
    const wanted = order === "need" ? [...chairs].sort(byAcuity) : chairs;
    if (!sameChairs(chairs, this.chairs)) this.#draw(wanted, order); // another snapshot: the old tiles are gone
    if (held) return;
    const needed = listed.find(({ alarm, chair }) => flashes(alarm) && chair.info.id !== "");
    this.grown = canGrow ? (needed?.chair.info.id ?? null) : null;

    const wantedIds = ids(wanted);
    if (wantedIds !== this.#wanted) this.#wantedSinceMs = nowMs;
    this.#wanted = wantedIds;
    const phases = chairs.map(({ info }) => `${info.state} ${info.phase}`).join();
    const atOnce = order !== this.#order || phases !== this.#phases;
    this.#phases = phases;
    if (atOnce || nowMs - this.#wantedSinceMs >= CALM_MS) this.#draw(wanted, order);
  }

  #draw(chairs: ChairPicture[], order: Order): void {
    this.#order = order;
    if (chairs.length !== this.chairs.length || chairs.some((chair, i) => chair !== this.chairs[i])) this.chairs = chairs;
  }
}

const PHASES = ["infusion", "unknown", "recovery", "preparation"];
const STATES = ["watched", "standby", "empty"];

/** Who needs somebody most: by the worst alarm, then those whose infusion runs, then the others. Stable among equals. */
export function byAcuity(a: ChairPicture, b: ChairPicture): number {
  const worst = (chair: ChairPicture): HeldAlarm | undefined => inOrder(chair.alarms.values())[0];
  const [one, other] = [worst(a), worst(b)];
  if (one && other) return byNeed(one, other);
  if (one || other) return one ? -1 : 1;
  const state = STATES.indexOf(a.info.state) - STATES.indexOf(b.info.state);
  return state || PHASES.indexOf(a.info.phase) - PHASES.indexOf(b.info.phase);
}

function sameChairs(a: ChairPicture[], b: ChairPicture[]): boolean {
  return a.length === b.length && a.every((chair) => b.includes(chair));
}

function ids(chairs: ChairPicture[]): string {
  return chairs.map(({ info }) => info.id).join();
}
