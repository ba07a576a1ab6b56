"""Bytes have the form of the guide."""

from __future__ import annotations

from datetime import datetime

import pytest

from vitalwatch_simulators.intellivue import encoder as e

CLOCK = datetime(2026, 3, 2, 12, 0, 39)  # noqa: DTZ001 - the monitor's own time has no zone


def test_the_checksum_is_that_of_the_catalogue() -> None:
    assert e.x25(b"123456789") == 0x906E


def test_what_cannot_stand_in_a_frame_is_escaped() -> None:
    made = e.serial_frame(b"\xc0\xc1\x7d")
    assert made.startswith(bytes.fromhex("c0 1101 0003 7de0 7de1 7d5d"))
    assert made.endswith(b"\xc1")


@pytest.mark.parametrize(
    ("value", "decimals", "raw"),
    [(97, 0, 0x61), (36.6, 1, 0xFF00016E), (0.25, 2, 0xFE000019), (None, 1, 0x007FFFFF), (-5, 0, 0xFFFFFB)],
)
def test_floats(value: float | None, decimals: int, raw: int) -> None:
    assert e.floating(value, decimals) == raw


def test_the_clock_is_bcd() -> None:
    assert e.clock(CLOCK.replace(microsecond=550_000)).hex() == "2026030212003955"


def test_the_cuff_poll_that_was_written_by_hand() -> None:
    numbers = [e.Number(0x4A05 + n, value, 0, 0x0F20) for n, value in enumerate((120, 80, 93))]
    stamp = e.attribute(0x0990, e.clock(CLOCK.replace(minute=58, hour=11, second=0)))
    made = e.poll_result((1, 0x0C16, 1, 6), CLOCK, 155549440, [e.compound(0x4A04, numbers, [stamp])])
    assert made == bytes.fromhex(
        "E1000002 0002 0066 0001 0007 0060 002100000000 0C16 0056 0001 09457F00 2026030212003900 0001 0006 0000"
        "0001 003E 0000 0001 0038 4A04 0002 0032 094B 0022 0003 001E 4A05 0000 0F20 00000078 4A06 0000 0F20 00000050"
        "4A07 0000 0F20 0000005D 0990 0008 2026030211580000"
    )
