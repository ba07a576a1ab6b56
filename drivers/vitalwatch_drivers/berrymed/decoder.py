"""Bytes of the BCI protocol in, packets out. Bounded; never raises.

A packet is a byte with bit 7 and four without. While packets follow each other without a gap each counts at its last
byte. After noise one counts only when the next begins right behind it: the packet whose first byte was lost, and what
other devices send, would else pass for one now and then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec

from vitalwatch_drivers.berrymed.frames import PACKET_BYTES, Packet, is_packet, parse


class Gap(msgspec.Struct, frozen=True):
    """Noise stood here: what is before and what is after do not follow each other."""


GAP: Final = Gap()


class BerrymedDecoder:
    """Cuts a byte stream into packets; the same bytes cut anywhere give the same packets and counts.

    Attributes:
        bad_frames: runs of noise: damaged packets, the partial first one after opening, anything else.
        dropped_bytes: bytes of those.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._data = bytearray()
        self._found: deque[Packet | Gap] = deque()
        self._in_noise = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole packets are ready in :meth:`packets` afterwards."""
        self._data += data
        at = 0
        while at < len(self._data):
            begins = self._begins(at)
            if begins is None:
                break
            if begins:
                self._found.append(parse(bytes(self._data[at : at + PACKET_BYTES])))
                self._in_noise = False
                at += PACKET_BYTES
            else:
                self._drop_byte()
                at += 1
        del self._data[:at]

    def packets(self) -> Iterator[Packet | Gap]:
        """Hand out the packets that are ready, each once, with a mark where noise stood between them."""
        while self._found:
            yield self._found.popleft()

    def reset(self) -> None:
        """Drop half a packet: what comes next belongs to another opening of the link."""
        self.dropped_bytes += len(self._data)
        self._data.clear()
        self._in_noise = False

    def _begins(self, at: int) -> bool | None:
        """Whether a packet begins here; ``None`` while bytes are missing."""
        raw = self._data[at : at + PACKET_BYTES]
        if raw[0] < 0x80 or any(byte >= 0x80 for byte in raw[1:]):
            return False
        if not is_packet(raw):
            return None
        if not self._in_noise:
            return True
        after = at + PACKET_BYTES
        return self._data[after] >= 0x80 if after < len(self._data) else None

    def _drop_byte(self) -> None:
        if not self._in_noise:
            self._in_noise = True
            self.bad_frames += 1
            self._found.append(GAP)
        self.dropped_bytes += 1
