"""64 chairs with curves on a slow computer: what a gross fault of the page would break, in counts rather than times.

The figures themselves, and the budgets that they are held to, are measured by ``python -m benchmarks.page``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from benchmarks.page import script_bytes
from benchmarks.page_work import CHAIRS, COUNT_JS, SLOWER, cpu_ms, drawn, slow_down, wave_bytes_s, work
from benchmarks.waves import clinic

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[..., Any]

SECONDS = 5.0


async def test_a_full_wall_of_curves_leaves_a_slowed_page_nearly_idle(
    open_page: OpenPage, pictures: Path, tmp_path: Path
) -> None:
    async with clinic(CHAIRS, tmp_path) as (_, address), open_page(address, script=COUNT_JS) as page:
        await page.set_viewport_size({"width": 3840, "height": 1080})  # as wide as 64 sweeps need
        await expect(page.locator("[data-sweep]")).to_have_count(CHAIRS)
        session = await drawn(page)
        await slow_down(session, SLOWER)
        found = await work(page, session, SECONDS)
        await slow_down(session, 1)
        cpu = await cpu_ms(page, 3)
        wave_bytes = await wave_bytes_s(address, 2)
        canvases = await page.locator("[data-sweeps]").count()
        columns = int(await page.locator("[data-wall]").get_attribute("data-columns"))
        await page.screenshot(path=pictures / "wall-64-sweeps.png")

    assert 1 <= found.batches_s <= 4.5  # 4 a second, and one more fits into so short a time
    assert 2_000 < wave_bytes <= 10_000
    assert cpu <= 4  # of 16.7 ms; processor time of a thread as it is, so nearly the same on a busy computer
    assert found.heap_growth <= 2_000_000
    assert len(found.gaps_ms) >= 10 * SECONDS  # the curves move, on whatever computer
    assert canvases == math.ceil(CHAIRS / columns)  # one for each row of tiles: one for all, or each, is a core of work


async def test_the_scripts_are_small(open_page: OpenPage) -> None:
    assert 40_000 < script_bytes() <= 150_000  # fewer, and some have been overlooked
