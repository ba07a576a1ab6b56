"""The command line: as a real process, because how it ends is the point."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from typer.testing import CliRunner

from vitalwatch_simulators.cli import app
from vitalwatch_simulators.clinic import DEVICES
from vitalwatch_simulators.patient import STORIES

PATIENCE_S = 10.0


@asynccontextmanager
async def started(*arguments: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Start vitalwatch-sim, wait for its ``ready``, and see that nothing is left of it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from vitalwatch_simulators.cli import main; main()"),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), PATIENCE_S) == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.asyncio
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_one_device_runs_until_it_is_told_to_end(number: int, tmp_path: Path) -> None:
    path = tmp_path / "chair-1"
    async with started("nellcor", "--link", f"pty:{path}", "--speed", "50") as process:
        assert path.is_char_device()
        process.send_signal(number)
        _, errors = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert (process.returncode, errors) == (0, b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.asyncio
async def test_a_clinic_ends_when_the_program_that_started_it_is_gone(broker: Any, tmp_path: Path) -> None:
    path = tmp_path / "chair-1"
    plan = tmp_path / "plan.json"
    devices = [
        {"device": "masimo", "link": f"pty:{path}"},
        {"device": "json-cuff", "link": f"mqtt://127.0.0.1:{broker.port}/chair/1/cuff"},
    ]
    plan.write_text(json.dumps({"devices": devices}))
    async with started("clinic", str(plan), "--until-stdin-closes") as process:
        assert path.is_char_device()
        assert process.stdin is not None
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
    assert not path.is_symlink()


@pytest.mark.asyncio
async def test_a_device_that_is_killed_leaves_its_last_will(broker: Any) -> None:
    async with aiomqtt.Client("127.0.0.1", broker.port) as listener:
        await listener.subscribe("chair/#")
        link = f"mqtt://127.0.0.1:{broker.port}/chair/1"
        async with started("json-oximeter", "--link", link, "--id", "ox-1") as process:
            process.kill()
            async with asyncio.timeout(PATIENCE_S):
                async for message in listener.messages:
                    last = json.loads(message.payload)
                    if "seq" not in last:
                        break
    assert last == {"device": "ox-1", "status": ["offline"]}
    assert message.topic.value == "chair/1"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nellcor", "--link", "pty:/no/such/folder/port"],
        ["nellcor", "--link", "mqtt://127.0.0.1/x"],
        ["masimo", "--link", "pty:/tmp/x", "--story", "holiday"],
        ["masimo", "--link", "pty:/tmp/x", "--interval", "60"],
        ["clinic", "/no/such/plan.json"],
    ],
)
def test_what_cannot_run_is_said_in_one_line_on_stderr(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("vitalwatch-sim: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["nellcor"], ["json-cuff", "--link", "mqtt://b/t", "--interval", "5"], ["dog"]])
def test_wrong_usage_is_exit_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_help_names_every_device_and_story_and_gives_an_example() -> None:
    text = CliRunner().invoke(app, ["--help"]).stdout
    for name in [*DEVICES, *STORIES, "clinic", "vitalwatch-sim nellcor --link pty:"]:
        assert name in text
