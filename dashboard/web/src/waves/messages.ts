/** What page, feed worker and sweep worker tell each other about waves. Types only. */

import type { WaveBlock } from "./frame";
import type { Place } from "./sweep";

/** Feed worker → sweep worker, on a channel of their own. */
export type FromFeed =
  /** A snapshot came: everything before it is over. */
  | { type: "begin"; speed: number }
  | { type: "waves"; blocks: WaveBlock[]; heardMs: number };

/** Sweep worker → feed worker: whether waves are drawn anywhere, so that none are sent for nothing. */
export type ToFeed = { on: boolean };

/** Page → sweep worker. */
export type ToSweeps =
  | { type: "feed"; port: MessagePort }
  /** A canvas that sweeps are drawn on. */
  | { type: "surface"; surface: number; canvas: OffscreenCanvas }
  /** Where its chairs' curves go now; all of them. Sizes are device pixels. */
  | { type: "layout"; surface: number; width: number; height: number; places: Place[] }
  | { type: "remove"; surface: number }
  /** Whether anybody can see the page; `still` for people who want no motion. */
  | { type: "look"; visible: boolean; still: boolean };
