"""What one screen has proved to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import UsageError
from vitalwatch.hub.glass import ALIVE_S, Glass

LOW = ("1", "SPO2-DESAT")


def sent(*times: float) -> Glass:
    """A connection on which frames 1, 2, … went out at these times."""
    glass = Glass()
    for seq, at in enumerate(times, start=1):
        glass.sent(seq, (), at)
    return glass


def test_a_screen_is_alive_from_its_first_receipt_until_what_it_drew_is_too_old() -> None:
    glass = sent(10.0)
    assert not glass.alive(10.1)
    glass.drew(1, 10.1)
    assert glass.alive(10.0 + ALIVE_S - 0.001)
    assert not glass.alive(10.0 + ALIVE_S)


def test_it_is_the_age_of_the_frame_that_counts_and_not_that_of_the_receipt() -> None:
    """A page that is five seconds behind sends its receipts in time, and would show an alarm five seconds late."""
    glass = sent(10.0, 11.0, 12.0, 13.0)
    glass.drew(1, 13.1)
    assert (glass.alive(13.1), glass.heard_at) == (False, 13.1)
    glass.drew(4, 13.2)
    assert glass.alive(13.2)


def test_the_same_receipt_over_and_over_keeps_nobody_alive() -> None:
    glass = sent(10.0)
    for at in (10.5, 11.0, 11.5, 12.0):
        glass.drew(1, at)
    assert not glass.alive(12.0)


def test_a_frame_that_was_never_sent_cannot_have_been_drawn() -> None:
    glass = sent(10.0)
    with pytest.raises(UsageError):
        glass.drew(2, 10.1)
    assert (glass.drew_seq, glass.heard_at, glass.alive(10.1)) == (0, None, False)


def test_an_older_receipt_takes_nothing_back() -> None:
    glass = sent(10.0, 10.1)
    glass.drew(2, 10.2)
    glass.drew(1, 10.3)
    assert (glass.drew_seq, glass.fresh_at) == (2, 10.1)


def test_an_alarm_is_shown_once_a_frame_about_it_or_a_later_one_is_drawn() -> None:
    glass = sent(10.0)
    glass.queued([LOW])
    assert not glass.shows(LOW)
    glass.sent(2, [LOW], 10.1)
    glass.drew(1, 10.2)
    assert not glass.shows(LOW)
    glass.sent(3, (), 10.2)
    glass.drew(3, 10.3)
    assert glass.shows(LOW)


def test_an_alarm_that_comes_again_has_to_be_drawn_again() -> None:
    """It was once taken for shown because of the time before, while its frame still waited in the queue."""
    glass = sent(10.0)
    glass.queued([LOW])
    glass.sent(2, [LOW], 10.1)
    glass.drew(2, 10.2)
    glass.queued([LOW])
    assert not glass.shows(LOW)


def test_a_program_that_listens_for_hours_and_never_answers_costs_nothing() -> None:
    glass = Glass()
    for seq in range(1, 40_001):
        glass.sent(seq, (), seq / 10)
    assert len(glass._sent) <= ALIVE_S * 10 + 1


@given(st.lists(st.tuples(st.floats(0, 0.5), st.booleans()), max_size=60))
def test_alive_is_never_claimed_without_a_drawn_frame_that_is_fresh(steps: list[tuple[float, bool]]) -> None:
    """Steps let time pass and send a frame (true) or draw the newest (false)."""
    glass, now, seq, drawn_sent_at = Glass(), 100.0, 0, float("-inf")
    sent_at = drawn_sent_at
    for passed, send in steps:
        now += passed
        if send or not seq:
            seq += 1
            glass.sent(seq, (), now)
            sent_at = now
        else:
            glass.drew(seq, now)
            drawn_sent_at = sent_at
        assert glass.alive(now) == (now < drawn_sent_at + ALIVE_S)
