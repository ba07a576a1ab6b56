"""What a full wall costs the browser: frames of the sweeps, work of the page's own thread, traffic. Used by ``page``.

Another process plays 64 Nonin oximeters at 75 Hz, the service is a real one (see ``waves``), and Chromium's own
counters are read over its debugging protocol.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from playwright.async_api import Browser, CDPSession, Page
from websockets.asyncio.client import connect

from benchmarks.page_figures import Figure, Step
from benchmarks.waves import FRAMES_JS, WEBSOCKET_HEAD, clinic, metrics

CHAIRS: Final = 64
SLOWER: Final = 4
"""How much Chromium slows the page's own thread down. Its workers and the painting are as fast as they are."""

FRAME_MS: Final = 1000 / 60
WARM_UP_S: Final = 5.0
TRACE_S: Final = 10.0
"""Tracing is work too, so it comes after everything else has been counted."""

COUNT_JS: Final = """
    window.counted = { vitals: 0, long: [] };
    window.Worker = class extends Worker {
        constructor(...how) {
            super(...how);
            this.addEventListener("message", ({ data }) => {
                for (const frame of data.frames ?? []) if (frame.type === "vitals") counted.vitals += 1;
            });
        }
    };
    new PerformanceObserver((found) => counted.long.push(...found.getEntries().map((task) => task.duration)))
        .observe({ type: "longtask" });
"""
"""Before the page's own script: counts the batches of values that reach the page, and its tasks of more than 50 ms."""


class Work(NamedTuple):
    """What was counted of one wall.

    Attributes:
        gaps_ms: between animation frames of the worker that draws; empty where tiles have no room for a sweep.
        page_ms: work of the page's thread in each sixtieth of a second: its tasks, by the clock.
        batches_s: batches of values a second that reached the page.
        long_ms: its tasks of more than 50 ms.
        heap_growth: bytes that it holds more, after a collection at each end.
    """

    gaps_ms: list[float]
    page_ms: float
    batches_s: float
    long_ms: list[float]
    heap_growth: float


async def drawn(page: Page) -> CDPSession:
    """Wait until all chairs of a page that was opened with ``COUNT_JS`` have a number."""
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    await page.wait_for_function(
        """() => [...document.querySelectorAll("[data-chair] [data-vital=spo2] [data-number]")]
            .every((one, _, all) => all.length > 0 && /\\d/.test(one.innerText))"""
    )
    return session


async def slow_down(session: CDPSession, slower: int) -> None:
    """Slow the page's thread down; 1 for as it is."""
    await session.send("Emulation.setCPUThrottlingRate", {"rate": slower})


async def cpu_ms(page: Page, seconds: float) -> float:
    """Processor time of the page's thread in a sixtieth of a second, milliseconds, without what other programs take.

    Only of one that is not slowed down: Chromium does that by letting it spin.
    """
    pid = await renderer(page)
    before, began = cpu_ns(pid), time.monotonic()
    await asyncio.sleep(seconds)
    return (cpu_ns(pid) - before) / 1e9 * FRAME_MS / (time.monotonic() - began)


async def work(page: Page, session: CDPSession, seconds: float) -> Work:
    """Count for so long."""
    heap = await used_heap(session)
    await page.evaluate("Object.assign(counted, { vitals: 0, long: [] })")
    before = await metrics(session)
    drawing = [worker for worker in page.workers if "sweep" in worker.url]
    if drawing and await page.locator("[data-sweeps]").count():
        times: list[float] = await drawing[0].evaluate(FRAMES_JS, seconds * 1000)
    else:
        times = []
        await asyncio.sleep(seconds)
    after = await metrics(session)
    counted = await page.evaluate("counted")
    passed = after["Timestamp"] - before["Timestamp"]
    return Work(
        [b - a for a, b in pairwise(times)],
        (after["TaskDuration"] - before["TaskDuration"]) * FRAME_MS / passed,
        counted["vitals"] / passed,
        counted["long"],
        await used_heap(session) - heap,
    )


async def used_heap(session: CDPSession) -> float:
    """Bytes of the page's heap that are in use, after a collection."""
    await session.send("HeapProfiler.collectGarbage")
    found: dict[str, float] = await session.send("Runtime.getHeapUsage")
    return found["usedSize"]


async def renderer(page: Page) -> int:
    """The process of the only page of its browser."""
    session = await browser_of(page).new_browser_cdp_session()
    found = await session.send("SystemInfo.getProcessInfo")
    await session.detach()
    pids: list[int] = [process["id"] for process in found["processInfo"] if process["type"] == "renderer"]
    return max(pids, key=cpu_ns)  # Chromium keeps a spare one, which does nothing


