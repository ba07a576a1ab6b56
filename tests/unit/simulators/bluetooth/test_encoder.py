"""The notifications on the wire, to the byte."""

from __future__ import annotations

from datetime import datetime

import pytest

from vitalwatch_simulators.bluetooth.encoder import (
    encode_blood_pressure,
    encode_continuous,
    encode_cuff_pressure,
    encode_heart_rate,
    encode_sfloat,
)


@pytest.mark.parametrize(
    ("value", "decimals", "bits"),
    [(98, 0, 0x0062), (97.5, 1, 0xF3CF), (120, 0, 0x0078), (None, 0, 0x07FF), (None, 1, 0x07FF), (-1, 0, 0x0FFF)],
)
def test_sfloat(value: float | None, decimals: int, bits: int) -> None:
    assert encode_sfloat(value, decimals) == bits


@pytest.mark.parametrize("value", [2046, 3000, -2046])
def test_what_does_not_fit_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="fit"):
        encode_sfloat(value)


def test_an_oximeter_s_moment() -> None:
    assert encode_continuous(98, 71, 2.4, 0x0120, 0x000840).hex(" ") == "1c 62 00 47 00 20 01 40 08 00 18 f0"
    assert encode_continuous(None, None, None, 0, 0).hex(" ") == "1c ff 07 ff 07 00 00 00 00 00 ff 07"


@pytest.mark.parametrize(
    ("rate", "contact", "wire"), [(72, True, "06 48"), (255, False, "04 ff"), (256, True, "07 00 01")]
)
def test_a_heart_rate(rate: int, contact: bool, wire: str) -> None:
    assert encode_heart_rate(rate, contact=contact).hex(" ") == wire


def test_a_cuff_reading_and_a_failed_one() -> None:
    time = datetime.fromisoformat("2026-03-02T10:12:31")
    assert encode_blood_pressure(124, 78, 93, 70, time, 0).hex(" ") == (
        "1e 7c 00 4e 00 5d 00 ea 07 03 02 0a 0c 1f 46 00 01 00 00"
    )
    assert encode_blood_pressure(None, None, None, None, time, 1).hex(" ") == (
        "1e ff 07 ff 07 ff 07 ea 07 03 02 0a 0c 1f ff 07 01 01 00"
    )


def test_the_pressure_in_the_cuff() -> None:
    assert encode_cuff_pressure(90).hex(" ") == "00 5a 00 ff 07 ff 07"
