/** The binary wave frames of docs/live-socket.md, read. Pure. */

import { FeedFault } from "../feed";

/** Height of a sample that is not there: a gap, never a line. */
export const MISSING = 255;
/** Height of the top of the curve's range; 0 is its bottom. */
export const HIGHEST = 254;

/** The next samples of one chair's pleth. */
export interface WaveBlock {
  chair: string;
  /** Samples a service second. */
  rateHz: number;
  /** Oldest first; 0 to 254, or MISSING. */
  heights: Uint8Array<ArrayBuffer>;
}

const KIND_WAVES = 1;
const PLETH = 1;
const FRAME_HEAD = 12;
const BLOCK_HEAD = 6;

/**
 * The pleth blocks of a frame; none of a kind that is not known. `chairs` are ids in the snapshot's order.
 *
 * Throws FeedFault when the frame is cut short, or names a chair that the snapshot did not.
 */
export function readWaves(frame: ArrayBuffer, chairs: readonly string[]): WaveBlock[] {
  const view = new DataView(frame);
  if (frame.byteLength === 0 || view.getUint8(0) !== KIND_WAVES) return [];
  if (frame.byteLength < FRAME_HEAD) throw new FeedFault("a wave frame is cut short");
  const blocks: WaveBlock[] = [];
  let at = FRAME_HEAD;
  for (let left = view.getUint16(2, true); left > 0; left--) {
    if (at + BLOCK_HEAD > frame.byteLength) throw new FeedFault("a wave frame is cut short");
    const chair = chairs[view.getUint16(at, true)];
    const signal = view.getUint8(at + 2);
    const rateHz = view.getUint8(at + 3);
    const count = view.getUint16(at + 4, true);
    at += BLOCK_HEAD;
    if (at + count > frame.byteLength) throw new FeedFault("a wave frame is cut short");
    if (chair === undefined) throw new FeedFault("a wave is of a chair that the snapshot did not name");
    if (signal === PLETH && rateHz > 0) blocks.push({ chair, rateHz, heights: new Uint8Array(frame, at, count) });
    at += count;
  }
  return blocks;
}
