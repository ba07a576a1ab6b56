"""How long a link takes to notice each fault, with the settings of the service: run by hand.

python -m benchmarks.link_faults [--repeats N]

From the fault to the ``lost`` that the hub is told, on the loopback, on the event loop of the service. What data age
finds (a device that is connected and silent) is the hub's: it follows the driver's period, not the link.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import os
import pty
import signal
import socket
import statistics
import struct
import tempfile
import time
import tty
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import uvloop
from rich.console import Console
from rich.table import Table

from vitalwatch.broker import find_program, free_port
from vitalwatch.clock import SystemClock
from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.links import Link, Links

HOST: Final = "127.0.0.1"
TCP_REPAIR: Final = 19  # linux/tcp.h: closed in this state, a connection is forgotten without a word
SO_ATTACH_FILTER: Final = 26  # asm-generic/socket.h


class Sink:
    """Waits for openings and losses."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[str] = asyncio.Queue()

    def opened(self) -> None:
        self._told.put_nowait("opened")

    def received(self, data: Received) -> None:
        """What comes does not matter here."""

    def lost(self, _: LinkError) -> None:
        self._told.put_nowait("lost")

    async def until(self, kind: str) -> None:
        while await self._told.get() != kind:
            pass


@asynccontextmanager
async def running(url: str) -> AsyncIterator[tuple[Link, Sink]]:
    """A link that runs for the length of a block."""
    link, sink = Links(SystemClock(), Path()).open(url), Sink()
    task = asyncio.create_task(link.run(sink))
    try:
        yield link, sink
    finally:
        task.cancel()
        await asyncio.wait({task})


async def first_loss(url: str) -> float:
    """Seconds from the start of a link to its being told lost."""
    began = time.monotonic()
    async with running(url) as (_, sink):
        await sink.until("lost")
        return time.monotonic() - began


async def no_such_port() -> float:
    return await first_loss("serial:///dev/no-such-port")


async def adapter_pulled() -> float:
    end, line = pty.openpty()
    tty.setraw(end)
    async with running(f"serial://{os.ttyname(line)}") as (_, sink):
        await sink.until("opened")
        began = time.monotonic()
        os.close(line)
        os.close(end)
        await sink.until("lost")
        return time.monotonic() - began


async def refused() -> float:
    return await first_loss(f"tcp://{HOST}:{free_port()}")


async def after(fault: Callable[[socket.socket, Link], None]) -> float:
    """Seconds from what is done to the far end of a ``tcp`` link to its loss."""
    with socket.create_server((HOST, 0)) as listener:
        listener.setblocking(False)
        async with running(f"tcp://{HOST}:{listener.getsockname()[1]}") as (link, sink):
            far, _ = await asyncio.get_running_loop().sock_accept(listener)
            with far:
                await sink.until("opened")
                began = time.monotonic()
                fault(far, link)
                await sink.until("lost")
                return time.monotonic() - began


def cut(far: socket.socket, _: Link) -> None:
    far.close()


def forget(far: socket.socket, _: Link) -> None:
    far.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    far.close()


def vanish(far: socket.socket, _: Link) -> None:
    """Let the system drop all that is meant for the far end, unanswered, as when a network cable is pulled."""
    drop_all = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))  # BPF: return 0 bytes
    far.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(drop_all)))


def vanish_under_a_poll(far: socket.socket, link: Link) -> None:
    vanish(far, link)
    link.send(b"poll")


async def dialled_again() -> float:
    """The old connection of a device still stands, silent, while it dials again."""
    port = free_port()
    async with running(f"tcp-listen://{HOST}:{port}") as (_, sink):
        await asyncio.sleep(0.1)
        with socket.create_connection((HOST, port)):
            await sink.until("opened")
            began = time.monotonic()
            with socket.create_connection((HOST, port)):
                await sink.until("lost")
                return time.monotonic() - began


async def broker(fault: signal.Signals) -> float:
    """A mosquitto that gets a signal."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mosquitto.conf"
        config.write_text(f"listener {port} {HOST}\nallow_anonymous true\npersistence false\nuser root\n")
        program = find_program("mosquitto")
        if program is None:
            raise SystemExit("mosquitto is not installed")
        process = await asyncio.create_subprocess_exec(program, "-c", str(config), stderr=asyncio.subprocess.DEVNULL)
        try:
            async with running(f"mqtt://{HOST}:{port}/ward/1") as (_, sink):
                await sink.until("opened")
                began = time.monotonic()
                process.send_signal(fault)
                await sink.until("lost")
                return time.monotonic() - began
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


QUICK: Final[dict[str, Callable[[], Awaitable[float]]]] = {
    "serial: no such port": no_such_port,
    "serial: adapter pulled": adapter_pulled,
    "tcp: refused": refused,
    "tcp: closed by the far end": lambda: after(cut),
    "mqtt: broker killed": lambda: broker(signal.SIGKILL),
}
SLOW: Final[dict[str, Callable[[], Awaitable[float]]]] = {
    "tcp: far end restarted, connection half open": lambda: after(forget),
    "tcp: far end vanished": lambda: after(vanish),
    "tcp: far end vanished, a poll on its way": lambda: after(vanish_under_a_poll),
    "tcp-listen: device dials again, old connection half open": dialled_again,
    "mqtt: broker frozen": lambda: broker(signal.SIGSTOP),
}


async def measure(repeats: int) -> dict[str, list[float]]:
    """The quick ones in turn; the slow ones wait for a timer, so they run side by side."""
    found = {name: [await fault() for _ in range(repeats)] for name, fault in QUICK.items()}
    slow = await asyncio.gather(*(fault() for fault in SLOW.values()))
    return found | {name: [took] for name, took in zip(SLOW, slow, strict=True)}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeats", type=int, default=20, help="of each fault that is noticed at once")
    table = Table("fault", "noticed after (median)", "worst")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for name, took in runner.run(measure(options.parse_args().repeats)).items():
            median, worst = statistics.median(took), max(took)
            scale, unit = (1000, "ms") if worst < 1 else (1, "s")
            table.add_row(name, f"{median * scale:.1f} {unit}", f"{worst * scale:.1f} {unit}")
    Console().print(table)


if __name__ == "__main__":
    main()
