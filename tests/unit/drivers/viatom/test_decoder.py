"""The AA 55 byte stream: notifications, noise, damaged frames, and the bound of the buffer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.frames import GAP, Gap
from vitalwatch_drivers.viatom.conformance import frame, reading
from vitalwatch_drivers.viatom.decoder import ViatomDecoder
from vitalwatch_drivers.viatom.frames import Frame, parse

GOOD = [frame(0x0F, 0x02, 49, 48, 46, 45, 44), reading(97, 68, 75), frame(0xF0, 0x03, 3), frame(0x0F, 0x21, 2, 0, 0, 0)]
STREAM = b"".join(GOOD)


def decode(*chunks: bytes) -> tuple[list[Frame | Gap], int, int]:
    decoder = ViatomDecoder()
    found: list[Frame | Gap] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    return found, decoder.bad_frames, decoder.dropped_bytes


def test_frames_run_across_notifications_of_twenty_bytes() -> None:
    sent = STREAM * 5
    expected = ([parse(raw) for raw in GOOD] * 5, 0, 0)
    assert decode(*(sent[at : at + 20] for at in range(0, len(sent), 20))) == expected
    assert decode(*(sent[at : at + 1] for at in range(len(sent)))) == expected


@pytest.mark.parametrize("cut", range(1, len(GOOD[0])))
def test_a_stream_entered_in_the_middle_is_read_from_the_next_frame_on(cut: int) -> None:
    found, bad, dropped = decode(STREAM[cut:])
    assert found == [GAP, *map(parse, GOOD[1:])]
    assert (bad, dropped) == (1, len(GOOD[0]) - cut)


def test_the_sync_bytes_inside_a_payload_begin_no_frame() -> None:
    tricky = frame(0x0F, 0x02, 0xAA, 0x55, 0x0F, 0x02, 0x01)
    assert decode(tricky, tricky)[0] == [parse(tricky)] * 2


def test_a_lost_notification_costs_only_the_frames_that_it_held_a_part_of() -> None:
    sent = STREAM * 4
    for lost in range(0, len(sent) - 20, 20):
        found, _, _ = decode(sent[:lost], sent[lost + 20 :])
        frames = [one for one in found if not isinstance(one, Gap)]
        begins, touched, at = lost, 0, 0
        for raw in GOOD * 4:
            touched += at < begins + 20 and at + len(raw) > begins
            at += len(raw)
        assert len(frames) == 16 - touched


def test_a_damaged_length_does_not_hold_the_stream_back_for_long() -> None:
    bent = bytearray(GOOD[1])
    bent[3] = 32
    found, bad, _ = decode(bytes(bent), STREAM)
    assert [one for one in found if one != GAP] == [parse(raw) for raw in GOOD]
    assert bad == 1


@pytest.mark.parametrize(
    "noise", [b"\xaa" * 50_000, b"\xaa\x55" * 25_000, b"\xaa\x55\x0f\x20" * 12_500, b"\0" * 50_000]
)
def test_noise_without_end_is_counted_and_over_with_the_next_frames(noise: bytes) -> None:
    found, bad, dropped = decode(noise, STREAM, STREAM)
    assert [one for one in found if one != GAP][-4:] == [parse(raw) for raw in GOOD]
    assert (bad, dropped) == (1, 50_000)


def test_reset_drops_half_a_frame() -> None:
    decoder = ViatomDecoder()
    decoder.feed(STREAM[:5])
    decoder.reset()
    decoder.feed(STREAM[5:])
    assert list(decoder.frames()) == [GAP, *map(parse, GOOD[1:])]
    assert decoder.dropped_bytes == len(GOOD[0])


@given(
    st.lists(st.one_of(st.sampled_from([*GOOD, b"\xaa", b"\xaa\x55\x0f"]), st.binary(max_size=8)), max_size=12),
    st.data(),
)
def test_any_split_of_noise_and_frames_gives_the_same(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=10).map(sorted))
    chunks = [stream[begin:end] for begin, end in pairwise([0, *cuts, len(stream)])]
    assert decode(*chunks) == decode(stream)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_after_any_bytes_frames_are_read_again(chunks: list[bytes]) -> None:
    found, _, _ = decode(*chunks, *GOOD * 2)
    assert found[-1] == parse(GOOD[-1])
