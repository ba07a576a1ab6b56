"""The count of packets that tells a Contec from a BerryMed, and only when ten whole seconds say so."""

from __future__ import annotations

import pytest

from vitalwatch_drivers.berrymed.pace import Pace


def counted(a_second: int, seconds: float, *, begin: float = 0.0, pace: Pace | None = None) -> Pace:
    """A pace that has taken so many packets a second, ten times a second."""
    pace = pace or Pace()
    for tenth in range(round(seconds * 10) + 1):
        pace.take(a_second // 10, begin + tenth / 10)
    return pace


@pytest.mark.parametrize(
    ("a_second", "slow"), [(20, True), (60, True), (70, True), (80, False), (100, False), (2000, False)]
)
def test_under_80_packets_a_second_is_slow(a_second: int, slow: bool) -> None:
    assert counted(a_second, 10.0).slow is slow


def test_less_than_ten_seconds_say_nothing() -> None:
    assert not counted(60, 9.9).slow


def test_it_is_over_with_the_next_window_that_is_fast() -> None:
    pace = counted(60, 10.0)
    assert counted(100, 9.8, begin=10.1, pace=pace).slow
    assert not counted(100, 1.0, begin=20.0, pace=pace).slow


def test_silence_is_no_matter_of_pace() -> None:
    pace = counted(100, 5.0)
    pace.take(400, 60.0)
    assert not pace.slow
    assert not counted(100, 9.9, begin=60.0, pace=pace).slow