def browser_of(page: Page) -> Browser:
    """The browser of a page."""
    assert page.context.browser is not None
    return page.context.browser


def cpu_ns(pid: int) -> int:
    """Processor time of a process's first thread, which is the page's own in a renderer."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0])


async def slots(page: Page, seconds: float) -> list[float]:
    """Work of the page's thread in each sixtieth of a second, milliseconds, from a trace."""
    await browser_of(page).start_tracing(page=page, categories=["toplevel"])
    await asyncio.sleep(seconds)
    events = json.loads(await browser_of(page).stop_tracing())["traceEvents"]
    pages = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        (event["ts"] / 1000, event.get("dur", 0) / 1000)
        for event in events
        if event["name"] == "ThreadControllerImpl::RunTask" and (event["pid"], event["tid"]) in pages
    ]
    began = min(at for at, _ in tasks)
    found = [0.0] * (int(seconds * 1000 / FRAME_MS) + 1)
    for at, length in tasks:
        for slot, part in split(at - began, length):
            if slot < len(found):
                found[slot] += part
    return found


def split(at: float, length: float) -> Iterator[tuple[int, float]]:
    """The parts of a task by the sixtieth of a second that they fall into."""
    end = at + length
    while at < end:
        slot = int(at / FRAME_MS + 1e-9)
        until = min(end, (slot + 1) * FRAME_MS)
        yield slot, until - at
        at = until


async def wave_bytes_s(address: str, seconds: float) -> float:
    """Bytes of curves a second that one screen is sent which draws them."""
    count = 0
    async with connect(address.replace("http", "ws", 1) + "ws/live", max_size=None) as socket:
        await socket.send('{"type":"waves","on":true}')

        async def read() -> None:
            nonlocal count
            async for frame in socket:
                count += len(frame) + WEBSOCKET_HEAD if isinstance(frame, bytes) else 0

        reading = asyncio.create_task(read(), name="viewer")
        await asyncio.sleep(seconds)
        reading.cancel()
    return count / seconds


def figures(name: str, found: Work, per_slot: list[float]) -> list[Figure]:
    """The rows of one wall at one speed of the page's thread."""
    rows = [
        Figure(name, "page's thread, median of 1/60 s", statistics.median(per_slot), "ms", at_most=4),
        Figure(name, "page's thread, 95th percentile of 1/60 s", statistics.quantiles(per_slot, n=20)[18], "ms"),
        Figure(name, "page's thread, mean of 1/60 s", found.page_ms, "ms", at_most=4),
        Figure(name, "tasks of more than 50 ms", len(found.long_ms), ""),
        Figure(name, "longest task", max(found.long_ms, default=0.0), "ms"),
        Figure(name, "batches of values", found.batches_s, "/s", at_most=4),
    ]
    if found.gaps_ms:
        cuts = statistics.quantiles(found.gaps_ms, n=20)
        rows += [
            Figure(name, "frames of the sweeps", 1000 / statistics.mean(found.gaps_ms), "/s"),
            Figure(name, "frame time, 5th percentile", cuts[0], "ms"),
            Figure(name, "frame time, 95th percentile", cuts[18], "ms", at_most=1000 / 55),
            Figure(name, "frames dropped", sum(max(0, round(gap / FRAME_MS) - 1) for gap in found.gaps_ms), ""),
        ]
    return rows


async def measure(browser: Browser, seconds: float, step: Step) -> list[Figure]:
    """Both walls of 64 chairs: one as a screen of 16:9 shows them, and one wide enough for their sweeps."""
    rows: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        async with clinic(CHAIRS, Path(folder)) as (_, address):
            for width, height in ((1920, 1080), (3840, 1080)):
                name = f"{CHAIRS} chairs, {width} × {height}"
                page = await browser.new_page(viewport={"width": width, "height": height})
                await page.add_init_script(COUNT_JS)
                await page.goto(address)
                session = await drawn(page)
                await asyncio.sleep(WARM_UP_S)
                cpu = await cpu_ms(page, seconds / 2)
                rows.append(Figure(name, "page's thread, processor time in 1/60 s", cpu, "ms"))
                for slower in (1, SLOWER):
                    speed = f"{name}, thread {slower} × slower" if slower > 1 else name
                    step(speed)
                    await slow_down(session, slower)
                    found = await work(page, session, seconds)
                    rows += figures(speed, found, await slots(page, TRACE_S))
                await page.close()
            step("curves sent to a viewer")
            rows.append(Figure("a viewer", "curves", await wave_bytes_s(address, 10) / 1000, "kB/s", at_most=10))
    rows.append(Figure("this computer", "load meanwhile", os.getloadavg()[0], ""))
    return rows
