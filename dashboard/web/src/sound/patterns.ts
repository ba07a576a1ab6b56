/**
 * The sounds as plain figures: which pulses at which moments, how often again, how loud. Pure.
 *
 * Sources: the counts and times are those of IEC 60601-1-8 Tables 3 and 4 as their readers reprint them (the standard
 * itself was not at hand): high 10 pulses in two groups of 3 + 2, medium 3, low 1 or 2; pulses of 75–200 ms (high) or
 * 125–250 ms; gaps of 50–125 ms (high) or 125–250 ms. Repetition every 10, 25 and 30 s: Edan X8 user manual, alarm
 * levels. A fundamental of 150–1000 Hz with at least 4 harmonics below 4000 Hz, each within 15 dB of it: PUI Audio's
 * note on the standard. One pitch for every pulse of a high alarm: its melody for a general cause (University of Sydney
 * alarm-sound page, 2010).
 */

import type { Priority } from "../protocol";

export interface Pulse {
  /** Seconds from the start of its burst. */
  atS: number;
  lengthS: number;
  /** The fundamental. */
  hz: number;
}

export interface Burst {
  pulses: readonly Pulse[];
  lengthS: number;
}

/** Loudness of the fundamental and the 5 harmonics above it. The weakest is 10.5 dB below the fundamental. */
export const HARMONICS = [1, 0.8, 0.6, 0.5, 0.4, 0.3] as const;

/** How long a pulse takes to swell and to fade: slow enough not to startle in a quiet room. */
export const RISE_S = 0.025;
export const FALL_S = 0.04;

/** Seconds from the start of a burst to the start of the next one of the same priority. */
export const REPEAT_S: Record<Priority, number> = { high: 10, medium: 25, low: 30 };

/** The shortest rest between two bursts of one priority, seconds. */
export const REST_S = 2.5;

const C5 = 523.25;
const E5 = 659.25;

const HIGH_PULSE_S = 0.15;
const HIGH_GAP_S = 0.1;
/** Between the third and the fourth pulse: as if one pulse were left out. */
const HIGH_BEAT_S = 2 * HIGH_GAP_S + HIGH_PULSE_S;
/** Between the two groups of five: 0.35 to 1.3 s. */
const HIGH_PAUSE_S = 0.7;
const PULSE_S = 0.2;
const GAP_S = 0.2;

/** Pulses of one length at these pitches, with these gaps between them. */
function burst(lengthS: number, hz: readonly number[], gapsS: readonly number[]): Burst {
  let atS = 0;
  const pulses = hz.map((pitch, i) => {
    const pulse = { atS, lengthS, hz: pitch };
    atS += lengthS + (gapsS[i] ?? 0);
    return pulse;
  });
  return { pulses, lengthS: atS };
}

const GROUP = [HIGH_GAP_S, HIGH_GAP_S, HIGH_BEAT_S, HIGH_GAP_S];

export const BURSTS: Record<Priority, Burst> = {
  high: burst(HIGH_PULSE_S, Array<number>(10).fill(C5), [...GROUP, HIGH_PAUSE_S, ...GROUP]),
  medium: burst(PULSE_S, [C5, C5, C5], [GAP_S, GAP_S]),
  low: burst(PULSE_S, [E5, C5], [GAP_S]),
};

/** Said of something that is over and that nobody has seen, or of what is kept quiet: one soft low burst. */
export const REMINDER = BURSTS.low;

const TEST_PAUSE_S = 1;

/** Low, medium and high after each other, so that people learn them. */
export const SELF_TEST: Burst = (["low", "medium", "high"] as const).reduce<Burst>(
  (before, priority) => {
    const startS = before.lengthS && before.lengthS + TEST_PAUSE_S;
    const { pulses, lengthS } = BURSTS[priority];
    const moved = pulses.map((pulse) => ({ ...pulse, atS: pulse.atS + startS }));
    return { pulses: [...before.pulses, ...moved], lengthS: startS + lengthS };
  },
  { pulses: [], lengthS: 0 },
);

/** The tone of a page that has lost the service: on and off once a second, unlike every alarm, until the page is live. */
export const WATCH_TONE = { hz: 392, perS: 1 } as const;

/** The loudness steps that people can choose. There is no step without sound. */
export const QUIETEST = 1;
export const LOUDEST = 5;
export const USUAL = 3;
const STEP_DB = 5;

/** A step as it is kept and set: whole, and never below the quietest. What is no number is the usual one. */
export function loudness(wanted: number): number {
  return Number.isFinite(wanted) ? Math.min(LOUDEST, Math.max(QUIETEST, Math.round(wanted))) : USUAL;
}

/**
 * The gain of a loudness step, one step louder for each escalation: 1 for the loudest, never 0.
 *
 * What the computer and the loudspeaker make of it the page cannot know; hence the self-test.
 */
export function gain(step: number, escalated = 0): number {
  const heard = Math.min(LOUDEST, loudness(step) + escalated);
  return 10 ** (((heard - LOUDEST) * STEP_DB) / 20);
}
