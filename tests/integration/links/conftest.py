"""A sink that can be asked what it was told, and links whose pauses are short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from vitalwatch.clock import SystemClock
from vitalwatch.links import Links

PATIENCE_S = 5.0


class RecordingSink:
    """Keeps what it is told, in order."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    def opened(self) -> None:
        self._told.put_nowait(("opened", None))

    def received(self, data: Any) -> None:
        self._told.put_nowait(("received", data))

    def lost(self, error: Any) -> None:
        self._told.put_nowait(("lost", error))

    async def expect(self, kind: str) -> Any:
        """The next thing told, which has to be of this kind."""
        async with asyncio.timeout(PATIENCE_S):
            told, what = await self._told.get()
        assert told == kind, (told, what)
        return what

    async def expect_any(self, *kinds: str) -> str:
        """The kind of the next thing told, which has to be one of these."""
        async with asyncio.timeout(PATIENCE_S):
            told, what = await self._told.get()
        assert told in kinds, (told, what)
        return told

    async def expect_bytes(self, wanted: bytes) -> None:
        """The next bytes of a stream, in whatever chunks they come."""
        got = b""
        while len(got) < len(wanted):
            got += await self.expect("received")
        assert got == wanted

    @property
    def quiet(self) -> bool:
        """Whether everything told has been asked for."""
        return self._told.empty()


@pytest.fixture
def make_sink() -> Callable[[], RecordingSink]:
    return RecordingSink


@pytest.fixture
def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
def links(tmp_path: Path) -> Links:
    """The clock of the pauses runs 20 times as fast as life: the first is 25 ms, the longest 250 ms."""
    return Links(SystemClock(speed=20.0), tmp_path, Random(1))


@pytest.fixture
def running() -> Callable[[Any, Any], AbstractAsyncContextManager[asyncio.Task[None]]]:
    """Run a link into a sink for the length of a block; a bug in the link fails the test."""

    @asynccontextmanager
    async def run(link: Any, sink: Any) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(link.run(sink))
        try:
            yield task
        finally:
            task.cancel()
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.wait({task})
        if not task.cancelled():
            await task

    return run
