"""Bytes of an STX blood pressure module in, frames out. Bounded, counts what it drops, and never raises."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.stx_nibp.frames import ETX, STX, Frame, parse_text

FRAME_LIMIT: Final = 64
"""Longest run of bytes from an STX on that is kept while its ETX is missing. Real frames have up to 41."""

_EDGE: Final = re.compile(rb"[\x02\x03]")


class StxNibpDecoder:
    """Cuts a byte stream into frames; the same bytes cut anywhere give the same frames and counts.

    Line ends between frames are nothing.

    Attributes:
        bad_frames: runs of noise: damaged frames, the partial first one after opening, anything else.
        dropped_bytes: bytes of those.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._data = bytearray()
        self._found: deque[Frame] = deque()
        self._in_noise = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole frames are ready in :meth:`frames` afterwards."""
        self._data += data
        at = 0
        while at < len(self._data):
            step = self._step(at)
            if not step:
                break
            at += step
        del self._data[:at]

    def frames(self) -> Iterator[Frame]:
        """Hand out the frames that are ready, each once."""
        while self._found:
            yield self._found.popleft()

    def reset(self) -> None:
        """Drop half a frame: what comes next belongs to another opening of the link."""
        self.dropped_bytes += len(self._data)
        self._data.clear()
        self._in_noise = False

    def _step(self, at: int) -> int:
        """Deal with what begins at this place; how many bytes that were, 0 while more are needed."""
        if self._data[at] in b"\r\n":
            return 1
        if self._data[at] != STX:
            return self._drop(1)
        edge = _EDGE.search(self._data, at + 1, at + FRAME_LIMIT)
        if edge is None:
            return self._drop(1) if len(self._data) - at >= FRAME_LIMIT else 0
        if self._data[edge.start()] != ETX:  # another frame begins: this one lost its end
            return self._drop(edge.start() - at)
        try:
            frame = parse_text(bytes(self._data[at + 1 : edge.start()]))
        except DecodeError:
            return self._drop(edge.end() - at)
        self._found.append(frame)
        self._in_noise = False
        return edge.end() - at

    def _drop(self, count: int) -> int:
        self.bad_frames += not self._in_noise
        self._in_noise = True
        self.dropped_bytes += count
        return count
