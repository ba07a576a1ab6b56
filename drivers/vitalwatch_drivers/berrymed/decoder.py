"""Bytes of the BCI protocol in, packets out. Bounded; never raises.

A packet is a byte with bit 7 and four without. While packets follow each other without a gap each counts at its last
byte. After noise one counts only when the next begins right behind it: the packet whose first byte was lost, and what
other devices send, would else pass for one now and then.
"""

from __future__ import annotations

from vitalwatch.frames import FrameDecoder
from vitalwatch_drivers.berrymed.frames import PACKET_BYTES, Packet, is_packet, parse


class BerrymedDecoder(FrameDecoder[Packet]):
    """A frame decoder for the packets of the BCI protocol."""

    def _look(self, data: bytearray, at: int) -> int | None:
        raw = data[at : at + PACKET_BYTES]
        if raw[0] < 0x80 or any(byte >= 0x80 for byte in raw[1:]):
            return 0
        if not is_packet(raw):
            return None
        if not self._in_noise:
            return PACKET_BYTES
        after = at + PACKET_BYTES
        if after >= len(data):
            return None
        return PACKET_BYTES if data[after] >= 0x80 else 0

    def _parse(self, raw: bytes) -> Packet:
        return parse(raw)
