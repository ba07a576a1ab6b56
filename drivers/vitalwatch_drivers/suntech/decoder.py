"""Bytes of a SunTech module in, packets out. Bounded, counts what it drops, and never raises.

A ``3E`` may occur inside a packet, so a place is believed to begin one only when length and checksum agree; otherwise
one byte is dropped and the search goes on with the next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from vitalwatch_drivers.suntech.frames import PACKET_BYTES, START, Packet, parse_packet


class SuntechDecoder:
    """Cuts a byte stream into packets; the same bytes cut anywhere give the same packets and counts.

    Attributes:
        bad_frames: runs of noise: damaged packets, the partial first one after opening, anything else.
        dropped_bytes: bytes of those.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._data = bytearray()
        self._found: deque[Packet] = deque()
        self._in_noise = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole packets are ready in :meth:`frames` afterwards."""
        self._data += data
        at = 0
        while at < len(self._data):
            size = self._size(at)
            if size is None:
                break
            if size:
                self._found.append(parse_packet(bytes(self._data[at : at + size])))
                self._in_noise = False
                at += size
            else:
                self.bad_frames += not self._in_noise
                self._in_noise = True
                self.dropped_bytes += 1
                at += 1
        del self._data[:at]

    def frames(self) -> Iterator[Packet]:
        """Hand out the packets that are ready, each once."""
        while self._found:
            yield self._found.popleft()

    def reset(self) -> None:
        """Drop half a packet: what comes next belongs to another opening of the link."""
        self.dropped_bytes += len(self._data)
        self._data.clear()
        self._in_noise = False

    def _size(self, at: int) -> int | None:
        """Length of the packet at this place; 0 when none can begin here; ``None`` while that cannot be said."""
        if self._data[at] != START:
            return 0
        if len(self._data) < at + 2:
            return None
        size = self._data[at + 1]
        if size not in PACKET_BYTES:
            return 0
        if len(self._data) < at + size:
            return None
        return 0 if sum(self._data[at : at + size]) & 0xFF else size
