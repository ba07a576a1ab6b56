"""Values that come one by one: which belong together, which are a reading, and which are a repeat."""

from __future__ import annotations

import math

from vitalwatch.model import Vital
from vitalwatch_drivers.esphome.cuff import GATHER_S, CuffGathering, Reading

SYS, DIA, MAP = Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE


def all_three(cuff: CuffGathering, at: float, systolic: float | None = 124.0) -> list[Reading]:
    return [*cuff.take(SYS, systolic, at), *cuff.take(DIA, 78.0, at + 0.1), *cuff.take(MAP, 93.0, at + 0.2)]


def test_a_reading_is_told_when_everything_is_there_in_any_order() -> None:
    cuff = CuffGathering([SYS, DIA, MAP])
    assert cuff.take(MAP, 93.0, 0.0) == []
    assert cuff.take(SYS, 124.0, 0.1) == []
    assert cuff.take(DIA, 78.0, 0.2) == [Reading({SYS: 124.0, DIA: 78.0, MAP: 93.0}, 0.0)]


def test_without_the_mean_a_reading_is_told_5_s_later_with_its_age() -> None:
    cuff = CuffGathering([SYS, DIA, MAP])
    cuff.take(SYS, 124.0, 0.0)
    cuff.take(DIA, 78.0, 0.1)
    assert cuff.overdue(GATHER_S) == []
    assert cuff.overdue(GATHER_S + 0.5) == [Reading({SYS: 124.0, DIA: 78.0}, 5.5)]
    assert cuff.overdue(GATHER_S + 1.0) == []


def test_a_systolic_is_never_joined_with_an_older_diastolic() -> None:
    cuff = CuffGathering([SYS, DIA])
    cuff.take(DIA, 78.0, 0.0)
    assert cuff.overdue(300.0) == []
    assert cuff.take(SYS, 205.0, 300.0) == []
    assert cuff.halves == 1
    assert cuff.take(DIA, 130.0, 300.1) == [Reading({SYS: 205.0, DIA: 130.0}, 0.0)]


def test_a_second_systolic_opens_the_next_gathering() -> None:
    cuff = CuffGathering([SYS, DIA, MAP])
    cuff.take(SYS, 124.0, 0.0)
    cuff.take(DIA, 78.0, 0.1)
    assert cuff.take(SYS, 150.0, 2.0) == [Reading({SYS: 124.0, DIA: 78.0}, 2.0)]
    assert cuff.take(SYS, 160.0, 2.5) == []
    assert cuff.halves == 1


def test_the_same_pressures_are_a_repeat_until_others_come() -> None:
    cuff = CuffGathering([SYS, DIA, MAP])
    assert len(all_three(cuff, 0.0)) == 1
    assert all_three(cuff, 60.0) == []
    assert len(all_three(cuff, 120.0, 125.0)) == 1
    assert len(all_three(cuff, 180.0)) == 1


def test_the_same_pressures_after_a_run_of_the_cuff_are_a_new_reading() -> None:
    cuff = CuffGathering([SYS, DIA, MAP])
    all_three(cuff, 0.0)
    cuff.inflating(True)
    assert all_three(cuff, 30.0) == []  # still the old one
    cuff.inflating(False)
    assert len(all_three(cuff, 60.0)) == 1
    assert all_three(cuff, 90.0) == []


def test_a_failed_run_makes_nothing_new() -> None:
    cuff = CuffGathering([SYS, DIA, MAP])
    all_three(cuff, 0.0)
    cuff.inflating(True)
    cuff.inflating(False)
    cuff.failed()
    assert all_three(cuff, 60.0) == []


def test_no_pressure_is_no_reading_and_half_a_one_is_not_counted_for_it() -> None:
    cuff = CuffGathering([SYS, DIA])
    assert cuff.take(SYS, None, 0.0) + cuff.take(DIA, None, 0.1) == []
    assert cuff.halves == 0


def test_a_pressure_that_is_no_number_is_told_once() -> None:
    cuff = CuffGathering([SYS, DIA])
    (reading,) = cuff.take(SYS, math.nan, 0.0) + cuff.take(DIA, 78.0, 0.1)
    assert math.isnan(reading.values[SYS] or 0.0)
    assert cuff.take(SYS, math.nan, 60.0) + cuff.take(DIA, 78.0, 60.1) == []


def test_what_was_dropped_is_not_joined_and_not_counted() -> None:
    cuff = CuffGathering([SYS, DIA])
    cuff.take(SYS, 124.0, 0.0)
    cuff.drop()
    assert cuff.take(DIA, 78.0, 0.5) == []
    assert cuff.halves == 0
