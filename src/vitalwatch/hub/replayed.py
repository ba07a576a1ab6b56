"""The past on a page: a span of the record through an engine of its own, at any speed, for one viewer.

Nothing here touches the live chairs. It shares the event loop with live alarms, so it works in slices of 2 ms with
rests between, reads in threads, and its clock waits for it when it cannot keep up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

import msgspec

from vitalwatch.alarms import Engine, Output
from vitalwatch.hub.replay_picture import LiveAlarms, ReplayPicture, Room
from vitalwatch.journal.history.walk import Gap, Item, Times, axis_at, shown, start_at, walk
from vitalwatch.journal.record import US, Checkpoint, Entry, Told, to_s, to_us, unpack
from vitalwatch.journal.resume import feed, told_of
from vitalwatch.journal.store import Store

SLOWEST: Final = 0.1
FASTEST: Final = 120.0
"""Recorded seconds in a real one."""

STEP_S: Final = 0.05
"""Real seconds between two looks at what is due."""

FLUSH_S: Final = 0.25
HEARTBEAT_S: Final = 1.0
"""Real seconds between two batches of values, and two heartbeats."""

SLICE_S: Final = 0.002
"""Real seconds of work without a rest: by so much a live alarm may come later."""

REST_S: Final = 0.004

READ: Final = 64
"""Things taken from the record at a time: a millisecond of a thread, for which the event loop may have to wait."""


class Wish(msgspec.Struct, frozen=True):
    """What is to be played.

    Attributes:
        since: µs since 1970.
        until: the same; ``None`` for the end of the record.
        chairs: only these; empty for all.
        speed: recorded seconds in a real one.
    """

    since: int
    until: int | None = None
    chairs: tuple[str, ...] = ()
    speed: float = 1.0


class Replayed:
    """Plays the past for one viewer. Made by :meth:`begin`.

    Attributes:
        picture: its frames.
    """

    def __init__(self, store: Store, wish: Wish, room: Room, live: Callable[[], LiveAlarms]) -> None:
        self.picture = ReplayPicture(room, wish.chairs)
        self._store = store
        self._wish = wish
        self._live = live
        self._times = Times()
        self._items: Iterator[Item] = iter(())
        self._waiting: deque[Item] = deque()
        self._speed = _bounded(wish.speed)
        self._state = "preparing"
        self._gap = ""
        self._since = self._until = 0.0  # on the axis, as all times here
        self._set_at = (0.0, 0.0)  # a moment of the past, and the real one at which it was

    @classmethod
    async def begin(cls, store: Store, wish: Wish, room: Room, live: Callable[[], LiveAlarms]) -> Replayed:
        """Find the beginning. The viewer's first picture is that of the checkpoint before it.

        Args:
            store: the record, for this alone.
            wish: what is to be played.
            room: how the clinic looks now.
            live: tells what is the matter at the live chairs.

        Raises:
            JournalError: if the record cannot be read, or holds nothing of that time.
        """
        replay = cls(store, wish, room, live)
        start = await asyncio.to_thread(replay._find)
        replay._items = walk(store, start)
        await asyncio.to_thread(next, replay._items)  # the checkpoint itself
        replay._take_checkpoint(start)
        replay._hold(replay._engine.now)
        replay._renew()
        return replay

    def play(self, *, speed: float | None = None, paused: bool | None = None) -> None:
        """Go on at another speed, stand still, or go on."""
        self._hold(self._now())
        if speed is not None:
            self._speed = _bounded(speed)
        if paused is not None and self._state in ("playing", "paused"):
            self._state = "paused" if paused else "playing"
        self._renew()

    async def run(self) -> None:
        """Play until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._beat(), name="replay heartbeat")
            tasks.create_task(self._play(), name="replay")

    # --- time ---------------------------------------------------------------------------------------------------

    def _now(self) -> float:
        """Where the replay is meant to be."""
        at, real = self._set_at
        return min(self._until, at + (_real_now() - real) * self._speed) if self._state == "playing" else at

    def _hold(self, at: float) -> None:
        self._set_at = (at, _real_now())

    # --- playing ------------------------------------------------------------------------------------------------

    @property
    def _engine(self) -> Engine:
        return self.picture.engine

    def _find(self) -> Checkpoint:
        """Find where the span lies, and the checkpoint to begin from. Blocks."""
        wish, tail = self._wish, self._store.tail()
        start = start_at(self._store, wish.since)
        until = tail.at if wish.until is None else min(tail.at, axis_at(self._store, wish.until))
        since = min(max(start.at, axis_at(self._store, wish.since)), until)
        self._since, self._until = to_s(since), to_s(until)
        return start

    async def _play(self) -> None:
        await self._catch_up(self._since)
        self._hold(max(self._since, self._engine.now))
        self._state = "playing"
        self._renew()
        flushed = _real_now()
        while True:
            await asyncio.sleep(STEP_S)
            if self._state == "playing":
                now = self._now()
                await self._catch_up(now)
                if now >= self._until:
                    self._hold(self._until)
                    self._state = "ended"
                    self._renew()
            if _real_now() >= flushed + FLUSH_S:
                flushed = _real_now()
                self.picture.flush(self._live())

    async def _catch_up(self, target: float) -> None:
        """Play everything up to a moment, with rests. If that takes long, the clock has waited for it."""
        begun = _real_now()
        while not self._slice(target):
            if not self._waiting:
                self._waiting.extend(await asyncio.to_thread(lambda: list(islice(self._items, READ))))
                if not self._waiting:
                    break  # the end of the record
            await asyncio.sleep(REST_S)
        self._say(self._engine.advance(max(self._engine.now, target)))
        if self._state == "playing" and _real_now() - begun > STEP_S:
            self._hold(max(target, self._engine.now))

    def _slice(self, target: float) -> bool:
        """Play for 2 ms at most; whether everything up to the moment is played."""
        ends = _real_now() + SLICE_S
        while self._waiting:
            item = self._waiting[0]
            if isinstance(item, Told | Entry) and _at(item) > target:
                return True
            if _real_now() >= ends:
                return False
            self._take(self._waiting.popleft())
        return False

    def _take(self, item: Item) -> None:
        if isinstance(item, Checkpoint):  # after a gap: what nobody can know is passed over
            self._take_checkpoint(item)
            self._hold(max(self._now(), to_s(item.at)))
            self._renew()
            return
        if isinstance(item, Gap):
            self._gap = f"{shown(self._times.wall(item.at))}: {item.why}"
            return
        if isinstance(item, Entry):
            self._times.note(item.at, item.wall)
        told = told_of(item)
        if told is None:
            return
        outputs = feed(self._engine, told)
        if told.event is None:
            self._renew()  # another config: other chairs, perhaps
        else:
            self.picture.mark(told.event)
            self._say(outputs)

    def _take_checkpoint(self, checkpoint: Checkpoint) -> None:
        self._times.note(checkpoint.at, checkpoint.wall)
        self.picture.engine = Engine.restore(unpack(checkpoint.data))

    # --- out ----------------------------------------------------------------------------------------------------

    def _say(self, outputs: list[Output]) -> None:
        if self._state != "preparing":  # till then the viewer has a picture that stands still
            self.picture.say(outputs)

    def _renew(self) -> None:
        """Everything anew: another speed, another state of the replay, other chairs."""
        wall = self._times.wall
        self.picture.renew(
            shown(wall(to_us(self._engine.now))),
            self._speed if self._state == "playing" else 0,
            [f"Not played from {self._gap}."] if self._gap else [],
            {
                "state": self._state,
                "speed": self._speed,
                "since": shown(self._wish.since),
                "until": shown(wall(to_us(self._until))),
            },
        )

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            self.picture.beat()


def _at(item: Told | Entry) -> float:
    return item.at if isinstance(item, Told) else item.at / US


def _bounded(speed: float) -> float:
    return min(FASTEST, max(SLOWEST, speed))


def _real_now() -> float:
    return asyncio.get_running_loop().time()
