"""The service's own call, made by the service as people start it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tools.running import running

pytestmark = pytest.mark.asyncio

CLINIC = """
[web]
port = 0

[fallback]
command = ["{call}", "--ward"]

[[chair]]
id = "7"

[[device]]
id = "ox"
chair = "7"
driver = "nellcor"
link = "{link}"
"""

STANDS_STILL = """
import sys, time
from pathlib import Path
from vitalwatch import app
from vitalwatch.config import load
from vitalwatch.hub import Hub

flush = Hub.flush
def block(hub):
    Hub.flush = flush
    time.sleep(20)
Hub.flush = block
app.run(load(Path(sys.argv[1])), ready=print)
"""
"""A service whose event loop hangs a quarter of a second after its start."""


@pytest.fixture
def called(tmp_path: Path) -> Path:
    """Where the command writes how it was called, a line for each time."""
    script = tmp_path / "call"
    script.write_text(f'#!/bin/sh\necho "$1|$2|$3" >> {tmp_path}/called\n')
    script.chmod(0o755)
    return tmp_path / "called"


async def first_line(file: Path, limit_s: float) -> str:
    """The first line of a file that is not there yet."""
    async with asyncio.timeout(limit_s):
        while not (file.exists() and file.read_text().endswith("\n")):  # noqa: ASYNC110 - files have no event
            await asyncio.sleep(0.05)
    return file.read_text().splitlines()[0]


async def test_a_high_alarm_without_a_screen_runs_the_command_with_condition_and_chair(
    tmp_path: Path, called: Path
) -> None:
    lines = [f"02-Mar-26 10:{n // 60:02d}:{n % 60:02d}    80      66      12\r\n" for n in range(600)]
    (tmp_path / "night.txt").write_text("".join(lines))
    clinic = tmp_path / "clinic.toml"
    clinic.write_text(CLINIC.format(call=tmp_path / "call", link="replay:night.txt?speed=10"))
    async with running("run", str(clinic), log=tmp_path / "log") as service:
        await service.address()
        assert await first_line(called, 20) == "--ward|T-UNDELIVERED|7"


@asynccontextmanager
async def hanging(clinic: Path) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STANDS_STILL, clinic, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def test_while_the_event_loop_stands_still_the_watchdog_runs_the_command(tmp_path: Path, called: Path) -> None:
    clinic = tmp_path / "clinic.toml"
    clinic.write_text(CLINIC.format(call=tmp_path / "call", link="loop://ox"))
    async with hanging(clinic):
        assert await first_line(called, 18) == "--ward|T-ENGINE|"
