"""Bytes of the serial line in, messages out; and one datagram in, one message out. Bounded; never raises.

Theory of operation. A frame begins with C0 and ends with C1, and neither can stand inside: there they are sent as 7D
and the byte XOR 20. So a C0 inside a frame shows that the frame was cut, and a C1 ends it whatever came before. The
sender gives up a frame with 7D C1. A whole frame has to have the known header, its stated length and the right
checksum.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.intellivue.frames import Frame, parse

BEGIN, END, ESCAPE = 0xC0, 0xC1, 0x7D
FLIP: Final = 0x20
HEADER: Final = b"\x11\x01"
MOST_BYTES: Final = 8192
"""Longest frame that is kept, as it stands on the line. We ask for messages of at most 1000 bytes; escaping can double
them."""

_EDGE: Final = re.compile(rb"[\xc0\xc1]")
_ESCAPED: Final = re.compile(rb"\x7d([\x00-\xff])")


def _table() -> tuple[int, ...]:
    entries = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8408 if crc & 1 else crc >> 1
        entries.append(crc)
    return tuple(entries)


_CRC: Final = _table()


def checksum(data: bytes) -> int:
    """CRC-16/X-25: polynomial 1021 reflected, start and final XOR FFFF."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFF


def framed(payload: bytes) -> bytes:
    """A message as it is sent on the serial line."""
    body = HEADER + len(payload).to_bytes(2, "big") + payload
    body += checksum(body).to_bytes(2, "little")
    escaped = re.sub(rb"[\x7d\xc0\xc1]", lambda found: bytes((ESCAPE, found[0][0] ^ FLIP)), body)
    return bytes((BEGIN,)) + escaped + bytes((END,))


def unframed(raw: bytes) -> bytes | None:
    """The message between C0 and C1; ``None`` if it was given up, or is damaged."""
    if raw.endswith(bytes((ESCAPE,))):
        return None
    body = _ESCAPED.sub(lambda found: bytes((found[1][0] ^ FLIP,)), raw)
    if len(body) < 6 or body[:2] != HEADER or int.from_bytes(body[2:4], "big") != len(body) - 6:
        return None
    return body[4:-2] if checksum(body[:-2]) == int.from_bytes(body[-2:], "little") else None


class IntellivueDecoder:
    """Cuts what comes into messages; the same bytes cut anywhere give the same messages and counts.

    Attributes:
        bad_frames: frames that were cut, given up or damaged, and messages that are none.
        dropped_bytes: bytes of those, and of noise between frames.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._data = bytearray()
        self._found: deque[Frame] = deque()

    def feed(self, data: bytes) -> None:
        """Take the next bytes of a serial line; whole messages are ready in :meth:`frames` afterwards."""
        self._data += data
        while (begin := self._data.find(BEGIN)) >= 0:
            self._drop(begin)
            edge = _EDGE.search(self._data, 1, MOST_BYTES)
            if edge is None:
                if len(self._data) < MOST_BYTES:
                    return
                self._refuse(MOST_BYTES)
            elif edge[0][0] == END:
                self._whole(edge.end())
            elif edge.start() == 1:
                self._drop(1)  # two beginnings in a row: nothing was cut
            else:
                self._refuse(edge.start())
        self._drop(len(self._data))

    def datagram(self, data: bytes) -> None:
        """Take a datagram, which is one message; it is ready in :meth:`frames` afterwards."""
        self._read(data, len(data))

    def frames(self) -> Iterator[Frame]:
        """Hand out the messages that are ready, each once."""
        while self._found:
            yield self._found.popleft()

    def reset(self) -> None:
        """Drop half a frame: what comes next belongs to another opening of the link."""
        self._drop(len(self._data))

    def _whole(self, size: int) -> None:
        message = unframed(bytes(self._data[1 : size - 1]))
        if message is None:
            self._refuse(size)
            return
        del self._data[:size]
        self._read(message, size)

    def _read(self, message: bytes, size: int) -> None:
        try:
            self._found.append(parse(message))
        except DecodeError:
            self.bad_frames += 1
            self.dropped_bytes += size

    def _refuse(self, size: int) -> None:
        self.bad_frames += 1
        self._drop(size)

    def _drop(self, size: int) -> None:
        self.dropped_bytes += size
        del self._data[:size]
