"""``vitalwatch run`` on serial lines: an alarm from a port, and ports and brokers that are not as they should be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import serial

from tools.running import Screen, running, watching
from vitalwatch.broker import free_port

pytestmark = pytest.mark.asyncio

QUICK_PROFILE = """
name = "quick"
version = "1"
[delays]
spo2_low = 2
spo2_low_deep = 2
spo2_low_deeper = 2
"""


def chair(number: str, link: str, driver: str = "nellcor", profile: str = "adult-default") -> str:
    """A chair with one device, for a clinic file."""
    return f"""
[[chair]]
id = "{number}"
profile = "{profile}"

[[device]]
id = "device-{number}"
chair = "{number}"
driver = "{driver}"
link = "{link}"
"""


def link_is(number: str, state: str) -> Callable[[Screen], bool]:
    """Whether the link at a chair is in this state."""
    return lambda screen: screen.chairs[number]["devices"][0]["link"] == state


def alarm_is(number: str, condition: str, state: str) -> Callable[[Screen], bool]:
    """Whether an alarm at a chair is in this state."""
    return lambda screen: screen.alarms.get((number, condition), {}).get("state") == state


def spo2_is(number: str, value: int | None) -> Callable[[Screen], bool]:
    """Whether this is the newest SpO2 of a chair."""
    return lambda screen: screen.values.get((number, "spo2"), {}).get("value", "never any") == value


async def test_a_fall_of_spo2_on_a_9600_baud_line_becomes_an_alarm_and_the_lost_sensor_another(
    make_port: Callable[[str], Any],
    clinic_file: Callable[[str], Path],
    tmp_path: Path,
    nellcor_line: Callable[..., bytes],
) -> None:
    (tmp_path / "quick.toml").write_text(QUICK_PROFILE)
    port = make_port("oximeter")
    port.plug()
    config = clinic_file(chair("1", f"serial://{port.path}?baud=9600", profile="quick.toml"))
    async with (
        running("run", str(config), log=tmp_path / "log") as service,
        watching(await service.address()) as screen,
    ):
        await screen.until_holds(link_is("1", "up"))

        async def speak() -> None:
            """The monitor: a header, noise, 97 %, then a fall; a line each half second."""
            port.write(b"N-560    VERSION 1.56.00    CRC:XXXX  SpO2 Limit: 90-100%    PR Limit: 60-170BPM\r\n")
            port.write(b"\xff\x00garbage\r\n")
            for value in (97, 97, 89, *[83] * 600):
                port.write(nellcor_line(value, "SL" if value < 90 else ""))
                await asyncio.sleep(0.5)

        speaking = asyncio.create_task(speak())
        try:
            await screen.until_holds(spo2_is("1", 97))
            pending = await screen.until_alarm("1", "SPO2-LOW", "pending")
            active = await screen.until_alarm("1", "SPO2-LOW", "active")
        finally:
            speaking.cancel()
            await asyncio.wait({speaking})
        assert (pending["transition"]["value"], active["transition"]["value"]) == (89, 83)
        assert active["transition"]["at"] - pending["transition"]["at"] == pytest.approx(2.0, abs=1e-5)
        port.write(nellcor_line(0, "SD").replace(b"  0 ", b"--- ").replace(b"66", b"---"))
        told = await screen.until_alarm("1", "T-PROBE", "pending")
        assert told["alarm"]["note"] == "sensor disconnected"
        await screen.until_holds(spo2_is("1", None))
        assert alarm_is("1", "SPO2-LOW", "active")(screen)


async def test_what_is_missing_taken_or_refused_is_an_alarm_at_its_own_chair_and_comes_back_by_itself(
    make_port: Callable[[str], Any],
    clinic_file: Callable[[str], Path],
    tmp_path: Path,
    nellcor_line: Callable[..., bytes],
) -> None:
    sound, taken, missing = make_port("sound"), make_port("taken"), make_port("missing")
    sound.plug()
    taken.plug()
    config = clinic_file(
        chair("sound", f"serial://{sound.path}?baud=9600")
        + chair("taken", f"serial://{taken.path}?baud=9600")
        + chair("missing", f"serial://{missing.path}?baud=9600")
        + chair("refused", f"mqtt://127.0.0.1:{free_port()}/chair/4", "mqtt-json")
    )
    reasons = {"taken": "in use by another program", "missing": "no serial port", "refused": "Nothing answers"}
    with serial.Serial(str(taken.path), 9600, exclusive=True) as other_program:
        async with (
            running("run", str(config), log=tmp_path / "log") as service,
            watching(await service.address()) as screen,
        ):
            for number, words in reasons.items():
                await screen.until_holds(alarm_is(number, "T-LINK", "active"))
                (device,) = screen.chairs[number]["devices"]
                assert device["link"] == "lost"
                assert words in device["reason"]
                assert device["reason"] in screen.alarms[number, "T-LINK"]["note"]
            assert {number for number, _ in screen.alarms} == set(reasons)
            sound.write(nellcor_line(97))
            await screen.until_holds(spo2_is("sound", 97))

            missing.plug()
            other_program.close()
            for number in ("missing", "taken"):
                await screen.until_holds(link_is(number, "up"))
            missing.write(nellcor_line(96))
            await screen.until_holds(spo2_is("missing", 96))
        assert service.log.count("link lost") == len(reasons)
