"""One frame of each Nonin format: joined pulse bytes, sentinels, checksums, device times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.nonin.frames import (
    parse_format_2,
    parse_format_7,
    parse_record,
    parse_second,
    parse_text,
    pulse_of,
    spo2_of,
)

RECORD = bytes.fromhex("0002000d000e20250324091400000200012c00611903")


@pytest.mark.parametrize(
    ("high", "low", "pulse"),
    [
        *((0, 127, 127), (1, 0, 128), (1, 1, 129), (1, 72, 200), (1, 127, 255), (2, 0, 256), (2, 44, 300)),
        *((2, 65, 321), (3, 127, None), (0x7C, 72, 72), (0xFC | 1, 0x80, 128)),
    ],
)
def test_pulse_is_two_bits_and_seven_and_reserved_bits_do_not_count(high: int, low: int, pulse: int | None) -> None:
    assert pulse_of(high, low) == pulse


@pytest.mark.parametrize(("byte", "spo2"), [(0, 0), (100, 100), (0x80 | 97, 97), (127, None), (255, None)])
def test_spo2_is_seven_bits_and_127_is_none(byte: int, spo2: int | None) -> None:
    assert spo2_of(byte) == spo2


def test_the_real_frame_is_read() -> None:
    frame = parse_format_2(bytes.fromhex("01986300fc"))
    assert (frame.status, frame.pleth, frame.value) == (0x18, 99, 0)


def test_format_7_has_a_curve_of_16_bits() -> None:
    frame = parse_format_7(bytes((0x83, 0x12, 0x34, 0x48, (0x83 + 0x12 + 0x34 + 0x48) & 0xFF)))
    assert (frame.status, frame.pleth, frame.value) == (3, 0x1234, 0x48)


@pytest.mark.parametrize(
    "raw", ["", "0198", "02986300fd", "01186300" + "7c", "01986380" + "7c", "01986300fd", "01986300fc00"]
)
def test_what_is_no_frame_of_format_2_is_refused(raw: str) -> None:
    with pytest.raises(DecodeError):
        parse_format_2(bytes.fromhex(raw))


@pytest.mark.parametrize("raw", ["", "03123448ff", "831234c8" + "91", "8312344812"])
def test_what_is_no_frame_of_format_7_is_refused(raw: str) -> None:
    with pytest.raises(DecodeError):
        parse_format_7(bytes.fromhex(raw))


@pytest.mark.parametrize("raw", ["", "8048", "004861", "80c861", "8048e120", "80486120" + "00"])
def test_what_is_no_frame_of_format_1_or_8_is_refused(raw: str) -> None:
    with pytest.raises(DecodeError):
        parse_second(bytes.fromhex(raw))


def test_a_record_is_read_with_its_own_time() -> None:
    record = parse_record(RECORD)
    assert (record.device_time, record.status) == ("2025-03-24T09:14:00", 0x200)
    assert (record.pulse, record.spo2) == (300, 97)


@pytest.mark.parametrize("date", ["20251324091400", "20250300091400", "00000000000000", "2025032409142f"])
def test_a_clock_that_was_never_set_costs_its_label_only(date: str) -> None:
    data = bytes.fromhex(date) + RECORD[13:20]
    record = parse_record(RECORD[:6] + data + bytes((sum(data) & 0xFF, 3)))
    assert (record.device_time, record.pulse, record.spo2) == (None, 300, 97)


@given(st.integers(0, len(RECORD) * 8 - 1))
def test_a_record_with_any_flipped_bit_is_refused(bit: int) -> None:
    bent = bytearray(RECORD)
    bent[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecodeError):
        parse_record(bytes(bent))


@pytest.mark.parametrize(
    ("line", "spo2", "pulse", "marked"),
    [
        (b"SPO2=097 HR=072\r", 97, 72, False),
        (b"SPO2= 97 HR= 72 F\r", 97, 72, False),
        (b"09:14:01 SPO2=100 HR=300*\r", 100, 300, True),
        (b"SPO2=100 HR=128 F *\n", 100, 128, True),
        (b"SPO2=--- HR=---\r", None, None, False),
    ],
)
def test_every_form_of_an_ascii_line(line: bytes, spo2: int | None, pulse: int | None, marked: bool) -> None:
    parsed = parse_text(line)
    assert (parsed.spo2, parsed.pulse, parsed.marked) == (spo2, pulse, marked)


@pytest.mark.parametrize(
    "line", [b"", b"SPO2=097 HR=07SPO2=097 HR=072\r", b"SPO2=097\r", b"SPO2=0x7 HR=072\r", b"SPO2=097 HR=072"]
)
def test_what_is_no_ascii_line_is_refused(line: bytes) -> None:
    with pytest.raises(DecodeError):
        parse_text(line)
