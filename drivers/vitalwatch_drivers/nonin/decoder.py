"""Bytes of a Nonin oximeter in, parsed frames out, for the one format that it is set to. Bounded; never raises.

Theory of operation. Each format has its own ``look``. Formats that noise can imitate (no checksum, or no start byte)
are believed after noise only when further frames follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError
from vitalwatch.frames import FrameDecoder
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


class NoninDecoder(FrameDecoder[Frame]):
    """A frame decoder for one format.

    Args:
        form: the format that the oximeter is set to.
    """

    def __init__(self, form: Format) -> None:
        super().__init__()
        self._framing = FRAMINGS[form]

    def _is_filler(self, byte: int) -> bool:
        return byte in self._framing.filler

    def _look(self, data: bytearray, at: int) -> int | None:
        """As a format's ``look``, but with as many frames behind it as have to follow now."""
        look = self._framing.look
        size = look(data, at)
        after = at + (size or 0)
        for _ in range(self._follow if size else 0):
            while after < len(data) and self._is_filler(data[after]):
                after += 1
            step = look(data, after) if after < len(data) else None
            if not step:
                return step
            after += step
        return size

    def _parse(self, raw: bytes) -> Frame:
        return self._framing.parse(raw)

    @property
    def _follow(self) -> int:
        if self._in_noise:
            return self._framing.follow_after_noise
        return self._framing.follow_at_start if self._at_start else 0
