"""A real Chromium, and a clinic whose one patient desaturates when the recording says so."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.patience import PATIENCE_S
from vitalwatch.broker import free_port
from vitalwatch.web.site import static_folder

expect.set_options(timeout=PATIENCE_S * 1000)

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]

AUTOPLAY = "--autoplay-policy="
SOUNDS = f"{AUTOPLAY}no-user-gesture-required"
"""As a wall screen is set up: the page may sound without a touch."""

SPEED = 10
"""Recorded seconds that pass in one real second."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Callable[..., Awaitable[Browser]]]:
    """Gives a Chromium that runs with these flags: one for all tests, since to start one takes a second.

    Without a Chromium or without the built page the test is skipped, or fails where everything has to be there.
    """
    chromium = shutil.which("chromium")
    missing = "" if (static_folder() / "index.html").is_file() else "the page is not built: python hatch_build.py"
    if missing := missing or ("" if chromium else "chromium is not installed"):
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    async with async_playwright() as playwright:
        started: dict[tuple[str, ...], Browser] = {}

        async def browser(*flags: str) -> Browser:
            if flags not in started:
                started[flags] = await playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *flags])
            return started[flags]

        yield browser
        for each in started.values():
            await each.close()


@pytest.fixture
def open_page(
    browser: Callable[..., Awaitable[Browser]],
) -> Callable[..., AbstractAsyncContextManager[Page]]:
    """Open an address with a fresh profile, for the length of a block.

    It may sound without a touch, unless ``flags`` hold another policy. ``script`` runs before the page's own.
    """

    @asynccontextmanager
    async def open_page(address: str, *flags: str, script: str = "") -> AsyncIterator[Page]:
        sounds = [] if any(flag.startswith(AUTOPLAY) for flag in flags) else [SOUNDS]
        profile = await (await browser(*sounds, *flags)).new_context(viewport={"width": 1920, "height": 1080})
        try:
            page = await profile.new_page()
            await page.add_init_script(script)
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            await page.goto(address)
            yield page
        finally:
            await profile.close()
        assert faults == []

    return open_page


@pytest.fixture
def recording_clinic(tmp_path: Path) -> Path:
    """A clinic file: 97 % for 6 s, then 86 % for 10 minutes, so an alarm at 16 s; ten times as fast as life."""
    stamps = [f"02-Mar-26 10:{second // 60:02d}:{second % 60:02d}" for second in range(0, 610, 2)]
    values = [97, 97, 97, *[86] * (len(stamps) - 3)]
    lines = [f"{stamp}   {value:3d}      66      12" for stamp, value in zip(stamps, values, strict=True)]
    (tmp_path / "recording.txt").write_text("\r\n".join(lines) + "\r\n")
    path = tmp_path / "clinic.toml"
    path.write_text(f"""
[web]
port = {free_port()}

[[chair]]
id = "1"
label = "Chair 1"

[[device]]
id = "ox"
chair = "1"
driver = "nellcor"
link = "replay:recording.txt?speed={SPEED}"
""")
    return path


@pytest.fixture(scope="session")
def axe(project: Path) -> Callable[[Page], Awaitable[list[str]]]:
    """Asks the accessibility checker what it calls serious or critical on a page as it is now."""
    path = project / "dashboard" / "web" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        missing = "axe-core is not installed: python hatch_build.py check"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)

    async def faults(page: Page) -> list[str]:
        await page.evaluate(path.read_text())
        found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{one['id']}: {node['html'][:160]} {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    return faults


@pytest.fixture
def sinking_clinic(tmp_path: Path) -> Callable[..., Path]:
    """A clinic whose one patient has the given saturations, each for so many seconds."""

    def write(*parts: tuple[int, int]) -> Path:
        values = [value for value, seconds in parts for _ in range(seconds // 2)]
        lines = [
            f"02-Mar-26 10:{2 * i // 60:02d}:{2 * i % 60:02d}   {value:3d}      66      12"
            for i, value in enumerate(values)
        ]
        (tmp_path / "recording.txt").write_text("\r\n".join(lines) + "\r\n")
        path = tmp_path / "clinic.toml"
        path.write_text(
            f'[web]\nport = {free_port()}\n[[chair]]\nid = "1"\nlabel = "Chair 1"\n[[device]]\nid = "ox"\nchair = "1"\n'
            f'driver = "nellcor"\nlink = "replay:recording.txt?speed={SPEED}"\n'
        )
        return path

    return write


@pytest.fixture
def pictures(project: Path) -> Path:
    """Where screenshots of the tests are kept, to be looked at; not part of the project."""
    folder = project / "test-output"
    folder.mkdir(exist_ok=True)
    return folder
