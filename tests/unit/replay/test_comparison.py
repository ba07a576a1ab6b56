"""Two tellings of the same, side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.replay.comparison import Comparison

LINES = st.lists(st.text("ab", min_size=1, max_size=3), max_size=12)


@given(LINES, st.randoms(use_true_random=False))
def test_the_same_lines_are_identical_in_whatever_order_both_come(lines: list[str], chance: object) -> None:
    found = Comparison()
    said, kept = list(lines), list(lines)
    while said or kept:
        if said and (not kept or chance.random() < 0.5):  # type: ignore[attr-defined]
            found.say(said.pop(0))
        else:
            found.keep(kept.pop(0))
    found.end(0)
    assert (found.unlike, found.undecided) == (None, 0)
    assert found.said == found.kept == len(lines)
    assert found.said_sha256 == found.kept_sha256


@given(LINES, LINES)
def test_identical_means_equal_hashes_and_nothing_else_does(said: list[str], kept: list[str]) -> None:
    found = Comparison()
    for line in said:
        found.say(line)
    for line in kept:
        found.keep(line)
    found.end(0)
    assert (found.unlike is None) == (said == kept) == (found.said_sha256 == found.kept_sha256)
    assert (found.said, found.kept) == (len(said), len(kept))


def test_the_first_difference_is_kept() -> None:
    found = Comparison()
    for said, kept in (("a", "a"), ("b", "x"), ("c", "y")):
        found.say(said)
        found.keep(kept)
    assert found.unlike is not None
    assert (found.unlike.said, found.unlike.kept) == ("b", "x")


def test_only_what_was_said_in_the_last_moment_may_be_missing() -> None:
    for newest, excused in ((2, True), (1, False)):
        found = Comparison()
        found.say("a")
        found.keep("a")
        found.say("b")
        found.say("c")
        found.end(newest)
        assert (found.unlike is None, found.undecided) == ((True, 2) if excused else (False, 0))


def test_a_line_of_the_record_that_is_not_said_is_never_excused() -> None:
    found = Comparison()
    found.keep("a")
    found.end(5)
    assert found.unlike is not None
    assert (found.unlike.said, found.unlike.kept) == ("", "a")


def test_after_a_border_both_begin_anew() -> None:
    found = Comparison()
    found.say("a")
    found.end(1)
    found.say("b")
    found.keep("b")
    found.end(0)
    assert (found.unlike, found.undecided, found.said) == (None, 1, 1)
