"""The chair detail in a real Chromium, fed by a real service: curves, limits, notes, why, and what has been."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tools.running import running, watching
from vitalwatch.broker import find_program

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[[str], Any]

no_broker = not (find_program("mosquitto") or find_program("nats-server"))


@asynccontextmanager
async def alarming(open_page: OpenPage, clinic: Path, log: Path) -> AsyncIterator[tuple[Page, Locator, Any]]:
    """The page of the recorded clinic while SPO2-LOW stands, chair 1 opened by the keyboard; the panel; a listener."""
    async with running("run", str(clinic), log=log) as service:
        address = await service.address()
        async with watching(address) as screen, open_page(address) as page:
            await screen.until_alarm("1", "SPO2-LOW", "active")
            await expect(page.locator('[data-chair="1"][data-state="active"]')).to_be_visible()
            await page.keyboard.type("1")
            await page.keyboard.press("Enter")
            panel = page.locator('[data-panel="1"]')
            await expect(panel).to_be_focused()
            yield page, panel, screen


async def introduce(panel: Locator) -> None:
    """Give the name that the first act asks for."""
    await panel.locator("[data-actor] input").fill("Ada")
    await panel.locator("[data-actor] input").press("Enter")


async def test_the_curve_has_what_the_monitor_sent_and_the_alarm_bar_stays_free(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with alarming(open_page, recording_clinic, tmp_path / "log") as (page, panel, _):
        curve = panel.locator('[data-chart="spo2"]')
        await expect(curve.locator('[role="img"]')).to_have_attribute("aria-label", "SpO2, %: 86 to 97")
        await expect(panel.locator('[data-chart="rate"] [role="img"]')).to_have_attribute(
            "aria-label", "Heart rate, bpm: 66 to 66"
        )
        assert int(await curve.get_attribute("data-points") or 0) >= 8  # one each 2 s, from 16 s of alarm
        await expect(panel.locator('[data-big="spo2"] .number')).to_have_text("86")
        await expect(panel.locator('[data-big="spo2"]')).to_have_attribute("data-tone", "medium")
        await expect(panel.locator("[data-visit-timer]")).to_contain_text("here 0:")

        bar = await page.locator('[data-rail="1"]').evaluate("item => item.getBoundingClientRect().bottom")
        assert await panel.evaluate("panel => panel.getBoundingClientRect().top") >= bar
        await page.screenshot(path=pictures / "detail-alarm.png")

        await page.keyboard.press("Escape")
        await expect(panel).to_have_count(0)


async def test_baseline_note_and_phase_are_asked_of_the_service_and_marked_on_the_curve(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with alarming(open_page, recording_clinic, tmp_path / "log") as (page, panel, _):
        await panel.locator('[data-act="take_baseline"]').click()
        await introduce(panel)
        marks = panel.locator("[data-marks]")
        await expect(marks.locator('[data-mark-kind="baseline"]')).to_contain_text("SpO2 8")
        await expect(marks.locator('[data-mark-kind="baseline"]')).to_contain_text("Ada")

        for kind, text in (("dose", "ketamine  40 mg "), ("note", "feels  dizzy ")):
            await panel.locator(f'[data-noting="{kind}"]').click()
            await panel.locator(f'[data-text="{kind}"]').fill(text)
            await panel.locator('[data-act="note"]').click()
            await expect(panel.locator("[data-text]")).to_have_count(0)  # taken: not to be sent again
        await expect(marks.locator('[data-mark-kind="note"]')).to_contain_text("Note: feels dizzy · Ada")
        await expect(marks.locator('[data-mark-kind="dose"]')).to_contain_text("Dose: ketamine 40 mg · Ada")

        await panel.locator('[data-act="set_phase"]', has_text="Infusion").click()
        await expect(panel.locator("[data-phase-timer]")).to_contain_text("0:")
        await page.screenshot(path=pictures / "detail-marks.png")


async def test_a_limit_says_what_it_would_do_before_it_is_set_and_is_marked_after(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with alarming(open_page, recording_clinic, tmp_path / "log") as (page, panel, screen):
        await panel.locator('[data-go="limits"]').click()
        form = panel.locator('[data-limit-form="limits.spo2_low"]')
        await expect(form.locator("[data-limit-value]")).to_have_value("90")

        for key in ("8", "6"):
            await form.locator(f'[data-key="{key}"]').click()
        await expect(form.locator('[data-would="SPO2-LOW"]')).to_contain_text("Would end: SpO2 low 86 < 90")
        await expect(form.locator('[data-act="change_limit"]')).to_have_count(0)  # looser: not without a reason
        await page.screenshot(path=pictures / "limits.png")
        await form.locator("[data-limit-value]").fill("99")
        await expect(form.locator('[data-trial="refused"]')).to_contain_text("must be from 80 to 98")
        await form.locator("[data-limit-value]").fill("86")
        await form.locator('[data-text="reason"]').fill("usual for this patient")
        await expect(form.locator('[data-act="change_limit"]')).to_have_count(0)  # nor without a second person
        await form.locator('[data-text="second"]').fill("ada")
        await form.locator('[data-act="change_limit"]').click()
        await introduce(panel)
        await expect(form.locator("[data-act-error]")).to_contain_text("Ada cannot be the second person too")
        assert screen.chairs["1"]["changed_limits"] == []
        await form.locator('[data-text="second"]').fill("Ben")
        await page.screenshot(path=pictures / "limits-second-person.png")
        await form.locator('[data-act="change_limit"]').click()

        await screen.until_holds(lambda seen: seen.chairs["1"]["changed_limits"] == ["limits.spo2_low"])
        row = panel.locator('[data-limit="limits.spo2_low"]')
        await expect(row).to_have_attribute("data-changed", "")
        await expect(row).to_contain_text("profile: 90")
        await expect(panel.locator('[data-big="spo2"] [data-changed-limit]')).to_be_visible()
        await screen.until_alarm("1", "SPO2-LOW", "idle")

        await panel.locator('[data-limit="limits.heart_rate_low"]').click()
        other = panel.locator('[data-limit-form="limits.heart_rate_low"]')
        for _ in range(4):
            await other.locator('[data-step="up"]').click()
        await expect(other.locator('[data-would="HR-LOW"]')).to_contain_text("Would alarm: HR low 66 < 70, after 10 s")
        await other.locator('[data-act="change_limit"]').click()  # tighter: free
        await screen.until_alarm("1", "HR-LOW", "active")
        await page.keyboard.press("Escape")
        await expect(panel).to_have_attribute("data-page", "trends")


async def test_why_and_the_history_tell_of_an_alarm_with_its_curve(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with alarming(open_page, recording_clinic, tmp_path / "log") as (page, panel, _):
        await panel.locator('[data-explain="SPO2-LOW"]').click()
        why = panel.locator('[data-why="SPO2-LOW"]')
        await expect(why.locator("[data-sentence]")).to_contain_text("SPO2-LOW is active; SpO2 low 86 < 90; limit from")
        await expect(why.locator('[data-around="spo2"] [data-delay]')).to_have_count(1)
        await expect(why.locator("dl")).to_contain_text("86 (ox, valid")
        await page.screenshot(path=pictures / "why.png")

        await panel.locator('[data-act="acknowledge"]').click()
        await introduce(panel)
        await panel.locator('[data-go="history"]').click()
        past = panel.locator('[data-past="SPO2-LOW"]')
        await expect(past).to_contain_text("worst 86")
        await expect(past).to_contain_text("seen by Ada after 0:")
        await past.locator("button").click()
        await expect(past.locator('[data-around="spo2"]')).to_be_visible()
        await page.screenshot(path=pictures / "history.png")
        async with page.expect_download() as asked:
            await panel.locator("[data-csv]").click()
        table = Path(await (await asked.value).path()).read_text()
        assert table.splitlines()[0].startswith("began_utc,lasted_s,over,chair")
        assert ",SPO2-LOW,SpO2 low 86 < 90,86.0,86.0,90.0," in table

        await panel.locator('[data-priority="high"]').click()
        await expect(past).to_have_count(0)


@pytest.mark.skipif(no_broker, reason="no MQTT broker here")
@pytest.mark.parametrize(("name", "width", "height"), [("desk", 1366, 768), ("phone", 390, 844)])
async def test_the_detail_of_a_simulated_chair_with_cuff_readings_fits_the_screen(
    open_page: OpenPage, pictures: Path, tmp_path: Path, name: str, width: int, height: int
) -> None:
    command = ("demo", "--no-browser", "--port", "0", "--speed", "10")
    async with running(*command, log=tmp_path / "log") as demo, open_page(await demo.address()) as page:
        await page.set_viewport_size({"width": width, "height": height})
        await expect(page.locator('[data-chair="2"][data-tone="high"]')).to_be_visible()
        await page.keyboard.type("2")
        await page.keyboard.press("Enter")
        panel = page.locator('[data-panel="2"]')
        await panel.get_by_role("button", name="Visit", exact=True).click()
        await expect(panel.locator('[data-chart="pressure"] [role="img"]')).to_have_attribute(
            "aria-label", re.compile(r"Blood pressure, mmHg: \d+ to \d+")
        )
        await panel.evaluate("panel => panel.scrollTo(0, 0)")
        await page.screenshot(path=pictures / f"detail-{name}.png")
        await expect(panel.locator('[data-condition="SPO2-DESAT"] [data-act="acknowledge"]')).to_be_in_viewport()
        assert await panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
