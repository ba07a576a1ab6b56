/** The binary frames: what the service packs is what comes out, and nothing is read past its end. */

import { describe, expect, test } from "vitest";

import { FeedFault } from "../../src/feed";
import { MISSING, readWaves } from "../../src/waves/frame";

interface Block {
  chair: number;
  signal?: number;
  rateHz?: number;
  heights: number[];
}

function pack(blocks: Block[], kind = 1): ArrayBuffer {
  const bytes: number[] = [kind, 0, blocks.length & 255, blocks.length >> 8, ...new Uint8Array(new Float64Array([123.5]).buffer)];
  for (const { chair, signal = 1, rateHz = 75, heights } of blocks) {
    bytes.push(chair & 255, chair >> 8, signal, rateHz, heights.length & 255, heights.length >> 8, ...heights);
  }
  return new Uint8Array(bytes).buffer;
}

const chairs = Array.from({ length: 300 }, (_, i) => `chair ${i}`);

test("each block goes to the chair at its place in the snapshot", () => {
  const blocks = readWaves(pack([{ chair: 0, heights: [0, 254] }, { chair: 299, rateHz: 60, heights: [7, MISSING, 9] }]), chairs);
  expect(blocks.map((block) => ({ ...block, heights: [...block.heights] }))).toEqual([
    { chair: "chair 0", rateHz: 75, heights: [0, 254] },
    { chair: "chair 299", rateHz: 60, heights: [7, 255, 9] },
  ]);
});

test("a signal that is not known is passed over, and what follows it is read", () => {
  const blocks = readWaves(pack([{ chair: 1, signal: 9, heights: [1, 2, 3] }, { chair: 2, heights: [4] }]), chairs);
  expect(blocks.map(({ chair }) => chair)).toEqual(["chair 2"]);
});

test("a kind of frame that is not known is passed over whole", () => {
  expect(readWaves(pack([{ chair: 1, heights: [1] }], 2), chairs)).toEqual([]);
  expect(readWaves(new ArrayBuffer(0), chairs)).toEqual([]);
});

describe("a fault", () => {
  const whole = pack([{ chair: 1, heights: [1, 2] }, { chair: 2, heights: [3] }]);
  test.each(Array.from({ length: whole.byteLength - 1 }, (_, i) => i + 1))("a frame cut after %i bytes", (length) => {
    expect(() => readWaves(whole.slice(0, length), chairs)).toThrow(FeedFault);
  });
  test("a chair that the snapshot did not name", () => {
    expect(() => readWaves(pack([{ chair: 300, heights: [1] }]), chairs)).toThrow(FeedFault);
  });
});
