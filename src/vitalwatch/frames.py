"""A help for drivers of devices that send frames of bytes without an end mark: bytes in, parsed frames out. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

import msgspec

from vitalwatch.errors import DecodeError

Frame = TypeVar("Frame")


class Gap(msgspec.Struct, frozen=True):
    """Noise stood here: what is before and what is after do not follow each other."""


GAP: Final = Gap()


class FrameDecoder(ABC, Generic[Frame]):
    """Cuts a byte stream into frames; the same bytes cut anywhere give the same frames and counts.

    Theory of operation. At each place of the stream a protocol's ``_look`` says how long the frame is that begins
    there: 0 when none can, ``None`` while bytes are missing. What begins no frame is dropped byte by byte and counted.
    So the bytes that are kept are bounded by how far ``_look`` waits, and a frame inside a damaged one is still found.

    Attributes:
        bad_frames: runs of noise: damaged frames, the partial first one after opening, anything else.
        dropped_bytes: bytes of those.
    """

    def __init__(self) -> None:
        self.bad_frames = 0
        self.dropped_bytes = 0
        self._data = bytearray()
        self._found: deque[Frame | Gap] = deque()
        self._in_noise = False
        """Whether the last byte was dropped: a protocol may then ask for more before it believes in a frame."""
        self._at_start = True
        """Whether there was no frame since the link was opened."""

    @abstractmethod
    def _look(self, data: bytearray, at: int) -> int | None:
        """Length of the frame that begins at ``at``; 0 for none; ``None`` while that cannot be said."""

    @abstractmethod
    def _parse(self, raw: bytes) -> Frame:
        """Read a frame whose length ``_look`` gave, or raise ``DecodeError``: then none begins there."""

    def _is_filler(self, byte: int) -> bool:  # noqa: ARG002 - a protocol may have some
        """Whether this byte, where a frame could begin, may stand between frames and means nothing."""
        return False

    def feed(self, data: bytes) -> None:
        """Take the next bytes; whole frames are ready in :meth:`frames` afterwards."""
        self._data += data
        at = 0
        while at < len(self._data):
            if self._is_filler(self._data[at]):
                at += 1
                continue
            size = self._look(self._data, at)
            if size is None:
                break
            if size and self._take(bytes(self._data[at : at + size])):
                at += size
            else:
                self._drop_byte()
                at += 1
        del self._data[:at]

    def frames(self) -> Iterator[Frame | Gap]:
        """Hand out the frames that are ready, each once, with a mark where noise stood between them."""
        while self._found:
            yield self._found.popleft()

    def reset(self) -> None:
        """Drop half a frame: what comes next belongs to another opening of the link."""
        self.dropped_bytes += len(self._data)
        self._data.clear()
        self._in_noise = False
        self._at_start = True

    def _take(self, raw: bytes) -> bool:
        """Whether this is a frame indeed; then it is kept."""
        try:
            self._found.append(self._parse(raw))
        except DecodeError:
            return False
        self._in_noise = self._at_start = False
        return True

    def _drop_byte(self) -> None:
        if not self._in_noise:
            self._in_noise = True
            self.bad_frames += 1
            self._found.append(GAP)
        self.dropped_bytes += 1
