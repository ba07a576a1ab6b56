"""The history in a real Chromium, fed by a real record: any time, alarms on curves, the burden; marked as past."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tools.running import Screen, running, watching

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[[str], Any]


@asynccontextmanager
async def alarming(
    open_page: OpenPage, clinic: Path, log: Path, path: str = ""
) -> AsyncIterator[tuple[Page, Locator, Screen]]:
    """The page of a clinic whose patient has just begun to desaturate; the history, once it is open; a listener."""
    async with running("run", str(clinic), log=log) as service:
        address = await service.address()
        async with watching(address) as screen, open_page(f"{address}{path}") as page:
            await screen.until_alarm("1", "SPO2-LOW", "active")
            yield page, page.locator("[data-history]"), screen


async def test_two_taps_lead_to_the_past_of_a_chair_and_esc_back(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with alarming(open_page, recording_clinic, tmp_path / "log") as (page, history, _):
        await page.locator("[data-open-history]").click()
        await expect(history.locator("[data-past-chair]")).to_have_attribute("data-past-chair", "1")
        await expect(history.locator("[data-not-now]")).to_be_visible()
        await expect(history).to_be_focused()

        bar = await page.locator('[data-rail="1"]').evaluate("item => item.getBoundingClientRect().bottom")
        assert await history.evaluate("section => section.getBoundingClientRect().top") >= bar  # alarms stay in sight
        await page.keyboard.press("Escape")
        await expect(history).to_have_count(0)
        assert "history" not in page.url

        await page.keyboard.type("1")
        await page.keyboard.press("Enter")
        await page.locator('[data-panel="1"] [data-to-history]').click()
        await expect(history.locator('[data-past-chart="spo2"]')).to_be_visible()
        await expect(page.locator('[data-panel="1"]')).to_have_count(0)
        await page.screenshot(path=pictures / "history-chair.png")

        await page.locator('[data-rail="1"]').click()  # an alarm is answered over the history, and that stays
        await expect(page.locator('[data-panel="1"]')).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator('[data-panel="1"]')).to_have_count(0)
        await expect(history).to_have_count(1)


async def test_an_alarm_is_found_shown_on_its_curve_and_in_the_tables(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with alarming(open_page, recording_clinic, tmp_path / "log", "#history?chair=1") as (page, history, _):
        await history.locator('[data-span="hour"]').click()
        alarm = history.locator('[data-past-alarms] [data-past="SPO2-LOW"]')
        await expect(alarm).to_contain_text("still there, worst 86")
        await alarm.locator("button").click()
        curve = history.locator('[data-past-chart="spo2"] [role="img"]')
        await expect(curve).to_have_attribute("aria-label", re.compile(r"SpO2, %: 86 to 97"))
        await expect(history.locator('[data-step="1"]')).to_be_visible()
        await page.screenshot(path=pictures / "history-alarm.png")

        await history.locator('[data-priority="high"]').click()
        await expect(alarm).to_have_count(0)
        await history.locator('[data-priority=""]').click()
        await history.locator("[data-rule]").select_option("SPO2-LOW")
        await expect(history.locator("[data-shown]")).to_have_attribute("data-shown", "1")

        async with page.expect_download() as asked:
            await history.locator('[data-table="alarms"]').click()
        table = csv.DictReader(io.StringIO(Path(await (await asked.value).path()).read_text()))
        assert "SPO2-LOW" in {row["condition"] for row in table}
        assert await history.locator("[data-watch-again]").get_attribute("href") is not None


async def test_dragging_and_zooming_load_other_times_and_a_time_before_the_record_has_no_values(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path
) -> None:
    async with alarming(open_page, recording_clinic, tmp_path / "log", "#history?chair=1") as (page, history, _):
        chart = history.locator('[data-past-chart="spo2"]')
        shown = history.locator("[data-span-text]")
        await history.locator('[data-span="hour"]').click()
        hour = await shown.inner_text()
        box = await chart.bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + 200, box["y"] + 60)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 500, box["y"] + 60)
        await page.mouse.up()
        await expect(shown).not_to_have_text(hour)
        await page.mouse.wheel(0, 400)
        for _ in range(3):
            await history.locator("[data-earlier]").click()
        await expect(chart).to_have_attribute("data-points", "0")
        await expect(chart.locator('[role="img"]')).to_have_attribute("aria-label", "SpO2, %: no values here")
        await expect(history.locator("[data-past-alarms]")).to_contain_text("No alarms in this time.")


async def test_the_burden_of_alarms_is_counted_and_told(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    path = "?lang=es#history?view=burden"
    async with alarming(open_page, recording_clinic, tmp_path / "log", path) as (page, history, screen):
        await screen.act("acknowledge", "1", condition="SPO2-LOW", actor="Ada")
        await history.locator('[data-span="hour"]').click()
        rule = history.locator('[data-counts-of="rule"] [data-count="SPO2-LOW"]')
        await expect(rule.locator("td").nth(1)).to_have_text("1")
        await expect(history.locator('[data-figure="per-hour"]')).to_contain_text("alarmas por hora de sillón vigilado")
        await expect(history.locator("[data-hour]")).to_have_count(24)
        await page.screenshot(path=pictures / "history-burden.png")


@pytest.mark.parametrize(("name", "width", "height"), [("desk", 1366, 768), ("phone", 390, 844)])
async def test_the_history_fits_the_screen(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path, name: str, width: int, height: int
) -> None:
    async with alarming(open_page, recording_clinic, tmp_path / "log", "#history?chair=1") as (page, history, _):
        await page.set_viewport_size({"width": width, "height": height})
        if name == "phone":  # where an alarm of now comes first, over everything
            await page.locator("[data-card-aside]").click()
        for view in ("chair", "burden"):
            await history.locator(f'[data-go="{view}"]').click()
            await expect(history.locator("[data-past-chart='rate'], [data-hours]")).to_be_visible()
            await page.screenshot(path=pictures / f"history-{view}-{name}.png")
            assert await history.evaluate("section => section.scrollWidth <= section.clientWidth")
