"""``/metrics``: what Prometheus reads, and nothing about patients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from vitalwatch.errors import LinkError
from vitalwatch.hub import Hub, Viewer
from vitalwatch.web.metrics import metrics_text

LINE = b"29-Dec-17 07:18:%02d    %d      66      61    MO                \r\n"


def metrics(hub: Hub) -> dict[str, float]:
    """Every sample by its name and labels."""
    lines = metrics_text(hub).decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


@pytest.mark.asyncio
async def test_a_device_is_counted_from_its_own_frames(make_hub: Callable[[], Hub]) -> None:
    hub = make_hub()
    device = hub.supervisors["ox"]
    before = metrics(hub)
    device.opened()
    device.received(b"noise \xff\r\n" + LINE % (43, 99))
    after = metrics(hub)
    label = '{chair="1",device="ox"}'
    assert before[f"vitalwatch_device_up{label}"] == 0.0
    assert after[f"vitalwatch_device_up{label}"] == 1.0
    assert after[f"vitalwatch_device_frames_total{label}"] == 1.0
    assert after[f"vitalwatch_device_bad_frames_total{label}"] == 1.0
    assert after[f"vitalwatch_device_dropped_bytes_total{label}"] > 0
    assert after["vitalwatch_observations_total"] == 2.0
    assert after[f"vitalwatch_driver_faults_total{label}"] == 0.0


@pytest.mark.asyncio
async def test_alarms_are_counted_by_condition_state_and_priority(make_hub: Callable[[], Hub], clock: object) -> None:
    hub = make_hub()
    device = hub.supervisors["ox"]
    device.opened()
    for second in range(10):
        clock.time = 100.0 + second  # type: ignore[attr-defined]
        device.received(LINE % (second, 80))
    found = metrics(hub)
    assert found['vitalwatch_transitions_total{condition="SPO2-LOW",priority="medium",to="active"}'] == 1.0
    assert found['vitalwatch_alarms_present{priority="high"}'] == 1.0
    assert found['vitalwatch_alarms_present{priority="medium"}'] == 1.0
    assert found['vitalwatch_alarms_present{priority="low"}'] == 0.0


@pytest.mark.asyncio
async def test_a_lost_device_is_down(make_hub: Callable[[], Hub]) -> None:
    hub = make_hub()
    hub.supervisors["ox"].opened()
    hub.supervisors["ox"].lost(LinkError("unplugged", url="loop://ox"))
    assert metrics(hub)['vitalwatch_device_up{chair="1",device="ox"}'] == 0.0


@pytest.mark.asyncio
async def test_screens_and_cuts_are_counted(make_hub: Callable[[], Hub]) -> None:
    hub = make_hub()
    viewer = Viewer(b"{}")
    hub.viewers.add(viewer)
    assert metrics(hub)["vitalwatch_screens"] == 1.0
    viewer.put(b"x" * 2_000_000)
    hub.viewers.remove(viewer)
    found = metrics(hub)
    assert (found["vitalwatch_screens"], found["vitalwatch_screens_cut_total"]) == (0.0, 1.0)


@pytest.mark.asyncio
async def test_screens_that_draw_and_those_that_can_alarm_are_counted(make_hub: Callable[[], Hub]) -> None:
    hub = make_hub()
    now = asyncio.get_running_loop().time()
    for sound in ("on", "off"):
        viewer = hub.connect()
        viewer.sound, viewer.visible = sound, True  # type: ignore[assignment]
        viewer.glass.sent(1, (), now)
        viewer.glass.drew(1, now)
    hub.connect()  # a program
    found = metrics(hub)
    assert [found[f"vitalwatch_screens{which}"] for which in ("", "_alive", "_alarm_grade")] == [3.0, 2.0, 1.0]
    assert (found["vitalwatch_fallback_works"], found["vitalwatch_fallback_calls_total"]) == (0.0, 0.0)
