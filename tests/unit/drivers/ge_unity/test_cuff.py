"""When a cuff reading without any time is new."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_drivers.ge_unity.cuff import STEADY_S, CuffMemory

FIRST, SECOND = (93, 120, 80), (100, 130, 85)


def ages(*seen: tuple[float, tuple[int, ...] | None]) -> list[float | None]:
    memory = CuffMemory()
    return [memory.age_if_new(numbers, now) for now, numbers in seen]


def test_numbers_that_stand_there_at_the_beginning_are_not_told_however_often_they_come() -> None:
    assert ages((0, FIRST), (2, FIRST), (400, FIRST)) == [None, None, None]


def test_numbers_where_there_were_none_are_new() -> None:
    assert ages((0, None), (2, FIRST), (4, FIRST)) == [None, 0.0, None]


def test_changed_numbers_are_new_once() -> None:
    assert ages((0, FIRST), (2, SECOND), (4, SECOND)) == [None, 0.0, None]


def test_the_same_numbers_after_a_gap_in_them_are_not_new() -> None:
    assert ages((0, None), (2, FIRST), (4, None), (6, FIRST)) == [None, 0.0, None, None]


def test_after_a_silence_a_new_reading_may_be_as_old_as_the_silence() -> None:
    assert ages((0, None), (STEADY_S, FIRST), (STEADY_S + 600, SECOND)) == [None, 0.0, 600.0]


@given(st.lists(st.sampled_from([FIRST, SECOND, None]), max_size=12))
def test_a_reading_that_is_shown_again_is_never_new(seen: list[tuple[int, ...] | None]) -> None:
    memory = CuffMemory()
    for number, numbers in enumerate(seen):
        memory.age_if_new(numbers, 2.0 * number)
        assert memory.age_if_new(numbers, 2.0 * number + 1) is None
