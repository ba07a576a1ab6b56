"""The byte stream of a SunTech module: where packets begin, what noise costs, and the bound of the buffer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_drivers.suntech.conformance import COMPLETE, RESULT, packet, pressure, result
from vitalwatch_drivers.suntech.decoder import SuntechDecoder
from vitalwatch_drivers.suntech.frames import GET_RESULT, Answer, Packet, Pressure, parse_packet

PACKETS = [pressure(258), COMPLETE, RESULT, pressure(0)]
STREAM = b"".join(PACKETS)


def decode(*chunks: bytes) -> tuple[list[Packet], int, int]:
    decoder = SuntechDecoder()
    found: list[Packet] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    return found, decoder.bad_frames, decoder.dropped_bytes


WHOLE = decode(STREAM)


def test_packets_are_read_one_after_the_other() -> None:
    assert ([parse_packet(each) for each in PACKETS], 0, 0) == WHOLE


def test_a_start_byte_inside_a_packet_is_data() -> None:
    # 62 mmHg is 3E; the low byte of a systolic of 62, too.
    raw = pressure(0x3E) + result(0x3E, 40, 50, 0x3E)
    assert decode(raw) == ([parse_packet(raw[:5]), parse_packet(raw[5:])], 0, 0)


def test_a_packet_behind_a_cut_one_is_found() -> None:
    for cut in range(1, len(RESULT)):
        found, bad, dropped = decode(RESULT[:cut], STREAM)
        assert found[-4:] == WHOLE[0], cut
        assert (bad, dropped) == (1, cut)


def test_noise_between_packets_is_one_bad_frame_and_its_bytes_are_counted() -> None:
    assert decode(COMPLETE, b"\x00\xff" + GET_RESULT, COMPLETE) == ([Answer(0x4B)] * 2, 1, 7)


@pytest.mark.parametrize("size", [2, 3, 6, 23, 25, 67])
def test_a_length_that_nobody_asked_for_holds_nothing_back(size: int) -> None:
    odd = packet(bytes(max(0, size - 3))) if size > 2 else b"\x3e\x02"
    found, _, dropped = decode(odd[:2], COMPLETE)
    assert (found, dropped) == ([Answer(0x4B)], 2)


def test_noise_without_end_is_bounded_and_counted() -> None:
    found, bad, dropped = decode(b"\x3e\x18" * 50_000, pressure(5), pressure(6), *[pressure(7)] * 5)
    assert found[-1] == Pressure(7)
    assert (bad, dropped) == (1, 100_000)


def test_half_a_packet_is_dropped_at_reset_and_not_joined_with_the_next() -> None:
    decoder = SuntechDecoder()
    decoder.feed(RESULT[:10])
    decoder.reset()
    decoder.feed(RESULT[10:])
    assert list(decoder.frames()) == []
    assert decoder.dropped_bytes == len(RESULT)


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_any_split_gives_the_same_packets_and_counts(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert decode(*(STREAM[a:b] for a, b in pairwise(edges))) == WHOLE


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_any_bytes_never_raise_and_all_are_accounted_for(chunks: list[bytes]) -> None:
    decoder = SuntechDecoder()
    found: list[Packet] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    read = sum({"Answer": 4, "Pressure": 5, "Result": 24}[type(each).__name__] for each in found)
    decoder.reset()
    assert decoder.dropped_bytes + read == sum(map(len, chunks))


@given(st.integers(0, len(STREAM) * 8 - 1))
def test_a_flipped_bit_costs_its_own_packet_and_makes_up_nothing(bit: int) -> None:
    bent = bytearray(STREAM)
    bent[bit // 8] ^= 1 << (bit % 8)
    # Enough behind it to end a longer packet that a flipped length promises.
    found, bad, _ = decode(bytes(bent), *[pressure(0)] * 5)
    assert bad == 1
    assert all(each in WHOLE[0] for each in found)
    assert len(found) == len(WHOLE[0]) - 1 + 5
