"""Plans of many devices: what is built, and what is refused with which key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vitalwatch.errors import ConfigError, LinkError
from vitalwatch_simulators.clinic import DEVICES, DevicePlan, build, load_plan
from vitalwatch_simulators.serve import OnMqtt, OnPty

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MQTT = "mqtt://127.0.0.1:1883/chair/1"


def test_every_device_of_a_plan_becomes_a_monitor_on_its_link(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    entries = [
        {"device": "nellcor", "link": "pty:/tmp/1", "story": "desaturation"},
        {"device": "masimo", "link": "pty:/tmp/2", "seed": 2},
        {"device": "json-oximeter", "link": MQTT + "/ox", "id": "ox-1"},
        {"device": "json-cuff", "link": MQTT + "/cuff", "interval_s": 60},
    ]
    plan.write_text(json.dumps({"speed": 10, "devices": entries}))
    loaded = load_plan(plan)
    stations = build(loaded.devices, STARTED)
    assert loaded.speed == 10.0
    assert [str(station.link) for station in stations] == [entry["link"] for entry in entries]
    assert [type(station) for station in stations] == [OnPty, OnPty, OnMqtt, OnMqtt]
    assert all(station.monitor.next_at() == 0.0 for station in stations)
    assert [json.loads(s.monitor.will.payload)["device"] for s in stations if isinstance(s, OnMqtt)] == [
        "ox-1",
        "json-cuff-1",
    ]


@pytest.mark.parametrize("device", DEVICES)
def test_same_plan_same_output(device: str) -> None:
    link = MQTT if device.startswith("json") else "pty:/tmp/1"
    plan = [DevicePlan(device, link, story="probe_off", seed=7)]
    one, other = build(plan, STARTED)[0].monitor, build(plan, STARTED)[0].monitor
    for _ in range(100):
        assert one.next_at() == other.next_at()
        t = one.next_at()
        assert one.emit(t) == other.emit(t)
        assert one.next_at() > t


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ({"device": "welch", "link": MQTT}, "devices.0.device"),
        ({"device": "nellcor", "link": "pty:/tmp/1", "story": "holiday"}, "devices.0.story"),
        ({"device": "nellcor", "link": MQTT}, "devices.0.link"),
        ({"device": "json-cuff", "link": "pty:/tmp/1"}, "devices.0.link"),
        ({"device": "masimo", "link": "pty:/tmp/1", "interval_s": 60}, "devices.0.interval_s"),
        ({"device": "json-oximeter", "link": MQTT, "interval_s": 60}, "devices.0.interval_s"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_key(entry: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as error:
        build([DevicePlan(**entry)], STARTED)
    assert error.value.key == key


def test_two_devices_cannot_have_one_link() -> None:
    with pytest.raises(ConfigError) as error:
        build([DevicePlan("json-oximeter", MQTT), DevicePlan("json-cuff", MQTT)], STARTED)
    assert error.value.key == "devices.1.link"


def test_a_link_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(LinkError):
        build([DevicePlan("nellcor", "/dev/ttyS0")], STARTED)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"devices": []}', '{"devices": [{"device": "nellcor"}]}', '{"devices": 5}', "\xff"),
        '{"devices": [{"device": "nellcor", "link": "pty:/tmp/1", "colour": "red"}]}',
        '{"devices": [{"device": "json-cuff", "link": "mqtt://b/t", "interval_s": 25}]}',
        '{"speed": 0, "devices": [{"device": "nellcor", "link": "pty:/tmp/1"}]}',
    ],
)
def test_a_file_that_is_no_plan_is_refused_by_its_name(text: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(text, encoding="latin-1")
    with pytest.raises(ConfigError) as error:
        load_plan(plan)
    assert error.value.file == plan


def test_a_missing_file_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load_plan(tmp_path / "none.json")
    assert error.value.file == tmp_path / "none.json"


@pytest.mark.parametrize("device", DEVICES)
def test_every_device_is_in_the_readme(device: str, project: Path) -> None:
    assert f"`{device}`" in (project / "simulators/vitalwatch_simulators/README.md").read_text(encoding="utf-8")
