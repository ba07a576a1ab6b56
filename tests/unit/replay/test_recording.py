"""Reading a series: times, missing values, and plain words for every file that is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import RecordingError
from vitalwatch.model import Vital
from vitalwatch.replay import survey
from vitalwatch.replay.recording import LONGEST_LINE

from .conftest import series

Write = Callable[..., Path]


def values(path: Path, vital: Vital) -> list[float | None]:
    return [row.values[vital] for row in survey(path).read()]


@pytest.mark.parametrize("cell", ["", "  ", "NaN", "nan", "null", "--", "0", "0.0", "-0"])
@pytest.mark.parametrize("column", ["HR", "PULSE", "SpO2", "RESP", "NBPSys", "NBPDias", "NBPMean"])
def test_an_empty_cell_and_a_recorded_0_are_no_value(write: Write, column: str, cell: str) -> None:
    path = write(f"time,{column}\n0,{cell}\n1,40\n")
    assert [value for row in survey(path).read() for value in row.values.values()] == [None, 40]


def test_a_temperature_of_0_stays_a_number_and_is_named_as_outside_what_a_body_has(write: Write) -> None:
    recording = survey(write("time,SpO2,temp\n0,97,0\n1,97,36.6\n"))
    assert [notice.partition(":")[0] for notice in recording.notices] == ["temp"]


@pytest.mark.parametrize(
    ("column", "stamps", "seconds"),
    [
        ("Time [s]", ["-0", "1", "2.5"], [0, 1, 2.5]),
        ("time", ["100", "101", "102"], [100, 101, 102]),
        ("minute", ["0", "1", "3"], [0, 60, 180]),
        ("time", ["2026-03-02T10:15:00", "2026-03-02T10:15:01.5", "2026-03-02 10:16:00"], [0, 1.5, 60]),
        ("timestamp", ["2026-03-02T10:15:00Z", "2026-03-02T11:15:01+01:00", "2026-03-02T10:15:02Z"], [0, 1, 2]),
    ],
)
def test_stamps_are_seconds_minutes_or_dates(
    write: Write, column: str, stamps: list[str], seconds: list[float]
) -> None:
    path = write("\n".join([f"{column},SpO2", *(f"{stamp},97" for stamp in stamps)]))
    times = [row.at for row in survey(path).read()]
    assert times == seconds
    assert math.copysign(1, times[0]) == 1


def test_the_period_is_the_median_step(write: Write) -> None:
    rows = "".join(f"{at},97\n" for at in (0, 1, 2, 3, 90, 91, 92))
    recording = survey(write(f"time,SpO2\n{rows}"))
    assert (recording.period_s, recording.rows, recording.first_at, recording.last_at) == (1, 7, 0, 92)


def test_one_row_is_a_recording(write: Write) -> None:
    assert survey(write("time,SpO2\n5,97\n")).period_s == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_are_parted_by_commas_semicolons_or_tabs(write: Write, delimiter: str) -> None:
    path = write("\ufefftime,SpO2\r\n0,97\r\n\r\n1,96\r\n".replace(",", delimiter))
    assert values(path, Vital.SPO2) == [97, 96]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("\n\n", 0),
        ("time,SpO2\n", 0),
        ("SpO2,HR\n97,60\n", 1),
        ("time,mood\n0,1\n", 1),
        ("time,SpO2\n0,97\n1,ninety\n", 3),
        ("time,SpO2\n0,97\n1,inf\n", 3),
        ("time,SpO2\n0,97\n1,9_7\n", 3),
        ("time,SpO2\n0,97\n1\n", 3),
        ("time,SpO2\n0,97\n1,96,95\n", 3),
        ("time,SpO2\n0,97\n,96\n", 3),
        ("time,SpO2\nsoon,97\n", 2),
        ("time,SpO2\n2,97\n1,97\n", 3),
        ("time,SpO2\n0,97\n1e9,97\n", 3),
        ("time,SpO2\n1e300,97\n", 2),
        ("time,SpO2\n2026-03-02T10:15:00,97\n2026-03-02T10:15:01Z,97\n", 3),
        ("time,SpO2\n0,97\n\0\0,97\n", 3),
        ("time,SpO2\n0," + "9" * LONGEST_LINE + "\n", 2),
        ('time,SpO2\n0,"97\n' + "1,97\n" * 40_000, None),
    ],
)
def test_what_cannot_be_played_is_refused_with_its_line(write: Write, text: str, line: int | None) -> None:
    path = write(text)
    with pytest.raises(RecordingError) as raised:
        survey(path)
    assert raised.value.file == path
    assert line is None or raised.value.line == line


def test_files_that_are_no_text_or_not_there_are_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary.csv"
    binary.write_bytes(bytes(range(256)) * 10)
    for path in (binary, tmp_path / "none.csv", tmp_path, Path("/dev/null")):
        with pytest.raises(RecordingError):
            survey(path)


@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_recording_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(b"time,SpO2,NBPSys\n" + data)
    try:
        recording = survey(path)
    except RecordingError:
        return
    assert len(list(recording.read())) == recording.rows


def test_values_outside_what_a_body_has_and_empty_columns_are_told(write: Write) -> None:
    recording = survey(write(series("SpO2,HR,RESP", "97,60,", "980,60,", "97,-3,")))
    told = {notice.partition(":")[0]: notice for notice in recording.notices}
    assert set(told) == {"SpO2", "HR", "RESP"}
    assert " 1 value " in told["SpO2"]
