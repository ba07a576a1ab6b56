"""The messages on the wire, to the byte."""

from __future__ import annotations

import pytest

from vitalwatch_simulators.esphome.encoder import encode_binary_sensor, encode_sensor, encode_status
from vitalwatch_simulators.monitor import Publication


@pytest.mark.parametrize(
    ("value", "decimals", "text"), [(97.4, 0, b"97"), (2.36, 1, b"2.4"), (97, 1, b"97.0"), (None, 0, b"nan")]
)
def test_a_sensor(value: float | None, decimals: int, text: bytes) -> None:
    assert encode_sensor("spo2", value, decimals) == Publication("/sensor/spo2/state", text, 0)


def test_a_binary_sensor() -> None:
    assert encode_binary_sensor("motion", on=True) == Publication("/binary_sensor/motion/state", b"ON", 0)
    assert encode_binary_sensor("motion", on=False) == Publication("/binary_sensor/motion/state", b"OFF", 0)


def test_birth_and_last_will() -> None:
    assert encode_status(online=True) == Publication("/status", b"online", 0)
    assert encode_status(online=False) == Publication("/status", b"offline", 0)
