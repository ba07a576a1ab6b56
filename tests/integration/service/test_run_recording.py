"""``vitalwatch run`` on a real recording: a Nellcor N-560, 102 seconds at 20 times their pace.

What is in it, in seconds from its first line: a line of noise and SpO2 99 at 0; 89 at 14, below the limit of 90; 83 at
16; then down to 73; from 46 on the sensor is disconnected, from 74 on it is off the finger.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tools.running import Screen, running, watching

CAPTURE = "captures/nellcor-n560-ascii/n560-v1.56-20171229-part1.txt"


def change(frame: dict[str, Any]) -> tuple[str, str]:
    """Condition and new state of an alarm frame; empty for others."""
    transition = frame.get("transition", {})
    return transition.get("condition", ""), transition.get("to", "")


@pytest.mark.asyncio
async def test_the_recording_of_a_real_desaturation_alarms_as_it_must(
    shared: Path, clinic_file: Callable[[str], Path], tmp_path: Path
) -> None:
    config = clinic_file(f"""
[[chair]]
id = "1"

[[device]]
id = "ox"
chair = "1"
driver = "nellcor"
link = "replay:{shared / CAPTURE}?speed=20"
""")
    changes: dict[tuple[str, str], dict[str, Any]] = {}
    shown: list[float | None] = []

    def note(screen: Screen, frame: dict[str, Any]) -> None:
        if all(change(frame)):
            changes.setdefault(change(frame), frame)
        value = screen.values.get(("1", "spo2"))
        if value and (not shown or shown[-1] != value["value"]):
            shown.append(value["value"])

    async with running("run", str(config), log=tmp_path / "log") as service:
        address = await service.address()
        async with watching(address) as screen, httpx.AsyncClient() as browser:
            assert screen.snapshot["speed"] == 20.0
            assert screen.chairs["1"]["mark"] == "REPLAY ×20"

            def until(condition: str, state: str) -> Callable[[Screen, dict[str, Any]], bool]:
                def seen(screen: Screen, frame: dict[str, Any]) -> bool:
                    note(screen, frame)
                    return change(frame) == (condition, state)

                return seen

            # The alarm: pending at the first value under the limit, active 5 s later, when it is deep enough for that.
            await screen.until(until("SPO2-DESAT", "active"))
            low, active = changes["SPO2-LOW", "pending"], changes["SPO2-LOW", "active"]
            assert low["alarm"]["text"] == "SpO2 low 89 < 90"
            assert active["transition"]["at"] - low["transition"]["at"] == pytest.approx(5.0, abs=1e-5)
            assert active["transition"]["delay_s"] == 5.0
            assert active["transition"]["value"] == 79
            assert active["transition"]["limit_source"].startswith("adult-default")

            # The sensor: disconnected, an alarm of its own; no value is shown as current; the old alarm stays.
            probe = await screen.until(until("T-PROBE", "active"))
            assert (probe["alarm"]["text"], probe["alarm"]["note"]) == ("SpO2 probe off", "sensor disconnected")
            await screen.until(lambda screen, _: screen.values["1", "spo2"]["value"] is None)
            gone = screen.values["1", "spo2"]
            assert (gone["validity"], gone["last_value"]) == ("unavailable", 73)
            await screen.until(lambda screen, _: screen.alarms["1", "SPO2-LOW"]["note"].startswith("last 73, 0:"))
            assert screen.alarms["1", "SPO2-LOW"]["state"] == "active"

            assert (await screen.act("acknowledge", "1", "Ada", condition="SPO2-DESAT"))["ok"]
            assert screen.alarms["1", "SPO2-DESAT"]["state"] == "acknowledged"

            # Then off the finger. To the end of the recording nothing about SpO2 begins and none is current.
            await screen.until(lambda screen, _: screen.alarms["1", "T-PROBE"]["note"] == "sensor off")
            begun: list[tuple[str, str]] = []

            def ended(screen: Screen, frame: dict[str, Any]) -> bool:
                assert screen.values["1", "spo2"]["value"] is None
                if change(frame)[0].startswith("SPO2"):
                    begun.append(change(frame))
                return change(frame) == ("T-LINK", "active")

            end = await screen.until(ended)
            assert "end of recording" in end["alarm"]["note"]
            assert begun == []
            for condition in ("SPO2-LOW", "SPO2-DESAT"):
                assert screen.alarms["1", condition]["state"] == "acknowledged"
                assert screen.alarms["1", condition]["actor"] == "Ada"

            metrics = (await browser.get(f"{address}metrics")).text
    assert shown[0] == 99
    assert min(value for value in shown if value is not None) == 73
    label = '{chair="1",device="ox"}'
    assert f"vitalwatch_device_bad_frames_total{label} 1.0" in metrics
    assert f"vitalwatch_device_frames_total{label} 58.0" in metrics
