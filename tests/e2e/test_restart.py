"""The service is killed and started again under a page that stays open: its alarms go on as if nothing had been."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tools.running import running, watching

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

EARS = Path(__file__).with_name("ears.js").read_text()
PULSES = 3
"""Of a burst of medium priority, which comes again after 25 s."""

BURSTS = "() => ears.bursts.map((burst) => burst.pulses)"


async def test_an_alarm_goes_on_after_a_restart_and_is_not_sounded_as_a_new_one(
    open_page: Callable[..., Any], sinking_clinic: Callable[..., Path], tmp_path: Path, pictures: Path
) -> None:
    clinic = sinking_clinic((86, 6000))  # the recording begins anew with the service, and says the same
    async with running("run", str(clinic), log=tmp_path / "first.log") as service:
        address = await service.address()
        async with open_page(address, script=EARS) as page:
            tile = page.locator('[data-chair="1"]')
            await expect(tile).to_have_attribute("data-state", "active")
            await page.wait_for_function("() => ears.bursts.length === 1")
            said = page.locator("[data-live] > *").filter(has_text="SpO2")
            await expect(said).to_have_count(1)
            began = await page.evaluate("performance.now()")

            await service.end(signal.SIGKILL)
            async with running("run", str(clinic), log=tmp_path / "second.log") as again:
                assert await again.address() == address
                async with watching(address) as program:
                    alarm = program.alarms["1", "SPO2-LOW"]
                    assert (alarm["state"], alarm["count"]) == ("active", 1)
                    await program.until(lambda screen, _: screen.values.get(("1", "spo2"), {}).get("value") == 86)
                    await expect(page.locator('[data-link="live"]')).to_have_count(1)
                    await expect(tile).to_have_attribute("data-state", "active")
                    await page.screenshot(path=pictures / "after-a-restart.png")
                    since = (await page.evaluate("performance.now()") - began) / 1000
                    if since < 24:  # else the computer was so slow that its turn has come again
                        assert await page.evaluate(BURSTS) == [PULSES]
                    await expect(said).to_have_count(1)
                    assert program.alarms["1", "SPO2-LOW"]["count"] == 1
