"""What curves cost: the service with and without them, a viewer's share, and how smoothly Chromium draws them.

python -m benchmarks.waves [--seconds N] [--chairs N] [--viewers N]

Another process plays Nonin oximeters (format 2, 75 samples a second) on pseudo-terminals; service, viewers and Chromium
are processes as in a clinic. Run by hand, see README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import os
import pty
import shutil
import statistics
import sys
import tempfile
import time
import tty
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from playwright.async_api import Browser, Page, Worker, async_playwright
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import connect

from benchmarks.latency import cpu_s
from tools.running import Running, running
from vitalwatch_simulators.nonin.encoder import FRAMES_A_PACKET, FRAMES_A_SECOND, Shown, Wave, format_2, packet_values

WARM_UP_S: Final = 4.0
"""A sweep has been filled once, and the range of every curve is found."""

FRAMES_A_WRITE: Final = 3
WALLS: Final = ((30, 1920, 1080), (64, 3840, 1080))
"""Chairs and size of the page: with less room a chair, tiles have no sweep (see grid.ts)."""

SLOWER: Final = 4
"""How much Chromium slows the page's own thread down, for the second row of each wall."""

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


class Smoothness(NamedTuple):
    """What was measured of a wall: frames a second of the sweeps, 95th percentile and worst time between two, and the
    page's own thread: milliseconds of work in each frame."""

    frames_s: float
    p95_ms: float
    worst_ms: float
    page_ms: float


def play(count: int) -> None:
    """Be so many oximeters until standard input closes, each at its own moment."""
    packet = packet_values(Shown(60, 97), Shown(60, 97))
    second = [
        format_2(
            Wave.SYNC if i % FRAMES_A_PACKET == 0 else Wave(0),
            round(128 + 100 * math.sin(2 * math.pi * i / FRAMES_A_SECOND)),
            packet[i % FRAMES_A_PACKET],
        )
        for i in range(FRAMES_A_SECOND)
    ]
    writes = [b"".join(second[i : i + FRAMES_A_WRITE]) for i in range(0, FRAMES_A_SECOND, FRAMES_A_WRITE)]
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


async def wall(browser: Browser, address: str, size: tuple[int, int], slower: int, seconds: float) -> Smoothness:
    """Measure how smoothly a wall is drawn."""
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
    await page.goto(address)
    await page.locator("[data-sweeps]").wait_for(state="attached")
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    await session.send("Performance.enable")
    await page.wait_for_timeout(WARM_UP_S * 1000)
    every_tile_has_one = "() => document.querySelectorAll('[data-chair]:not(:has([data-sweep]))').length === 0"
    await page.wait_for_function(every_tile_has_one)
    before = await metrics(session)
    times: list[float] = await sweep_worker(page).evaluate(FRAMES_JS, seconds * 1000)
    after = await metrics(session)
    await page.close()
    gaps = sorted(b - a for a, b in pairwise(times))
    page_ms = (after["TaskDuration"] - before["TaskDuration"]) * 1000 / len(gaps)
    return Smoothness(1000 * len(gaps) / sum(gaps), statistics.quantiles(gaps, n=20)[18], gaps[-1], page_ms)


def sweep_worker(page: Page) -> Worker:
    """The worker that draws."""
    return next(worker for worker in page.workers if "sweep" in worker.url)


async def metrics(session: Any) -> dict[str, float]:
    """Chromium's own counters of the page's thread."""
    found = await session.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in found["metrics"]}


async def measure(chairs: int, viewers: int, seconds: float) -> list[Table]:
    """Measure everything."""
    cost = Table(f"{chairs} chairs × 75 Hz", "share of one core", "curves, bytes/s a viewer")
    for name, count, drawn in (
        ("no viewer", 0, False),
        (f"{viewers} viewers, none draws curves", viewers, False),
        (f"{viewers} viewers, all draw curves", viewers, True),
    ):
        share = await service_share(chairs, count, seconds, drawn=drawn)
        cost.add_row(name, f"{share.cpu:.1%}", f"{share.wave_bytes:.0f}")
    smooth = Table("wall", "page's thread", "frames/s", "p95", "worst", "page's thread, ms a frame")
    async with async_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        for count, width, height in WALLS:
            with tempfile.TemporaryDirectory() as name:
                async with clinic(count, Path(name)) as (_, address):
                    for slower in (1, SLOWER):
                        found = await wall(browser, address, (width, height), slower, seconds)
                        smooth.add_row(
                            f"{count} chairs, {width} × {height}",
                            "as it is" if slower == 1 else f"{slower} × slower",
                            f"{found.frames_s:.1f}",
                            f"{found.p95_ms:.1f} ms",
                            f"{found.worst_ms:.0f} ms",
                            f"{found.page_ms:.2f}",
                        )
        await browser.close()
    return [cost, smooth]


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
    for table in asyncio.run(measure(given.chairs, given.viewers, given.seconds)):
        Console().print(table)


if __name__ == "__main__":
    main()
