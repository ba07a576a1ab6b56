"""The past in a real Chromium: marked everywhere, silent, beside a live alarm that is still noticed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.integration.journal.chronicle import BEGIN_S, Chronicle
from tests.integration.service.conftest import Clinic
from vitalwatch.journal.database import parsed
from vitalwatch.journal.store import Store

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[..., Any]


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Clinic]:
    """A live clinic of two chairs, with a record: the first chair falls from 97 to 80 % at second 90."""
    url = parsed(f"sqlite:///{folder}/record.db")
    with Store.open(url, write=True) as store:
        chronicle = Chronicle(store)
        chronicle.spo2(97.0, 90)
        chronicle.spo2(80.0, 210)
        chronicle.write()
    clinic = Clinic(2, 10.0, folder, url)
    tasks = [asyncio.create_task(clinic.hub.run()), asyncio.create_task(clinic.server.serve([clinic.listener]))]
    try:
        await clinic.until(lambda: clinic.server.started)
        yield clinic
    finally:
        clinic.server.should_exit = True
        await tasks[1]
        tasks[0].cancel()
        await asyncio.wait(tasks)


async def test_the_past_is_watched_and_cannot_be_taken_for_the_present(
    open_page: OpenPage, pictures: Path, tmp_path: Path, axe: Callable[[Any], Any]
) -> None:
    ears = (Path(__file__).parent / "ears.js").read_text()
    async with serving(tmp_path) as clinic:
        address = f"{clinic.address}replay/?from={int(BEGIN_S + 80)}&speed=4"
        async with open_page(address, script=ears) as page:
            await expect(page.locator("[data-replay]")).to_have_attribute("data-replay", "playing")
            await expect(page.locator("[data-chair] [data-mark]")).to_have_text(["REPLAY", "REPLAY"])
            await expect(page.locator("header strong")).to_have_text("REPLAY")
            await expect(page.locator("[data-replay-day]")).to_contain_text("2027")
            await expect(page.locator('[data-chair="1"][data-tone]')).to_be_visible()
            assert await page.locator("[data-act]").count() == 0
            async with clinic.sending("2", 75):
                live = page.locator("[data-live-alarms]")
                await expect(live).to_have_attribute("data-tone", "high")
                await expect(live).to_contain_text("2")
                await page.screenshot(path=pictures / "replay.png")
            assert clinic.hub.screens.alive == 0
            await page.locator("[data-pause]").click()
            await expect(page.locator("[data-replay]")).to_have_attribute("data-replay", "paused")
            still = await page.locator("[data-replay-time]").inner_text()
            await page.wait_for_timeout(1500)
            assert await page.locator("[data-replay-time]").inner_text() == still
            assert await axe(page) == []
            await page.locator('[data-speed="60"]').click()
            await page.locator("[data-pause]").click()
            await expect(page.locator("[data-replay]")).to_have_attribute("data-replay", "ended")
            await page.locator('[data-jump="-60"]').click()
            await expect(page.locator("[data-replay]")).to_have_attribute("data-replay", "playing")
            assert await page.evaluate("[ears.bursts.length, ears.loudAt]") == [0, None]
            await page.locator("[data-to-live]").first.click()
            await expect(page.locator("[data-clock]")).to_be_visible()
            await expect(page.locator("[data-mark]")).to_have_count(0)


async def test_when_the_service_is_gone_the_replay_no_longer_speaks_of_the_live_chairs(
    open_page: OpenPage, tmp_path: Path
) -> None:
    async with (
        serving(tmp_path) as clinic,
        open_page(f"{clinic.address}replay/?from={int(BEGIN_S)}") as page,
        clinic.sending("2", 75),
    ):
        live = page.locator("[data-live-alarms]")
        await expect(live).to_have_attribute("data-tone", "high")
        clinic.server.should_exit = True
        await expect(page.locator("[data-replay]")).to_have_attribute("data-link", "lost")
        await expect(live).to_have_text("Live chairs: not known.")
        assert await live.get_attribute("data-tone") is None


async def test_what_a_limit_would_have_done_is_asked_in_the_form_of_the_limit(
    open_page: OpenPage, pictures: Path, tmp_path: Path
) -> None:
    async with serving(tmp_path) as clinic, clinic.sending("1", 97), open_page(clinic.address) as page:
        await page.locator('[data-chair="1"] [data-strip]').click()
        await page.locator('[data-go="limits"]').click()
        await page.locator('[data-step="up"]').click()
        trial = page.locator("[data-past-trial]")
        await trial.locator('[data-past-days="30"]').click()
        await expect(trial).to_have_attribute("data-past-trial", "done", timeout=60_000)
        await expect(page.locator("[data-past-counts]")).to_contain_text("stay")
        await page.screenshot(path=pictures / "past-trial.png")
