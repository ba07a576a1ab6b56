"""The stream of BCI packets: notifications, lost bytes, noise, and the bound of the buffer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.frames import GAP, Gap
from vitalwatch_drivers.berrymed.conformance import packet
from vitalwatch_drivers.berrymed.decoder import BerrymedDecoder
from vitalwatch_drivers.berrymed.frames import Packet, parse

GOOD = [packet(72, 97), packet(200, 88, pleth=99), packet(255, 127, third=0x10, pleth=0), packet(128, 100, first=0x40)]
STREAM = b"".join(GOOD)


def decode(*chunks: bytes) -> tuple[list[Packet | Gap], int, int]:
    decoder = BerrymedDecoder()
    found: list[Packet | Gap] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    return found, decoder.bad_frames, decoder.dropped_bytes


def test_good_packets_are_read_at_their_last_byte() -> None:
    assert decode(STREAM) == (list(map(parse, GOOD)), 0, 0)
    assert decode(*(bytes((byte,)) for byte in STREAM)) == decode(STREAM)


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_stream_entered_in_the_middle_is_read_from_the_next_packet_on(cut: int) -> None:
    assert decode(STREAM[cut:]) == ([GAP, *map(parse, GOOD[1:])], 1, 5 - cut)


@pytest.mark.parametrize("lost", range(5))
def test_a_lost_byte_costs_the_packet_that_it_was_in(lost: int) -> None:
    found, bad, dropped = decode(STREAM + STREAM[:lost] + STREAM[lost + 1 :])
    assert found == [*map(parse, GOOD), GAP, *map(parse, GOOD[1:])]
    assert (bad, dropped) == (1, 4)


def test_after_noise_a_packet_needs_the_next_one_right_behind_it() -> None:
    decoder = BerrymedDecoder()
    decoder.feed(b"\x11" + GOOD[0])
    assert list(decoder.frames()) == [GAP]
    decoder.feed(b"\x11" + GOOD[1])
    assert list(decoder.frames()) == []
    decoder.feed(GOOD[2])
    assert list(decoder.frames()) == [parse(GOOD[1]), parse(GOOD[2])]
    assert (decoder.bad_frames, decoder.dropped_bytes) == (1, 7)


@pytest.mark.parametrize("noise", [b"\x86" * 50_000, b"\x86\x28" * 25_000, b"\0" * 50_000])
def test_noise_without_end_is_counted_and_over_with_the_next_packets(noise: bytes) -> None:
    found, bad, dropped = decode(noise, STREAM)
    assert [one for one in found if one != GAP] == list(map(parse, GOOD))[-4:]
    assert (bad, dropped) == (1, 50_000)


def test_reset_drops_half_a_packet() -> None:
    decoder = BerrymedDecoder()
    decoder.feed(STREAM[:3])
    decoder.reset()
    decoder.feed(STREAM[3:])
    assert list(decoder.frames()) == [GAP, *map(parse, GOOD[1:])]
    assert decoder.dropped_bytes == 5


@given(st.lists(st.one_of(st.sampled_from(GOOD), st.binary(max_size=6)), max_size=12), st.data())
def test_any_split_of_noise_and_packets_gives_the_same(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=10).map(sorted))
    chunks = [stream[begin:end] for begin, end in pairwise([0, *cuts, len(stream)])]
    assert decode(*chunks) == decode(stream)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_after_any_bytes_packets_are_read_again(chunks: list[bytes]) -> None:
    assert decode(*chunks, *GOOD * 2)[0][-1] == parse(GOOD[-1])
