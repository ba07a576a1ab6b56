"""The course of an episode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_simulators.physiology.episodes import KINDS, bump, episode

spans = st.floats(0.0, 5000.0)


@given(st.floats(-5000.0, 20000.0), spans, spans, spans)
def test_an_episode_holds_between_not_at_all_and_wholly(since: float, onset: float, lasts: float, fades: float):
    assert -1e-9 <= bump(since, onset, lasts, fades) <= 1.0 + 1e-9


@given(st.sampled_from(sorted(KINDS)), st.floats(0.0, 5000.0))
def test_an_episode_begins_and_ends_and_is_whole_between(name: str, at: float):
    kind = KINDS[name]
    each = episode(name, at)
    assert each.share(at) == 0.0
    assert each.share(at + kind.onset + kind.lasts / 2.0) == pytest.approx(1.0)
    assert each.share(at + kind.onset + kind.lasts + kind.fades + 1.0) == pytest.approx(0.0)


def test_what_is_said_replaces_what_is_usual():
    each = episode("apnoea", 10.0, strength=0.5, onset=4.0, lasts=20.0)
    assert (each.strength, each.onset, each.lasts, each.fades) == (0.5, 4.0, 20.0, KINDS["apnoea"].fades)


def test_an_onset_of_nothing_is_at_once():
    assert episode("apnoea", 0.0, onset=0.0).share(0.001) == 1.0


def test_there_is_no_episode_of_an_unknown_kind():
    with pytest.raises(KeyError):
        episode("hiccups", 0.0)
