"""Bytes of a SunTech module in, packets out. Bounded, counts what it drops, and never raises.

A ``3E`` may occur inside a packet, so a place is believed to begin one only when length and checksum agree; otherwise
one byte is dropped and the search goes on with the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from vitalwatch.frames import FrameDecoder, Gap
from vitalwatch_drivers.suntech.frames import PACKET_BYTES, START, Packet, parse_packet


class SuntechDecoder(FrameDecoder[Packet]):
    """A frame decoder for the packets of a SunTech module."""

    def frames(self) -> Iterator[Packet]:
        """Hand out the packets that are ready, each once; where noise stood between them does not matter."""
        return (packet for packet in super().frames() if not isinstance(packet, Gap))

    def _look(self, data: bytearray, at: int) -> int | None:
        if data[at] != START:
            return 0
        if len(data) < at + 2:
            return None
        size = data[at + 1]
        if size not in PACKET_BYTES:
            return 0
        return size if len(data) >= at + size else None

    def _parse(self, raw: bytes) -> Packet:
        return parse_packet(raw)
