"""Bytes of a Contec oximeter in, parsed frames out: one class for each dialect. Bounded; never raises.

Not counted as noise are the ``spare`` bytes that may follow a frame: padding of a HID report, the rest of an answer
that nobody reads.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Final

from vitalwatch.frames import FrameDecoder
from vitalwatch_drivers.contec.frames import (
    EB,
    EB_BYTES,
    FIVE_BYTES,
    V7_ANSWERS,
    V7_DISCONNECT,
    V7_LIVE,
    V7_PACKAGE_BYTES,
    Frame,
    parse_eb,
    parse_five_byte,
    parse_v7,
)

HID_REPORT_BYTES: Final = 64


class Decoder(FrameDecoder[Frame]):
    """A frame decoder for one dialect, which says in ``_spare`` how much that is of no use may follow a frame."""

    _spare_bytes: ClassVar[range] = range(0)
    """What the bytes that may follow a frame can be."""

    def __init__(self) -> None:
        super().__init__()
        self._spare_left = 0

    @abstractmethod
    def _read(self, raw: bytes) -> Frame:
        """Read a frame whose length ``_look`` gave, or raise DecodeError."""

    def _spare(self, raw: bytes) -> int:  # noqa: ARG002 - a dialect may have some
        """How many bytes that are of no use may follow this frame."""
        return 0

    def reset(self) -> None:
        """Drop half a frame: what comes next belongs to another opening of the link."""
        super().reset()
        self._spare_left = 0

    def _parse(self, raw: bytes) -> Frame:
        frame = self._read(raw)
        self._spare_left = self._spare(raw)
        return frame

    def _is_filler(self, byte: int) -> bool:
        if self._spare_left and byte in self._spare_bytes:
            self._spare_left -= 1
            return True
        self._spare_left = 0  # whatever else comes ends them
        return False


class V7Decoder(Decoder):
    """V7: the first byte of a package is the only one below 0x80.

    How long answers are is not told for all of them; they end where the next package begins. So they are taken at their
    first bytes, and what follows within the longest package is spared.
    """

    _spare_bytes = range(0x80, 0x100)

    def _look(self, data: bytearray, at: int) -> int | None:
        kind = data[at]
        if kind == V7_LIVE:
            size = V7_PACKAGE_BYTES
        elif kind in V7_ANSWERS:
            size = 3 if kind == V7_DISCONNECT else 2
        else:
            return 0
        return _size_if(min(data[at + 1 : at + size], default=0x80) >= 0x80, data, at, size)

    def _read(self, raw: bytes) -> Frame:
        return parse_v7(raw)

    def _spare(self, raw: bytes) -> int:
        return V7_PACKAGE_BYTES - len(raw)


class FiveByteDecoder(Decoder):
    """The 5-byte dialect: a packet counts when exactly four bytes below 0x80 lie between two that are not.

    So each packet waits for the first byte of the next one. Without a checksum nothing else tells a lost byte.
    """

    def _look(self, data: bytearray, at: int) -> int | None:
        if data[at] < 0x80 or max(data[at + 1 : at + FIVE_BYTES], default=0) >= 0x80:
            return 0
        if len(data) <= at + FIVE_BYTES:
            return None
        return FIVE_BYTES if data[at + FIVE_BYTES] >= 0x80 else 0

    def _read(self, raw: bytes) -> Frame:
        return parse_five_byte(raw)


class EbDecoder(Decoder):
    """EB: frames with a checksum, over USB HID in reports that zeros fill up, over Bluetooth one after the other.

    Knows no transport: give it reports or notifications as they come.
    """

    _spare_bytes = range(1)

    def _look(self, data: bytearray, at: int) -> int | None:
        if data[at] != EB:
            return 0
        if len(data) < at + 2:
            return None
        size = EB_BYTES.get(data[at + 1], 0)
        return _size_if(max(data[at + 1 : at + size], default=0x80) < 0x80, data, at, size)

    def _read(self, raw: bytes) -> Frame:
        return parse_eb(raw)

    def _spare(self, raw: bytes) -> int:
        return HID_REPORT_BYTES - len(raw)


def _size_if(good: bool, data: bytearray, at: int, size: int) -> int | None:
    """The size of a frame that is good so far: none while bytes of it are missing, 0 if it is not good."""
    if not good:
        return 0
    return size if len(data) >= at + size else None
