/** How this screen shows the wall: its light, order and colours. Kept by the browser, known to nobody else. */

import type { Order } from "./places.svelte";

export type Light = "bright" | "dim" | "scheduled";
export type Colours = "clinic" | "classic" | "mono";

interface Choices {
  light: Light;
  /** `19:30`, this computer's time zone. */
  dimFrom: string;
  dimTo: string;
  order: Order;
  colours: Colours;
  /** Whether the curves are drawn. */
  sweeps: "on" | "off";
}

const KEY = "vitalwatch.view";
const DEFAULTS: Choices = { light: "bright", dimFrom: "19:00", dimTo: "07:00", order: "room", colours: "clinic", sweeps: "on" };
const ALLOWED: { [Key in keyof Choices]: readonly string[] | RegExp } = {
  light: ["bright", "dim", "scheduled"],
  dimFrom: /^([01]\d|2[0-3]):[0-5]\d$/,
  dimTo: /^([01]\d|2[0-3]):[0-5]\d$/,
  order: ["room", "need"],
  colours: ["clinic", "classic", "mono"],
  sweeps: ["on", "off"],
};

/** Whether `minute` of the day lies in a span that may pass midnight. A span of no length is never. */
export function within(minute: number, from: string, to: string): boolean {
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  return begin <= end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

export class View {
  /** Which sheet lies over the wall. */
  sheet = $state<"help" | "find" | "screen" | "sound" | null>(null);
  #choices = $state.raw(DEFAULTS);

  constructor(private readonly store: Pick<Storage, "getItem" | "setItem">) {
    this.#choices = { ...DEFAULTS, ...remembered(store.getItem(KEY)) };
  }

  get choices(): Readonly<Choices> {
    return this.#choices;
  }

  choose(changes: Partial<Choices>): void {
    this.#choices = { ...this.#choices, ...changes };
    this.store.setItem(KEY, JSON.stringify(this.#choices));
  }

  /** Whether the page is dark at this time of day, as the service has it; before that is known, only by hand. */
  isDim(now: Date | null): boolean {
    const { light, dimFrom, dimTo } = this.#choices;
    if (light !== "scheduled") return light === "dim";
    return now !== null && within(now.getHours() * 60 + now.getMinutes(), dimFrom, dimTo);
  }

  /** The other light, until somebody chooses again. */
  turnLight(now: Date | null): void {
    this.choose({ light: this.isDim(now) ? "bright" : "dim" });
  }

  turnOrder(): void {
    this.choose({ order: this.#choices.order === "room" ? "need" : "room" });
  }
}

/** Fills the glass with the page, or gives it back. A browser may refuse; then nothing changes. */
export function turnFullScreen(): void {
  const turning = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  turning.catch((why: unknown) => console.warn("The browser keeps its window:", why));
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number) as [number, number];
  return hours * 60 + minutes;
}

/** The parts of what was kept that still make sense; another version of the page may have written it. */
function remembered(text: string | null): Partial<Choices> {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? "{}");
  } catch {
    return {};
  }
  if (typeof kept !== "object" || kept === null) return {};
  const sound = ([key, value]: [string, unknown]) => {
    const allowed = ALLOWED[key as keyof Choices];
    if (typeof value !== "string" || allowed === undefined) return false;
    return allowed instanceof RegExp ? allowed.test(value) : allowed.includes(value);
  };
  return Object.fromEntries(Object.entries(kept).filter(sound));
}
