"""Bytes of a Dinamap in, replies and blocks out. Bounded, counts what it drops, and never raises.

Theory of operation. Both forms are looked for at each place of the stream, since they cannot be confused: the last
byte of a block that began with a blank would be 0xDF, which no reply holds. While one of the two may still be
complete later, the decoder waits; when neither can be, a byte is dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.dinamap.frames import (
    BLOCK_BYTES,
    REPLY_LIMIT,
    SEQUENCES,
    Block,
    Reply,
    is_block,
    parse_block,
    parse_reply,
)

Frame: TypeAlias = Reply | Block

_BLANK, _LF, _CR = 0x20, 0x0A, 0x0D


class DinamapDecoder:
    """Cuts a byte stream into frames; the same bytes cut anywhere give the same frames and counts.

    Args:
        check_replies: whether the checksum of a reply has to fit.

    Attributes:
        bad_frames: runs of noise: damaged frames, the partial first one after opening, anything else.
        dropped_bytes: bytes of those.
    """

    def __init__(self, *, check_replies: bool) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._check_replies = check_replies
        self._data = bytearray()
        self._found: deque[Frame] = deque()
        self._in_noise = False
        self._after_reply = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole frames are ready in :meth:`frames` afterwards."""
        self._data += data
        at = 0
        while at < len(self._data):
            if self._after_reply and self._data[at] == _LF:  # some monitors may end a reply with CR LF
                self._after_reply = False
                at += 1
                continue
            size = self._take(at)
            if size is None:
                break
            self._after_reply = size > 0 and self._data[at + size - 1] == _CR
            if size == 0:
                self._drop_byte()
            at += size or 1
        del self._data[:at]

    def frames(self) -> Iterator[Frame]:
        """Hand out the frames that are ready, each once."""
        while self._found:
            yield self._found.popleft()

    def reset(self) -> None:
        """Drop half a frame: what comes next belongs to another opening of the link."""
        self.dropped_bytes += len(self._data)
        self._data.clear()
        self._in_noise = self._after_reply = False

    def _take(self, at: int) -> int | None:
        """Length of the frame at a place, which is kept; 0 for none; ``None`` while that cannot be said."""
        reply = self._reply_size(at)
        block = None if reply else self._block_size(at)
        if not reply and not block:
            return None if reply is None or block is None else 0
        self._in_noise = False
        return reply or block

    def _reply_size(self, at: int) -> int | None:
        if self._data[at] != _BLANK:
            return 0
        end = self._data.find(_CR, at, at + REPLY_LIMIT)
        if end < 0:
            begun = self._data[at : at + REPLY_LIMIT]
            return None if len(begun) < REPLY_LIMIT and all(0x20 <= byte <= 0x7E for byte in begun) else 0
        try:
            self._found.append(parse_reply(bytes(self._data[at:end]), checked=self._check_replies))
        except DecodeError:
            return 0
        return end + 1 - at

    def _block_size(self, at: int) -> int | None:
        if self._data[at] >= SEQUENCES:
            return 0
        raw = self._data[at : at + BLOCK_BYTES]
        if len(raw) < BLOCK_BYTES:
            return None
        if not is_block(raw):
            return 0
        self._found.append(parse_block(bytes(raw)))
        return BLOCK_BYTES

    def _drop_byte(self) -> None:
        if not self._in_noise:
            self._in_noise = True
            self.bad_frames += 1
        self.dropped_bytes += 1
