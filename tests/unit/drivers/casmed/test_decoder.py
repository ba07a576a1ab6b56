"""The byte stream of a CASMED 740: line ends, noise, and the bound of the buffer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_drivers.casmed.decoder import LINE_LIMIT, CasmedDecoder
from vitalwatch_drivers.casmed.frames import Reply, parse_reply

LINES = [b"X09120080093072098368C", b"X13156", b"X**", b"X09------------------F", b"X??"]
STREAM = b"".join(line + b"\r" for line in LINES)


def decode(*chunks: bytes) -> tuple[list[Reply], int, int]:
    decoder = CasmedDecoder()
    found: list[Reply] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    return found, decoder.bad_frames, decoder.dropped_bytes


WHOLE = decode(STREAM)


def test_replies_are_read_one_after_the_other() -> None:
    assert ([parse_reply(line) for line in LINES], 0, 0) == WHOLE


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\r"])
def test_any_line_end_will_do(end: bytes) -> None:
    assert decode(b"".join(line + end for line in LINES)) == WHOLE


def test_the_partial_first_reply_and_nul_bytes_are_dropped_and_counted() -> None:
    assert decode(b"072098368C\r", b"\0\0" + STREAM) == (WHOLE[0], 1, 12)


def test_a_reply_behind_noise_without_a_line_end_is_lost_with_it() -> None:
    found, bad, dropped = decode(b"\xff\x80" + STREAM)
    assert (found, bad, dropped) == (WHOLE[0][1:], 1, 24)


def test_noise_without_end_is_bounded_and_counted() -> None:
    assert decode(*[b"X09123" * 100] * 50, b"\r" + STREAM) == (WHOLE[0], 1, 30_000)


def test_half_a_reply_is_dropped_at_reset_and_not_joined_with_the_next() -> None:
    decoder = CasmedDecoder()
    decoder.feed(STREAM[:12])
    decoder.reset()
    decoder.feed(STREAM[12:23])
    assert list(decoder.frames()) == []
    assert (decoder.bad_frames, decoder.dropped_bytes) == (1, 22)


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_any_split_gives_the_same_replies_and_counts(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert decode(*(STREAM[a:b] for a, b in pairwise(edges))) == WHOLE


@given(st.lists(st.binary(max_size=3 * LINE_LIMIT), max_size=10))
def test_any_bytes_never_raise_and_no_more_is_counted_than_came(chunks: list[bytes]) -> None:
    _, _, dropped = decode(*chunks)
    assert dropped <= sum(map(len, chunks))
