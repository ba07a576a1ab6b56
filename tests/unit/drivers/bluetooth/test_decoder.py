"""Which characteristic a topic names, and the bytes behind each way of writing them."""

from __future__ import annotations

from typing import Any

import pytest

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.bluetooth.decoder import MAX_PAYLOAD, Decoder
from vitalwatch_drivers.bluetooth.frames import Continuous
from vitalwatch_drivers.bluetooth.options import BluetoothOptions

RAW = bytes.fromhex("0062004700")


def decoder(**options: Any) -> Decoder:
    return Decoder(BluetoothOptions(**options))


@pytest.mark.parametrize(
    ("topic", "characteristic"),
    [
        ("gw/ox-1/2a5f", "2A5F"),
        ("gw/ox-1/2A5F/notify", "2A5F"),
        ("gw/0x2A37", "2A37"),
        ("gw/00002a35", "2A35"),
        ("gw/00002a36-0000-1000-8000-00805f9b34fb", "2A36"),
        ("gw/00002A5E00001000800000805F9B34FB", "2A5E"),
        ("gw/1822_2a5f", "2A5F"),
        ("gw/2a5f/2a5f", "2A5F"),
        ("gw/2a19", "2A19"),  # a battery level: known to be another
        ("gw/A4C1382A5F01/state", ""),  # an address
        ("gw/a4-c1-38-2a-5f-01", ""),
        ("gw/46a970e0-2a5f-11e2-8b5e-0002a5d5c51b", ""),  # a maker's own UUID
        ("gw/2a5f/2a37", ""),  # which?
        ("gw/ox-1", ""),
        ("", ""),
    ],
)
def test_the_characteristic_that_a_topic_names(topic: str, characteristic: str) -> None:
    assert decoder().characteristic(topic) == characteristic


@pytest.mark.parametrize(
    ("topic", "characteristic"),
    [
        ("ward/ox/live", "2A5F"),
        ("ox/live/value", "2A5F"),
        ("ward/ox/live/raw", "2A37"),  # the longest part
        ("ward/box/live", ""),  # whole levels only
        ("ward/ox/lively", ""),
        ("ward/ox/live/2a35", "2A5F"),  # the config comes before a UUID
        ("ward/2a35", "2A35"),
    ],
)
def test_the_config_s_own_topics(topic: str, characteristic: str) -> None:
    assert decoder(topics={"ox/live": "2A5F", "ox/live/raw": "2A37"}).characteristic(topic) == characteristic


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("raw", RAW),
        ("hex", b"0062004700"),
        ("hex", b"00 62 00 47 00\n"),
        ("hex", b"00:62:00:47:00"),
        ("hex", b"00-62-00-47-00"),
        ("hex", b"0x0062004700"),
        ("base64", b"AGIARwA="),
        ("base64", b"AGIARwA=\r\n"),
    ],
)
def test_ways_of_writing_a_notification(kind: str, payload: bytes) -> None:
    assert decoder(payload=kind).decode("2A5F", payload) == Continuous(98.0, 71.0)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("raw", b"0062004700"),
        ("raw", b"AGIARwA="),
        ("raw", b'{"spo2":98}'),
        ("raw", b""),
        ("hex", RAW),
        ("hex", b"006200470"),
        ("hex", b"0 0 6 2"),
        ("hex", b"0x00 0x62 0x00 0x47 0x00"),
        ("hex", b""),
        ("base64", b"AGIARwA"),
        ("base64", b"AGIA RwA="),
        ("base64", b"\xff"),
        ("base64", b""),
        ("hex", b"00" * (MAX_PAYLOAD // 2 + 1)),
    ],
)
def test_another_way_of_writing_is_refused(kind: str, payload: bytes) -> None:
    with pytest.raises(DecodeError):
        decoder(payload=kind).decode("2A5F", payload)


@pytest.mark.parametrize(("kind", "payload"), [("raw", RAW), ("hex", b"00 62 00 47 00"), ("base64", b"AGIARwA=")])
def test_a_notification_may_be_recorded_as_it_is(kind: str, payload: bytes) -> None:
    assert decoder(payload=kind).redact(payload) == payload


@pytest.mark.parametrize("kind", ["raw", "hex", "base64"])
def test_of_anything_else_only_the_length_is_recorded(kind: str) -> None:
    assert decoder(payload=kind).redact(b'{"name": "Nobody Real"}') == b"." * 23
