"""Bytes of a Nonin oximeter in, parsed frames out, for the one format that it is set to. Bounded; never raises.

Theory of operation. At each place of the stream a format's ``look`` says how long the frame is that begins there: 0
when none can, ``None`` while bytes are missing. What begins no frame is dropped byte by byte and counted. Formats that
noise can imitate (no checksum, or no start byte) are believed after noise only when further frames follow.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.nonin.frames import (
    RECORD_BYTES,
    RECORD_HEAD,
    Frame,
    parse_format_2,
    parse_format_7,
    parse_record,
    parse_second,
    parse_text,
)
from vitalwatch_drivers.nonin.options import Format

LINE_LIMIT: Final = 128
"""Longest run of bytes without a line end that is kept. Real lines have up to about 30."""

_LINE_END: Final = re.compile(rb"[\r\n]")


class Gap(msgspec.Struct, frozen=True):
    """Noise stood here: what is before and what is after do not follow each other."""


GAP: Final = Gap()

Look: TypeAlias = Callable[[bytearray, int], int | None]


class Framing(msgspec.Struct, frozen=True):
    """How one format is cut into frames.

    Attributes:
        look: length of the frame at a place; 0 for none; ``None`` while that cannot be said.
        parse: reads a frame whose length ``look`` gave.
        filler: bytes that may stand between frames: ACK and NAK, line ends.
        follow_at_start: after opening, a frame counts only when so many others follow it without a gap.
        follow_after_noise: the same after noise. Three-byte frames need 3 and four-byte frames 2 so that no stream of
            five-byte frames can ever be taken for them: its STATUS bytes would have to begin two of them.
    """

    look: Look
    parse: Callable[[bytes], Frame]
    filler: bytes = b"\x06\x15"
    follow_at_start: int = 0
    follow_after_noise: int = 0


def _look_format_2(data: bytearray, at: int) -> int | None:
    # Of a stream that is entered in the middle, no other place can look like a frame: 01 and bit 7 decide alone.
    if data[at] != 1:
        return 0
    if len(data) < at + 5:
        return None
    good = data[at + 1] >= 0x80 and data[at + 3] < 0x80 and sum(data[at : at + 4]) & 0xFF == data[at + 4]
    return 5 if good else 0


def _look_format_7(data: bytearray, at: int) -> int | None:
    if data[at] < 0x80:
        return 0
    if len(data) < at + 5:
        return None
    return 5 if data[at + 3] < 0x80 and sum(data[at : at + 4]) & 0xFF == data[at + 4] else 0


def _look_second(data: bytearray, at: int, *, size: int) -> int | None:
    if data[at] < 0x80:
        return 0
    rest = data[at + 1 : at + size]
    if any(byte >= 0x80 for byte in rest):
        return 0
    return size if len(rest) == size - 1 else None


def _look_record(data: bytearray, at: int) -> int | None:
    head = data[at : at + 4]
    if not RECORD_HEAD.startswith(head):
        return 0
    if len(data) < at + 6:
        return None
    size = int.from_bytes(data[at + 4 : at + 6], "big")
    # The length has no checksum of its own: where another record begins, this one was cut or its length is damaged.
    # Waiting for all of it would show the next record late, as if it were new.
    if size not in RECORD_BYTES or data.find(RECORD_HEAD, at + 1, at + size + 8) >= 0:
        return 0
    if len(data) < at + size + 8:
        return None
    body = data[at + 6 : at + 6 + size]
    return size + 8 if data[at + 6 + size] == sum(body) & 0xFF and data[at + 7 + size] == 3 else 0


def _look_text(data: bytearray, at: int) -> int | None:
    if data[at] not in b"S0123456789":
        return 0
    end = _LINE_END.search(data, at, at + LINE_LIMIT)
    if end is None:
        return None if len(data) < at + LINE_LIMIT else 0
    try:
        parse_text(bytes(data[at : end.end()]))
    except DecodeError:
        return 0
    return end.end() - at


FRAMINGS: Final[dict[Format, Framing]] = {
    1: Framing(partial(_look_second, size=3), parse_second, follow_after_noise=3),
    2: Framing(_look_format_2, parse_format_2),
    7: Framing(_look_format_7, parse_format_7, follow_at_start=1, follow_after_noise=1),
    8: Framing(partial(_look_second, size=4), parse_second, follow_after_noise=2),
    13: Framing(_look_record, parse_record),
    "ascii": Framing(_look_text, parse_text, filler=b"\r\n"),
}


class NoninDecoder:
    """Cuts a byte stream into frames; the same bytes cut anywhere give the same frames and counts.

    Args:
        form: the format that the oximeter is set to.

    Attributes:
        bad_frames: runs of noise: damaged frames, the partial first one after opening, anything else.
        dropped_bytes: bytes of those.
    """

    def __init__(self, form: Format) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._framing = FRAMINGS[form]
        self._data = bytearray()
        self._found: deque[Frame | Gap] = deque()
        self._in_noise = False
        self._follow = self._framing.follow_at_start

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole frames are ready in :meth:`frames` afterwards."""
        self._data += data
        at = 0
        while at < len(self._data):
            if self._data[at] in self._framing.filler:
                at += 1
                continue
            size = self._size(at)
            if size is None:
                break
            if size:
                self._found.append(self._framing.parse(bytes(self._data[at : at + size])))
                self._in_noise, self._follow = False, 0
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
        self._follow = self._framing.follow_at_start

    def _size(self, at: int) -> int | None:
        """As a format's ``look``, but with as many frames behind it as have to follow now."""
        look = self._framing.look
        size = look(self._data, at)
        after = at + (size or 0)
        for _ in range(self._follow if size else 0):
            while after < len(self._data) and self._data[after] in self._framing.filler:
                after += 1
            step = look(self._data, after) if after < len(self._data) else None
            if not step:
                return step
            after += step
        return size

    def _drop_byte(self) -> None:
        if not self._in_noise:
            self._in_noise = True
            self._follow = self._framing.follow_after_noise
            self.bad_frames += 1
            self._found.append(GAP)
        self.dropped_bytes += 1
