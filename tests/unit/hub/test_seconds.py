"""Two hours of one vital, second by second: what went in comes out, gaps are gaps, and nothing grows."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.hub.seconds import KEPT_S, Seconds


def points(series: Seconds, since: float, until: float) -> list[tuple[int, float | None]]:
    return list(zip(*series.points(since, until), strict=True))


def test_values_come_back_by_second_oldest_first() -> None:
    series = Seconds()
    for at, value in ((100.2, 97.0), (101.0, 0.04), (102.9, 350.0)):
        series.put(at, value, 5)
    assert points(series, 100, 103) == [(100, 97.0), (101, 0.04), (102, 350.0)]


def test_within_one_second_the_newest_sample_wins() -> None:
    series = Seconds()
    series.put(100.1, 97, 5)
    series.put(100.9, 96, 5)
    assert points(series, 0, 101) == [(100, 96.0)]


def test_a_value_that_stood_too_long_ends_in_a_gap_and_so_does_one_that_was_none() -> None:
    series = Seconds()
    series.put(100, 97, 5)
    series.put(106, 96, 5)
    series.put(108, None, 5)
    series.put(109, 95, 5)
    assert points(series, 0, 200) == [(100, 97), (105, None), (106, 96), (108, None), (109, 95), (114, None)]


def test_a_real_zero_is_a_value_and_not_a_gap() -> None:
    series = Seconds()
    series.put(100, 0.0, 5)
    assert points(series, 0, 101) == [(100, 0.0)]


def test_only_what_was_asked_for_is_given() -> None:
    series = Seconds()
    for at in range(100, 200):
        series.put(at, 90, 5)
    assert [at for at, _ in points(series, 150, 152)] == [150, 151, 152]
    assert points(Seconds(), 0, 10) == []


@given(st.lists(st.tuples(st.integers(1, 3 * KEPT_S), st.integers(0, 300)), max_size=40))
def test_what_is_remembered_is_the_last_two_hours_and_nothing_of_the_lap_before(steps: list[tuple[int, int]]) -> None:
    series, now, put = Seconds(), 0, {}
    for step, value in steps:
        now += step
        put[now] = float(value)
        series.put(now, value, 5)
    found = [(at, value) for at, value in points(series, 0, now) if value is not None]
    assert found == [(at, value) for at, value in put.items() if at > now - KEPT_S]
    assert all(earlier < later for (earlier, _), (later, _) in pairwise(points(series, 0, now)))


def test_what_was_before_comes_to_its_own_seconds_and_changes_none_that_are_there() -> None:
    before, series = Seconds(), Seconds()
    for second in range(100, 110):
        before.put(second, 90, 5)
    for second in (108, 112):
        series.put(second, 97, 5)
    series.recall(before)
    assert [value for _, value in points(series, 0, 113)] == [90] * 8 + [97] + [90] + [97]
    series.put(113, 98, 5)
    assert points(series, 113, 114) == [(113, 98)]


def test_what_was_before_nothing_is_all_there_is() -> None:
    before, series = Seconds(), Seconds()
    before.put(100, 90, 5)
    series.recall(before)
    assert points(series, 0, 200) == [(100, 90), (105, None)]


def test_nothing_before_changes_nothing() -> None:
    series = Seconds()
    series.put(100, 90, 5)
    series.recall(Seconds())
    assert points(series, 0, 101) == [(100, 90)]


def test_what_was_before_may_be_newer_than_what_is_there() -> None:
    before, series = Seconds(), Seconds()
    series.put(100, 97, 5)
    before.put(100, 90, 5)
    before.put(103, 91, 5)
    series.recall(before)
    assert points(series, 0, 104) == [(100, 97), (103, 91)]


@given(st.sets(st.integers(0, 3 * KEPT_S), max_size=30), st.sets(st.integers(0, 3 * KEPT_S), max_size=30))
def test_recalling_is_as_if_all_had_come_in_order(older: set[int], newer: set[int]) -> None:
    before, series, all_at_once = Seconds(), Seconds(), Seconds()
    for second in sorted(older):
        before.put(second, 90, 5)
    for second in sorted(newer):
        series.put(second, 97, 5)
    for second in sorted(older | newer):
        all_at_once.put(second, 97 if second in newer else 90, 5)
    series.recall(before)
    wanted = range(3 * KEPT_S + 1)
    assert series.cells(0, len(wanted)) == all_at_once.cells(0, len(wanted))
