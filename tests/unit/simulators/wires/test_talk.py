"""When a monitor speaks and what it hears: with a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch_simulators.wires.talk import UNHEARD, stream_talk
from vitalwatch_simulators.wires.timeline import Timeline


class HandClock:
    """Service time that stands until it is moved; real pauses go by fast."""

    speed = 1e6

    def __init__(self) -> None:
        self.t = 500.0

    def now(self) -> float:
        return self.t

    def wall(self) -> datetime:
        return datetime(2026, 3, 2, tzinfo=UTC)


class Scripted:
    """A monitor that is due at given times, and notes every call with its time."""

    def __init__(self, *due: float) -> None:
        self.due = list(due)
        self.calls: list[tuple[str, float]] = []

    def next_at(self) -> float:
        return self.due[0] if self.due else float("inf")

    def emit(self, t: float) -> bytes:
        self.calls.append(("emit", t))
        self.due.pop(0)
        return b"%g " % t

    def receive(self, data: bytes, t: float) -> bytes:
        self.calls.append((data.decode(), t))
        if data == b"speak":
            self.due.insert(0, t + 1.0)
        return data.upper()


class Said:
    """What a monitor said."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()

    def put(self, data: bytes) -> None:
        self._queue.put_nowait(data)

    async def next(self) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self._queue.get()


@asynccontextmanager
async def talking(monitor: Any) -> AsyncIterator[tuple[HandClock, Timeline, Any, Said]]:
    clock, said = HandClock(), Said()
    timeline = Timeline(clock)
    talk = stream_talk(monitor, timeline, said.put)
    task = asyncio.create_task(talk.run())
    try:
        yield clock, timeline, talk, said
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.mark.asyncio
async def test_nothing_is_said_before_the_beginning_and_what_was_heard_by_then_counts() -> None:
    monitor = Scripted(0.0)
    async with talking(monitor) as (_, timeline, talk, said):
        talk.hear(b"early")
        for _ in range(20):
            await asyncio.sleep(0)
        assert monitor.calls == []
        timeline.begin()
        assert await said.next() == b"EARLY"
        assert await said.next() == b"0 "
    assert monitor.calls == [("early", 0.0), ("emit", 0.0)]


@pytest.mark.asyncio
async def test_one_who_never_speaks_unasked_speaks_when_a_command_has_set_a_time() -> None:
    async with talking(Scripted()) as (clock, timeline, talk, said):
        timeline.begin()
        clock.t += 40.0
        talk.hear(b"speak")
        assert await said.next() == b"SPEAK"
        clock.t += 1.0
        assert await said.next() == b"41 "


@pytest.mark.asyncio
async def test_a_command_that_comes_while_it_waits_can_make_it_speak_sooner() -> None:
    async with talking(Scripted(1e9)) as (clock, timeline, talk, said):
        timeline.begin()
        for _ in range(20):
            await asyncio.sleep(0)
        talk.hear(b"speak")
        assert await said.next() == b"SPEAK"
        clock.t += 1.0
        assert await said.next() == b"1 "


@pytest.mark.asyncio
async def test_the_times_of_one_that_is_behind_never_go_back() -> None:
    monitor = Scripted(1.0, 2.0, 3.0)
    async with talking(monitor) as (clock, timeline, talk, said):
        timeline.begin()
        clock.t += 10.0
        talk.hear(b"hello")
        for _ in range(4):
            await said.next()
    assert monitor.calls == [("hello", 1.0), ("emit", 1.0), ("emit", 2.0), ("emit", 3.0)]


@pytest.mark.asyncio
async def test_what_waits_to_be_heard_is_bounded_and_the_newest_stays() -> None:
    async with talking(Scripted()) as (_, timeline, talk, said):
        for number in range(1000):
            talk.hear(b"%d" % number)
        timeline.begin()
        answers = [await said.next() for _ in range(UNHEARD)]
    assert answers == [b"%d" % number for number in range(1000 - UNHEARD, 1000)]


@pytest.mark.asyncio
async def test_one_who_does_not_listen_is_not_spoken_to() -> None:
    class Deaf:
        spoken = 0

        def next_at(self) -> float:
            return float(self.spoken)

        def emit(self, t: float) -> bytes:
            self.spoken += 1
            return b"%g" % t

    async with talking(Deaf()) as (clock, timeline, talk, said):
        talk.hear(b"hello")
        timeline.begin()
        clock.t += 1.0
        assert [await said.next(), await said.next()] == [b"0", b"1"]
