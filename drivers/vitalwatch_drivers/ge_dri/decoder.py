"""Bytes of a DRI line in, records out. Bounded; never raises.

Theory of operation. A flag ends what came before it, whatever that was: half a record after opening, a damaged one, a
whole one. So the next record is always found, and a record that lost its first flag is still read. Of two flags in a
row the first ended a record and the second begins one; more of them are noise.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.ge_dri.frames import LONGEST_RECORD, Record, parse_frame

MOST_BETWEEN_FLAGS: Final = 2 * (LONGEST_RECORD + 1)
"""The longest record with its checksum, every byte of it escaped."""


class GeDriDecoder:
    """Cuts a byte stream into records; the same bytes cut anywhere give the same records and counts.

    Attributes:
        bad_frames: what stood between two flags and was no record.
        dropped_bytes: bytes of those, and stray flags.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._data = bytearray()
        self._found: deque[Record] = deque()
        self._overlong = False
        self._flags = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole records are ready in :meth:`frames` afterwards."""
        *ended, rest = data.split(b"\x7e")
        for piece in ended:
            self._add(piece)
            self._on_flag()
        self._add(rest)

    def frames(self) -> Iterator[Record]:
        """Hand out the records that are ready, each once."""
        while self._found:
            yield self._found.popleft()

    def reset(self) -> None:
        """Drop half a record: what comes next belongs to another opening of the link."""
        self.dropped_bytes += len(self._data)
        self._data.clear()
        self._overlong = False
        self._flags = 0

    def _add(self, piece: bytes) -> None:
        if not piece:
            return
        self._flags = 0
        if self._overlong:
            self.dropped_bytes += len(piece)
            return
        self._data += piece
        if len(self._data) > MOST_BETWEEN_FLAGS:
            self._overlong = True
            self._drop()

    def _on_flag(self) -> None:
        if self._data:
            try:
                self._found.append(parse_frame(bytes(self._data)))
                self._data.clear()
            except DecodeError:
                self._drop()
        elif not self._overlong:
            self._flags += 1
            self.dropped_bytes += self._flags > 2
        self._overlong = False

    def _drop(self) -> None:
        self.bad_frames += 1
        self.dropped_bytes += len(self._data)
        self._data.clear()
