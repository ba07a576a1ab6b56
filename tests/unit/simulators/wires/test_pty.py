"""A monitor that listens, on a real pseudo-terminal."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch.driver import LineSettings
from vitalwatch_simulators.links import PtyLink
from vitalwatch_simulators.serve import serve
from vitalwatch_simulators.wires.pty import OnPty
from vitalwatch_simulators.wires.timeline import Timeline

FAST = LineSettings(1_000_000)


class Host:
    """A program that has opened the port."""

    def __init__(self, path: Path) -> None:
        self._port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self._came: asyncio.Queue[bytes] = asyncio.Queue()
        asyncio.get_running_loop().add_reader(self._port, lambda: self._came.put_nowait(os.read(self._port, 4096)))

    def write(self, data: bytes) -> int:
        return os.write(self._port, data)

    async def expect(self, wanted: bytes) -> None:
        got = b""
        async with asyncio.timeout(PATIENCE_S):
            while len(got) < len(wanted):
                got += await self._came.get()
        assert got == wanted

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._port)
        os.close(self._port)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "port"


@pytest.mark.asyncio
async def test_a_device_that_only_answers_is_polled_told_to_speak_and_to_stop(
    serving: Any, path: Path, polled: Any
) -> None:
    async with serving([OnPty(polled, PtyLink(path), FAST)], speed=100.0):
        host = Host(path)
        for _ in range(3):
            host.write(b"poll")
            await host.expect(b"answer\n")
        assert polled.count == 0
        host.write(b"start")
        await host.expect(b"0000000\n0000001\n0000002\n")
        host.close()
    assert polled.heard == b"poll" * 3 + b"start"


@pytest.mark.asyncio
async def test_a_host_may_write_for_ever_to_a_device_that_does_not_listen(serving: Any, path: Path) -> None:
    class Deaf:
        def next_at(self) -> float:
            return float("inf")

        def emit(self, t: float) -> bytes:
            raise AssertionError("never due")

    async with serving([OnPty(Deaf(), PtyLink(path), FAST)]):
        host = Host(path)
        written = 0
        async with asyncio.timeout(PATIENCE_S):
            while written < 100_000:  # a terminal holds 4 KB that nobody takes
                try:
                    written += host.write(bytes(500))
                except BlockingIOError:
                    await asyncio.sleep(0)
        host.close()


@pytest.mark.asyncio
async def test_a_bug_in_a_monitor_that_is_spoken_to_ends_the_simulation(path: Path, polled: Any) -> None:
    ready = asyncio.Event()
    task = asyncio.create_task(serve([OnPty(polled, PtyLink(path), FAST)], Timeline(SystemClock()), ready=ready.set))
    async with asyncio.timeout(PATIENCE_S):
        await ready.wait()
        host = Host(path)
        host.write(b"fail")
        with pytest.raises(ExceptionGroup) as bugs:
            await task
    host.close()
    assert bugs.group_contains(ArithmeticError)
