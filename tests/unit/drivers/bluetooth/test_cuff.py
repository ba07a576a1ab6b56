"""New, seen before, and how old."""

from __future__ import annotations

from datetime import datetime, timedelta

from vitalwatch_drivers.bluetooth.cuff import BURST_S, REMEMBERED, CuffMemory
from vitalwatch_drivers.bluetooth.frames import BloodPressure

TEN = datetime.fromisoformat("2026-03-02T10:00:00")


def reading(minutes: float | None = None, systolic: float = 124.0, user: int | None = 1) -> BloodPressure:
    time = None if minutes is None else TEN + timedelta(minutes=minutes)
    return BloodPressure(systolic, 78.0, 93.0, time=time, user=user)


def test_a_stamped_reading_is_new_once() -> None:
    memory = CuffMemory()
    assert memory.take(reading(0), 0.0) == 0.0
    assert memory.take(reading(0), 1.0) is None
    memory.running()
    assert memory.take(reading(0), 100.0) is None  # a stored copy, whatever the cuff does now
    assert memory.take(reading(5), 300.0) == 0.0


def test_the_same_stamp_of_another_person_or_with_other_pressures_is_another_reading() -> None:
    memory = CuffMemory()
    assert memory.take(reading(0), 0.0) == 0.0
    assert memory.take(reading(0, user=2), 60.0) == 0.0
    assert memory.take(reading(0, systolic=205.0), 120.0) == 0.0  # a clock that stands still


def test_a_clock_that_was_set_back_does_not_make_the_cuff_mute_or_old() -> None:
    memory = CuffMemory()
    assert memory.take(reading(0), 0.0) == 0.0
    assert memory.take(reading(-55), 300.0) == 0.0
    memory.running()
    assert memory.take(reading(-120), 301.0) == 0.0  # it was seen to run


def test_stored_readings_newest_first_are_as_old_as_their_stamps_are_apart() -> None:
    memory = CuffMemory()
    assert memory.take(reading(0), 0.0) == 0.0
    assert memory.take(reading(-5), 2.0) == 302.0
    assert memory.take(reading(-30), 4.0) == 1804.0
    assert memory.take(reading(0), 6.0) is None
    assert memory.take(reading(-60), 6.0 + BURST_S) == 3600.0 + 6.0 + BURST_S
    assert memory.take(reading(-60.5), 7.0 + 2 * BURST_S) == 0.0  # nothing came for so long: one by itself


def test_a_burst_sent_again_later_has_nothing_new() -> None:
    memory = CuffMemory()
    readings = [reading(5 * n) for n in range(REMEMBERED)]
    assert all(memory.take(each, 300.0 * n) == 0.0 for n, each in enumerate(readings))
    assert [memory.take(each, 20000.0 + n) for n, each in enumerate(readings)] == [None] * REMEMBERED


def test_without_a_stamp_the_same_pressures_are_a_repeat_unless_the_cuff_ran() -> None:
    memory = CuffMemory()
    assert memory.take(reading(), 0.0) == 0.0
    assert memory.take(reading(), 300.0) is None
    memory.running()
    assert memory.take(reading(), 600.0) == 0.0
    assert memory.take(reading(), 601.0) is None
    assert memory.take(reading(systolic=125.0), 900.0) == 0.0
    assert memory.take(reading(), 1200.0) == 0.0


def test_a_stored_copy_during_a_run_does_not_make_its_result_a_repeat() -> None:
    memory = CuffMemory()
    stored = reading(0)
    memory.take(stored, 0.0)
    memory.take(reading(), 100.0)
    memory.running()
    assert memory.take(stored, 101.0) is None
    assert memory.take(reading(), 120.0) == 0.0


def test_the_last_reading_is_known_again() -> None:
    memory = CuffMemory()
    assert not memory.is_last(reading(0))
    memory.take(reading(0), 0.0)
    memory.take(reading(5), 300.0)
    assert memory.is_last(reading(5))
    assert not memory.is_last(reading(0))
