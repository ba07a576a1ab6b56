"""The byte stream of an STX blood pressure module: where frames begin, what noise costs, the bound of the buffer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_drivers.stx_nibp.conformance import END, frame, status
from vitalwatch_drivers.stx_nibp.decoder import FRAME_LIMIT, StxNibpDecoder
from vitalwatch_drivers.stx_nibp.frames import End, Frame, ModuleStatus, parse_text

FRAMES = [frame(b"152C0S3"), END, status(b"125080090"), frame(b"000C1S4")]
STREAM = b"".join(FRAMES)


def decode(*chunks: bytes) -> tuple[list[Frame], int, int]:
    decoder = StxNibpDecoder()
    found: list[Frame] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    return found, decoder.bad_frames, decoder.dropped_bytes


WHOLE = decode(STREAM)


def test_frames_are_read_one_after_the_other() -> None:
    assert ([parse_text(each[1:-2]) for each in FRAMES], 0, 0) == WHOLE


@pytest.mark.parametrize("between", [b"", b"\r", b"\r\n", b"\n\n\r"])
def test_line_ends_between_frames_are_nothing(between: bytes) -> None:
    assert decode(*(each[:-1] + between for each in FRAMES)) == WHOLE


def test_a_frame_behind_one_that_lost_its_end_is_found() -> None:
    for cut in range(1, len(FRAMES[2]) - 1):
        found, bad, dropped = decode(FRAMES[2][:cut], STREAM)
        assert (found, bad, dropped) == (WHOLE[0], 1, cut)


def test_a_stream_entered_in_the_middle_costs_the_rest_of_its_frame() -> None:
    for cut in range(1, len(FRAMES[0]) - 1):
        found, bad, dropped = decode(STREAM[cut:])
        assert (found, bad, dropped) == (WHOLE[0][1:], 1, len(FRAMES[0]) - cut - 1)


def test_a_refused_frame_is_counted_whole() -> None:
    assert decode(frame(b"hello"), END) == ([End()], 1, 7)


def test_an_answer_of_another_host_or_an_echo_is_dropped() -> None:
    assert decode(b"\x0218;;DF\x03\r", END) == ([End()], 1, 8)


@pytest.mark.parametrize("noise", [b"\x02", b"[", b"\x02S1;A0;", b"\x00", b"\x03"])
def test_noise_without_end_is_bounded_counted_and_over_with_the_next_frame(noise: bytes) -> None:
    decoder = StxNibpDecoder()
    for _ in range(2000):
        decoder.feed(noise * 10)
    decoder.feed(END)
    assert list(decoder.frames()) == [End()]
    assert (decoder.bad_frames, decoder.dropped_bytes) == (1, 20_000 * len(noise))


def test_a_frame_may_be_as_long_as_the_limit_and_no_longer_one_holds_anything_back() -> None:
    found, _, dropped = decode(b"\x02" + b"9" * (FRAME_LIMIT - 1) + END)
    assert (found, dropped) == ([End()], FRAME_LIMIT)


def test_half_a_frame_is_dropped_at_reset_and_not_joined_with_the_next() -> None:
    decoder = StxNibpDecoder()
    decoder.feed(FRAMES[2][:20])
    decoder.reset()
    decoder.feed(FRAMES[2][20:])
    assert list(decoder.frames()) == []
    assert decoder.dropped_bytes == len(FRAMES[2]) - 1


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_any_split_gives_the_same_frames_and_counts(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert decode(*(STREAM[a:b] for a, b in pairwise(edges))) == WHOLE


@given(
    st.lists(st.one_of(st.sampled_from([*FRAMES, b"\x02", b"\x03"]), st.binary(max_size=80)), max_size=12),
    st.lists(st.integers(0, 500), max_size=8),
)
def test_any_bytes_in_any_pieces_never_raise_and_mean_the_same(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(sent)
    edges = [0, *sorted(cuts), max([len(stream), *cuts])]
    assert decode(*(stream[a:b] for a, b in pairwise(edges))) == decode(stream)


@given(st.integers(0, (len(FRAMES[2]) - 1) * 8 - 1))
def test_a_flipped_bit_of_a_status_makes_up_no_number(bit: int) -> None:
    bent = bytearray(FRAMES[2])
    bent[bit // 8] ^= 1 << (bit % 8)
    found, bad, _ = decode(bytes(bent), END)
    assert [each for each in found if isinstance(each, ModuleStatus)] == []
    assert (found, bad) == ([End()], 1)
