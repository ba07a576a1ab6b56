/** Whether a finger or a mouse button is down anywhere on the page: while it is, nothing may move under it. */

/** A click lands a moment after the finger has gone, and a second tap may follow. */
const AFTER_MS = 400;

type Touch = Pick<PointerEvent, "pointerId">;

export class Pointers {
  held = $state(false);
  readonly #down = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  press = ({ pointerId }: Touch): void => {
    clearTimeout(this.#timer);
    this.#down.add(pointerId);
    this.held = true;
  };

  release = ({ pointerId }: Touch): void => {
    this.#down.delete(pointerId);
    this.#restLater();
  };

  /** The page lost the focus: a button that was down may come up elsewhere. */
  forget = (): void => {
    this.#down.clear();
    this.#restLater();
  };

  #restLater(): void {
    if (this.#down.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.held = false), AFTER_MS);
  }
}
