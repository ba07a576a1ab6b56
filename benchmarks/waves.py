"""What curves cost: the service with and without them, and a viewer's share. What they cost a browser: see ``page``.

python -m benchmarks.waves [--seconds N] [--chairs N] [--viewers N]

Another process plays Nonin oximeters (format 2, 75 samples a second) on pseudo-terminals; service and viewers are
processes as in a clinic. Run by hand, see README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import pty
import sys
import tempfile
import time
import tty
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import connect

from benchmarks.latency import cpu_s
from tools.running import Running, running
from vitalwatch_simulators.nonin.encoder import FRAMES_A_PACKET, FRAMES_A_SECOND, Shown, Wave, format_2, packet_values

WARM_UP_S: Final = 4.0
"""A sweep has been filled once, and the range of every curve is found."""

FRAMES_A_WRITE: Final = 3
SHOWN: Final = tuple(Shown(60 + i, 92 + i) for i in range(8))
"""Both numbers are another each second, so that the page has something to draw."""

WEBSOCKET_HEAD: Final = 4

FRAMES_JS: Final = """(ms) => new Promise((done) => {
    const times = [];
    const began = performance.now();
    const step = () => {
        times.push(performance.now());
        if (performance.now() - began < ms) requestAnimationFrame(step);
        else done(times);
    };
    requestAnimationFrame(step);
})"""
"""When animation frames came, in the thread that this runs in."""


class Share(NamedTuple):
    """What was measured of the service: share of one core, and a viewer's bytes a second of curves."""

    cpu: float
    wave_bytes: float


def play(count: int) -> None:
    """Be so many oximeters until standard input closes, each at its own moment."""
    packets = [packet_values(shown, shown) for shown in SHOWN]
    frames = [
        format_2(
            Wave.SYNC if i % FRAMES_A_PACKET == 0 else Wave(0),
            round(128 + 100 * math.sin(2 * math.pi * i / FRAMES_A_SECOND)),
            packets[i // FRAMES_A_SECOND][i % FRAMES_A_PACKET],
        )
        for i in range(len(SHOWN) * FRAMES_A_SECOND)
    ]
    writes = [b"".join(frames[i : i + FRAMES_A_WRITE]) for i in range(0, len(frames), FRAMES_A_WRITE)]
    ends = []
    for _ in range(count):
        end, line = pty.openpty()
        tty.setraw(end)
        os.set_blocking(end, False)
        ends.append(end)
        print(os.ttyname(line), flush=True)
    os.set_blocking(sys.stdin.fileno(), False)
    began, sent = time.monotonic(), 0
    while sys.stdin.buffer.read(1) != b"":
        due = (time.monotonic() - began) * count * FRAMES_A_SECOND / FRAMES_A_WRITE
        for _ in range(sent, int(due)):
            with contextlib.suppress(BlockingIOError):  # the service does not listen yet
                os.write(ends[sent % count], writes[sent // count % len(writes)])
            sent += 1
        time.sleep(0.002)


@asynccontextmanager
async def clinic(chairs: int, folder: Path) -> AsyncIterator[tuple[Running, str]]:
    """A running service with so many oximeters, and the page's address."""
    player = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.waves", "--play", str(chairs)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert player.stdin is not None
    assert player.stdout is not None
    lines = ["[clinic]\nsimulated = true\n[web]\nport = 0"]
    for number in range(1, chairs + 1):
        port = (await player.stdout.readline()).decode().strip()
        lines += [f'[[chair]]\nid = "{number}"\n[[device]]\nid = "ox-{number}"\nchair = "{number}"']
        lines += [f'driver = "nonin"\nlink = "serial://{port}"']
    config = folder / "clinic.toml"
    config.write_text("\n".join(lines))
    try:
        async with running("run", str(config), log=folder / "log") as service:
            yield service, await service.address()
    finally:
        player.stdin.close()
        await player.wait()


async def service_share(chairs: int, viewers: int, seconds: float, *, drawn: bool) -> Share:
    """Measure the service with so many viewers; ``drawn`` when they ask for curves."""
    count = 0

    async def view(address: str) -> None:
        nonlocal count
        async with connect(address.replace("http", "ws", 1) + "ws/live", max_size=None) as socket:
            if drawn:
                await socket.send('{"type":"waves","on":true}')
            async for frame in socket:
                count += len(frame) + WEBSOCKET_HEAD if isinstance(frame, bytes) else 0

    with tempfile.TemporaryDirectory() as name:
        async with clinic(chairs, Path(name)) as (service, address), AsyncExitStack() as stack:
            for _ in range(viewers):
                stack.callback(asyncio.create_task(view(address)).cancel)
            await asyncio.sleep(WARM_UP_S)
            used, began, before = cpu_s(service.process.pid), time.monotonic(), count
            await asyncio.sleep(seconds)
            passed = time.monotonic() - began
            cpu = (cpu_s(service.process.pid) - used) / passed
            return Share(cpu, (count - before) / passed / max(1, viewers))


async def metrics(session: Any) -> dict[str, float]:
    """Chromium's own counters of the page's thread."""
    found = await session.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in found["metrics"]}


async def measure(chairs: int, viewers: int, seconds: float) -> Table:
    """Measure everything."""
    cost = Table(f"{chairs} chairs × 75 Hz", "share of one core", "curves, bytes/s a viewer")
    for name, count, drawn in (
        ("no viewer", 0, False),
        (f"{viewers} viewers, none draws curves", viewers, False),
        (f"{viewers} viewers, all draw curves", viewers, True),
    ):
        share = await service_share(chairs, count, seconds, drawn=drawn)
        cost.add_row(name, f"{share.cpu:.1%}", f"{share.wave_bytes:.0f}")
    return cost


def main() -> None:
    """Measure, or play the far ends."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=10.0, help="real seconds of each measurement")
    options.add_argument("--chairs", type=int, default=64, help="oximeters of the service's part")
    options.add_argument("--viewers", type=int, default=10)
    options.add_argument("--play", type=int, default=0, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.play:
        play(given.play)
        return
    Console().print(asyncio.run(measure(given.chairs, given.viewers, given.seconds)))


if __name__ == "__main__":
    main()
