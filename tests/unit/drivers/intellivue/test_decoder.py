"""The serial line: frames, escapes, checksum, and what noise costs."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_drivers.intellivue.decoder import (
    MOST_BYTES,
    IntellivueDecoder,
    checksum,
    framed,
    unframed,
)
from vitalwatch_drivers.intellivue.frames import Frame, Session, SessionKind

ACCEPT = framed(bytes.fromhex("0e04c0c17d00"))  # holds every byte that is escaped
ABORT = framed(bytes.fromhex("190100"))


def decode(*chunks: bytes) -> tuple[list[Frame], int, int]:
    decoder = IntellivueDecoder()
    found: list[Frame] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    return found, decoder.bad_frames, decoder.dropped_bytes


def test_the_checksum_is_that_of_the_catalogue() -> None:
    assert checksum(b"123456789") == 0x906E


def test_a_frame_as_the_guide_has_it() -> None:
    assert ACCEPT.startswith(bytes.fromhex("c0 1101 0006 0e04 7de0 7de1 7d5d 00"))
    assert ACCEPT.endswith(b"\xc1")
    assert not {0xC0, 0xC1} & set(ACCEPT[1:-1])


@given(st.binary(max_size=300))
def test_a_message_comes_back_out_of_its_frame(message: bytes) -> None:
    assert unframed(framed(message)[1:-1]) == message


def test_frames_one_after_the_other() -> None:
    assert decode(ACCEPT + ABORT) == ([Session(SessionKind.ACCEPT), Session(SessionKind.ABORT)], 0, 0)


@pytest.mark.parametrize(
    ("noise", "bad", "dropped"),
    [
        (b"garbage\x00", 0, 8),
        (b"\xc1", 0, 1),
        (b"\xc0", 0, 1),  # two beginnings in a row
        (ACCEPT[:7], 1, 7),  # cut by the next frame
        (b"\xc0\x11\x01\x00\x7d\xc1", 1, 6),  # given up by the sender
        (b"\xc0\xc1", 1, 2),
        (b"\xc0\x12" + ACCEPT[2:], 1, len(ACCEPT)),  # wrong header
        (framed(b"\x42\x00"), 1, 10),  # a good frame around no message
    ],
)
def test_noise_is_counted_and_costs_itself_only(noise: bytes, bad: int, dropped: int) -> None:
    assert decode(noise + ABORT) == ([Session(SessionKind.ABORT)], bad, dropped)


@pytest.mark.parametrize("chunk", [1, 1000, 50_000])
def test_a_frame_without_end_is_bounded(chunk: int) -> None:
    stream = b"\xc0" + b"[" * 20_000 + ABORT
    chunks = [stream[at : at + chunk] for at in range(0, len(stream), chunk)]
    assert decode(*chunks) == ([Session(SessionKind.ABORT)], 1, 20_001)
    decoder = IntellivueDecoder()
    decoder.feed(b"\xc0" + b"[" * (MOST_BYTES - 1))
    assert (decoder.bad_frames, decoder.dropped_bytes) == (1, MOST_BYTES)


def test_a_cut_link_ends_half_a_frame() -> None:
    decoder = IntellivueDecoder()
    decoder.feed(ACCEPT[:6])
    decoder.reset()
    decoder.feed(ACCEPT[6:])
    assert list(decoder.frames()) == []
    assert decoder.dropped_bytes == len(ACCEPT)


@given(st.lists(st.sampled_from([ACCEPT, ABORT, b"\xc0\x7d\xc1", b"\x00\xff", ACCEPT[:9]])), st.data())
def test_any_split_gives_the_same(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    edges = [0, *cuts, len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(edges)]
    assert decode(*chunks) == decode(stream)


@given(st.integers(0, 8 * len(ACCEPT) - 1))
def test_a_changed_bit_costs_its_own_frame(bit: int) -> None:
    bent = bytearray(ACCEPT)
    bent[bit // 8] ^= 1 << bit % 8
    found, _, _ = decode(bytes(bent), ACCEPT, ABORT)
    assert found[-2:] == [Session(SessionKind.ACCEPT), Session(SessionKind.ABORT)] or found == [
        Session(SessionKind.ABORT)
    ]
    assert found.count(Session(SessionKind.ACCEPT)) <= 1


def test_a_datagram_is_a_message() -> None:
    decoder = IntellivueDecoder()
    decoder.datagram(bytes.fromhex("190100"))
    decoder.datagram(b"what?")
    assert list(decoder.frames()) == [Session(SessionKind.ABORT)]
    assert (decoder.bad_frames, decoder.dropped_bytes) == (1, 5)
