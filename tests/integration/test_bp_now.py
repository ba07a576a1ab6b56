""" "BP now", from the person's act to the reading on the screen, for every driver whose protocol can start a cuff.

Everything is real but wire and time: the simulated device answers the driver's bytes over a loop, in virtual time.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from vitalwatch import app
from vitalwatch.config import load
from vitalwatch.driver import Command, driver_names, load_driver
from vitalwatch.errors import UsageError
from vitalwatch.hub import Hub, Viewer
from vitalwatch.links import Links
from vitalwatch_simulators.clinic import DEVICES, DevicePlan, make_rig
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.rehearse import STARTED
from vitalwatch_simulators.virtual_time import VirtualClock, run_virtually
from vitalwatch_simulators.wires.loop import OnLoop
from vitalwatch_simulators.wires.timeline import Timeline
from vitalwatch_simulators.wiring import reader_of

COMMANDED = [name for name in driver_names() if Command.START_NIBP in load_driver(name).info.commands]
KINDS = [kind for kind in DEVICES if reader_of(kind).driver in COMMANDED and kind != "dinamap-pro1000"]

CLINIC = """
[[chair]]
id = "1"

[[device]]
id = "cuff"
chair = "1"
driver = "{driver}"
link = "loop://cuff"
allow = [{allow}]
"""

ASKED_AT_S = 120.0
"""The devices also measure by themselves: at the start, and again at 300 s."""

LONGEST_S = 90.0
"""A cuff measurement takes less than this."""


def test_every_driver_that_can_start_a_cuff_has_a_simulator_that_is_tried_here() -> None:
    assert sorted({reader_of(kind).driver for kind in KINDS}) == COMMANDED


def story(kind: str, folder: Path, *, allowed: bool) -> tuple[list[Any], str]:
    """Ask for a reading once the device is there; gives the cuff values on the screen and what was refused."""

    async def play() -> tuple[list[Any], str]:
        clock = VirtualClock(STARTED)
        links, timeline = Links(clock, folder), Timeline(clock)
        path = folder / "clinic.toml"
        allow = '"start_nibp"' if allowed else ""
        path.write_text(CLINIC.format(driver=reader_of(kind).driver, allow=allow), "utf-8")
        hub = app.make_hub(load(path), clock, links)
        viewer = Viewer(hub.snapshot())
        hub.viewers.add(viewer)
        rig = make_rig(DevicePlan(kind, ""), Patient(1), STARTED, "1")
        tasks = [
            asyncio.create_task(hub.run()),
            asyncio.create_task(OnLoop(rig, links.loop("cuff"), "").run(timeline)),
        ]
        timeline.begin()
        try:
            await asyncio.sleep(ASKED_AT_S)
            values: list[Any] = []
            refused = ask(hub)
            if not refused:
                async with asyncio.timeout(LONGEST_S):
                    while not values:
                        frame = json.loads(await viewer.next_frame())
                        if frame["type"] == "vitals" and frame["now"] > ASKED_AT_S:
                            values = [v for v in frame["values"] if v["vital"] == "systolic" and v["age_s"] < 5]
            return values, refused
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    return run_virtually(play)


def ask(hub: Hub) -> str:
    """Ask for a reading; gives the sentence of the refusal, if any."""
    try:
        hub.command("1", "cuff", Command.START_NIBP, "Ada")
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_reading_that_was_asked_for_comes(kind: str, tmp_path: Path) -> None:
    values, refused = story(kind, tmp_path, allowed=True)
    assert refused == ""
    assert 90 <= values[0]["value"] <= 160


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_started_that_the_config_does_not_allow(kind: str, tmp_path: Path) -> None:
    values, refused = story(kind, tmp_path, allowed=False)
    assert (values, refused) == ([], "the config does not allow start_nibp for the monitor cuff")
