"""One line of Masimo ASCII 1: the layouts of three models, and every way a line can be damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.masimo.frames import Alarms, DataLine, Exceptions, parse_line


def line(
    spo2: str = "SPO2=098%",
    bpm: str = "BPM=097",
    pi: str = "PI=03.60%",
    alarm: str = "ALARM=0000",
    exc: str = "EXC=000800",
) -> DataLine:
    return parse_line(f"02/22/16 22:47:45 SN=0000056661 {spo2} {bpm} {pi} DESAT=-- {alarm} {exc}".encode("ascii"))


def test_every_field_is_read() -> None:
    assert line(alarm="ALARM=0012", exc="EXC=000C00") == DataLine(
        device_time="2016-02-22T22:47:45",
        serial="0000056661",
        spo2=98,
        pulse=97,
        perfusion_index=3.6,
        alarms=Alarms.SPO2_LOW | Alarms.SOUNDING,
        exceptions=Exceptions.SET_RUNNING | Exceptions.LOW_SIGNAL_IQ,
    )


def test_words_are_found_by_key_wherever_they_stand() -> None:
    shuffled = b"02/22/16 22:47:45 EXC=000800 PI=03.60% NEW=1 BPM=097 ALARM=0000 SPO2=098% SN=0000056661"
    assert parse_line(shuffled) == line()


def test_percent_signs_may_come_or_not() -> None:
    assert line("SPO2=098", "BPM=097%", "PI=03.60") == line()


@pytest.mark.parametrize("pulse", [1, 9, 99, 127, 128, 129, 200, 255, 256, 300])
def test_pulse_is_read_as_printed_around_every_byte_boundary(pulse: int) -> None:
    assert line(bpm=f"BPM={pulse:03d}").pulse == pulse


@pytest.mark.parametrize("none", ["---", "000", "--", "-----"])
def test_dashes_and_zero_are_no_value(none: str) -> None:
    assert (line(f"SPO2={none}%").spo2, line(bpm=f"BPM={none}").pulse) == (None, None)


@pytest.mark.parametrize("none", ["PI=--.--%", "PI=--.--", "PI=--.-%", "PI=--", "PI=00.00%", ""])
def test_perfusion_index_may_be_dashes_zero_or_missing(none: str) -> None:
    assert line(pi=none).perfusion_index is None


@pytest.mark.parametrize(("form", "value"), [("00.02%", 0.02), ("20.00", 20.0), ("0.55", 0.55), ("10.5%", 10.5)])
def test_perfusion_index_forms(form: str, value: float) -> None:
    assert line(pi=f"PI={form}").perfusion_index == value


@pytest.mark.parametrize("bit", range(12))
def test_every_exception_bit_is_kept_beside_the_others(bit: int) -> None:
    assert line(exc=f"EXC={0x800 | 1 << bit:06X}").exceptions == Exceptions(0x800 | 1 << bit)


def test_only_the_low_twelve_bits_of_exc_are_used() -> None:
    assert line(exc="EXC=7FFF800").exceptions == Exceptions.SET_RUNNING


@pytest.mark.parametrize(("printed", "bits"), [("0016", 0x16), ("0032", 0x32), ("000010", 0x10), ("8001", 0x8001)])
def test_alarm_is_hexadecimal_and_unknown_bits_are_kept(printed: str, bits: int) -> None:
    assert line(alarm=f"ALARM={printed}").alarms == bits


def test_a_line_without_alarm_word_has_no_alarms() -> None:
    assert line(alarm="").alarms == Alarms(0)


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("02/22/16 22:47:45", "2016-02-22T22:47:45"),
        ("00/00/00 00:00:00", "00/00/00 00:00:00"),
        ("02/30/16 22:47:45", "02/30/16 22:47:45"),
        ("02/22/16 24:47:45", "02/22/16 24:47:45"),
    ],
)
def test_device_time_is_iso_or_as_printed_when_it_is_no_date(printed: str, label: str) -> None:
    parsed = parse_line(f"{printed} SPO2=098% BPM=097 EXC=000800".encode("ascii"))
    assert (parsed.device_time, parsed.spo2) == (label, 98)


@pytest.mark.parametrize(
    "text",
    [
        "/22/16 22:47:45 SPO2=098% BPM=097 EXC=000800",  # began in the middle
        "SPO2=098% BPM=097 EXC=000800",
        "02/22/16 22:47:45",
        "02/22/16 22:47:45 SPO2=098% BPM=097",  # no EXC: nothing says that the sensor is on
        "02/22/16 22:47:45 SPO2=098% BPM=097 EXC=",
        "02/22/16 22:47:45 SPO2=098% BPM=097 EXC=0008",  # cut: would read as "searching"
        "02/22/16 22:47:45 SPO2=098% BPM=097 EXC=00080G",
        "02/22/16 22:47:45 SPO2=098% EXC=000800",
        "02/22/16 22:47:45 BPM=097 EXC=000800",
        "02/22/16 22:47:45 SPO2=98% BPM=097 EXC=000800",  # a digit lost: 098 must not become 9
        "02/22/16 22:47:45 SPO2=098% BPM=09 EXC=000800",
        "02/22/16 22:47:45 SPO2=0x8% BPM=097 EXC=000800",
        "02/22/16 22:47:45 SPO2=098% BPM=097 PI=0360% EXC=000800",
        "02/22/16 22:47:45 SPO2=098% BPM=097 ALARM=00 EXC=000800",
        "02/22/16 22:47:45 SPO2=098% BPM=097 PID EXC=000800",
        "02/22/16 22:47:45 SPO2=098% BPM=097 EXC=00002/22/16 22:47:46 SPO2=098% BPM=097 EXC=000800",
        "02/22/16 22:47:45 SPO2=098% BPM=097 SPO2=091% EXC=000800",  # two lines run into one
        "09/21/08 09:56:14 SpO2=096 PR=074 PI=02.28 EXC=C00:LowSigIQ,SET",  # a line of the stored-trend dump
    ],
)
def test_a_damaged_or_foreign_line_is_refused_whole(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        parse_line(text.encode("ascii"))
    assert caught.value.protocol == "masimo"


def test_the_error_points_at_the_damaged_word() -> None:
    with pytest.raises(DecodeError) as caught:
        parse_line(b"02/22/16 22:47:45 SPO2=098% BPM=09? EXC=000800")
    assert caught.value.offset == 27


@pytest.mark.parametrize("byte", [0x00, 0x07, 0x1B, 0x7F, 0xC3, 0xFF])
def test_a_byte_that_is_not_printable_is_refused_and_pointed_at(byte: int) -> None:
    with pytest.raises(DecodeError) as caught:
        parse_line(b"02/22/16 22:47:45 SPO2=0" + bytes([byte]) + b"8% BPM=097 EXC=000800")
    assert caught.value.offset == 24


@given(st.binary(max_size=200))
def test_any_bytes_are_a_line_or_a_decode_error(raw: bytes) -> None:
    try:
        parsed = parse_line(raw)
    except DecodeError:
        return
    assert isinstance(parsed, DataLine)


def test_recorded_rad8_lines(shared: Path) -> None:
    lines = (shared / "captures/masimo-ascii1/rad8-20160222-5lines.txt").read_bytes().splitlines()
    assert [parse_line(raw) for raw in lines] == [
        DataLine(f"2016-02-22T22:47:{second}", "0000056661", 98, pulse, pi, Alarms(0), Exceptions.SET_RUNNING)
        for second, pulse, pi in [(45, 97, 3.6), (46, 96, 3.95), (47, 96, 4.25), (48, 96, 3.19), (49, 97, 2.41)]
    ]


def test_recorded_variants_of_three_models(shared: Path) -> None:
    colour, blue, short = (
        parse_line(raw) for raw in (shared / "captures/masimo-ascii1/variants-3lines.txt").read_bytes().splitlines()
    )
    poor = Exceptions.SET_RUNNING | Exceptions.LOW_SIGNAL_IQ
    assert colour == DataLine("2016-03-17T19:19:36", None, 98, 123, 0.55, Alarms(0), poor)
    assert blue == DataLine("2007-05-15T08:12:21", "0000070986", None, None, None, Alarms(0), Exceptions(0))
    assert short == DataLine("2016-03-19T13:37:12", "0000093112", None, None, None, Alarms(0), Exceptions.NO_SENSOR)
