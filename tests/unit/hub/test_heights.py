"""The range of a curve: nothing cut off, no flat line blown up, a fading pulse seen to fade."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.hub.heights import HIGHEST, MISSING, Range

RATE_HZ = 75.0
BLOCK = 25

samples = st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9, exclude_min=True, exclude_max=True)), min_size=1)
anything = st.lists(st.one_of(st.none(), st.floats()), min_size=1)


def beats(seconds: float, swing: float, about: float = 0.0) -> list[float | None]:
    """A curve with a beat a second."""
    return [about + swing / 2 * math.sin(2 * math.pi * i / RATE_HZ) for i in range(round(seconds * RATE_HZ))]


def play(one: Range, curve: Sequence[float | None]) -> bytes:
    """Heights of a curve that comes in blocks."""
    return b"".join(one.heights(curve[i : i + BLOCK], RATE_HZ) for i in range(0, len(curve), BLOCK))


def drawn(heights: bytes) -> int:
    """How much of the height the curve takes, 0 to 254."""
    return max(heights) - min(heights)


@given(st.lists(samples, min_size=1, max_size=20))
def test_every_sample_has_a_height_inside_the_range_and_only_missing_ones_are_missing(
    blocks: list[list[float | None]],
) -> None:
    one = Range()
    for block in blocks:
        heights = one.heights(block, RATE_HZ)
        assert [height == MISSING for height in heights] == [sample is None for sample in block]
        assert all(0 <= height <= HIGHEST for height in heights if height != MISSING)


@given(st.lists(anything, min_size=1, max_size=20))
def test_whatever_a_driver_reports_is_drawn_or_missing(blocks: list[list[float | None]]) -> None:
    one = Range()
    for block in blocks:
        assert len(one.heights(block, RATE_HZ)) == len(block)


@given(samples)
def test_a_higher_sample_of_a_block_is_never_drawn_lower(block: list[float | None]) -> None:
    heights = Range().heights(block, RATE_HZ)
    pairs = sorted((sample, height) for sample, height in zip(block, heights, strict=True) if sample is not None)
    assert [height for _, height in pairs] == sorted(height for _, height in pairs)


def test_a_sample_that_is_not_a_number_is_missing() -> None:
    assert list(Range().heights([math.nan, 1.0, 1e9, 2.0, math.inf], RATE_HZ))[::2] == [MISSING] * 3


def test_any_scale_fills_the_height() -> None:
    for swing, about in ((100, 50), (60_000, 32_000), (3.0, 0.0)):
        assert drawn(play(Range(), beats(5, swing, about))) >= HIGHEST - 1


def test_a_flat_line_is_drawn_flat_at_any_level() -> None:
    for level in (0, 1, 128, 65_535):
        assert drawn(play(Range(), [level] * 750)) == 0


def test_the_noise_of_a_flat_line_is_not_blown_up_to_a_pulse() -> None:
    noise = [128.0 + (i * 7 % 3 - 1) for i in range(1500)]  # one step of an 8-bit device up and down
    assert drawn(play(Range(), noise)) < HIGHEST / 6
    after_beats = Range()
    play(after_beats, beats(10, 200, 128))
    assert drawn(play(after_beats, noise)[-750:]) < HIGHEST / 6  # twenty seconds after the pulse has gone


def test_a_pulse_that_fades_is_seen_to_fade() -> None:
    one = Range()
    play(one, beats(10, 200, 128))
    assert drawn(play(one, beats(60, 10, 128))[-150:]) < HIGHEST / 2


def test_after_a_large_movement_the_curve_is_large_again_within_half_a_minute() -> None:
    one = Range()
    play(one, beats(10, 50))
    play(one, beats(1, 200))
    assert drawn(play(one, beats(2, 50))) < HIGHEST / 2
    assert drawn(play(one, beats(28, 50))[-150:]) > 0.95 * HIGHEST


def test_calm_beats_are_drawn_to_the_same_scale() -> None:
    heights = play(Range(), beats(30, 100))[750:]
    tops = {max(heights[i : i + 75]) for i in range(0, len(heights) - 75, 75)}
    assert max(tops) - min(tops) <= 2
