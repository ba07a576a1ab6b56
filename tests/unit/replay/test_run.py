"""Rows become what a driver would have told, at the recording's own times."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.alarms import AlarmEvent, Output, Profile
from vitalwatch.alarms.events import CuffRead, Heard, Sampled
from vitalwatch.model import Validity, Vital
from vitalwatch.replay import Row, play, survey
from vitalwatch.replay.run import events_of

from .conftest import edges, series

Played = Callable[..., list[Output]]


def test_a_fall_alarms_after_its_delay_though_the_rows_are_a_minute_apart(played: Played) -> None:
    outputs = played(series("SpO2", "97", "89", "89", "95", "95", step=60))
    assert edges(outputs, "SPO2-LOW") == [
        (60, "idle", "pending"),
        (75, "pending", "active"),
        (183, "active", "idle"),
    ]


def test_times_are_the_recordings_own_stamps(played: Played) -> None:
    rows = "".join(f"{1000 + second},{97 if second < 5 else 88}\n" for second in range(40))
    assert edges(played(f"time,SpO2\n{rows}"), "SPO2-LOW") == [(1005, "idle", "pending"), (1020, "pending", "active")]


def test_a_recorded_0_is_a_missing_value_and_never_a_fall(played: Played) -> None:
    outputs = played(series("SpO2,PULSE", *["97,60"] * 10, *["0,0"] * 20))
    assert edges(outputs, "SPO2-DESAT") == edges(outputs, "HR-XLOW") == []
    assert edges(outputs, "T-NOVALUE") == [(10, "idle", "pending"), (20, "pending", "active")]


def test_the_end_of_the_file_alarms_about_nothing(played: Played) -> None:
    outputs = played(series("SpO2,HR", *["97,60"] * 30))
    assert [output for output in outputs if output.condition and output.at > 5] == []


def test_a_hole_in_the_rows_is_a_silent_monitor(played: Played) -> None:
    rows = "".join(f"{second},97\n" for second in (*range(10), *range(60, 70)))
    active = [change for change in edges(played(f"time,SpO2\n{rows}"), "T-SILENT") if "active" in change]
    assert active == [(19, "pending", "active"), (63, "active", "idle")]


def test_two_raised_cuff_readings_alarm_at_the_second(played: Played) -> None:
    cells = ["97,,"] * 400
    cells[10], cells[100] = "97,172,104", "97,174,104"
    outputs = played(series("SpO2,NBPSys,NBPDias", *cells))
    assert edges(outputs, "BP-HIGH") == [(10, "idle", "pending"), (100, "pending", "active")]


def test_a_reading_that_an_export_carries_forward_is_one_reading() -> None:
    held = Row(1.0, {Vital.SYSTOLIC: 172.0, Vital.DIASTOLIC: 104.0})
    assert [type(event) for event in events_of(held, None, "1")] == [CuffRead]
    again = Row(2.0, dict(held.values))
    assert [type(event) for event in events_of(again, held, "1")] == [Heard]
    other = Row(2.0, {Vital.SYSTOLIC: 170.0, Vital.DIASTOLIC: 104.0})
    assert [type(event) for event in events_of(other, held, "1")] == [CuffRead]
    later = Row(61.0, dict(held.values))
    assert [type(event) for event in events_of(later, held, "1")] == [CuffRead]


def test_an_implausible_value_is_told_as_invalid() -> None:
    (event,) = events_of(Row(0.0, {Vital.SPO2: 980.0}), None, "1")
    assert isinstance(event, Sampled)
    assert (event.value, event.validity) == (None, Validity.INVALID)


@pytest.mark.parametrize(("first", "taken_at"), [(0, 300), (310, 310)])
def test_the_baseline_is_taken_at_its_time_or_as_soon_as_there_are_values(
    played: Played, first: int, taken_at: int
) -> None:
    cells = [f"{97 if second >= first else ''}" for second in range(400)]
    outputs = played(series("SpO2", *cells), baseline_s=300)
    baselines = [output.at for output in outputs if isinstance(output, AlarmEvent) and output.event == "baseline"]
    assert len(baselines) == 1
    assert taken_at <= baselines[0] <= taken_at + 10


def test_no_baseline_is_taken_unless_asked_for(played: Played) -> None:
    outputs = played(series("SpO2", *["97"] * 400))
    assert not [output for output in outputs if isinstance(output, AlarmEvent) and output.event == "baseline"]


@given(st.lists(st.sampled_from(["97,60", "88,60", "70,30", ",", "0,0", "97,160"]), min_size=1, max_size=120))
def test_playing_twice_says_the_same_twice(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "twice.csv"
    path.write_text(series("SpO2,HR", *cells))
    first, second = (list(play(survey(path), "1", Profile())) for _ in range(2))
    assert first == second
    assert all(before.at <= after.at for before, after in pairwise(first))
