"""How soon the page shows something: its first tile, and an alarm after its change of state. Used by ``page``.

All times are of one clock, the computer's monotonic one: the service's ``now`` runs on it, Python reads it, and
Chromium tells at which of its seconds a page's own clock began.
"""

from __future__ import annotations

import asyncio
import math
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any, Final

from playwright.async_api import Browser, Page, ViewportSize

from benchmarks.latency import LINE_END, LOW_LINE, Clinic, clinic
from benchmarks.page_figures import Figure, Step
from benchmarks.waves import metrics
from tools.running import PATIENCE_S, Screen

OTHERS: Final = 62
"""Simulated oximeters beside the chair that alarms and one more of ``latency.clinic``: a full wall of 64."""

SIZE: Final = ViewportSize(width=1920, height=1080)

FIRST_TILE_JS: Final = """
    new MutationObserver((_, observer) => {
        const numbers = [...document.querySelectorAll("[data-chair] [data-number]")];
        if (!numbers.some((one) => /\\d/.test(one.innerText))) return;
        observer.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => (window.firstTile = performance.now())));
    }).observe(document, { subtree: true, childList: true, characterData: true });
"""
"""Notes when the painting with the first number is over: the beginning of the animation frame after it."""

PAINTED_JS: Final = """() => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return window.firstTile && paint ? [paint.startTime, window.firstTile] : null;
}"""

STRIP_JS: Final = """
    let isThere = false;
    new MutationObserver(() => {
        const was = isThere;
        isThere = document.querySelector('[data-chair="serial"][data-state="active"] [data-strip="SPO2-LOW"]') !== null;
        if (was || !isThere) return;
        const inPage = performance.now();
        requestAnimationFrame(() => {
            const atFrame = performance.now();
            requestAnimationFrame(() => stripSeen([inPage, atFrame, performance.now()]));
        });
    }).observe(document, { subtree: true, childList: true, attributeFilter: ["data-strip", "data-state"] });
"""
"""Notes when the strip is in the page, when the animation frame begins that paints it, and when that is over."""


async def paints(launch: Callable[[], Awaitable[Browser]], count: int, step: Step) -> list[Figure]:
    """Open the page of 64 chairs in so many browsers that have never seen it."""
    first, tile = [], []
    with tempfile.TemporaryDirectory() as folder:
        async with clinic(OTHERS, Path(folder)) as here, asyncio.TaskGroup() as tasks:
            draining = tasks.create_task(drain(here.screen), name="viewer")
            for number in range(1, count + 1):
                step(f"first paint, {number} of {count}")
                browser = await launch()
                page = await browser.new_page(viewport=SIZE)
                await page.add_init_script(FIRST_TILE_JS)
                await page.goto(address(here))
                found = await page.wait_for_function(PAINTED_JS)
                paint_ms, tile_ms = await found.json_value()
                first.append(paint_ms)
                tile.append(tile_ms)
                await browser.close()
            draining.cancel()
    where = f"64 chairs, cold profile, {count} times"
    return [
        Figure(where, "navigation → first paint, median", statistics.median(first), "ms", at_most=1000),
        Figure(where, "worst", max(first), "ms"),
        Figure(where, "navigation → first number in a tile, median", statistics.median(tile), "ms", at_most=1000),
        Figure(where, "worst", max(tile), "ms"),
    ]


async def drain(screen: Screen) -> None:
    """Read on, so that the service does not cut this program."""
    while True:
        await screen.frame()


def address(here: Clinic) -> str:
    """Of the page of a clinic that runs."""
    return f"http://127.0.0.1:{here.screen.socket.remote_address[1]}/"


async def strips(browser: Browser, count: int, step: Step) -> list[Figure]:
    """Let an alarm begin so many times at each speed of the page's thread."""
    rows: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        async with clinic(OTHERS, Path(folder)) as here:
            for slower in (1, 4):
                where = f"64 chairs, {count} alarms, " + (
                    "page's thread as it is" if slower == 1 else f"{slower} × slower"
                )
                step(where)
                found = await seen(browser, here, count, slower)
                names = ("strip in the page", "animation frame that paints it", "painting over")
                for name, times in zip(names, zip(*found, strict=True), strict=True):
                    rows += [
                        Figure(where, f"change of state → {name}, median", statistics.median(times), "ms"),
                        Figure(where, "95th percentile", statistics.quantiles(times, n=20)[18], "ms"),
                        Figure(where, "worst", max(times), "ms", at_most=250),
                    ]
    rows.append(Figure("this computer", "load meanwhile", os.getloadavg()[0], ""))
    return rows


async def seen(browser: Browser, here: Clinic, count: int, slower: int) -> list[tuple[float, float, float]]:
    """Milliseconds from each alarm's ``now`` to the three moments of ``STRIP_JS``."""
    await reset(here.screen)
    page = await browser.new_page(viewport=SIZE)
    moments: asyncio.Queue[list[float]] = asyncio.Queue()
    await page.expose_function("stripSeen", moments.put_nowait)
    await page.add_init_script(STRIP_JS)
    await page.goto(address(here))
    await page.locator('[data-chair="serial"]').wait_for()
    page_zero_s = await began_at(page)
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    random = Random(1)
    found = []
    for _ in range(count):
        shift_s = await reset(here.screen)
        await asyncio.sleep(random.random())  # anywhere between two heartbeats and two ticks of the page
        os.write(here.port, LOW_LINE + LINE_END)
        frame = await here.screen.until_alarm("serial", "SPO2-LOW", "active")
        changed_s = frame["now"] + shift_s
        async with asyncio.timeout(PATIENCE_S):
            in_page, at_frame, painted = ((page_zero_s - changed_s) * 1000 + at_ms for at_ms in await moments.get())
        found.append((in_page, at_frame, painted))
    await page.close()
    return found


async def began_at(page: Page) -> float:
    """The monotonic second at which the page's own clock was 0.

    Raises:
        RuntimeError: if Chromium counts from elsewhere on this system; then nothing can be compared.
    """
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    before = time.monotonic()
    found = await metrics(session)
    if not before <= found["Timestamp"] <= time.monotonic():
        raise RuntimeError("Chromium's clock is not the monotonic one of this computer")
    return found["NavigationStart"]


async def reset(screen: Screen) -> float:
    """End the alarm of the serial chair and forget its value; gives the service's clock (see ``clock_shift``)."""
    for state in ("empty", "watched"):
        reply = await screen.act("set_state", "serial", "benchmark", state=state)
        assert reply["ok"], reply
    return await clock_shift(screen)


async def clock_shift(screen: Screen) -> float:
    """Seconds that the monotonic clock is ahead of the service's: 0 unless the service counts on from its record.

    Taken up to the next heartbeat, from the frame that came quickest, so too large by the tenths of a millisecond that
    it took.
    """
    shift = math.inf

    def look(_: Screen, frame: dict[str, Any]) -> bool:
        nonlocal shift
        if "now" in frame:
            shift = min(shift, time.monotonic() - frame["now"])
        return bool(frame["type"] == "heartbeat")

    await screen.until(look)
    return 0.0 if abs(shift) < 0.01 else shift
