"""Bytes of the Masimo ASCII 1 output in, parsed lines out. Bounded, counts what it drops, and never raises."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.masimo.frames import DataLine, parse_line

LINE_LIMIT: Final = 512
"""Longest run of bytes without a line end that is kept. Real lines have up to about 190."""

_LINE_END: Final = re.compile(rb"[\r\n]")


class MasimoDecoder:
    """Splits a byte stream into lines and parses each; the same bytes cut anywhere give the same lines and counts.

    Attributes:
        bad_frames: lines that are not of this protocol: noise, the partial first line after opening, damaged ones.
            A run of more than ``LINE_LIMIT`` bytes without a line end counts as one.
        dropped_bytes: bytes of those lines, and NUL bytes before a line (seen when a port is opened).
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._partial = bytearray()
        self._overlong = False
        self._lines: deque[DataLine] = deque()

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole lines are ready in :meth:`frames` afterwards."""
        *ended, rest = _LINE_END.split(data)
        for piece in ended:
            self._extend(piece)
            self._end_line()
        self._extend(rest)

    def frames(self) -> Iterator[DataLine]:
        """Hand out the lines that are ready, each once."""
        while self._lines:
            yield self._lines.popleft()

    def reset(self) -> None:
        """Drop half a line: what comes next belongs to another opening of the link."""
        self.dropped_bytes += len(self._partial)
        self._partial.clear()
        self._overlong = False

    def _extend(self, piece: bytes) -> None:
        if self._overlong:
            self.dropped_bytes += len(piece)
            return
        self._partial += piece
        if len(self._partial) > LINE_LIMIT:
            self._overlong = True
            self.bad_frames += 1
            self.dropped_bytes += len(self._partial)
            self._partial.clear()

    def _end_line(self) -> None:
        if self._overlong:  # counted when it grew too long
            self._overlong = False
            return
        raw = bytes(self._partial)
        self._partial.clear()
        line = raw.lstrip(b"\0")
        self.dropped_bytes += len(raw) - len(line)
        if not line.strip():
            return
        try:
            self._lines.append(parse_line(line))
        except DecodeError:
            self.bad_frames += 1
            self.dropped_bytes += len(line)
