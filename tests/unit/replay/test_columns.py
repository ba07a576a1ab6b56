"""Columns are found by their names, however these are written."""

from __future__ import annotations

import pytest

from vitalwatch.model import Vital
from vitalwatch.replay.columns import read_header


@pytest.mark.parametrize(
    ("name", "vital"),
    [
        ("HR", Vital.HEART_RATE),
        (" hr ", Vital.HEART_RATE),
        ("Heart Rate", Vital.HEART_RATE),
        ("HR [bpm]", Vital.HEART_RATE),
        ("PULSE", Vital.PULSE_RATE),
        ("SpO2", Vital.SPO2),
        ("SPO2 (%)", Vital.SPO2),
        ("RESP", Vital.RESPIRATION_RATE),
        ("NBPSys", Vital.SYSTOLIC),
        ("NBP Dias", Vital.DIASTOLIC),
        ("nbpmean", Vital.MEAN_PRESSURE),
        *((vital.value, vital) for vital in Vital),
    ],
)
def test_a_vital_is_known_by_our_name_and_the_usual_short_ones(name: str, vital: Vital) -> None:
    columns = read_header(["time", name])
    assert columns.vitals == ((1, vital),)
    assert columns.notices == ()


@pytest.mark.parametrize(
    ("name", "second"), [("time", 1), ("Time [s]", 1), (" TIME [S]", 1), ("minute", 60), ("timestamp", 1)]
)
def test_the_time_column_tells_its_unit(name: str, second: float) -> None:
    columns = read_header(["SpO2", name])
    assert (columns.time, columns.second) == (1, second)


@pytest.mark.parametrize("name", ["Time [ms]", "hour", "when"])
def test_a_time_of_another_unit_is_not_taken_for_seconds(name: str) -> None:
    assert read_header([name, "SpO2"]).time == -1


def test_arterial_pressures_are_ignored_with_one_notice_and_never_taken_for_cuff_pressures() -> None:
    columns = read_header(["minute", "ABPSys", "ABP Dias", "ABPMean", "SpO2"])
    assert columns.vitals == ((4, Vital.SPO2),)
    (notice,) = columns.notices
    assert notice.endswith("ABPSys, ABP Dias, ABPMean.")


def test_what_is_unknown_or_says_the_same_twice_is_named_once_each() -> None:
    columns = read_header(["time", "HR", "ECG HR", "mood", "weather", "", "minute"])
    assert columns.vitals == ((1, Vital.HEART_RATE),)
    assert sorted(notice.partition(": ")[2] for notice in columns.notices) == ["ECG HR, minute.", "mood, weather."]
