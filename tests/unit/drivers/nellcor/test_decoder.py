"""The Nellcor byte stream: any chunking, line ends, noise, and the bound of the buffer."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_drivers.nellcor.decoder import LINE_LIMIT, NellcorDecoder
from vitalwatch_drivers.nellcor.frames import DataLine, Line, parse_line

GOOD = b"29-Dec-17 07:18:57    89*     66     201    MO SL            "
STREAM = (
    b"7:18:55    99      66       8    MO               \r\n\0\0"
    + GOOD
    + b"\r\n\r\nTIME                 %SpO2   BPM     PA     Status\r\nnoise \xc3\xb3\r\n"
    + b"\0"
    + b"x" * (LINE_LIMIT + 40)
    + b"\r\n"
    + GOOD
    + b"\r\n"
    + GOOD[:30]
)


def decode(chunks: Iterable[bytes]) -> tuple[list[Line], int, int]:
    decoder = NellcorDecoder()
    lines: list[Line] = []
    for chunk in chunks:
        decoder.feed(chunk)
        lines += decoder.frames()
    return lines, decoder.bad_frames, decoder.dropped_bytes


@pytest.mark.parametrize("end", [b"\r\n", b"\n\r", b"\n", b"\r", b"\r\n\r\n", b"\n\r\r\n   \n"])
def test_any_run_of_line_ends_and_blank_lines_parts_lines(end: bytes) -> None:
    assert decode([GOOD + end + GOOD + end]) == ([parse_line(GOOD)] * 2, 0, 0)


def test_a_line_comes_out_once_and_only_when_its_end_has_come() -> None:
    decoder = NellcorDecoder()
    decoder.feed(GOOD)
    assert list(decoder.frames()) == []
    decoder.feed(b"\r")
    assert list(decoder.frames()) == [parse_line(GOOD)]
    decoder.feed(b"\n")
    assert list(decoder.frames()) == []


def test_partial_first_line_is_dropped_and_the_next_one_is_good() -> None:
    assert decode([GOOD[20:] + b"\r\n" + GOOD + b"\r\n"]) == ([parse_line(GOOD)], 1, len(GOOD) - 20)


def test_nul_bytes_before_a_line_are_counted_and_do_no_harm() -> None:
    assert decode([b"\0\0\0" + GOOD + b"\r\n\0\r\n"]) == ([parse_line(GOOD)], 0, 4)


def test_a_nul_byte_inside_a_line_makes_it_bad() -> None:
    # Taking it out would turn a damaged 99 into a saturation of 9.
    assert decode([GOOD.replace(b"89*", b"8\0*") + b"\r\n"]) == ([], 1, len(GOOD))


def test_noise_without_a_line_end_is_bounded_and_counts_once() -> None:
    noise = b"\xff" * 100_000
    assert decode([noise]) == ([], 1, 100_000)
    assert decode([noise, b"\r\n", GOOD, b"\r\n"]) == ([parse_line(GOOD)], 1, 100_000)


def test_reset_drops_half_a_line_without_calling_it_bad() -> None:
    decoder = NellcorDecoder()
    decoder.feed(GOOD[:30])
    decoder.reset()
    decoder.feed(GOOD + b"\r\n")
    assert list(decoder.frames()) == [parse_line(GOOD)]
    assert (decoder.bad_frames, decoder.dropped_bytes) == (0, 30)


def test_reset_ends_the_skipping_of_an_overlong_line() -> None:
    decoder = NellcorDecoder()
    decoder.feed(b"x" * (LINE_LIMIT + 1))
    decoder.reset()
    decoder.feed(GOOD + b"\r\n")
    assert list(decoder.frames()) == [parse_line(GOOD)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20).map(sorted))
def test_any_split_gives_the_same_lines_and_counts(cuts: list[int]) -> None:
    chunks = [STREAM[begin:end] for begin, end in pairwise([0, *cuts, len(STREAM)])]
    assert decode(chunks) == decode([STREAM])


def test_byte_by_byte_gives_the_same_lines_and_counts() -> None:
    lines, bad_frames, dropped_bytes = decode(STREAM[at : at + 1] for at in range(len(STREAM)))
    assert (lines, bad_frames, dropped_bytes) == decode([STREAM])
    assert [type(line) for line in lines].count(DataLine) == 2
    assert bad_frames == 3


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_any_bytes_never_raise_and_a_good_line_after_them_is_read(chunks: list[bytes]) -> None:
    lines, _, _ = decode([*chunks, b"\r\n", GOOD, b"\r\n"])
    assert lines[-1] == parse_line(GOOD)
