"""Which message of a node is what."""

from __future__ import annotations

import math

import pytest

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.esphome.frames import MAX_PAYLOAD, Availability, Frame, Other, State, Switch, number, parse


@pytest.mark.parametrize(
    ("topic", "payload", "frame"),
    [
        ("ox-1/sensor/spo2/state", b"97", State("spo2", "97")),
        ("ward/3/ox-1/sensor/spo2/state", b" 97.0\n", State("spo2", "97.0")),
        ("ox-1/sensor/spo2/state", b"nan", State("spo2", "nan")),
        ("ox-1/sensor/spo2/state", b"", State("spo2", "")),
        ("ox-1/sensor/spo2/state", b"\xff\xfe", State("spo2", None)),
        ("ox-1/sensor/spo2/state", b"9" * (MAX_PAYLOAD + 1), State("spo2", None)),
        ("ox-1/binary_sensor/finger/state", b"ON", Switch("finger", True)),
        ("ox-1/binary_sensor/finger/state", b"off", Switch("finger", False)),
        ("ox-1/binary_sensor/finger/state", b"unknown", Switch("finger", None)),
        ("ox-1/binary_sensor/finger/state", b"\xff", Switch("finger", None)),
        ("ox-1/status", b"online", Availability(True)),
        ("ward/ox-1/status", b"offline", Availability(False)),
        ("ox-1/light/lamp/state", b'{"state":"ON"}', Other()),
        ("ox-1/switch/buzzer/state", b"ON", Other()),
        ("ox-1/switch/buzzer/command", b"ON", Other()),
        ("ox-1/debug", b"\x1b[0;36m[D][ble_client:030]", Other()),
    ],
)
def test_a_message(topic: str, payload: bytes, frame: Frame) -> None:
    assert parse(topic, payload) == frame


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("", b"97"),
        ("spo2", b"97"),
        ("ox-1/spo2", b"97"),
        ("spo2/state", b"97"),
        ("sensor/spo2/state", b"97"),  # no prefix
        ("ox-1/sensor/spo2", b"97"),
        ("ox-1/status", b"sleeping"),
        ("ox-1/status", b"\xff"),
    ],
)
def test_what_is_no_message_of_a_node(topic: str, payload: bytes) -> None:
    with pytest.raises(DecodeError):
        parse(topic, payload)


@pytest.mark.parametrize(
    ("text", "value"), [("97", 97.0), ("97.0", 97.0), ("-1", -1.0), ("+3.25", 3.25), ("9.7e1", 97.0), ("0", 0.0)]
)
def test_a_number(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "97,5", "1_0", "٩٧", "0x61", "97 %", "9 7", ".5", "5.", "--"])
def test_what_is_no_number(text: str) -> None:
    assert math.isnan(number(text))
