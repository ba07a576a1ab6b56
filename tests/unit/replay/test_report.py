"""Counting alarms: pairs once, returns merged, hours that were monitored, seconds of sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch.alarms import AlarmEvent, Output, Priority, State, Transition
from vitalwatch.model import Vital
from vitalwatch.replay import Recording, Report, Row

HOUR = Recording(Path("x"), (Vital.SPO2, Vital.HEART_RATE), 2, 0.0, 3600.0, 1.0, ())


def change(condition: str, at: float, source: State, target: State, priority: Priority) -> Transition:
    return Transition("1", condition, source, target, priority, at, text=f"{condition} at {at:g}")


def alarm(condition: str, start: float, end: float, priority: Priority = Priority.MEDIUM) -> list[Transition]:
    return [
        change(condition, start, State.PENDING, State.ACTIVE, priority),
        change(condition, end, State.ACTIVE, State.IDLE, priority),
    ]


def reported(*outputs: Output, end: float = 3600.0) -> Report:
    report = Report("test")
    report.begin(HOUR, "1")
    report.take_row(Row(0.0, {Vital.SPO2: 97.0, Vital.HEART_RATE: 60.0}))
    for output in sorted(outputs, key=lambda output: output.at):
        report.take(output)
    report.finish(end)
    return report


def test_a_pair_that_overlaps_is_one_alarm_of_the_worse() -> None:
    report = reported(*alarm("SPO2-LOW", 10, 100), *alarm("SPO2-DESAT", 40, 60, Priority.HIGH))
    (one,) = report.alarms()
    assert (one.condition, one.priority, one.start, one.end) == ("SPO2-DESAT", Priority.HIGH, 10, 100)


def test_members_of_a_pair_that_do_not_meet_are_two() -> None:
    report = reported(*alarm("SPO2-LOW", 10, 20), *alarm("SPO2-DESAT", 200, 300, Priority.HIGH))
    assert [found.condition for found in report.alarms(60)] == ["SPO2-LOW", "SPO2-DESAT"]


@pytest.mark.parametrize(("pause", "merged"), [(59, 1), (60, 2)])
def test_what_comes_back_within_a_minute_is_the_same_alarm_in_the_merged_count(pause: float, merged: int) -> None:
    load = reported(*alarm("HR-HIGH", 0, 100), *alarm("HR-HIGH", 100 + pause, 300)).load()
    (line,) = load.lines
    assert (line.raw, line.merged) == (2, merged)


def test_waiting_out_a_delay_is_no_alarm() -> None:
    passing = [
        change("SPO2-LOW", 5, State.IDLE, State.PENDING, Priority.MEDIUM),
        change("SPO2-LOW", 9, State.PENDING, State.IDLE, Priority.MEDIUM),
    ]
    load = reported(*passing).load()
    assert (load.lines, load.held_back) == ((), 1)


def test_a_priority_that_rises_counts_as_the_highest() -> None:
    start, end = alarm("T-NOVALUE", 0, 100, Priority.LOW)
    risen = AlarmEvent("1", "updated", 60, "T-NOVALUE", Priority.MEDIUM)
    (line,) = reported(start, risen, end).load().lines
    assert (line.priority, line.raw) == (Priority.MEDIUM, 1)


def test_only_alarms_that_ended_within_10_s_are_short_and_one_that_stands_is_not() -> None:
    standing = alarm("SPO2-LOW", 3595, 9999)[:1]
    load = reported(*alarm("HR-HIGH", 0, 9), *alarm("HR-LOW", 20, 30), *standing).load()
    assert (load.ended, load.short) == (2, 1)


def test_hours_without_a_vital_are_not_monitored() -> None:
    report = Report("test")
    report.begin(HOUR, "1")
    for second in range(1800):
        report.take_row(Row(float(second), {Vital.SPO2: 97.0, Vital.HEART_RATE: 60.0}))
    for second in range(1800, 3600):
        report.take_row(Row(float(second), {Vital.SPO2: None, Vital.HEART_RATE: 60.0}))
    report.finish(3600.0)
    load = report.load()
    assert (load.wall_hours, load.monitored_hours) == (1.0, 0.5)


def test_a_value_counts_as_monitored_only_while_it_stands() -> None:
    assert reported(end=3600.0).load().monitored_hours == pytest.approx(5 / 3600, abs=1e-4)


@pytest.mark.parametrize(
    ("priority", "seconds", "sound"),
    [
        (Priority.HIGH, 9.9, 3.0),
        (Priority.HIGH, 25, 9.0),
        (Priority.MEDIUM, 60, 2.25),
        (Priority.LOW, 29, 0.45),
    ],
)
def test_sound_is_a_burst_at_the_start_and_after_each_interval(
    priority: Priority, seconds: float, sound: float
) -> None:
    assert reported(*alarm("HR-HIGH", 0, seconds, priority)).load().sound_s == pytest.approx(sound)


def test_only_the_highest_priority_sounds() -> None:
    both = reported(*alarm("HR-HIGH", 0, 100), *alarm("SPO2-DESAT", 0, 100, Priority.HIGH)).load().sound_s
    alone = reported(*alarm("SPO2-DESAT", 0, 100, Priority.HIGH)).load().sound_s
    assert both == alone


def test_alarms_of_two_recordings_are_never_one() -> None:
    report = reported(*alarm("HR-HIGH", 0, 100))
    report.begin(HOUR, "2")
    for output in alarm("HR-HIGH", 50, 150):
        report.take(output)
    report.finish(3600.0)
    assert [found.chair for found in report.alarms(60)] == ["1", "2"]
    assert report.load().recordings == 2
