"""``vitalwatch demo``: the whole simulated clinic as a person starts and ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from tools.running import Running, running, watching
from vitalwatch.broker import find_program

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not (find_program("mosquitto") or find_program("nats-server")), reason="no MQTT broker here"),
]

DEMO = ("demo", "--no-browser", "--port", "0")
CHAIRS = {str(number) for number in range(1, 9)}
SOON_S = 15.0
"""5 s are promised, which a quiet computer keeps easily; this also holds beside other work."""


def children(running: Running) -> set[int]:
    """Process ids of its broker and simulators."""
    task = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    return {int(number) for number in task.read_text().split()}


async def all_gone(processes: set[int]) -> None:
    """Wait until none of the processes is left (one that is dead but not yet waited for counts as gone)."""

    def alive(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    async with asyncio.timeout(PATIENCE_S):
        while any(alive(pid) for pid in processes):  # noqa: ASYNC110 - other people's processes have no event
            await asyncio.sleep(0.01)


async def test_every_chair_is_marked_and_has_values_soon_after_the_start_and_ctrl_c_ends_it_all(
    tmp_path: Path,
) -> None:
    started = time.monotonic()
    async with running(*DEMO, "--chairs", "8", log=tmp_path / "log") as demo:
        address = await demo.address()
        async with watching(address) as screen:
            await screen.until_holds(lambda screen: {chair for chair, _ in screen.values} == CHAIRS)
            assert time.monotonic() - started < SOON_S
            marks = {chair["id"]: chair["mark"] for chair in screen.chairs.values()}
            assert marks == dict.fromkeys(CHAIRS, "SIMULATED")
            helpers = children(demo)
            assert len(helpers) == 2
            stopped = time.monotonic()
            assert await demo.end(signal.SIGINT) == 0
            assert time.monotonic() - stopped < SOON_S
            await all_gone(helpers)
    assert "Traceback" not in demo.log
    assert "[error" not in demo.log


async def test_sigterm_ends_it_as_well(tmp_path: Path) -> None:
    async with running(*DEMO, "--chairs", "1", log=tmp_path / "log") as demo:
        await demo.address()
        helpers = children(demo)
        assert await demo.end(signal.SIGTERM) == 0
        await all_gone(helpers)


async def test_killed_it_takes_broker_and_simulators_with_it(tmp_path: Path) -> None:
    littering = {**os.environ, "TMPDIR": str(tmp_path)}  # the killed cannot sweep their own folder
    async with running(*DEMO, "--chairs", "2", log=tmp_path / "log", env=littering) as demo:
        await demo.address()
        helpers = children(demo)
        assert len(helpers) == 2
        assert await demo.end(signal.SIGKILL) == -signal.SIGKILL
        await all_gone(helpers)


@pytest.mark.parametrize("seed", [1, 4])
async def test_what_happens_alarms_within_a_minute_and_each_at_its_own_chair(seed: int, tmp_path: Path) -> None:
    """Ten times as fast as life: chair 2 desaturates, the sensor of chair 6 comes off."""
    command = (*DEMO, "--chairs", "8", "--speed", "10", "--seed", str(seed))
    async with running(*command, log=tmp_path / "log") as demo, watching(await demo.address()) as screen:
        fallen = await screen.until_alarm("2", "SPO2-DESAT", "active")
        probe = await screen.until_alarm("6", "T-PROBE", "active")
        assert fallen["now"] - screen.snapshot["now"] < 60.0
        assert probe["now"] - screen.snapshot["now"] < 60.0
        assert {chair for chair, condition in screen.alarms if condition.startswith("SPO2-")} == {"2"}
        assert {chair for chair, condition in screen.alarms if condition == "T-PROBE"} == {"6"}
