"""The queues to the screens: each viewer its own, bounded, with alarms overtaking values.

Policy: one reader a queue. The snapshot is the first frame of every viewer. Then alarm frames are never dropped and go
first, in order; other frames wait in order. A viewer that has more than :data:`FRAMES_HELD` frames or
:data:`BYTES_HELD` bytes waiting beside its snapshot is *cut*: its queue is emptied, its connection closed, and it
starts again from a snapshot. No viewer ever makes another one wait.

Waves come last, and only to viewers that want them: one goes out when nothing else waits, the oldest of more than
:data:`WAVES_HELD` is dropped, and none counts towards the cut. What lags loses its curves first.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from vitalwatch.hub.glass import Glass, Key

FRAMES_HELD: Final = 512
BYTES_HELD: Final = 1_000_000
WAVES_HELD: Final = 5


Sound: TypeAlias = Literal["on", "blocked", "off"]
"""What a screen's sound does; ``blocked``: the browser wants somebody to touch the page first."""


class Viewer:
    """One screen's queue.

    Args:
        snapshot: the first frame, whatever its size.
        about: the alarms in it whose receipt is awaited.

    Attributes:
        screen: the name that the screen gave itself; empty until it said hello.
        kind: ``kiosk`` or ``viewer``.
        sound: as the screen last said.
        visible: whether the page is in front of somebody, as far as the browser knows.
        awake: false when the browser may let the screen go dark.
        glass: what the screen has proved to have drawn.
        cut: set when the viewer fell behind.
        waves: whether the screen draws waves now.
    """

    def __init__(self, snapshot: bytes, about: tuple[Key, ...] = ()) -> None:
        self.screen = ""
        self.kind: Literal["kiosk", "viewer"] = "viewer"
        self.sound: Sound = "off"
        self.visible = False
        self.awake = True
        self.glass = Glass()
        self.waves = False
        self.cut = asyncio.Event()
        self._alarms = deque([(snapshot, about)])  # ahead of every alarm, so that none overtakes it
        self._others: deque[bytes] = deque()
        self._waves: deque[bytes] = deque(maxlen=WAVES_HELD)
        self._bytes = len(snapshot)
        self._bytes_held = BYTES_HELD + len(snapshot)
        self._waiting = asyncio.Event()
        self._seq = 0

    def put(self, body: bytes, *, alarm: bool = False, about: tuple[Key, ...] = ()) -> None:
        """Queue a frame: a JSON object without ``seq``, encoded once for all viewers. Never waits.

        Args:
            body: the frame.
            alarm: whether it goes ahead of all that are not.
            about: the alarms in it whose receipt is awaited; only with ``alarm``.
        """
        if self.cut.is_set():
            return
        if alarm:
            self._alarms.append((body, about))
            self.glass.queued(about)
        else:
            self._others.append(body)
        self._bytes += len(body)
        if self._bytes > self._bytes_held or len(self._alarms) + len(self._others) > FRAMES_HELD:
            self._alarms.clear()
            self._others.clear()
            self._bytes = 0
            self.cut.set()
        self._waiting.set()

    def put_wave(self, frame: bytes) -> None:
        """Queue a binary frame, which goes out as it is and without a number. Never waits, and never cuts."""
        if not self.cut.is_set():
            self._waves.append(frame)
            self._waiting.set()

    def renew(self, snapshot: bytes, about: tuple[Key, ...] = ()) -> None:
        """Queue a new snapshot; what it makes old is not sent any more."""
        self._waves.clear()  # they name chairs by their place in the snapshot before
        self._bytes -= sum(len(body) for body in self._others)
        self._others.clear()
        self._bytes_held = BYTES_HELD + len(snapshot)
        self.put(snapshot, alarm=True, about=about)

    async def next_frame(self) -> str | bytes:
        """Wait for the next frame; bytes for waves, else a text with its number on this connection."""
        while not self._alarms and not self._others:
            if self._waves:
                return self._waves.popleft()
            self._waiting.clear()
            await self._waiting.wait()
        body, about = self._alarms.popleft() if self._alarms else (self._others.popleft(), ())
        self._bytes -= len(body)
        self._seq += 1
        self.glass.sent(self._seq, about, asyncio.get_running_loop().time())
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

    def renew(self, snapshot: bytes, about: tuple[Key, ...] = ()) -> None:
        """Give every viewer a new snapshot."""
        for viewer in self._all:
            viewer.renew(snapshot, about)

    def put(self, body: bytes, *, alarm: bool = False, about: tuple[Key, ...] = ()) -> None:
        """Queue a frame for every viewer."""
        for viewer in self._all:
            viewer.put(body, alarm=alarm, about=about)

    def want_waves(self) -> bool:
        """Whether any viewer draws waves."""
        return any(viewer.waves for viewer in self._all)

    def put_wave(self, frame: bytes) -> None:
        """Queue a binary frame for every viewer that draws waves."""
        for viewer in self._all:
            if viewer.waves:
                viewer.put_wave(frame)
