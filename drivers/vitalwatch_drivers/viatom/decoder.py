"""Bytes of a PC-60FW in, parsed frames out. Bounded; never raises.

Bluetooth hands its bytes on in notifications of up to 20, and frames run across them: what arrives is a stream, cut
anywhere. A place where AA 55 begins no good frame is dropped byte by byte and counted.
"""

from __future__ import annotations

from typing import Final

from vitalwatch.frames import FrameDecoder
from vitalwatch_drivers.viatom.frames import LENGTHS, SYNC, TOKENS, Frame, parse

_HEAD_BYTES: Final = 4


class ViatomDecoder(FrameDecoder[Frame]):
    """A frame decoder for the frames of a PC-60FW."""

    def _look(self, data: bytearray, at: int) -> int | None:
        head = data[at : at + _HEAD_BYTES]
        if not SYNC.startswith(head[:2]) or (len(head) > 2 and head[2] not in TOKENS):
            return 0
        if len(head) < _HEAD_BYTES:
            return None
        if head[3] not in LENGTHS:
            return 0
        size = _HEAD_BYTES + head[3]
        return size if len(data) >= at + size else None

    def _parse(self, raw: bytes) -> Frame:
        return parse(raw)
