"""A clock driven by hand, and a sink that can be asked what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.patience import PATIENCE_S


class HandClock:
    """Time moves only when told to. ``sleep`` is the sleep that goes with it."""

    speed = 1.0

    def __init__(self) -> None:
        self._now = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._somebody = asyncio.Event()

    def now(self) -> float:
        return self._now

    def wall(self) -> datetime:
        return datetime(2024, 1, 1, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + seconds, future))
        self._somebody.set()
        await future

    async def pause(self) -> float:
        """Wait until somebody sleeps, move the clock to the end of that sleep, and say how long it was."""
        async with asyncio.timeout(PATIENCE_S):
            await self._somebody.wait()
        due, future = min(self._sleepers)
        self._sleepers.remove((due, future))
        if not self._sleepers:
            self._somebody.clear()
        before, self._now = self._now, due
        future.set_result(None)
        return due - before


class RecordingSink:
    """Keeps what it is told, in order, with the clock's time."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self._told: asyncio.Queue[tuple[str, Any, float]] = asyncio.Queue()

    def opened(self) -> None:
        self._told.put_nowait(("opened", None, self._clock.now()))

    def received(self, data: Any) -> None:
        self._told.put_nowait(("received", data, self._clock.now()))

    def lost(self, error: Any) -> None:
        self._told.put_nowait(("lost", error, self._clock.now()))

    async def expect(self, kind: str) -> Any:
        """The next thing told, which has to be of this kind."""
        return (await self.expect_at(kind))[0]

    async def expect_at(self, kind: str) -> tuple[Any, float]:
        """The same with the time at which it was told."""
        async with asyncio.timeout(PATIENCE_S):
            told, what, at = await self._told.get()
        assert told == kind, (told, what)
        return what, at

    @property
    def quiet(self) -> bool:
        """Whether everything told has been asked for."""
        return self._told.empty()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def sink(clock: HandClock) -> RecordingSink:
    return RecordingSink(clock)


@pytest.fixture
def running() -> Callable[[Any, Any], AbstractAsyncContextManager[asyncio.Task[None]]]:
    """Run a link into a sink for the length of a block."""

    @asynccontextmanager
    async def run(link: Any, sink: Any) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(link.run(sink))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait({task})

    return run
