"""The queues to the screens: each viewer its own, bounded, with alarms overtaking values.

Policy: one reader a queue. The snapshot is the first frame of every viewer. Then alarm frames are never dropped and go
first, in order; other frames wait in order. A viewer that has more than :data:`FRAMES_HELD` frames or
:data:`BYTES_HELD` bytes waiting beside its snapshot is *cut*: its queue is emptied, its connection closed, and it
starts again from a snapshot. No viewer ever makes another one wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Final

FRAMES_HELD: Final = 512
BYTES_HELD: Final = 1_000_000


class Viewer:
    """One screen's queue.

    Args:
        snapshot: the first frame, whatever its size.

    Attributes:
        screen: the name that the screen gave itself; empty until it said hello.
        kind: ``kiosk`` or ``viewer``.
        drew_seq: the last frame that the screen has proved to have drawn.
        cut: set when the viewer fell behind.
    """

    def __init__(self, snapshot: bytes) -> None:
        self.screen = ""
        self.kind = "viewer"
        self.drew_seq = 0
        self.cut = asyncio.Event()
        self._alarms = deque([snapshot])  # ahead of every alarm, so that none overtakes it
        self._others: deque[bytes] = deque()
        self._bytes = len(snapshot)
        self._bytes_held = BYTES_HELD + len(snapshot)
        self._waiting = asyncio.Event()
        self._seq = 0

    def put(self, body: bytes, *, alarm: bool = False) -> None:
        """Queue a frame: a JSON object without ``seq``, encoded once for all viewers. Never waits."""
        if self.cut.is_set():
            return
        (self._alarms if alarm else self._others).append(body)
        self._bytes += len(body)
        if self._bytes > self._bytes_held or len(self._alarms) + len(self._others) > FRAMES_HELD:
            self._alarms.clear()
            self._others.clear()
            self._bytes = 0
            self.cut.set()
        self._waiting.set()

    def renew(self, snapshot: bytes) -> None:
        """Queue a new snapshot; what it makes old is not sent any more."""
        self._bytes -= sum(len(body) for body in self._others)
        self._others.clear()
        self._bytes_held = BYTES_HELD + len(snapshot)
        self.put(snapshot, alarm=True)

    async def next_frame(self) -> str:
        """Wait for the next frame and give it its number on this connection."""
        while not self._alarms and not self._others:
            self._waiting.clear()
            await self._waiting.wait()
        body = self._alarms.popleft() if self._alarms else self._others.popleft()
        self._bytes -= len(body)
        self._seq += 1
        return f'{{"seq":{self._seq},{body[1:].decode()}'


class Viewers:
    """All connected screens."""

    def __init__(self) -> None:
        self._all: set[Viewer] = set()
        self.cuts = 0

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Viewer]:
        return iter(self._all)

    def add(self, viewer: Viewer) -> None:
        """Take in a viewer in the same moment as its snapshot was made: then nothing is missed after it."""
        self._all.add(viewer)

    def remove(self, viewer: Viewer) -> None:
        """Forget a viewer that has gone or was cut."""
        if viewer.cut.is_set():
            self.cuts += 1
        self._all.discard(viewer)

    def renew(self, snapshot: bytes) -> None:
        """Give every viewer a new snapshot."""
        for viewer in self._all:
            viewer.renew(snapshot)

    def put(self, body: bytes, *, alarm: bool = False) -> None:
        """Queue a frame for every viewer."""
        for viewer in self._all:
            viewer.put(body, alarm=alarm)
