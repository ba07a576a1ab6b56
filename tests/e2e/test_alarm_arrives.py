"""From the engine's decision to the glass and to a screen reader: soon, in the right words, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tools.running import running, watching

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[..., Any]

SOON_MS = 1500
"""The budget is 250 ms, which benchmarks/page.py measures; this holds on a busy computer too, and fails on seconds."""

EYES_AND_EARS = """
    window.shownMs = {};
    window.said = [];
    const look = () => {
        for (const strip of document.querySelectorAll('[data-chair][data-state="active"] [data-strip]'))
            shownMs[strip.dataset.strip] ??= Date.now();
        requestAnimationFrame(look);
    };
    look();
    new MutationObserver((changes) => {
        for (const { addedNodes } of changes)
            for (const line of addedNodes) {
                const how = line.parentElement?.closest('[aria-live]')?.getAttribute('aria-live');
                if (how && line.textContent.trim()) said.push([how, line.textContent.trim()]);
            }
    }).observe(document, { childList: true, subtree: true });
"""
"""Notes when a strip is first there to be painted, and what a screen reader is given to say."""


async def test_a_desaturation_lights_within_moments_and_is_said_once(
    open_page: OpenPage, sinking_clinic: Callable[..., Path], pictures: Path, tmp_path: Path
) -> None:
    clinic = sinking_clinic((97, 40), (86, 30), (78, 600))  # not before the page is there
    async with running("run", str(clinic), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as program, open_page(address, script=EYES_AND_EARS) as page:
            start = program.snapshot
            wall_ms = datetime.fromisoformat(start["wall"]).timestamp() * 1000
            decided_ms = {}
            for condition in ("SPO2-LOW", "SPO2-DESAT"):
                frame = await program.until_alarm("1", condition, "active")
                decided_ms[condition] = wall_ms + (frame["transition"]["at"] - start["now"]) * 1000 / start["speed"]
                strip = page.locator(f'[data-chair="1"] [data-strip="{condition}"]')
                text = "SpO2 low 86 < 90" if condition == "SPO2-LOW" else "SpO2 very low 78 < 85"
                await expect(strip).to_contain_text(text)
            await page.screenshot(path=pictures / "alarm-high.png")

            shown_ms = await page.evaluate("shownMs")
            for condition, decided in decided_ms.items():
                assert -50 <= shown_ms[condition] - decided <= SOON_MS, condition

            await page.wait_for_function("said.length >= 2")
            await program.until_holds(lambda seen: seen.alarms["1", "SPO2-DESAT"]["escalated"])  # 30 s later
            assert await page.evaluate("said") == [
                ["polite", "Chair 1. Medium alarm. SpO2 low 86 < 90."],
                ["assertive", "Chair 1. High alarm. SpO2 very low 78 < 85."],
            ]
