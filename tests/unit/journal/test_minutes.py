"""Minutes of a vital, made of seconds and made whole of parts."""

from __future__ import annotations

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.journal.minutes import MINUTE_S, minute_of, whole
from vitalwatch.journal.record import Minute
from vitalwatch.model.cells import NOTHING, cell_of

NUMBER: Final = 29_540_880
WALL: Final = NUMBER * 60_000_000

CELLS = st.lists(st.sampled_from([NOTHING, NOTHING, 1, 9002, 9702]), min_size=MINUTE_S, max_size=MINUTE_S)


def made(cells: list[int], wall: int = WALL) -> Minute | None:
    return minute_of("1", "spo2", cells, NUMBER, wall)


def test_a_minute_has_its_least_its_most_its_mean_and_how_many() -> None:
    minute = made([cell_of(90.0), cell_of(95.0), cell_of(None)] + [NOTHING] * 57)
    assert minute is not None
    assert (minute.n, minute.low, minute.high, minute.mean, minute.wall) == (2, 90.0, 95.0, 92.5, WALL)
    assert minute.seconds is not None
    assert len(minute.seconds) == 2 * MINUTE_S


def test_a_minute_without_a_usable_value_says_so_and_has_no_numbers() -> None:
    minute = made([NOTHING] * 5 + [cell_of(None)] + [NOTHING] * 54)
    assert minute is not None
    assert (minute.n, minute.low, minute.high, minute.mean) == (0, None, None, None)


def test_a_minute_in_which_nothing_came_is_none() -> None:
    assert made([NOTHING] * MINUTE_S) is None


@given(CELLS, CELLS)
def test_of_two_parts_each_second_is_the_newers_if_it_knows_one(older: list[int], newer: list[int]) -> None:
    first, second = made(older), made(newer, WALL + 1)
    if first is None or second is None:
        return
    expected = [new if new != NOTHING else old for old, new in zip(older, newer, strict=True)]
    assert whole(first, second) == made(expected)
    assert whole(first, first) == first


def test_what_was_compacted_since_stays_as_it_is() -> None:
    compacted = Minute("1", "spo2", NUMBER, WALL, 60, 88.0, 97.0, 93.0, None)
    part = made([cell_of(90.0)] + [NOTHING] * 59)
    assert part is not None
    assert whole(compacted, part) == compacted
    assert whole(part, compacted) == compacted


def test_a_part_that_somebody_has_changed_gives_way() -> None:
    broken = Minute("1", "spo2", NUMBER, WALL, 1, 90.0, 90.0, 90.0, b"\x01\x02\x03")
    part = made([cell_of(90.0)] + [NOTHING] * 59)
    assert part is not None
    assert whole(broken, part) == part
