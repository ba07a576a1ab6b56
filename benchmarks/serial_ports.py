"""What many serial ports cost, and how long a byte takes from the wire to the driver: run by hand.

python -m benchmarks.serial_ports [--seconds N]

Each port is a pseudo-terminal on which another process plays an oximeter: 75 frames a second (Nonin, format 2), here of
8 bytes that say when they were written. The links are the real ones, on the event loop of the service; the sinks do
nothing but read the time. What a pseudo-terminal leaves out is the time on the wire and in the USB adapter.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pty
import resource
import statistics
import sys
import time
import tty
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, NamedTuple

import uvloop
from rich.console import Console
from rich.table import Table

from vitalwatch.clock import SystemClock
from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.links import Links

PORTS: Final = (64, 300)
RATE_HZ: Final = 75
FRAME: Final = 8
WARM_UP_S: Final = 1.0


class Figures(NamedTuple):
    """What was measured for a number of ports."""

    ports: int
    descriptors: int
    cpu_share: float
    frames: int
    delays_ms: list[float]


class Sink:
    """Takes frames apart and notes how old they are; nothing is noted before ``measuring``."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.measuring = False
        self.delays_ms: list[float] = []
        self._rest = b""

    def opened(self) -> None:
        self.open.set()

    def received(self, data: Received) -> None:
        assert isinstance(data, bytes)
        now = time.monotonic_ns()
        data = self._rest + data
        whole = len(data) - len(data) % FRAME
        self._rest = data[whole:]
        if self.measuring:
            for start in range(0, whole, FRAME):
                self.delays_ms.append((now - int.from_bytes(data[start : start + FRAME], "big")) / 1e6)

    def lost(self, error: LinkError) -> None:
        raise error


async def measure(count: int, seconds: float) -> Figures:
    """Open so many ports and listen for so long."""
    played_for = str(seconds + 2 * WARM_UP_S)
    player = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.serial_ports", "--play", str(count), "--seconds", played_for),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert player.stdin is not None
    assert player.stdout is not None
    paths = [(await player.stdout.readline()).decode().strip() for _ in range(count)]
    links = Links(SystemClock(), Path())
    sinks = [Sink() for _ in paths]
    before = open_descriptors()
    async with AsyncExitStack() as stack:
        for path, sink in zip(paths, sinks, strict=True):
            task = asyncio.create_task(links.open(f"serial://{path}").run(sink))
            stack.callback(task.cancel)
        for sink in sinks:
            await sink.open.wait()
        descriptors = open_descriptors() - before
        player.stdin.write(b"go\n")
        await asyncio.sleep(WARM_UP_S)
        for sink in sinks:
            sink.measuring = True
        cpu, began = time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        share = (time.process_time() - cpu) / (time.monotonic() - began)
        for sink in sinks:
            sink.measuring = False
    await asyncio.sleep(0)
    player.stdin.close()
    await player.wait()
    delays = sorted(delay for sink in sinks for delay in sink.delays_ms)
    return Figures(count, descriptors, share, len(delays), delays)


def open_descriptors() -> int:
    """Of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def play(count: int, seconds: float) -> None:
    """Be so many oximeters, their frames spread evenly over time."""
    ends = []
    for _ in range(count):
        end, line = pty.openpty()
        tty.setraw(end)
        ends.append(end)
        print(os.ttyname(line), flush=True)
    sys.stdin.readline()
    began, sent = time.monotonic(), 0
    while (elapsed := time.monotonic() - began) < seconds:
        while sent < elapsed * count * RATE_HZ:
            os.write(ends[sent % count], time.monotonic_ns().to_bytes(FRAME, "big"))
            sent += 1
        time.sleep(0.0005)
    sys.stdin.readline()  # the far ends stay until the listener has left


def main() -> None:
    """Measure, or play the far ends."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=5.0, help="real seconds to listen for each number of ports")
    options.add_argument("--play", type=int, default=0, help=argparse.SUPPRESS)
    given = options.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    if given.play:
        play(given.play, given.seconds)
        return
    table = Table("ports", "descriptors a port", "share of one core", "frames", "median", "p99", "worst")
    for count in PORTS:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(measure(count, given.seconds))
        table.add_row(
            str(count),
            f"{found.descriptors / count:.2f}",
            f"{found.cpu_share:.1%}",
            f"{found.frames} of {count * RATE_HZ * given.seconds:.0f}",
            f"{statistics.median(found.delays_ms):.2f} ms",
            f"{found.delays_ms[int(len(found.delays_ms) * 0.99)]:.2f} ms",
            f"{found.delays_ms[-1]:.2f} ms",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
