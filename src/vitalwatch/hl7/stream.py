"""The stream of a connection, split into messages. Pure.

Source: minimal lower layer protocol (MLLP) release 1.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

from vitalwatch.errors import DecodeError

Message = TypeVar("Message")

MESSAGE_LIMIT: Final = 64 * 1024
"""Bytes of the longest message. Messages of vitals have some thousand, packed waves some ten thousand."""

_START: Final = re.compile(rb"\x0b|MSH\|")
_FRAMED_END: Final = re.compile(rb"[\x0b\x1c]")
_BARE_END: Final = re.compile(rb"[\x0b\x1c]|MSH\|")

_BETWEEN: Final = b"\r\n \t\xe2\x80\xa8\xef\xbb\xbf"
"""What may stand between messages and is not counted: the CR after FS, blank lines, U+2028, a byte order mark."""

_VT: Final = 0x0B
_FS: Final = 0x1C


def framed(text: str) -> bytes:
    """A message in its MLLP frame."""
    return b"\x0b" + text.encode("utf-8", "replace") + b"\x1c\r"


class MllpDecoder(Generic[Message]):
    """Splits a byte stream into messages and parses each; the same bytes cut anywhere give the same result.

    Theory of operation. The stream is in one of three states:

    * *between*: everything up to the next start is dropped. A message starts with VT (0x0B), or without any frame with
      ``MSH|``;
    * *framed*: a message ends with FS (0x1C). Another VT before it means that the first message was cut: it is dropped;
    * *bare*: a message without a frame has no end of its own (seen from a GE B40). It ends where the next begins, if
      that is at the beginning of a line; anything else means that it was cut. It also ends at FS: then only its VT was
      lost.

    Args:
        parse: makes a message of the bytes inside a frame, or raises ``DecodeError``: ``parse_message``, or what is
            stricter.

    Attributes:
        bad_frames: messages that were cut, too long, or were refused by ``parse``.
        dropped_bytes: bytes of those, and whatever stands between messages and does not belong there.
    """

    def __init__(self, parse: Callable[[bytes], Message]) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._parse = parse
        self._buffer = bytearray()
        self._messages: deque[Message] = deque()

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole messages are ready in :meth:`frames` afterwards."""
        self._buffer += data
        while self._step():
            pass

    def frames(self) -> Iterator[Message]:
        """Hand out the messages that are ready, each once."""
        while self._messages:
            yield self._messages.popleft()

    def reset(self) -> None:
        """Drop half a message: what comes next belongs to another opening of the link."""
        self.dropped_bytes += len(self._buffer)
        self._buffer.clear()

    def _step(self) -> bool:
        """Take one thing off the buffer; false when more bytes are needed."""
        if not self._buffer:
            return False
        in_frame = self._buffer[0] == _VT
        if not in_frame and not self._buffer.startswith(b"MSH|"):
            return self._skip()
        end = (_FRAMED_END if in_frame else _BARE_END).search(self._buffer, 1, MESSAGE_LIMIT)
        if end is None:
            if len(self._buffer) < MESSAGE_LIMIT:
                return False
            self._drop(MESSAGE_LIMIT)
            return True
        place = end.start()
        if self._buffer[place] == _FS:
            self._take(bytes(self._buffer[int(in_frame) : place]), place + 1)
        elif not in_frame and self._ends_a_line(place):
            self._take(bytes(self._buffer[:place]), place)
        else:
            self._drop(place)
        return True

    def _skip(self) -> bool:
        """Drop what stands before the next start; keep an ending that may be the beginning of ``MSH|``."""
        start = _START.search(self._buffer)
        if start is not None:
            size = start.start()
        else:
            kept = next((n for n in (3, 2, 1) if self._buffer.endswith(b"MSH|"[:n])), 0)
            size = len(self._buffer) - kept
        self.dropped_bytes += len(self._buffer[:size].translate(None, _BETWEEN))
        del self._buffer[:size]
        return start is not None

    def _ends_a_line(self, place: int) -> bool:
        return bytes(self._buffer[:place]).rstrip(b" \t\xe2\x80\xa8\xef\xbb\xbf")[-1:] in (b"\r", b"\n")

    def _take(self, raw: bytes, size: int) -> None:
        del self._buffer[:size]
        try:
            self._messages.append(self._parse(raw))
        except DecodeError:
            self.bad_frames += 1
            self.dropped_bytes += size

    def _drop(self, size: int) -> None:
        self.bad_frames += 1
        self.dropped_bytes += size
        del self._buffer[:size]
