"""When a cuff reading is new: with the time of the measurement, without it, and in the wrong order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_drivers.ge_dri.cuff import CALIBRATING, MEASURING, OLD, STASIS, Cuff, CuffMemory

FIRST, SECOND = (12000, 8000, 9300, 70), (13000, 8500, 10000, 74)
T = 1_900_000_000


def news(memory: CuffMemory, *cuffs: Cuff) -> list[bool]:
    return [memory.is_new(cuff) for cuff in cuffs]


def test_with_a_time_a_reading_is_told_once_while_it_is_repeated_and_grows_old() -> None:
    seen = [Cuff(0, FIRST, T, T + 3), Cuff(0, FIRST, T, T + 33), Cuff(OLD, FIRST, T, T + 63)]
    assert news(CuffMemory(), *seen) == [True, False, False]


def test_same_numbers_at_a_later_time_are_a_new_reading() -> None:
    seen = [Cuff(0, FIRST, T, T + 3), Cuff(OLD, FIRST, T, T + 290), Cuff(0, FIRST, T + 300, T + 303)]
    assert news(CuffMemory(), *seen) == [True, False, True]


def test_numbers_that_come_a_record_before_their_time_are_one_reading() -> None:
    memory = CuffMemory()
    news(memory, Cuff(OLD, FIRST, T, T + 290))
    assert news(memory, Cuff(0, SECOND, T, T + 303), Cuff(0, SECOND, T + 300, T + 308)) == [True, False]


def test_a_time_that_comes_a_record_before_its_numbers_waits_for_them() -> None:
    memory = CuffMemory()
    news(memory, Cuff(OLD, FIRST, T, T + 290))
    assert news(memory, Cuff(OLD, FIRST, T + 300, T + 303), Cuff(0, SECOND, T + 300, T + 308)) == [False, True]


def test_a_measurement_that_leaves_everything_as_it_was_gives_no_reading() -> None:
    seen = [Cuff(0, FIRST, T, T + 3), Cuff(MEASURING, FIRST, T, T + 8), Cuff(0, FIRST, T, T + 38)]
    assert news(CuffMemory(), *seen) == [True, False, False]


@pytest.mark.parametrize("bit", [MEASURING, STASIS, CALIBRATING])
def test_a_busy_cuff_has_no_reading(bit: int) -> None:
    assert not CuffMemory().is_new(Cuff(bit, FIRST, T, T))


def test_the_first_reading_with_a_time_is_told_with_its_age() -> None:
    old = Cuff(OLD, FIRST, T, T + 1000)
    assert CuffMemory().is_new(old)
    assert old.age_s == 1000.0
    assert old.ended == T


@pytest.mark.parametrize("measured", [None, T + 10, T - 86_401])
def test_an_old_reading_whose_time_is_unknown_or_not_believed_is_not_told(measured: int | None) -> None:
    cuff = Cuff(OLD, FIRST, measured, T)
    assert not CuffMemory().is_new(cuff)
    assert cuff.age_s is None
    assert cuff.ended == T


def test_without_a_time_changed_numbers_are_new_and_repeated_ones_are_not() -> None:
    seen = [Cuff(0, FIRST, None, T), Cuff(0, FIRST, None, T + 5), Cuff(0, SECOND, None, T + 10)]
    assert news(CuffMemory(), *seen) == [True, False, True]


def test_without_a_time_the_same_numbers_are_new_after_a_measurement_or_when_the_old_mark_falls() -> None:
    seen = [
        *(Cuff(0, FIRST, None, T), Cuff(MEASURING, None, None, T + 5), Cuff(0, FIRST, None, T + 35)),
        *(Cuff(OLD, FIRST, None, T + 100), Cuff(0, FIRST, None, T + 335)),
    ]
    assert news(CuffMemory(), *seen) == [True, False, True, False, True]


def test_a_measurement_without_numbers_failed_until_the_next_begins_or_a_reading_comes() -> None:
    memory = CuffMemory()
    news(memory, Cuff(MEASURING, None, None, T), Cuff(0, None, None, T + 30), Cuff(0, None, None, T + 35))
    assert memory.failed
    memory.is_new(Cuff(MEASURING, None, None, T + 60))
    assert not memory.failed
    news(memory, Cuff(0, None, None, T + 90))
    assert memory.failed
    assert memory.is_new(Cuff(0, FIRST, T + 91, T + 95))
    assert not memory.failed


def test_no_numbers_before_any_measurement_is_no_failure() -> None:
    memory = CuffMemory()
    assert not memory.is_new(Cuff(OLD, None, None, T))
    assert not memory.failed


def test_after_a_cut_link_a_told_reading_stays_told_and_a_measurement_is_forgotten() -> None:
    memory = CuffMemory()
    news(memory, Cuff(0, FIRST, T, T + 3), Cuff(MEASURING, None, T, T + 8))
    memory.reset()
    assert (
        news(memory, Cuff(0, None, T, T + 20), Cuff(0, FIRST, None, T + 25), Cuff(0, FIRST, T, T + 30)) == [False] * 3
    )
    assert not memory.failed


@given(
    st.lists(
        st.builds(
            Cuff,
            st.sampled_from([0, OLD, MEASURING]),
            st.sampled_from([FIRST, SECOND, None]),
            st.one_of(st.none(), st.integers(T - 400, T)),
            st.just(T),
        ),
        max_size=12,
    )
)
def test_a_record_that_is_sent_again_at_once_is_never_new(cuffs: list[Cuff]) -> None:
    memory = CuffMemory()
    for cuff in cuffs:
        memory.is_new(cuff)
        assert not memory.is_new(cuff)
