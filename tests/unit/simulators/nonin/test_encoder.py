"""The bytes of the simulated Nonin, held against the one real frame and the documents."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitalwatch_simulators.nonin.encoder import (
    More,
    Second,
    Shown,
    Spot,
    Wave,
    format_1,
    format_2,
    format_7,
    format_8,
    format_13,
    packet_values,
    text_line,
)


def test_the_real_frame_is_made_again_byte_for_byte(shared: Path) -> None:
    real = bytes.fromhex((shared / "captures/nonin-df2/xpod3012-one-frame.hex").read_text())
    assert format_2(Wave.SENSOR_ALARM | Wave.OUT_OF_TRACK, 99, 0) == real


def test_format_7_has_two_bytes_of_curve_and_no_start_byte() -> None:
    assert format_7(Wave.SYNC, 0x1234, 1) == bytes((0x81, 0x12, 0x34, 1, 0xC8))


@pytest.mark.parametrize(
    ("pulse", "high", "low"), [(127, 0, 127), (128, 1, 0), (255, 1, 127), (256, 2, 0), (300, 2, 44), (None, 3, 127)]
)
def test_a_pulse_is_split_in_two_bits_and_seven(pulse: int | None, high: int, low: int) -> None:
    shown = Shown(pulse, 97)
    assert list(packet_values(shown, Shown())[0:3]) == [high, low, 97]
    assert format_1(Second.OUT_OF_TRACK, shown) == bytes((0xA0 | high, low, 97))
    assert format_8(Second(0), shown, More.SENSOR_ALARM) == bytes((0x80 | high, low, 97, 8))


def test_display_values_have_places_of_their_own() -> None:
    values = packet_values(Shown(), Shown(130, 88), stat2=1, timer=0x3FFF)
    assert (values[0:3], values[8], values[19:21]) == (bytes((3, 127, 127)), 88, bytes((1, 2)))
    assert (values[5:7], values[7]) == (b"\x7f\x7f", 1)
    assert max(values) < 0x80


def test_a_spot_check_has_its_own_time_in_bcd_and_a_plain_pulse() -> None:
    made = format_13(datetime(2025, 3, 24, 9, 14, tzinfo=UTC), Spot.GOOD_SIGNAL, Shown(300, 97))
    assert made == bytes.fromhex("0002000d000e20250324091400000200012c00611903")


def test_text_lines() -> None:
    assert text_line(Shown(72, 97)) == b"SPO2=097 HR=072\r\n"
    assert text_line(Shown(), fast=True, event=True) == b"SPO2=--- HR=--- F*\r\n"
