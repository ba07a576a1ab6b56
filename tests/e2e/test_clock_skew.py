"""A computer whose clock is wrong: every age, timer and time of day on the page is the service's all the same."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tools.running import Screen, running, watching

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[..., Any]

WRONG_CLOCK = """{
    const by = %d;
    const Right = Date;
    globalThis.Date = class Date extends Right {
        constructor(...parts) { if (parts.length) super(...parts); else super(Right.now() + by); }
        static now() { return Right.now() + by; }
    };
    const began = performance.timeOrigin + by;
    Object.defineProperty(performance, 'timeOrigin', { value: began });
}
"""

NO_SPACES = "--disable-features=LocalNetworkAccessChecks"
"""A worker whose script a test has changed comes from nowhere for Chromium, and may else not speak to this computer."""

NEAR_S = 15.0
"""Of service seconds, ten of which pass in a real one."""


def seconds(text: str) -> float:
    """The first ``0:14`` or ``1:02:10`` of a text, in seconds."""
    found = re.search(r"\d+(:\d\d)+", text)
    assert found is not None, text
    total = 0
    for part in found[0].split(":"):
        total = 60 * total + int(part)
    return total


async def give_wrong_clock(page: Page, by_ms: int) -> None:
    """Load the page anew on a computer whose clock is off, for its workers too."""
    wrong = WRONG_CLOCK % by_ms

    async def with_wrong_clock(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=wrong + await answer.text())

    await page.add_init_script(wrong)
    await page.route(re.compile(r"worker[^/]*\.js"), with_wrong_clock)
    await page.reload()
    await expect(page.locator("[data-link=live]")).to_be_visible()
    clocks = [await page.evaluate("Date.now()"), *[await one.evaluate("Date.now()") for one in page.workers]]
    assert len(clocks) >= 2
    for clock in clocks:
        assert abs(clock - time.time() * 1000 - by_ms) < 5000


def service_now(program: Screen) -> float:
    """Service seconds, by the program's own right clock."""
    start = program.snapshot
    passed = time.time() - datetime.fromisoformat(start["wall"]).timestamp()
    return float(start["now"] + passed * start["speed"])


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_ages_timers_and_times_are_right_beside_a_clock_that_is_wrong(
    open_page: OpenPage, sinking_clinic: Callable[..., Path], pictures: Path, tmp_path: Path, minutes: int
) -> None:
    clinic = sinking_clinic((97, 6), (80, 60), (97, 600))  # 6 s of alarm, also for a page that is slow to load
    async with running("run", str(clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, NO_SPACES) as page:
            await give_wrong_clock(page, minutes * 60_000)
            began = (await program.until_alarm("1", "SPO2-DESAT", "active"))["transition"]["at"]
            tile = page.locator('[data-chair="1"]')
            since = tile.locator("[data-since]")
            await expect(since).to_be_visible()
            assert seconds(await since.inner_text()) == pytest.approx(service_now(program) - began, abs=NEAR_S)
            await expect(tile.locator('[data-vital="spo2"]')).to_have_attribute("data-freshness", "live")

            assert (await program.act("pause_audio", "1", "Ada"))["ok"]
            until = program.chairs["1"]["audio_paused_until"] or service_now(program) + 120
            paused = tile.locator("[data-audio-paused]")
            assert seconds(await paused.inner_text()) == pytest.approx(until - service_now(program), abs=NEAR_S)

            await program.until_alarm("1", "SPO2-DESAT", "latched")
            wall = [time.strftime("%H:%M", time.localtime(time.time() - ago)) for ago in (0, 5)]
            await expect(since).to_have_text(re.compile("|".join(f"at {moment}" for moment in wall)))
            await expect(page.locator("[data-clock]")).to_have_text(re.compile("|".join(wall)))

            await page.keyboard.type("1")
            await page.keyboard.press("Enter")
            panel = page.locator('[data-panel="1"]')
            visit = panel.locator("[data-visit-timer]")
            await expect(visit).to_be_visible()
            here = service_now(program) - began + 11  # the alarm came 5 s after the fall, which came after 6 s
            assert seconds(await visit.inner_text()) == pytest.approx(here, abs=NEAR_S)
            await panel.locator('[data-go="history"]').click()
            past = panel.locator('[data-past="SPO2-DESAT"] .when')
            await expect(past).to_be_visible()
            assert seconds(await past.inner_text()) == pytest.approx(service_now(program) - began, abs=NEAR_S + 50)
            await page.screenshot(path=pictures / f"clock-{minutes:+}-minutes.png")
