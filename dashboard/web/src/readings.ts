/** What a tile may draw of a value: never an old number as if it were live, never a number that is not there. Pure. */

import { ageAt, freshness, type Freshness } from "./ages";
import type { Validity, Value } from "./protocol";

/** A value with the service second at which it was sent, from which its age runs on. */
export type HeldValue = Value & { sentAt: number };

export const NO_VALUE = "--";

export interface Reading {
  text: string;
  /** `none`: the chair has no such vital. */
  validity: Validity | "none";
  /** `gone` whenever the text is `--`. */
  freshness: Freshness;
  /** Seconds since the value arrived or was measured; null when there is no value to speak of. */
  ageS: number | null;
}

/** How `value` is drawn at service second `now`; `lost` when the connection to the service is. */
export function read(value: HeldValue | undefined, now: number, lost: boolean): Reading {
  if (!value) return { text: NO_VALUE, validity: "none", freshness: "gone", ageS: null };
  const ageS = ageAt(value.age_s, value.sentAt, now);
  const fresh = lost || value.value === null ? "gone" : freshness(ageS, value);
  const text = fresh === "gone" ? NO_VALUE : String(Math.round(value.value ?? NaN));
  return { text, validity: value.validity, freshness: fresh, ageS: value.value === null ? null : ageS };
}

/**
 * A reading for each moment that is drawn, which is the same object for as long as it looks the same: what hangs on it is
 * then left alone at most ticks. Ages are drawn in whole minutes, and in seconds once they are stale.
 */
export function steady(): (next: Reading) => Reading {
  let last: Reading | null = null;
  return (next) => {
    if (last === null || !looksLike(last, next)) last = next;
    return last;
  };
}

function looksLike(a: Reading, b: Reading): boolean {
  const unitS = b.freshness === "live" ? 60 : 1;
  const units = ({ ageS }: Reading) => (ageS === null ? null : Math.floor(ageS / unitS));
  return a.text === b.text && a.validity === b.validity && a.freshness === b.freshness && units(a) === units(b);
}

/** The heart rate's place shows the electrical rate while it has a value, else the pulse's, under its own label. */
export function rateSource(
  heartRate: HeldValue | undefined,
  pulseRate: HeldValue | undefined,
  now: number,
): HeldValue | undefined {
  const usable = (value: HeldValue | undefined) => value && read(value, now, false).freshness !== "gone";
  if (usable(heartRate)) return heartRate;
  return usable(pulseRate) ? pulseRate : (heartRate ?? pulseRate);
}
