"""Two reports over the same recordings, set side by side."""

from __future__ import annotations

from vitalwatch.alarms import Priority
from vitalwatch.replay import Report, compare
from vitalwatch.replay.report import Stretch


def report(*alarms: tuple[str, float, float, Priority]) -> Report:
    made = Report("test")
    made.stretches = [Stretch("1", name, priority, start, end, False, name) for name, start, end, priority in alarms]
    return made


LOW = ("SPO2-LOW", 100.0, 200.0, Priority.MEDIUM)


def test_the_same_alarms_differ_in_nothing() -> None:
    difference = compare(report(LOW), report(LOW))
    assert difference.same == 1
    changes = (difference.vanish, difference.appear, difference.later, difference.earlier, difference.reranked)
    assert changes == ((), (), (), (), ())


def test_what_only_one_gives_vanishes_or_appears() -> None:
    other = ("HR-HIGH", 100.0, 200.0, Priority.MEDIUM)
    difference = compare(report(LOW), report(other))
    assert [alarm.condition for alarm in difference.vanish] == ["SPO2-LOW"]
    assert [alarm.condition for alarm in difference.appear] == ["HR-HIGH"]


def test_a_shift_is_later_or_earlier_by_seconds() -> None:
    shifted = ("SPO2-LOW", 110.0, 200.0, Priority.MEDIUM)
    assert [pair.later_s for pair in compare(report(LOW), report(shifted)).later] == [10]
    assert [pair.later_s for pair in compare(report(shifted), report(LOW)).earlier] == [-10]


def test_a_worse_member_of_the_pair_is_the_same_alarm_with_another_priority() -> None:
    worse = ("SPO2-DESAT", 100.0, 200.0, Priority.HIGH)
    difference = compare(report(LOW), report(LOW, worse))
    assert [(pair.priority_before, pair.priority) for pair in difference.reranked] == [(Priority.MEDIUM, Priority.HIGH)]
    assert (difference.vanish, difference.appear) == ((), ())


def test_alarms_over_a_minute_apart_are_not_the_same() -> None:
    far = ("SPO2-LOW", 261.0, 300.0, Priority.MEDIUM)
    difference = compare(report(LOW), report(far))
    assert (len(difference.vanish), len(difference.appear)) == (1, 1)
