"""The page in a real Chromium, fed by a real service: values, alarms, and what it does when the service is gone."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.patience import PATIENCE_S
from tools.running import running, watching
from vitalwatch.broker import find_program

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[[str], Any]

BAR = "[data-connection-lost]"
BAR_MS = 5000
"""How soon the page has to show that nothing on it is live: 3 s are promised, the rest is for a busy computer."""

GONE_MS = 10_000
"""How soon no value may be shown any more."""


async def numbers(page: Page, vital: str) -> list[str]:
    """What is drawn for a vital, tile by tile."""
    return await page.locator(f'[data-chair] [data-vital="{vital}"] [data-number]').all_inner_texts()


async def numbers_match(page: Page, pattern: str, timeout_ms: float = PATIENCE_S * 1000) -> None:
    """Wait until every SpO2 that is drawn matches a regular expression, and there is one."""
    await page.wait_for_function(
        """(pattern) => {
            const drawn = [...document.querySelectorAll('[data-chair] [data-vital="spo2"] [data-number]')];
            return drawn.length > 0 && drawn.every((one) => new RegExp(`^(${pattern})$`).test(one.innerText.trim()));
        }""",
        arg=pattern,
        timeout=timeout_ms,
    )


@pytest.mark.skipif(not (find_program("mosquitto") or find_program("nats-server")), reason="no MQTT broker here")
async def test_the_demo_shows_eight_chairs_with_values_each_marked_simulated(
    open_page: OpenPage, pictures: Path, tmp_path: Path
) -> None:
    command = ("demo", "--no-browser", "--port", "0", "--speed", "10")
    async with running(*command, log=tmp_path / "log") as demo, open_page(await demo.address()) as page:
        await expect(page.locator("[data-chair]")).to_have_count(8)
        await expect(page.locator("[data-chair] [data-mark]")).to_have_text(["SIMULATED"] * 8)
        await numbers_match(page, r"\d{2,3}")
        rates = (
            '[data-chair] [data-vital="pulse_rate"] [data-number], [data-chair] [data-vital="heart_rate"] [data-number]'
        )
        assert all(text.isdigit() for text in await page.locator(rates).all_inner_texts())
        await expect(page.locator("[data-second-pair]")).to_contain_text("bedside monitor is the primary alarm")
        await expect(page.locator('[data-chair="2"][data-tone="high"]')).to_be_visible()
        await expect(page.locator('[data-chair] [data-part="systolic"]')).to_have_count(8)
        await page.screenshot(path=pictures / "wall.png")


async def test_an_alarm_appears_at_its_tile_and_is_acknowledged_by_name(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as screen, open_page(address) as page:
            tile = page.locator('[data-chair="1"]')
            await expect(tile.locator("[data-mark]")).to_have_text("REPLAY ×10")
            await screen.until_alarm("1", "SPO2-LOW", "active")

            strip = tile.locator('[data-strip="SPO2-LOW"]')
            await expect(strip).to_contain_text("SpO2 low 86 < 90")
            await expect(tile).to_have_attribute("data-state", "active")
            await expect(tile.locator('[data-vital="spo2"]')).to_have_attribute("data-inverted", "medium")
            await expect(page.locator('[data-rail="1"][data-condition="SPO2-LOW"]')).to_be_visible()
            await page.screenshot(path=pictures / "alarm.png")

            await strip.click()
            panel = page.locator('[data-panel="1"]')
            await panel.locator('[data-act="acknowledge"]').click()
            await panel.locator("[data-actor] input").fill("Ada")
            await panel.locator("[data-actor] input").press("Enter")
            await expect(panel.locator("[data-seen-by]")).to_contain_text("Ada")
            await expect(tile).to_have_attribute("data-state", "acknowledged")
            await page.screenshot(path=pictures / "acknowledged.png")
            seen = await screen.until_alarm("1", "SPO2-LOW", "acknowledged")
            assert seen["alarm"]["actor"] == "Ada"


async def test_a_service_that_stands_still_or_is_gone_is_shown_at_once_and_comes_back(
    open_page: OpenPage, recording_clinic: Path, pictures: Path, tmp_path: Path
) -> None:
    start = ("run", str(recording_clinic))
    async with running(*start, log=tmp_path / "log") as service, open_page(await service.address()) as page:
        await numbers_match(page, r"\d{2}")
        await expect(page.locator(BAR)).to_have_count(0)

        service.process.send_signal(signal.SIGSTOP)  # the connection stands, but nothing comes any more
        await expect(page.locator(BAR)).to_be_visible(timeout=BAR_MS)
        service.process.send_signal(signal.SIGCONT)
        await expect(page.locator(BAR)).to_have_count(0, timeout=GONE_MS)
        await numbers_match(page, r"\d{2}")

        await service.end(signal.SIGKILL)
        killed = asyncio.get_running_loop().time()
        await expect(page.locator(BAR)).to_be_visible(timeout=BAR_MS)
        await numbers_match(page, "--", GONE_MS - 1000 * (asyncio.get_running_loop().time() - killed))
        assert await numbers(page, "pulse_rate") == ["--"]
        await page.screenshot(path=pictures / "lost.png")

        async with running(*start, log=tmp_path / "log again") as again:
            await again.address()
            await expect(page.locator(BAR)).to_have_count(0, timeout=GONE_MS)
            await numbers_match(page, r"\d{2}")
            await expect(page.locator("[data-chair]")).to_have_count(1)
