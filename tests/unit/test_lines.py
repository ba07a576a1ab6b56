"""The line decoder that drivers of text share, with a parser of whole numbers. The drivers' own tests go further."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch.lines import LineDecoder


def number(line: bytes) -> int:
    if not line.isdigit():
        raise DecodeError("not a number", protocol="numbers", excerpt=line)
    return int(line)


def fed(*chunks: bytes) -> tuple[list[int], int, int]:
    decoder = LineDecoder(number, limit=8)
    for chunk in chunks:
        decoder.feed(chunk)
    return list(decoder.frames()), decoder.bad_frames, decoder.dropped_bytes


def test_lines_end_at_any_cr_or_lf_and_blank_ones_are_nothing() -> None:
    assert fed(b"1\n\r2\r\n\n3\r4") == ([1, 2, 3], 0, 0)


def test_a_bad_line_is_counted_and_costs_only_itself() -> None:
    assert fed(b"1\nx2\n3\n") == ([1, 3], 1, 2)


def test_nul_bytes_before_a_line_are_dropped_and_counted() -> None:
    assert fed(b"\0\0" + b"7\n") == ([7], 0, 2)


def test_a_run_without_an_end_is_bounded_and_counted_once() -> None:
    assert fed(b"9" * 5, b"9" * 100, b"9\n5\n") == ([5], 1, 106)


def test_half_a_line_is_dropped_when_the_link_is_cut() -> None:
    decoder = LineDecoder(number, limit=8)
    decoder.feed(b"12")
    decoder.reset()
    decoder.feed(b"3\n")
    assert (list(decoder.frames()), decoder.dropped_bytes) == ([3], 2)


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_the_same_bytes_cut_anywhere_give_the_same(data: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    assert fed(*(data[a:b] for a, b in pairwise(places))) == fed(data)
