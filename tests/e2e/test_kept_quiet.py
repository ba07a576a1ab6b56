"""What is kept quiet is seen on tile and top bar all the time, and told softly once a minute."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tools.running import running, watching

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[..., Any]

EARS = Path(__file__).with_name("ears.js").read_text()
SOFT = 2
"""Pulses of a reminder."""


async def test_an_alarm_that_was_put_aside_is_marked_and_reminded_of_until_its_time_is_over(
    open_page: OpenPage, sinking_clinic: Callable[..., Path], pictures: Path, tmp_path: Path
) -> None:
    clinic = sinking_clinic((97, 600))  # ten times as fast as life: a minute is 6 s
    async with running("run", str(clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, script=EARS) as page:
            shelved = await program.act("shelve", "1", "Ada", condition="HR-HIGH", reason="exercise bike", seconds=90)
            assert shelved["ok"]
            sign = page.locator('[data-chair="1"] [data-kept-quiet]')
            await expect(sign).to_contain_text("HR high put aside")
            await expect(page.locator("[data-quiet-chairs]")).to_have_text("1 chair kept quiet")
            assert await page.evaluate("ears.bursts.length") == 0

            await expect(page.locator("[data-reminder]")).to_have_text("Chair 1: HR high put aside")
            await page.wait_for_function("() => ears.bursts.length > 0 && ears.loudAt !== null")
            assert [burst["pulses"] for burst in await page.evaluate("ears.bursts")] == [SOFT]
            await page.screenshot(path=pictures / "reminder.png")

            await expect(sign).to_have_count(0)  # taken back by itself after 90 s
            await expect(page.locator("[data-quiet-chairs]")).to_have_count(0)


async def test_a_paused_sound_is_reminded_of_after_a_minute(
    open_page: OpenPage, sinking_clinic: Callable[..., Path], tmp_path: Path
) -> None:
    async with running("run", str(sinking_clinic((97, 600))), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, script=EARS) as page:
            assert (await program.act("pause_audio", "1", "Ada"))["ok"]
            await expect(page.locator("[data-paused-chairs]")).to_have_text("1 chair audio paused")
            await expect(page.locator("[data-reminder]")).to_contain_text("sound paused for 60 s more")
            await page.wait_for_function("() => ears.bursts.length > 0")
