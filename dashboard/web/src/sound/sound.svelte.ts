/** The sound of this screen: brings together the clinic's picture, what people chose, the schedule and the player. */

import { createContext } from "svelte";

import type { Clinic } from "../clinic.svelte";
import { SILENCE_MS } from "../feed";
import type { ScreenView, ServerFrame, SoundState } from "../protocol";
import { asking, ROOM_AFTER_S, type Place } from "./asking";
import type { Choices } from "./choices";
import { gain, loudness, REMINDER, SELF_TEST, USUAL } from "./patterns";
import type { Player } from "./player";
import { Schedule, type Cue } from "./schedule";

/** Real seconds after the last frame at which the watch tone begins: just after the purple bar, within 3 s of a loss. */
export const TONE_S = SILENCE_MS / 1000 + 0.25;
/** The shortest time between two reminders that something is off: a little under the minute of a single chair. */
export const REMIND_MS = 55_000;
/** How long a person can pause the watch tone, as long as a chair's audio. */
export const TONE_PAUSE_S = 120;

/** The page's one Sound, for components that are far from where it is made. */
export const [getSound, setSound] = createContext<Sound>();

/** Whether the service counts this screen among those that can alarm. */
function canAlarm({ alive, visible, sound }: ScreenView): boolean {
  return alive && visible && sound === "on";
}

export class Sound {
  place = $state<Place>("desk");
  loudness = $state(0);
  /** Whether what is played can be heard, as far as the browser can tell. */
  running = $state(false);
  /** No other screen sounds, as far as this page knows. */
  alone = $state(true);
  /** Somebody has heard the self-test here today. */
  tested = $state(false);
  /** Local milliseconds until which the watch tone is paused; 0 when it is not. */
  tonePausedUntil = $state(0);
  readonly #schedule = new Schedule();
  #remindedMs = -Infinity;
  #nowMs = $state(0);

  constructor(
    /** This screen's name at the service. */
    private readonly name: string,
    private readonly player: Player,
    private readonly choices: Choices,
    private readonly today: () => string,
  ) {
    this.place = choices.place;
    this.loudness = choices.loudness;
    this.tested = choices.testedOn === today();
  }

  /** What the service is told. A quiet screen that sounds because nobody else does is still one to look after. */
  get state(): SoundState {
    if (this.place === "room") return "off";
    return this.running ? "on" : "blocked";
  }

  /** Whether alarms only light here for now. */
  get quiet(): boolean {
    return this.place === "room" && !this.alone;
  }

  /** Whether this screen should sound and cannot. */
  get isMissed(): boolean {
    return !this.quiet && !this.running;
  }

  /** Looks at everything and plays what is due. Called a few times a second and after every batch of frames. */
  look(clinic: Clinic, nowMs: number): void {
    this.#nowMs = nowMs;
    // Without the service nobody knows for long that another screen sounds: it may have gone with it.
    const isKnown = clinic.silentS < ROOM_AFTER_S;
    this.alone = !isKnown || !clinic.screens.some((other) => other.screen !== this.name && canAlarm(other));
    this.tested = this.choices.testedOn === this.today();
    const { running } = this.player;
    if (running && !this.running) this.#schedule.forget();
    this.running = running;
    if (running && !clinic.lost) {
      this.#perform(this.#schedule.next(asking([clinic.whole, ...clinic.chairs], clinic.now, this.quiet), nowMs));
    } else {
      this.#perform(this.#schedule.hush(nowMs));
    }
    this.#putOffTone(clinic);
  }

  /** Plays a reminder when the service gives one: an alarm is over that nobody has seen, or something is off. */
  hear(frame: ServerFrame, clinic: Clinic): void {
    if (frame.type === "reminder" && frame.heard) this.#remindOfQuiet();
    if (frame.type !== "alarm" || !("event" in frame.transition) || frame.transition.event !== "reminder") return;
    if (this.quiet || !this.running) return;
    const pausedUntil = clinic.chair(frame.alarm.chair)?.info.audio_paused_until ?? null;
    if (pausedUntil === null || clinic.now >= pausedUntil) this.#perform(this.#schedule.once(REMINDER, this.#nowMs));
  }

  /** Each chair has its minute; this screen says it once a minute for all of them. */
  #remindOfQuiet(): void {
    if (this.quiet || !this.running || this.#nowMs - this.#remindedMs < REMIND_MS) return;
    const cue = this.#schedule.once(REMINDER, this.#nowMs);
    if (cue) this.#remindedMs = this.#nowMs;
    this.#perform(cue);
  }

  /** A person touched the page: the browser may now let it sound. */
  wake(): void {
    if (!this.running) this.player.wake();
  }

  stand(place: Place): void {
    this.place = this.choices.place = place;
  }

  setLoudness(step: number): void {
    this.loudness = this.choices.loudness = loudness(step);
  }

  /** Plays the self-test; false when nothing can be played now, or an alarm asks for the sound. */
  test(): boolean {
    const cue = this.running ? this.#schedule.once(SELF_TEST, this.#nowMs) : null;
    this.#perform(cue);
    return cue !== null;
  }

  /** A person says whether the self-test was heard. */
  answerTest(heard: boolean): void {
    this.choices.testedOn = heard ? this.today() : null;
    this.tested = heard;
  }

  pauseTone(): void {
    this.tonePausedUntil = this.#nowMs + TONE_PAUSE_S * 1000;
  }

  /** Seconds that the pause of the watch tone still lasts; 0 when there is none. */
  get tonePausedS(): number {
    return Math.max(0, (this.tonePausedUntil - this.#nowMs) / 1000);
  }

  #putOffTone(clinic: Clinic): void {
    if (!clinic.lost) this.tonePausedUntil = 0;
    const inS = Math.max((this.quiet ? ROOM_AFTER_S : TONE_S) - clinic.silentS, this.tonePausedS);
    // Never softer than the usual step: this one says that no alarm can come.
    this.player.watchTone(inS, gain(Math.max(this.loudness, USUAL)));
  }

  #perform(cue: Cue): void {
    if (cue?.do === "start") this.player.start(cue.burst, gain(this.loudness, cue.escalated));
    else if (cue?.do === "stop") this.player.stop();
  }
}
