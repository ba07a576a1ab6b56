"""Ports are listed under names that stay, each once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from vitalwatch.detect.ports import Port, find_ports


@pytest.fixture
def system(tmp_path: Path) -> Any:
    """Two adapters, of which one has a lasting name, and one board port."""
    (tmp_path / "by-id").mkdir()
    (tmp_path / "by-path").mkdir()
    devices = [tmp_path / name for name in ("ttyUSB0", "ttyUSB1", "ttyS0")]
    for device in devices:
        device.touch()
    (tmp_path / "by-id/usb-FTDI_A1-if00").symlink_to(devices[0])
    (tmp_path / "by-path/usb-0:1").symlink_to(devices[0])
    (tmp_path / "by-path/usb-0:2").symlink_to(devices[1])
    listing = [
        SimpleNamespace(device=str(devices[0]), manufacturer="FTDI", product="FT232R\x00 USB \x1bUART"),
        SimpleNamespace(device=str(devices[1]), manufacturer="Prolific Inc.", product=None),
        SimpleNamespace(device=str(devices[2]), manufacturer=None, product=None),
    ]

    def find(*asked: str) -> list[Port]:
        folders = [tmp_path / "by-id", tmp_path / "by-path", tmp_path / "nowhere"]
        return find_ports(asked, stable_names=folders, listing=lambda: listing)

    return SimpleNamespace(folder=tmp_path, find=find)


def test_every_port_comes_under_its_most_lasting_name(system: Any) -> None:
    paths = [port.path for port in system.find()]
    assert paths == [
        f"{system.folder}/ttyS0",
        f"{system.folder}/by-id/usb-FTDI_A1-if00",
        f"{system.folder}/by-path/usb-0:2",
    ]
    assert [port.stable for port in system.find()] == [False, True, True]


def test_vendor_and_product_come_on_one_line_without_strange_characters(system: Any) -> None:
    ports = {Path(port.device).name: port for port in system.find()}
    assert ports["ttyUSB0"].adapter == "FTDI FT232R USB UART"
    assert ports["ttyUSB1"].adapter == "Prolific Inc."
    assert ports["ttyS0"].adapter == ""


def test_a_port_that_is_asked_for_by_its_passing_name_gets_its_lasting_one(system: Any) -> None:
    (port,) = system.find(f"{system.folder}/ttyUSB0")
    assert port.path == f"{system.folder}/by-id/usb-FTDI_A1-if00"
    assert port.device == f"{system.folder}/ttyUSB0"


def test_a_name_that_a_person_gives_to_a_port_is_kept(system: Any) -> None:
    own = system.folder / "oximeter-chair-1"
    own.symlink_to(system.folder / "ttyUSB0")
    (port,) = system.find(str(own))
    assert port.path == str(own)
    assert port.vendor == "FTDI"


def test_one_device_asked_for_twice_is_listened_to_once(system: Any) -> None:
    ports = system.find(f"{system.folder}/ttyUSB0", f"{system.folder}/by-path/usb-0:1")
    assert len(ports) == 1


def test_a_port_that_is_not_there_is_kept_so_that_its_absence_is_told(system: Any) -> None:
    (port,) = system.find("/dev/no-such-port")
    assert port == Port("/dev/no-such-port", "/dev/no-such-port")


def test_the_vendor_is_not_said_twice() -> None:
    assert Port("/dev/a", "/dev/a", "FTDI", "FTDI USB Serial").adapter == "FTDI USB Serial"
