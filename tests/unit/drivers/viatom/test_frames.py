"""Single AA 55 frames: every kind, every field, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.viatom.conformance import frame, reading
from vitalwatch_drivers.viatom.frames import Battery, Other, Reading, Wave, Working, crc8, parse

REAL = bytes.fromhex("aa550f08016244004b00c03d")


def test_the_crc_is_the_one_of_the_catalogues() -> None:
    assert crc8(b"123456789") == 0xA1  # the check value of CRC-8/MAXIM


def test_a_real_reading() -> None:
    assert parse(REAL) == Reading(spo2=98, pulse=68, perfusion_index=7.5, flags=0, battery=3)


@pytest.mark.parametrize("pulse", [1, 127, 128, 129, 200, 255, 256, 300, 511])
def test_the_pulse_is_joined_from_two_bytes(pulse: int) -> None:
    read = parse(reading(97, pulse, 40))
    assert isinstance(read, Reading)
    assert read.pulse == pulse


def test_zero_is_none_in_every_value() -> None:
    assert parse(reading(0, 0, 0, flags=6, battery=0x3F)) == Reading(None, None, None, 6, 0)


@pytest.mark.parametrize(("byte", "level"), [(0x00, 0), (0x40, 1), (0x80, 2), (0xC0, 3), (0xFF, 3)])
def test_the_battery_is_in_the_two_highest_bits(byte: int, level: int) -> None:
    read = parse(reading(97, 68, 40, battery=byte))
    assert isinstance(read, Reading)
    assert read.battery == level


def test_the_mark_of_a_beat_is_no_part_of_the_sample() -> None:
    assert parse(frame(0x0F, 0x02, 0, 0x80, 0x7F, 0xFF, 42)) == Wave(
        (0, 0, 127, 127, 42), (False, True, False, True, False)
    )


def test_mode_battery_and_what_there_is_no_use_for() -> None:
    assert parse(frame(0x0F, 0x21, 1, 3, 97, 68)) == Working(1, 3)
    assert parse(frame(0xF0, 0x03, 2)) == Battery(2)
    assert parse(frame(0xF0, 0x02, *range(31))) == Other(0xF0, 2)
    assert parse(frame(0x0F, 0x7E)) == Other(0x0F, 0x7E)


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"\xaa\x55", REAL[:-1], REAL + b"\0", b"\xab" + REAL[1:], frame(0x5A, 0x01, 1, 2, 3, 4, 5, 6)),
        *(frame(0x0F, 0x01, 97, 68, 0, 40, 0), frame(0x0F, 0x01, 97, 68, 0, 40, 0, 0xC0, 0)),
        *(frame(0x0F, 0x02, 1, 2, 3, 4), frame(0x0F, 0x21, 2, 0, 0), frame(0xF0, 0x03), frame(0xF0, 0x03, 4)),
    ],
)
def test_what_is_no_frame_or_has_another_size_is_refused(raw: bytes) -> None:
    with pytest.raises(DecodeError) as refused:
        parse(raw)
    assert refused.value.protocol == "viatom"


@given(st.integers(0, len(REAL) * 8 - 1))
def test_a_frame_with_any_flipped_bit_is_refused(bit: int) -> None:
    bent = bytearray(REAL)
    bent[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecodeError):
        parse(bytes(bent))
