"""The frame decoder that drivers share. The drivers' own tests go further.

Frames here are ``A`` and two digits; one is believed after noise only when ``A`` follows it; ``.`` means nothing.
"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch.frames import GAP, FrameDecoder, Gap


class Pairs(FrameDecoder[int]):
    def _look(self, data: bytearray, at: int) -> int | None:
        if data[at : at + 1] != b"A":
            return 0
        after = at + 3
        if self._in_noise and len(data) > after and data[after : after + 1] != b"A":
            return 0
        needed = after + 1 if self._in_noise else after
        return 3 if len(data) >= needed else None

    def _parse(self, raw: bytes) -> int:
        if not raw[1:].isdigit():
            raise DecodeError("no number", protocol="pairs", excerpt=raw)
        return int(raw[1:])

    def _is_filler(self, byte: int) -> bool:
        return byte == ord(".")

    @property
    def at_start(self) -> bool:
        return self._at_start


def fed(*chunks: bytes) -> tuple[list[int | Gap], int, int]:
    decoder = Pairs()
    for chunk in chunks:
        decoder.feed(chunk)
    return list(decoder.frames()), decoder.bad_frames, decoder.dropped_bytes


def test_frames_are_handed_out_once_and_filler_between_them_is_nothing() -> None:
    decoder = Pairs()
    decoder.feed(b".A12..A34.A5")
    assert list(decoder.frames()) == [12, 34]
    assert list(decoder.frames()) == []
    assert (decoder.bad_frames, decoder.dropped_bytes) == (0, 0)


def test_a_run_of_noise_is_one_gap_and_each_byte_of_it_is_counted() -> None:
    assert fed(b"A12xyzA34A56") == ([12, GAP, 34, 56], 1, 3)


def test_filler_does_not_end_a_run_of_noise() -> None:
    assert fed(b"x.y.A34A56") == ([GAP, 34, 56], 1, 2)


def test_a_frame_inside_a_damaged_one_is_still_found() -> None:
    assert fed(b"A1A23A45") == ([GAP, 23, 45], 1, 2)


def test_a_protocol_may_want_more_after_noise_than_one_frame() -> None:
    assert fed(b"xA12yA34A56") == ([GAP, 34, 56], 1, 5)
    assert fed(b"xA12") == ([GAP], 1, 1)


def test_half_a_frame_is_dropped_when_the_link_is_cut_and_noise_before_it_is_forgotten() -> None:
    decoder = Pairs()
    decoder.feed(b"A99xA1")
    assert not decoder.at_start
    decoder.reset()
    assert decoder.at_start
    decoder.feed(b"A34")
    assert (list(decoder.frames()), decoder.bad_frames, decoder.dropped_bytes) == ([99, GAP, 34], 1, 3)


@given(st.text("A12.x", max_size=60).map(str.encode), st.lists(st.integers(0, 60), max_size=5))
def test_the_same_bytes_cut_anywhere_give_the_same(data: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    assert fed(*(data[a:b] for a, b in pairwise(places))) == fed(data)
