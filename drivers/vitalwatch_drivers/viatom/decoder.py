"""Bytes of a PC-60FW in, parsed frames out. Bounded; never raises.

Bluetooth hands its bytes on in notifications of up to 20, and frames run across them: what arrives is a stream, cut
anywhere. A place where AA 55 begins no good frame is dropped byte by byte and counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.viatom.frames import LENGTHS, SYNC, TOKENS, Frame, parse

_HEAD_BYTES: Final = 4


class Gap(msgspec.Struct, frozen=True):
    """Noise stood here: what is before and what is after do not follow each other."""


GAP: Final = Gap()


class ViatomDecoder:
    """Cuts a byte stream into frames; the same bytes cut anywhere give the same frames and counts.

    Attributes:
        bad_frames: runs of noise: damaged frames, the partial first one after opening, anything else.
        dropped_bytes: bytes of those.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._data = bytearray()
        self._found: deque[Frame | Gap] = deque()
        self._in_noise = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole frames are ready in :meth:`frames` afterwards."""
        self._data += data
        at = 0
        while at < len(self._data):
            size = self._size(at)
            if size is None:
                break
            if size and (frame := _parsed(bytes(self._data[at : at + size]))):
                self._found.append(frame)
                self._in_noise = False
                at += size
            else:
                self._drop_byte()
                at += 1
        del self._data[:at]

    def frames(self) -> Iterator[Frame | Gap]:
        """Hand out the frames that are ready, each once, with a mark where noise stood between them."""
        while self._found:
            yield self._found.popleft()

    def reset(self) -> None:
        """Drop half a frame: what comes next belongs to another opening of the link."""
        self.dropped_bytes += len(self._data)
        self._data.clear()
        self._in_noise = False

    def _size(self, at: int) -> int | None:
        """Length of the frame that may begin here; 0 when none can, ``None`` while bytes are missing."""
        head = self._data[at : at + _HEAD_BYTES]
        if not SYNC.startswith(head[:2]) or (len(head) > 2 and head[2] not in TOKENS):
            return 0
        if len(head) < _HEAD_BYTES:
            return None
        if head[3] not in LENGTHS:
            return 0
        size = _HEAD_BYTES + head[3]
        return size if len(self._data) >= at + size else None

    def _drop_byte(self) -> None:
        if not self._in_noise:
            self._in_noise = True
            self.bad_frames += 1
            self._found.append(GAP)
        self.dropped_bytes += 1


def _parsed(raw: bytes) -> Frame | None:
    try:
        return parse(raw)
    except DecodeError:
        return None
