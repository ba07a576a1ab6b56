"""Both forms out of one stream: any cut, noise, damage, and nothing that piles up."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_drivers.dinamap.conformance import block, reply
from vitalwatch_drivers.dinamap.decoder import DinamapDecoder, Frame
from vitalwatch_drivers.dinamap.frames import Block, RateReply

PULSE = reply(" RA2072")
ANSWER = RateReply("RA", "2", 72)


def read(*chunks: bytes, check_replies: bool = True) -> tuple[list[Frame], int, int]:
    decoder = DinamapDecoder(check_replies=check_replies)
    frames: list[Frame] = []
    for chunk in chunks:
        decoder.feed(chunk)
        frames += decoder.frames()
    return frames, decoder.bad_frames, decoder.dropped_bytes


def test_the_recording_is_read_whole(shared: Path) -> None:
    text = (shared / "captures/dinamap-pro1000/native-binary-blocks-0000-0749.hex").read_text()
    frames, bad, dropped = read(bytes.fromhex(text))
    assert (len(frames), bad, dropped) == (750, 0, 0)


def test_a_reply_is_given_with_its_last_byte() -> None:
    assert read(PULSE[:-1])[0] == []
    assert read(PULSE[:-1], b"\r") == ([ANSWER], 0, 0)


def test_replies_may_end_with_a_line_feed_too() -> None:
    assert read(PULSE, b"\n", PULSE, b"\n\n") == ([ANSWER, ANSWER], 0, 0)


@pytest.mark.parametrize("noise", [b"\xff\xff", b"\0\0\0", b" NA!2\r", b"hello\r\n", PULSE[3:], PULSE[:-2] + b"x\r"])
def test_noise_before_replies_is_one_bad_frame_and_costs_no_reply(noise: bytes) -> None:
    frames, bad, dropped = read(noise + PULSE * 3)
    assert frames == [ANSWER] * 3
    assert (bad, dropped) == (1, len(noise))


def test_every_sequence_number_is_a_block_also_that_of_blank_and_line_ends() -> None:
    made = [block(number, 0x41, 500, b" \r\n") for number in range(200)]
    frames, bad, dropped = read(*made)
    assert [frame.sequence for frame in frames if isinstance(frame, Block)] == list(range(200))
    assert (bad, dropped) == (0, 0)


def test_a_damaged_block_costs_only_itself() -> None:
    bent = bytearray(block(1, 0, 500, bytes(3)))
    bent[9] ^= 4
    frames, bad, dropped = read(block(0, 0, 500, bytes(3)) + bent + block(2, 0, 500, bytes(3)))
    assert [frame.sequence for frame in frames if isinstance(frame, Block)] == [0, 2]
    assert (bad, dropped) == (1, 18)


def test_half_a_frame_is_dropped_at_a_reset() -> None:
    decoder = DinamapDecoder(check_replies=True)
    decoder.feed(PULSE[:5])
    decoder.reset()
    decoder.feed(PULSE[5:] + PULSE * 2)
    assert list(decoder.frames()) == [ANSWER] * 2
    assert decoder.dropped_bytes == len(PULSE)


_PIECES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([PULSE, reply(" NA1100125118076093"), b"\n", b" ", PULSE[:6], b" " * 50]),
    st.builds(block, st.integers(0, 199), st.integers(0, 255), st.integers(0, 1023), st.binary(min_size=3, max_size=3)),
)


@given(st.lists(_PIECES, max_size=12).map(b"".join), st.lists(st.integers(0, 400), max_size=8), st.booleans())
def test_any_split_gives_the_same_frames_and_counts(data: bytes, cuts: list[int], check: bool) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[a:b] for a, b in pairwise(edges)]
    single = [data[at : at + 1] for at in range(len(data))]
    whole = read(data, check_replies=check)
    assert read(*chunks, check_replies=check) == whole
    assert read(*single, check_replies=check) == whole


@pytest.mark.parametrize("byte", [b" ", b"A", b"\0", b"\r", b"\n", b"\xc7", b"\xff"])
def test_one_byte_for_ever_is_dropped_and_counted(byte: bytes) -> None:
    decoder = DinamapDecoder(check_replies=True)
    for _ in range(20):
        decoder.feed(byte * 1000)
    assert list(decoder.frames()) == []
    assert decoder.bad_frames == 1
    assert decoder.dropped_bytes > 20_000 - 40
