"""What detection writes is a config that loads, whatever the finds are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vitalwatch.clock import SystemClock
from vitalwatch.config import load
from vitalwatch.detect.listen import PortReport, link_of
from vitalwatch.detect.ports import Port
from vitalwatch.detect.score import Panel, judge
from vitalwatch.detect.snippet import snippet
from vitalwatch.detect.topics import BrokerReport, Hearing
from vitalwatch.driver import LineSettings, Message, load_driver
from vitalwatch.link_url import parse_link


def port_report(data: bytes, path: str = "/dev/serial/by-id/usb-1", adapter: str = "") -> PortReport:
    panel = Panel([load_driver("nellcor"), load_driver("masimo")], LineSettings(9600))
    panel.hear(data, 0.0)
    heard = (panel.heard(),)
    return PortReport(Port(path, "/dev/ttyUSB0", "", adapter), heard, judge(heard))


def broker_report(*payloads: object, topic: str = "ward/1") -> BrokerReport:
    hearing = Hearing(SystemClock())
    for payload in payloads:
        hearing.received(Message(json.dumps(payload).encode(), topic))
    return BrokerReport("mqtt://broker:1884/#", 10.0, hearing.reports(10.0))


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "clinic.toml"
    path.write_text(text, "utf-8")
    return path


def test_finds_become_chairs_with_devices_that_load(tmp_path: Path, nellcor: bytes, masimo: bytes) -> None:
    ports = [port_report(nellcor), port_report(masimo, "/dev/serial/by-id/usb-2", "FTDI UART")]
    broker = broker_report(*[{"spo2": 97, "pulse_rate": 70, "nibp": {"sys": 120, "dia": 70, "time": "x"}}] * 2)
    text = snippet(ports, broker)
    config = load(written(tmp_path, text))
    assert [(device.driver, device.link) for device in config.devices] == [
        ("nellcor", "serial:///dev/serial/by-id/usb-1?baud=9600"),
        ("masimo", "serial:///dev/serial/by-id/usb-2?baud=9600"),
        ("mqtt-json", "mqtt://broker:1884/ward/1"),
    ]
    assert len(config.chairs) == 3
    options = config.options["mqtt-json-3"].model_dump(mode="json")
    assert options["vitals"] == {
        "spo2": "spo2",
        "pulse_rate": "pulse_rate",
        "systolic": "nibp.sys",
        "diastolic": "nibp.dia",
    }
    assert options["cuff_time"] == "nibp.time"
    assert "FTDI UART" in text
    assert "97 now" in text


def test_nothing_found_writes_nothing() -> None:
    assert snippet([port_report(b"noise")], broker_report({"x": 1})) == ""
    assert snippet([], None) == ""


@pytest.mark.parametrize("name", ["usb-50%25", "what?", 'a"b', "ü \\ x", "{n}", "a#b"])
def test_strange_names_of_ports_load_and_lead_to_the_port(tmp_path: Path, nellcor: bytes, name: str) -> None:
    config = load(written(tmp_path, snippet([port_report(nellcor, f"/dev/{name}", f'{name}\n[chair] "x"')], None)))
    assert config.links["nellcor-1"].path == f"/dev/{name}"


@pytest.mark.parametrize("topic", ["50%25", "what?", 'a"b', "ü \\ x", "{n}", "/", "$own"])
def test_strange_topics_and_fields_load(tmp_path: Path, topic: str) -> None:
    field = {'"quoted" \\ ü': {"spo2": 97}, "pulse rate": 70, "\x7f": 1}
    config = load(written(tmp_path, snippet([], broker_report(field, field, topic=topic))))
    (link,) = config.links.values()
    assert link.topic == topic


@pytest.mark.parametrize(
    "settings",
    [LineSettings(9600), LineSettings(115200, 7, "E", 2), LineSettings(4800, 8, "O", 1.5)],
)
def test_the_link_of_a_port_says_its_line_settings(settings: LineSettings) -> None:
    link = link_of(Port("/dev/ttyUSB0", "/dev/ttyUSB0"), settings)
    assert parse_link(link.text) == link
    assert link.options == settings
