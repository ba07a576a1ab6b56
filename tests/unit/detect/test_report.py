"""The words of detection: what was heard, how sure it is, and what to do."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from vitalwatch.detect.listen import PortReport
from vitalwatch.detect.ports import Port
from vitalwatch.detect.report import NO_PORTS, Finds, show, to_json
from vitalwatch.detect.score import Confidence, Heard, Panel, Verdict, judge
from vitalwatch.detect.topics import BrokerReport, TopicReport
from vitalwatch.detect.words import SILENT, port_text, preview_text, tried_text
from vitalwatch.driver import LineSettings, load_driver

PORT = Port("/dev/serial/by-id/usb-1", "/dev/ttyUSB0", "FTDI", "FT232R [USB]")
LINE = LineSettings(9600)


def heard(data: bytes) -> Heard:
    panel = Panel([load_driver("nellcor"), load_driver("masimo")], LINE)
    panel.hear(data, 0.0)
    return panel.heard()


def report(*all_heard: Heard) -> PortReport:
    return PortReport(PORT, all_heard, judge(all_heard))


def shown(finds: Finds) -> str:
    out = io.StringIO()
    show(finds, Console(file=out, width=200))
    return out.getvalue()


def test_a_find_says_what_where_how_sure_and_the_values_now(nellcor: bytes) -> None:
    text = port_text(report(heard(nellcor)))
    assert text.startswith("Looks like Nellcor")
    assert "9600 8N1 (sure)" in text
    assert "SpO2 " in text
    assert "now." in text


def test_what_is_not_understood_is_shown_with_what_was_tried_and_its_bytes() -> None:
    text = shown(Finds((report(heard(b"\x00\xffhello")),), None, ""))
    assert "no installed driver understands it" in text
    assert "9600 8N1: 7 bytes" in text
    assert "00 ff 68 65 6c 6c 6f  |..hello|" in text


def test_a_silent_port_says_what_to_check() -> None:
    silent = report(heard(b""))
    assert port_text(silent) == SILENT
    assert tried_text(silent.heard[0]) == "9600 8N1: nothing"


def test_a_port_that_cannot_be_opened_says_why_and_nothing_else() -> None:
    error = "/dev/ttyUSB0 is in use by another program. Close that program."
    busy = report(Heard(LINE, error=error), Heard(LineSettings(19200), error=error))
    assert port_text(busy) == error
    assert "Tried on" not in shown(Finds((busy,), None, ""))


def test_a_port_that_was_unplugged_meanwhile_keeps_what_was_heard() -> None:
    part = report(heard(b"abc"), Heard(LineSettings(19200), error="unplugged"))
    assert part.error == ""
    assert "unplugged" in shown(Finds((part,), None, ""))


def test_two_that_fit_are_both_named() -> None:
    undecided = PortReport(PORT, (heard(b"abc"),), Verdict(rivals=("One", "Other")))
    assert "One or Other" in port_text(undecided)


def test_square_brackets_of_an_adapter_are_not_taken_for_colours(nellcor: bytes) -> None:
    assert "FTDI FT232R [USB]" in shown(Finds((report(heard(nellcor)),), None, ""))


def test_a_computer_without_ports_is_told_what_to_do() -> None:
    assert NO_PORTS.split(".")[0] in shown(Finds((), None, ""))


def test_a_broker_shows_its_topics_and_what_was_left_out() -> None:
    topics = (
        TopicReport("ward/1", 3, 1, b"", Confidence.SURE, "mqtt-json", {}, {"spo2": 97.0}),
        TopicReport("ward/2", 3, 0, b"", note="not JSON"),
    )
    text = shown(Finds((), BrokerReport("mqtt://b/#", 10.0, topics, left_out=9), "x"))
    assert "Looks like vitals in JSON (sure). SpO2 97 % now." in text
    assert "Not JSON." in text
    assert "9 messages" in text
    assert "No message came" in shown(Finds((), BrokerReport("mqtt://b/#", 10.0), ""))
    assert "refused" in shown(Finds((), BrokerReport("mqtt://b/#", 10.0, error="refused"), ""))


def test_the_json_holds_all_that_the_tables_say(nellcor: bytes) -> None:
    broker = BrokerReport("mqtt://b/#", 10.0, (TopicReport("t", 1, 0, b"\x01", note="not JSON"),))
    data = json.loads(to_json(Finds((report(heard(nellcor)), report(heard(b"?"))), broker, "text", ("a notice",))))
    found, unknown = data["ports"]
    assert (found["driver"], found["confidence"], found["settings"]["baud"]) == ("nellcor", "sure", 9600)
    assert 90 <= found["values"]["spo2"] <= 100
    assert unknown["driver"] is None
    assert unknown["confidence"] == "undecided"
    assert unknown["tried"][0]["preview"] == "3f"
    assert data["broker"]["topics"][0]["topic"] == "t"
    assert data["notices"] == ["a notice"]
    assert data["config"] == "text"


@pytest.mark.parametrize(
    ("ports", "broker", "deaf"),
    [
        ((), None, False),
        ((report(Heard(LINE, error="busy")),), None, True),
        ((report(Heard(LINE, error="busy")), report(heard(b""))), None, False),
        ((report(Heard(LINE, error="busy")),), BrokerReport("mqtt://b/#", 1.0), False),
        ((), BrokerReport("mqtt://b/#", 1.0, error="refused"), True),
    ],
)
def test_nothing_to_listen_to_is_told_from_nothing_recognised(
    ports: tuple[PortReport, ...], broker: BrokerReport | None, deaf: bool
) -> None:
    assert Finds(ports, broker, "").deaf is deaf


def test_bytes_are_shown_as_a_hex_dump() -> None:
    assert preview_text(b"A\x00~\x7f") == "41 00 7e 7f  |A.~.|"
