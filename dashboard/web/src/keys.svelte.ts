/** The keys of the wall; `words.helpLines` tells people what they do. */

/** Digits typed longer ago than this are forgotten. */
const FORGET_MS = 4000;

export interface Wall {
  /** The id of the chair that people know by this number. */
  find: (digits: string) => string | undefined;
  /** The id of the chair that has the focus, or is open. */
  focused: () => string | null;
  /** Opens the chair's panel, with the focus on a button of this act if it has one. */
  open: (id: string, act?: "acknowledge" | "pause_audio") => void;
  /** Closes what is open. */
  close: () => void;
  /** What the letter keys do to the screen, by key. */
  screen: Record<string, () => void>;
}

export class ChairKeys {
  typed = $state("");
  /** Enter was pressed and no chair has that number. */
  unknown = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly wall: Wall) {}

  press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || (isWriting(event.target) && event.key !== "Escape")) return;
    const key = event.key.toLowerCase();
    if (event.key === "Escape") {
      this.#forget();
      this.wall.close();
    } else if (/^\d$/.test(event.key)) {
      this.#remember((this.unknown ? "" : this.typed) + event.key);
    } else if (event.key === "Enter" && this.typed) {
      event.preventDefault(); // else Enter also presses the focused button
      this.#go();
    } else if (key === "a" || key === "p") {
      const id = this.wall.focused();
      if (id !== null) this.wall.open(id, key === "a" ? "acknowledge" : "pause_audio");
    } else if (key in this.wall.screen) {
      event.preventDefault(); // else `/` is typed into the field that it opens
      this.wall.screen[key]?.();
    }
  }

  #go(): void {
    const id = this.wall.find(this.typed);
    if (id === undefined) {
      this.#remember(this.typed);
      this.unknown = true;
    } else {
      this.#forget();
      this.wall.open(id);
    }
  }

  #remember(digits: string): void {
    clearTimeout(this.#timer);
    this.typed = digits.slice(-4);
    this.unknown = false;
    this.#timer = setTimeout(() => this.#forget(), FORGET_MS);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.typed = "";
    this.unknown = false;
  }
}

/** Whether what is typed goes into a field. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}
