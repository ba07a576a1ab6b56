"""The clinic to show: what stands in the two files, and that they fit."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from vitalwatch.config import load
from vitalwatch.errors import ConfigError
from vitalwatch_simulators import wire as command
from vitalwatch_simulators.clinic import DEVICES
from vitalwatch_simulators.plan import ClinicPlan, load_plan
from vitalwatch_simulators.scenario import load_scenario
from vitalwatch_simulators.wire import CHAIRS, CLINIC, EARLY, PLAN, SCENARIOS, wire
from vitalwatch_simulators.wiring import reader_of


def wired(folder: Path, chairs: int = 8, seed: int = 1) -> ClinicPlan:
    folder.mkdir(exist_ok=True)
    wire(folder, chairs=chairs, seed=seed, broker_port=1883, speed=2.0)
    return load_plan(folder / PLAN)


@pytest.mark.parametrize("chairs", [1, 8, 64])
def test_the_clinic_file_reads_every_device_of_the_plan(chairs: int, tmp_path: Path) -> None:
    plan, config = wired(tmp_path, chairs), load(tmp_path / CLINIC)
    assert plan.speed == 2.0
    assert [chair.id for chair in config.chairs] == [chair.id for chair in plan.chairs]
    assert config.clinic.simulated
    drivers = {device.id: device.driver for device in config.devices}
    assert drivers == {
        f"{device.device}-{chair.id}": reader_of(device.device).driver
        for chair in plan.chairs
        for device in chair.devices.values()
    }


def test_the_same_seed_is_the_same_clinic_and_another_seed_another(tmp_path: Path) -> None:
    def shape(plan: ClinicPlan) -> list[object]:
        return [(chair.id, chair.named, chair.seed, list(chair.devices)) for chair in plan.chairs]

    one, again, other = (wired(tmp_path / name, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert shape(one) == shape(again)
    assert shape(one) != shape(other)


@pytest.mark.parametrize("chairs", [1, 2, 8, 64])
@pytest.mark.parametrize("seed", range(5))
def test_somebody_is_called_within_the_first_minute(chairs: int, seed: int, tmp_path: Path) -> None:
    assert EARLY in [chair.named for chair in wired(tmp_path, chairs, seed).chairs]


def test_neighbours_have_different_monitors(tmp_path: Path) -> None:
    kinds = [tuple(chair.devices) for chair in wired(tmp_path, len(CHAIRS)).chairs]
    assert sorted(kinds) == sorted(CHAIRS)


def test_what_is_named_is_there() -> None:
    assert {kind for chair in CHAIRS for kind in chair} <= set(DEVICES)
    assert all(load_scenario(name) for name in SCENARIOS)


def tcp_ports(plan: ClinicPlan) -> list[int]:
    links = [device.link for chair in plan.chairs for device in chair.devices.values()]
    return [int(found[1]) for link in links if (found := re.match(r"tcp-listen://127\.0\.0\.1:(\d+)$", link))]


def test_ports_are_none_that_a_connection_could_be_given_before_they_are_listened_at(tmp_path: Path) -> None:
    """The system hands out ports from 32768 on at the earliest; the largest clinic needs many and no port twice."""
    ports = tcp_ports(wired(tmp_path, 500))
    assert len(ports) == len(set(ports)) > 30
    assert all(1024 <= port < 32768 for port in ports)


def test_a_port_that_somebody_listens_at_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken, socket.socket() as free:
        for listener in (taken, free):
            listener.bind(("127.0.0.1", 0))
        free_port, taken_port = free.getsockname()[1], taken.getsockname()[1]
        free.close()
        monkeypatch.setattr(command, "PORTS", [taken_port, free_port])
        for attempt in range(8):  # in any order
            assert tcp_ports(wired(tmp_path / str(attempt), len(CHAIRS))) == [free_port]
        monkeypatch.setattr(command, "PORTS", [taken_port])
        with pytest.raises(ConfigError, match="No TCP port from"):
            wired(tmp_path / "none", len(CHAIRS))
