"""Single Contec frames: every field of the documents, and what is no frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.contec.conformance import eb, five_byte, v7
from vitalwatch_drivers.contec.frames import (
    V7_ANSWERS,
    V7_DISCONNECT,
    Answer,
    Disconnect,
    EbMeasurement,
    EbWave,
    Live,
    parse_eb,
    parse_five_byte,
    parse_v7,
)

PULSES = [1, 127, 128, 129, 200, 254]


def test_the_package_of_the_document_is_read_bit_by_bit() -> None:
    assert parse_v7(bytes.fromhex("01e0849392bce3ffff")) == Live(
        signal=4,
        searching_long=False,
        dropping=False,
        beep=False,
        probe_error=False,
        searching=False,
        wave=19,
        bar=2,
        pulse=60,
        spo2=99,
        perfusion=None,
    )


@pytest.mark.parametrize("pulse", PULSES)
def test_pulse_rates_around_the_eighth_bit(pulse: int) -> None:
    live = parse_v7(v7(pulse, 97))
    assert isinstance(live, Live)
    assert live.pulse == pulse
    assert parse_five_byte(five_byte(pulse, 97)).pulse == pulse


@pytest.mark.parametrize(
    ("flags", "field"), [(0x10, "searching_long"), (0x20, "dropping"), (0x40, "beep"), (0x80, "probe_error")]
)
def test_each_flag_of_a_v7_package_is_its_own(flags: int, field: str) -> None:
    live = parse_v7(v7(60, 99, flags=flags))
    assert [
        name for name in ("searching_long", "dropping", "beep", "probe_error", "searching") if getattr(live, name)
    ] == [field]


@pytest.mark.parametrize(
    ("flags", "more", "field"),
    [
        (0x10, 0, "searching_long"),
        (0x20, 0, "dropping"),
        (0x40, 0, "beep"),
        (0, 0x10, "probe_error"),
        (0, 0x20, "searching"),
    ],
)
def test_each_flag_of_a_5_byte_packet_is_its_own(flags: int, more: int, field: str) -> None:
    live = parse_five_byte(five_byte(60, 99, flags=flags, more=more))
    assert [
        name for name in ("searching_long", "dropping", "beep", "probe_error", "searching") if getattr(live, name)
    ] == [field]


def test_searching_of_v7_stands_beside_the_wave() -> None:
    live = parse_v7(v7(60, 99, wave=0x80 | 30))
    assert isinstance(live, Live)
    assert (live.searching, live.wave) == (True, 30)


@pytest.mark.parametrize(
    ("perfusion", "bar", "expected"), [(1, 15, 1), (2200, 2, 2200), (255, 0, 255), (0xFFFF, 2, None), (150, 0x12, None)]
)
def test_a_perfusion_index_has_two_forms_of_none(perfusion: int, bar: int, expected: int | None) -> None:
    live = parse_v7(v7(60, 99, perfusion=perfusion, bar=bar))
    assert isinstance(live, Live)
    assert (live.perfusion, live.bar) == (expected, bar & 0x0F)


def test_none_of_v7_and_of_the_5_byte_dialect() -> None:
    live = parse_v7(v7(255, 127))
    assert isinstance(live, Live)
    assert (live.pulse, live.spo2) == (None, None)
    for pulse, spo2 in ((255, 127), (0, 0)):
        packet = parse_five_byte(five_byte(pulse, spo2))
        assert (packet.pulse, packet.spo2) == (None, None)


def test_a_disconnect_notice_has_a_reason_and_other_answers_only_their_type() -> None:
    assert parse_v7(bytes.fromhex("0d8081")) == Disconnect(1)
    assert parse_v7(bytes.fromhex("0d81ff")) == Disconnect(0xFF)
    for kind in V7_ANSWERS - {V7_DISCONNECT}:
        assert parse_v7(bytes((kind, 0x80))) == Answer(kind)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "01",
        "01e0849392bce3ff",  # a byte too few
        "01e0849392bce3ffffff",  # a byte too many
        "01e0041392bce3ffff",  # bit 7 missing
        "01e08493b2bce3ffff",  # bit 5 of the bar byte is always zero
        "01e4849392bce3ffff",  # and so is bit 7
        "0280",  # no such type
        "0d80",  # no reason
    ],
)
def test_what_is_no_v7_package_is_refused(raw: str) -> None:
    with pytest.raises(DecodeError):
        parse_v7(bytes.fromhex(raw))


@pytest.mark.parametrize("raw", ["", "84130248", "0413024861", "84930248 61", "8413024861 00"])
def test_what_is_no_5_byte_packet_is_refused(raw: str) -> None:
    with pytest.raises(DecodeError):
        parse_five_byte(bytes.fromhex(raw))


def test_eb_frames_of_the_recordings() -> None:
    assert parse_eb(bytes.fromhex("eb0104515f7f001f")) == EbMeasurement(4, 81, 95, None)
    assert parse_eb(bytes.fromhex("eb0006270 41c".replace(" ", ""))) == EbWave(6, 39, 4)
    assert parse_eb(bytes.fromhex("eb7f6a")) == Answer(0x7F)


@pytest.mark.parametrize(("low", "high", "expected"), [(0x7F, 0, None), (0x2C, 2, 300), (0, 1, 128), (0x7F, 1, 255)])
def test_the_perfusion_index_of_eb_has_seven_bits_a_byte(low: int, high: int, expected: int | None) -> None:
    frame = parse_eb(eb(1, 4, 80, 97, low, high))
    assert isinstance(frame, EbMeasurement)
    assert frame.perfusion == expected


@pytest.mark.parametrize("raw", ["", "eb", "eb01", "ec0104515f7f001f", "eb0204515f7f0020", "eb0104515f7f00", "eb6a7f"])
def test_what_is_no_eb_frame_is_refused(raw: str) -> None:
    with pytest.raises(DecodeError):
        parse_eb(bytes.fromhex(raw))


@given(st.integers(0, 63))
def test_an_eb_measurement_with_any_flipped_bit_is_refused(bit: int) -> None:
    bent = bytearray(bytes.fromhex("eb0104515f7f001f"))
    bent[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecodeError):
        parse_eb(bytes(bent))
