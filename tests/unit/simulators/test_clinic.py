"""Kinds of devices: which links they go on, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitalwatch.driver import LineSettings
from vitalwatch.errors import ConfigError, LinkError
from vitalwatch_simulators.clinic import DEVICES, DevicePlan, SerialKind, make_rig, put_on_link
from vitalwatch_simulators.links import parse_link
from vitalwatch_simulators.masimo.monitor import MasimoMonitor
from vitalwatch_simulators.scenario import load_scenario
from vitalwatch_simulators.wires.mqtt import OnMqtt
from vitalwatch_simulators.wires.pty import OnPty
from vitalwatch_simulators.wires.serial import OnSerial
from vitalwatch_simulators.wires.station import Station
from vitalwatch_simulators.wires.tcp import OnTcp, OnTcpListen
from vitalwatch_simulators.wires.udp import OnUdp

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MQTT = "mqtt://127.0.0.1:1883/chair/1"

STATIONS = {
    "pty:/tmp/1": OnPty,
    "serial:/dev/ttyS0": OnSerial,
    "tcp://a:1": OnTcp,
    "tcp-listen://:1": OnTcpListen,
    "udp://a:1": OnUdp,
    MQTT: OnMqtt,
}


def station(plan: DevicePlan) -> Station:
    return put_on_link(plan, make_rig(plan, load_scenario("quiet").patient(), STARTED, "1"))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("link", STATIONS)
def test_a_device_goes_on_the_links_that_its_kind_names_and_on_no_others(device: str, link: str) -> None:
    plan = DevicePlan(device, link)
    if isinstance(parse_link(link), DEVICES[device].links):
        made = station(plan)
        assert isinstance(made, STATIONS[link])
        assert str(made.link) == link
    else:
        with pytest.raises(ConfigError) as error:
            station(plan)
        assert error.value.key == "link"
        assert all(fitting.form in error.value.hint for fitting in DEVICES[device].links)


@pytest.mark.parametrize("link", ["pty:/tmp/1", "serial:/tmp/1"])
def test_a_line_has_the_settings_of_its_kind(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEVICES, "masimo", SerialKind("a device", 19200, MasimoMonitor, parity="E", stop=2))
    made = station(DevicePlan("masimo", link))
    assert isinstance(made, OnPty | OnSerial)
    assert made[2] == LineSettings(19200, 8, "E", 2)


def test_a_device_that_there_is_not_and_a_link_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(ConfigError) as error:
        station(DevicePlan("welch", MQTT))
    assert "nellcor" in error.value.hint
    with pytest.raises(LinkError):
        station(DevicePlan("nellcor", "/dev/ttyS0"))


@pytest.mark.parametrize("device", DEVICES)
def test_every_device_is_in_the_readme(device: str, project: Path) -> None:
    assert f"`{device}`" in (project / "simulators/vitalwatch_simulators/README.md").read_text(encoding="utf-8")
