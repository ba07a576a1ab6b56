"""One line of the Nellcor table: every form it takes, and every way it can be damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.nellcor.frames import ColumnsLine, DataLine, SettingsLine, TitleLine, parse_line


def data(text: str) -> DataLine:
    line = parse_line(text.encode("ascii"))
    assert isinstance(line, DataLine)
    return line


def test_a_recorded_line_gives_every_field() -> None:
    assert data("29-Dec-17 07:19:01    79*     66      18    MO SL       AS   ") == DataLine(
        device_time="2017-12-29T07:19:01",
        spo2=79,
        spo2_marked=True,
        pulse=66,
        pulse_marked=False,
        amplitude=18,
        codes=("MO", "SL", "AS"),
    )


def test_fields_are_told_apart_by_blanks_so_other_widths_do_no_harm() -> None:
    assert data("29-Dec-17 07:19:01 79* 66 18 MO SL AS") == data(
        "29-Dec-17 07:19:01      79*       66        18    MO SL       AS      "
    )


@pytest.mark.parametrize("pulse", [1, 9, 127, 128, 129, 200, 255, 256, 300])
def test_pulse_is_read_as_printed_around_every_byte_boundary(pulse: int) -> None:
    assert data(f"29-Dec-17 07:19:01    99    {pulse:3d}*     18").pulse == pulse


def test_zero_and_dashes_are_no_value() -> None:
    searching = data("29-Dec-17 07:19:01     0       0     ---    PS")
    unplugged = data("29-Dec-17 07:19:01   ---     ---     ---    SD")
    for line in (searching, unplugged):
        assert (line.spo2, line.pulse, line.amplitude) == (None, None, None)


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("29-Dec-17 07:19:01", "2017-12-29T07:19:01"),
        ("29-DEC-17 07:19:01", "2017-12-29T07:19:01"),
        ("01-jan-04 00:00:00", "2004-01-01T00:00:00"),
        (" 9-May-24 23:59:59", "2024-05-09T23:59:59"),
        ("29-Feb-23 07:19:01", "29-Feb-23 07:19:01"),
        ("00-Jan-00 07:19:01", "00-Jan-00 07:19:01"),
        ("29-Mai-24 07:19:01", "29-Mai-24 07:19:01"),
        ("29-Dec-17 25:19:01", "29-Dec-17 25:19:01"),
    ],
)
def test_device_time_is_iso_or_as_printed_when_it_is_no_date(printed: str, label: str) -> None:
    line = data(f"{printed}    99      66      12")
    assert line.device_time == label
    assert line.spo2 == 99


def test_every_english_month_is_known_without_a_locale() -> None:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    labels = [data(f"05-{month}-24 07:19:01 99 66 12").device_time for month in months]
    assert labels == [f"2024-{number:02d}-05T07:19:01" for number in range(1, 13)]


def test_the_recorded_header_gives_the_monitors_limits() -> None:
    title = parse_line(b"N-560    VERSION 1.56.00    CRC:XXXX  SpO2 Limit: 90-100%    PR Limit: 60-170BPM")
    assert title == TitleLine("N-560", "1.56.00", (90, 100), (60, 170))
    assert parse_line(b"                             ADULT            0SAT-S ") == SettingsLine("ADULT", 0)
    assert parse_line(b"TIME                 %SpO2   BPM     PA     Status") == ColumnsLine()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "NPB-290  VERSION 1.05.01    CRC: ABCD  SpO2 Limit: 70- 95%     PR Limit: 40- 80BPM",
            TitleLine("NPB-290", "1.05.01", (70, 95), (40, 80)),
        ),
        ("N-595 VERSION 2.0 INFO CRC:ABCD SEC: text", TitleLine("N-595", "2.0", None, None)),
        ("     NEO   25SAT-S   SPO2 RESP MODE: NORMAL", SettingsLine("NEO", 25)),
        ("     ADULT", SettingsLine("ADULT", None)),
        ("TIME                 %SPO2   BPM     PA     Status", ColumnsLine()),
    ],
)
def test_header_forms_of_other_models(text: str, expected: TitleLine | SettingsLine | ColumnsLine) -> None:
    assert parse_line(text.encode("ascii")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "9:01    79*     66      18    MO SL       AS   ",  # began in the middle
        "29-Dec-17 07:19:01",
        "29-Dec-17 07:19:01    79*",
        "29-Dec-17 07:19:01    79*     66",
        "29-Dec-17 07:19:01    79*     66      18    MO S",  # a code cut in half
        "29-Dec-17 07:19:01    79*     66      18    mo",
        "29-Dec-17 07:19:01    7x*     66      18",
        "29-Dec-17 07:19:01    79?     66      18",
        "29-Dec-17 07:19:01    0079    66      18",
        "29-Dec-17 07:19:01    79 29-Dec-17 07:19:03    80      66      18",  # two lines run into one
        "29-Dec-17 07:19:0179*     66      18",
        "Command?",
        "1) INSTRUMENT INFO",
    ],
)
def test_a_damaged_or_foreign_line_is_refused_whole(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        parse_line(text.encode("ascii"))
    assert caught.value.protocol == "nellcor"


@pytest.mark.parametrize("byte", [0x00, 0x07, 0x1B, 0x7F, 0xC3, 0xFF])
def test_a_byte_that_is_not_printable_is_refused_and_pointed_at(byte: int) -> None:
    with pytest.raises(DecodeError) as caught:
        parse_line(b"29-Dec-17 07:19:01    9" + bytes([byte]) + b"      66      12")
    assert caught.value.offset == 23


@given(st.binary(max_size=120))
def test_any_bytes_are_a_line_or_a_decode_error(raw: bytes) -> None:
    try:
        line = parse_line(raw)
    except DecodeError:
        return
    assert isinstance(line, DataLine | TitleLine | SettingsLine | ColumnsLine)


def test_all_recorded_lines_but_the_noise_are_lines_of_the_table(shared: Path) -> None:
    capture = shared / "captures/nellcor-n560-ascii/n560-v1.56-20171229-part1.txt"
    lines = capture.read_bytes().splitlines()
    with pytest.raises(DecodeError):
        parse_line(lines[0])
    parsed = [parse_line(line) for line in lines[1:]]
    headers = [number for number, line in enumerate(parsed, start=2) if not isinstance(line, DataLine)]
    assert headers == [21, 22, 23, 46, 47, 48]
    assert parsed[19:22] == [
        TitleLine("N-560", "1.56.00", (90, 100), (60, 170)),
        SettingsLine("ADULT", 0),
        ColumnsLine(),
    ]
