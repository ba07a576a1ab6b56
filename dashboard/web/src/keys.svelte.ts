/** The keys of the wall: a chair's number and Enter opens it, A goes to its alarms, Esc closes. */

/** Digits typed longer ago than this are forgotten. */
const FORGET_MS = 4000;

interface Wall {
  /** The id of the chair that people know by this number. */
  find: (digits: string) => string | undefined;
  /** The id of the chair that has the focus, or is open. */
  focused: () => string | null;
  open: (id: string, toAcknowledge?: boolean) => void;
  close: () => void;
}

export class ChairKeys {
  typed = $state("");
  /** Enter was pressed and no chair has that number. */
  unknown = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly wall: Wall) {}

  press(event: KeyboardEvent): void {
    const writing = event.target instanceof HTMLInputElement;
    if (event.ctrlKey || event.metaKey || event.altKey || (writing && event.key !== "Escape")) return;
    if (event.key === "Escape") {
      this.#forget();
      this.wall.close();
    } else if (/^\d$/.test(event.key)) {
      this.#remember((this.unknown ? "" : this.typed) + event.key);
    } else if (event.key === "Enter" && this.typed) {
      event.preventDefault(); // else Enter also presses the focused button
      this.#go();
    } else if (event.key.toLowerCase() === "a") {
      const id = this.wall.focused();
      if (id !== null) this.wall.open(id, true);
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
