"""What people write of a patient stays in the chair's own panel: not on the wall, in titles, addresses or logs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import expect

from tools.running import running, watching

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[..., Any]

NAME = "Quistgaard"
WRITTEN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("note", {"text": f"{NAME} feels dizzy"}),
    ("note", {"text": f"ketamine 40 mg to {NAME}", "kind": "dose"}),
    ("shelve", {"condition": "HR-HIGH", "reason": f"{NAME} is an athlete", "seconds": 600}),
    ("change_limit", {"key": "limits.spo2_low", "value": 88, "reason": f"{NAME}: lung", "second": "Ben"}),
    ("set_state", {"state": "standby", "reason": f"{NAME} went for a walk"}),
    ("set_state", {"state": "watched", "reason": f"{NAME} is back"}),
    ("change_limit", {"key": "limits.spo2_low", "value": 10, "reason": f"{NAME}: refused", "second": "Ben"}),
    ("note", {"text": f"{NAME} " * 50}),
)
"""Acts with a name in every line that people can write; the last two are refused."""


@pytest.mark.parametrize("kiosk", ["", "?kiosk"], ids=["desk", "wall"])
async def test_a_name_that_was_written_down_is_nowhere_but_in_the_panel(
    open_page: OpenPage, recording_clinic: Path, tmp_path: Path, kiosk: str
) -> None:
    async with running("run", str(recording_clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address + kiosk) as page:
            answers = [await program.act(act, "1", "Ada", **more) for act, more in WRITTEN]
            assert [answer["ok"] for answer in answers] == [True] * 6 + [False] * 2
            await program.until_alarm("1", "SPO2-LOW", "active")
            await expect(page.locator('[data-chair="1"][data-state="active"]')).to_be_visible()

            async def seen() -> str:
                kept = await page.evaluate("JSON.stringify(localStorage)")
                return "\n".join([await page.title(), page.url, await page.content(), kept])

            assert NAME not in await seen()
            async with httpx.AsyncClient() as other:
                for path in ("metrics", "healthz"):
                    assert NAME not in (await other.get(address + path)).text

            await page.keyboard.type("1")
            await page.keyboard.press("Enter")
            await expect(page.locator('[data-panel="1"] [data-marks]')).to_contain_text(f"{NAME} feels dizzy")
            assert NAME not in await page.title() + page.url
            await page.keyboard.press("Escape")
            await expect(page.locator("[data-panel]")).to_have_count(0)
            assert NAME not in await seen()
        assert NAME not in service.log
        assert "transition" in service.log  # it is the log in which it could have stood
