/**
 * Makes the sounds with WebAudio: bursts when told, and a watch tone that comes by itself unless it is put off.
 *
 * The watch tone is scheduled ahead on the browser's audio clock, which runs on when the page hangs. Everything else is
 * decided elsewhere (see schedule.ts).
 */

import { FALL_S, HARMONICS, RISE_S, WATCH_TONE, type Burst } from "./patterns";

/** What the rest of the page needs of a player. */
export interface Player {
  /** Whether what is played can be heard, as far as the browser can tell. */
  readonly running: boolean;
  /** Asks the browser to let this page sound; it agrees only to a person's touch, or to a browser set up for it. */
  wake(): void;
  /** Starts a burst at this gain, ending the one before it. */
  start(burst: Burst, gain: number): void;
  stop(): void;
  /** Lets the watch tone sound in `seconds` from now, at once if that is past. */
  watchTone(seconds: number, gain: number): void;
}

/** An audio clock that has not moved for this long is not running, whatever the browser says of it. */
const STUCK_MS = 1000;

class WebAudioPlayer implements Player {
  readonly #context = new AudioContext();
  readonly #wave: PeriodicWave;
  readonly #gate: GainNode;
  #burst: { out: GainNode; pulses: OscillatorNode[] } | null = null;
  /** Audio second at which the watch tone begins. */
  #toneAtS = Infinity;
  #clock = { audioS: -1, sinceMs: 0 };

  constructor(private readonly nowMs: () => number) {
    const partials = Float32Array.from([0, ...HARMONICS]);
    this.#wave = this.#context.createPeriodicWave(new Float32Array(partials.length), partials);
    this.#gate = this.#makeWatchTone();
    this.wake();
  }

  get running(): boolean {
    const { state, currentTime } = this.#context;
    if (currentTime !== this.#clock.audioS) this.#clock = { audioS: currentTime, sinceMs: this.nowMs() };
    return state === "running" && this.nowMs() - this.#clock.sinceMs < STUCK_MS;
  }

  wake(): void {
    // Without a touch the browser leaves this undone or refuses it; `running` tells, and the page says so.
    this.#context.resume().catch(() => {});
  }

  start({ pulses }: Burst, gain: number): void {
    this.stop();
    const out = new GainNode(this.#context, { gain });
    out.connect(this.#context.destination);
    const startS = this.#context.currentTime;
    const oscillators = pulses.map(({ atS, lengthS, hz }) => {
      const oscillator = new OscillatorNode(this.#context, { frequency: hz, periodicWave: this.#wave });
      const shape = new GainNode(this.#context, { gain: 0 });
      const fromS = startS + atS;
      const toS = fromS + lengthS;
      shape.gain.setValueAtTime(0, fromS);
      shape.gain.linearRampToValueAtTime(1, fromS + RISE_S);
      shape.gain.setValueAtTime(1, toS - FALL_S);
      shape.gain.linearRampToValueAtTime(0, toS);
      oscillator.connect(shape).connect(out);
      oscillator.start(fromS);
      oscillator.stop(toS);
      return oscillator;
    });
    const last = oscillators.at(-1);
    if (last) last.onended = () => out.disconnect();
    this.#burst = { out, pulses: oscillators };
  }

  stop(): void {
    if (!this.#burst) return;
    const { out, pulses } = this.#burst;
    this.#burst = null;
    const nowS = this.#context.currentTime;
    out.gain.setTargetAtTime(0, nowS, FALL_S / 4); // gone in 4 time constants, without a click
    for (const pulse of pulses) pulse.stop(nowS + FALL_S);
  }

  watchTone(seconds: number, gain: number): void {
    const { gain: gate } = this.#gate;
    const nowS = this.#context.currentTime;
    if (seconds <= 0 && this.#toneAtS <= nowS) return; // goes on as it is
    gate.cancelScheduledValues(0);
    // Shut each time, also when it should be: a call right before this one may have had no time to act.
    gate.setTargetAtTime(0, nowS, FALL_S / 4);
    this.#toneAtS = nowS + Math.max(0, seconds);
    gate.setTargetAtTime(gain, this.#toneAtS, RISE_S / 4);
  }

  /** A tone that goes on and off by itself, behind a gate that is shut. */
  #makeWatchTone(): GainNode {
    const context = this.#context;
    const tone = new OscillatorNode(context, { frequency: WATCH_TONE.hz, periodicWave: this.#wave });
    const beat = new OscillatorNode(context, { type: "square", frequency: WATCH_TONE.perS });
    const depth = new GainNode(context, { gain: 0.5 });
    const soft = new BiquadFilterNode(context, { type: "lowpass", frequency: 15 }); // no clicks at the edges
    const shape = new GainNode(context, { gain: 0.5 }); // 0.5 ± 0.5: on, off
    const gate = new GainNode(context, { gain: 0 });
    beat.connect(depth).connect(soft).connect(shape.gain);
    tone.connect(shape).connect(gate).connect(context.destination);
    tone.start();
    beat.start();
    return gate;
  }
}

/** Stands in where the browser gives no audio at all: the page goes on, and says that it cannot be heard. */
class NoPlayer implements Player {
  readonly running = false;
  wake(): void {}
  start(): void {}
  stop(): void {}
  watchTone(): void {}
}

export function makePlayer(nowMs: () => number): Player {
  try {
    return new WebAudioPlayer(nowMs);
  } catch (fault) {
    console.warn("no sound on this screen:", fault);
    return new NoPlayer();
  }
}
