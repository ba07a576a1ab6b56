"""The curves in a real Chromium: an oximeter on a serial line moves pixels, and an unplugged one leaves a gap."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.patience import PATIENCE_S
from tools.running import running

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

OpenPage = Callable[[str], Any]

COLUMNS = """() => {
    const canvas = document.querySelector("[data-sweeps]");
    const place = document.querySelector('[data-sweep="1"]');
    if (!canvas || !place || canvas.width === 0) return [];
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    copy.drawImage(canvas, 0, 0);
    const [frame, box] = [canvas, place].map((one) => one.getBoundingClientRect());
    const [x0, y0] = [box.left - frame.left, box.top - frame.top].map(Math.round);
    const [width, height] = [box.width, box.height].map(Math.round);
    const { data } = copy.getImageData(x0, y0, width, height);
    const inked = (x) => {
        for (let y = 0; y < height; y++) if (data[4 * (y * width + x) + 3] > 64) return true;
        return false;
    };
    return Array.from({ length: width }, (_, x) => inked(x));
}"""
"""Which columns of the sweep of chair 1 hold a pixel of the curve."""


async def columns(page: Page) -> list[bool]:
    """Which columns of the sweep hold a pixel of the curve, from left to right."""
    answer: list[bool] = await page.evaluate(COLUMNS)
    return answer


def widest_gap(inked: list[bool]) -> float:
    """The longest run of empty columns, as a part of the sweep; one that passes the edge counts as two."""
    return max((len(list(run)) for full, run in groupby(inked) if not full), default=0) / len(inked)


async def until(page: Page, wanted: Callable[[list[bool]], bool]) -> list[bool]:
    """Wait until the sweep looks like this; give its columns."""
    async with asyncio.timeout(PATIENCE_S):
        while not (inked := await columns(page)) or not wanted(inked):  # noqa: ASYNC110 - pixels have no event
            await asyncio.sleep(0.02)
        return inked


@asynccontextmanager
async def oximeter(kind: str, port: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A simulated oximeter on a pseudo-terminal, for the length of a block."""
    program = (sys.executable, "-m", "vitalwatch_simulators", kind, "--link", f"pty:{port}", "--until-stdin-closes")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        while b"ready" not in await process.stdout.readline():
            assert process.returncode is None
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await process.stdout.read()


def clinic_file(folder: Path, driver: str, port: Path) -> Path:
    """A clinic of one chair with one oximeter."""
    path = folder / "clinic.toml"
    path.write_text(f"""
[web]
port = 0

[[chair]]
id = "1"

[[device]]
id = "ox"
chair = "1"
driver = "{driver}"
link = "serial://{port}"
""")
    return path


@pytest.mark.parametrize("kind", ["nonin", "contec"])
async def test_the_curve_moves_and_an_unplugged_oximeter_leaves_a_gap_and_no_line(
    open_page: OpenPage, pictures: Path, tmp_path: Path, kind: str
) -> None:
    port = tmp_path / "port"
    async with oximeter(kind, port) as device:
        start = ("run", str(clinic_file(tmp_path, kind, port)))
        async with running(*start, log=tmp_path / "log") as service, open_page(await service.address()) as page:
            await page.set_viewport_size({"width": 800, "height": 700})  # a short sweep is sooner full
            full = await until(page, lambda inked: sum(inked) > 0.9 * len(inked))
            await until(page, lambda inked: sum(inked) > 0.9 * len(inked) and inked != full)  # the bar has moved
            await page.screenshot(path=pictures / f"sweep-{kind}.png")

            device.kill()
            await until(page, lambda inked: widest_gap(inked) > 0.15)
            await page.screenshot(path=pictures / f"sweep-{kind}-gap.png")
            await until(page, lambda inked: not any(inked))  # then nothing, and not a line that stands still
            await page.wait_for_timeout(500)
            assert not any(await columns(page))

        async with oximeter(kind, port):
            pass  # the same port can be had again: the service has let go of it


async def test_sweeps_can_be_turned_off_and_the_numbers_stay(open_page: OpenPage, tmp_path: Path) -> None:
    port = tmp_path / "port"
    async with oximeter("nonin", port):
        start = ("run", str(clinic_file(tmp_path, "nonin", port)))
        async with running(*start, log=tmp_path / "log") as service, open_page(await service.address()) as page:
            number = page.locator('[data-chair="1"] [data-vital="spo2"] [data-number]')
            await expect(number).to_have_text(re.compile(r"\d\d"))
            await expect(page.locator("[data-sweeps]")).to_have_count(1)
            await page.evaluate("""localStorage.setItem("vitalwatch.view", JSON.stringify({ sweeps: "off" }))""")
            await page.reload()
            await expect(number).to_have_text(re.compile(r"\d\d"))
            await expect(page.locator("[data-sweep]")).to_have_count(1)  # the row keeps its place
            await expect(page.locator("[data-sweeps]")).to_have_count(0)
