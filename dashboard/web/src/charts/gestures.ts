/** How a chart is moved: dragged to look earlier or later, the wheel turned to zoom. */

import { AXIS_PX, RIGHT_PX } from "./layout";

export interface Gestures {
  /** A drag begins; the answer is told how far it has come since, as a part of the chart's width (right is positive). */
  grab: () => (fraction: number) => void;
  /** Shorter (`factor` < 1) or longer, with the moment at `fraction` of the width kept in its place. */
  zoom: (factor: number, fraction: number) => void;
}

const ZOOM = 1.25;

/** Gives a chart its gestures; to be attached to the element that it is drawn in. */
export function gestures({ grab, zoom }: Gestures): (place: HTMLElement) => () => void {
  return (place) => {
    const ending = new AbortController();
    const { signal } = ending;
    const width = () => Math.max(1, place.clientWidth - AXIS_PX - RIGHT_PX);
    let grabbed: { x: number; move: (fraction: number) => void } | null = null;
    const letGo = () => (grabbed = null);
    place.addEventListener("pointerdown", grabAt, { signal });
    place.addEventListener("pointermove", ({ clientX }) => grabbed?.move((clientX - grabbed.x) / width()), { signal });
    place.addEventListener("pointerup", letGo, { signal });
    place.addEventListener("pointercancel", letGo, { signal });
    place.addEventListener("wheel", zoomAt, { signal, passive: false });
    return () => ending.abort();

    function grabAt({ clientX, pointerId }: PointerEvent): void {
      grabbed = { x: clientX, move: grab() };
      place.setPointerCapture(pointerId);
    }

    function zoomAt(event: WheelEvent): void {
      event.preventDefault();
      const fraction = (event.clientX - place.getBoundingClientRect().left - AXIS_PX) / width();
      zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM, Math.min(1, Math.max(0, fraction)));
    }
  };
}
