"""DRI frames and records: the recording of a real monitor value by value, the specification's requests, damage."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.ge_dri.conformance import alarms, auxiliary, displayed, record, wave
from vitalwatch_drivers.ge_dri.frames import (
    CO2,
    ECG,
    NIBP,
    SPO2,
    TEMPERATURES,
    AlarmLine,
    AlarmState,
    Auxiliary,
    Displayed,
    Record,
    Wave,
    parse_frame,
    parse_record,
    wrap,
)
from vitalwatch_drivers.ge_dri.requests import alarm_request, displayed_request, wave_request

P1, O2, BIS = 20, 150, 100
"""Groups that the driver does not read; BIS stands in the Ext2 class."""


@pytest.fixture
def raw(shared: Path) -> bytes:
    return (shared / "captures/ge-dri/s5-phdb-4-subrecords.bin").read_bytes()


@pytest.fixture
def recorded(raw: bytes) -> Record:
    return parse_record(raw)


def part(recorded: Record, value_class: int) -> Displayed:
    one = recorded.parts[value_class]
    assert isinstance(one, Displayed)
    assert one.value_class == value_class
    return one


# --- the recording ----------------------------------------------------------------------------------------------------


def test_recorded_header(raw: bytes, recorded: Record) -> None:
    assert len(raw) == 1152
    assert recorded.number == 17
    assert recorded.level == 8
    assert recorded.plug == 35588
    assert recorded.kind == 0
    assert recorded.time == 1251973827


def test_recorded_parts_are_the_four_classes_at_their_offsets(raw: bytes, recorded: Record) -> None:
    assert recorded.descriptors == ((0, 1), (278, 1), (556, 1), (834, 1))
    for value_class in range(4):
        one = part(recorded, value_class)
        assert one.data[274:278] == bytes((0x02, 0x40, 0x81, value_class))
        assert one.marker == 2
        assert one.time == 1251973827


def test_recorded_ecg(recorded: Record) -> None:
    ecg = part(recorded, 0).group(ECG, 5)
    assert ecg.status == 0x024B
    assert ecg.exists
    assert ecg.active
    assert ecg.status >> 3 & 0x0F == 9
    assert ecg.status & 0x0200
    assert ecg.values[0] == 0
    assert ecg.label >> 8 & 0x0F == 2  # first channel: lead II


def test_recorded_invasive_pressure(recorded: Record) -> None:
    pressure = part(recorded, 0).group(P1, 4)
    assert pressure.label == 1  # ART
    assert [raw / 100 for raw in pressure.values[:3]] == [9.00, 0.90, 4.86]


def test_recorded_temperatures(recorded: Record) -> None:
    temperatures = [part(recorded, 0).group(at, 1).values[0] for at in TEMPERATURES]
    assert [raw / 100 for raw in temperatures[:3]] == [18.00, 27.07, 16.85]
    assert temperatures[3] == -32764


def test_recorded_oximeter_and_cuff_hold_no_data(recorded: Record) -> None:
    spo2, nibp = part(recorded, 0).group(SPO2, 4), part(recorded, 0).group(NIBP, 4)
    assert spo2.values[0] == -32767
    assert spo2.values[1] == -32767
    assert nibp.values == (-32767,) * 4
    assert nibp.label == 267
    assert nibp.label & 0x0100  # older than 60 s
    assert nibp.label & 0x0008  # AUTO


def test_recorded_gases_and_brain(recorded: Record) -> None:
    co2, o2 = part(recorded, 0).group(CO2, 4), part(recorded, 0).group(O2, 2)
    assert co2.status == 7  # exists, active, apnoea
    assert co2.values[3] / 10 == 755.1
    assert o2.values[1] / 100 == 29.43
    assert part(recorded, 2).group(BIS, 2).values[1] == 92


def test_recording_between_flags_is_read_the_same(raw: bytes, recorded: Record) -> None:
    assert parse_frame(wrap(raw)[1:-1]) == recorded


# --- the specification's own frames -----------------------------------------------------------------------------------


@pytest.fixture
def manual(shared: Path) -> dict[str, bytes]:
    lines = (shared / "captures/ge-dri/manual-request-frames.hex").read_text().splitlines()
    return {name.removeprefix("# "): bytes.fromhex(data) for name, data in zip(lines[::2], lines[1::2], strict=True)}


def test_requests_are_those_of_the_specification(manual: dict[str, bytes]) -> None:
    assert displayed_request(10, classes=0x0E) == manual["request-displ-10s"]
    assert displayed_request(0, classes=0) == manual["request-displ-stop"]
    assert wave_request([1]) == manual["request-wave-ecg1"]


def test_checksums_of_the_specification(manual: dict[str, bytes]) -> None:
    assert manual["request-displ-10s"][-2] == 0x49
    assert manual["request-displ-stop"][-2] == 0x31
    assert manual["request-wave-ecg1"][-2] == 0x48
    for data in manual.values():
        assert parse_frame(data[1:-1]).descriptors == ((0, 0),)


def test_a_full_list_of_curves_has_no_end_mark() -> None:
    assert wave_request([1, 2, 3, 4, 5, 6, 7, 8])[45:54] == bytes((1, 2, 3, 4, 5, 6, 7, 8, 0))


def test_alarm_request_is_a_record_of_main_type_4_with_its_command() -> None:
    asked = alarm_request(2)
    assert asked[1] == 52
    assert asked[15] == 4
    assert asked[41:53] == bytes((2, *bytes(11)))


# --- parts ------------------------------------------------------------------------------------------------------------


def only_part(data: bytes) -> object:
    (one,) = parse_frame(data[1:-1]).parts
    return one


def test_time_of_the_last_cuff_measurement_zero_is_unknown() -> None:
    assert only_part(record(0, [auxiliary(1_900_000_123)])) == Auxiliary(1_900_000_123)
    assert only_part(record(0, [auxiliary(0)])) == Auxiliary(None)


def test_trends_requests_and_records_of_other_kinds_have_no_part_that_is_read() -> None:
    _, data = displayed({})
    for kind, part_kind in [(0, 2), (0, 3), (0, 0), (1, 0), (1, 22), (4, 0), (5, 6), (8, 1)]:
        assert parse_frame(record(kind, [(part_kind, data)])[1:-1]).parts == ()


def test_alarm_texts_are_made_printable_and_end_at_their_zero() -> None:
    told = only_part(alarms(("SpO2\nlow \x07", 2), ("Größe", 3), silence=7))
    assert told == AlarmState(7, (AlarmLine("SpO2 low", 2), AlarmLine("Größe", 3), *[AlarmLine("", 0)] * 3))


def test_a_curve_keeps_its_status_and_samples() -> None:
    assert only_part(wave(8, [1, -2, -32767], 9)) == Wave(8, 9, (1, -2, -32767))


@pytest.mark.parametrize(
    "data",
    [
        record(0, [(1, bytes(277))]),
        record(0, [(4, bytes(3))]),
        record(1, [(8, bytes(5))]),
        record(1, [(8, b"\x02\x00" + bytes(6))]),
        record(1, [(8, b"\xff\xff" + bytes(6))]),
        record(4, [(1, bytes(499))]),
    ],
)
def test_a_part_that_is_too_short_is_an_error(data: bytes) -> None:
    with pytest.raises(DecodeError):
        parse_frame(data[1:-1])


@pytest.mark.parametrize("offsets", [(-1, 0), (5, 2), (0, 30_000)])
def test_offsets_that_do_not_fit_are_an_error(offsets: tuple[int, int]) -> None:
    raw = bytearray(record(5, [(1, b"1234"), (1, b"5678")])[1:-2])
    raw[16:18] = offsets[0].to_bytes(2, "little", signed=True)
    raw[19:21] = offsets[1].to_bytes(2, "little", signed=True)
    with pytest.raises(DecodeError):
        parse_record(bytes(raw))


def test_eight_parts_need_no_end_of_the_list() -> None:
    assert len(parse_frame(record(5, [(1, b"")] * 8)[1:-1]).descriptors) == 8


@pytest.mark.parametrize("size", [0, 1, 39, 40, 1491, 3000])
def test_no_record_has_this_length(size: int) -> None:
    with pytest.raises(DecodeError):
        parse_frame(bytes(size))
    with pytest.raises(DecodeError):
        parse_record(bytes(size))


# --- properties -------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=0, max_size=300))
def test_flags_and_escapes_inside_a_record_come_back(body: bytes) -> None:
    framed = record(5, [(1, body)])
    assert b"\x7e" not in framed[1:-1]
    read = parse_frame(framed[1:-1])
    assert read.descriptors == ((0, 1),)


@given(st.data())
def test_a_flipped_bit_is_never_read(data: st.DataObject) -> None:
    framed = bytearray(wave(8, [100, 32126, 32381])[1:-1])  # 0x7D7E and 0x7E7D: escapes
    bit = data.draw(st.integers(0, 8 * len(framed) - 1))
    framed[bit // 8] ^= 1 << bit % 8
    for piece in bytes(framed).split(b"\x7e"):  # as the decoder cuts
        try:
            read = parse_frame(piece)
        except DecodeError:
            continue
        # Only 5D turned into 7D after an escape says the same as before.
        assert read == parse_frame(wave(8, [100, 32126, 32381])[1:-1])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_a_decode_error(raw: bytes) -> None:
    for parse in (parse_frame, parse_record):
        with suppress(DecodeError):
            parse(raw)
