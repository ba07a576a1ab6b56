"""A help for drivers of devices that send lines of text: bytes in, parsed lines out. Pure."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

from vitalwatch.errors import DecodeError

Line = TypeVar("Line")

_LINE_END: Final = re.compile(rb"[\r\n]")


class LineDecoder(Generic[Line]):
    """Splits a byte stream into lines and parses each; the same bytes cut anywhere give the same lines and counts.

    A line ends at any CR or LF; blank lines are nothing, and NUL bytes before a line (seen when a port is opened) are
    dropped.

    Args:
        parse: makes a line of the bytes between two line ends, or raises ``DecodeError``.
        limit: longest run of bytes without a line end that is kept.

    Attributes:
        bad_frames: lines that are not of this protocol: noise, the partial first line after opening, damaged ones.
            A run of more than ``limit`` bytes without a line end counts as one.
        dropped_bytes: bytes of those lines, and dropped NUL bytes.
    """

    def __init__(self, parse: Callable[[bytes], Line], limit: int) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._parse = parse
        self._limit = limit
        self._partial = bytearray()
        self._overlong = False
        self._lines: deque[Line] = deque()

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole lines are ready in :meth:`frames` afterwards."""
        *ended, rest = _LINE_END.split(data)
        for piece in ended:
            self._extend(piece)
            self._end_line()
        self._extend(rest)

    def frames(self) -> Iterator[Line]:
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
        if len(self._partial) > self._limit:
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
            self._lines.append(self._parse(line))
        except DecodeError:
            self.bad_frames += 1
            self.dropped_bytes += len(line)
