"""Bytes into DRI records: whole, cut, damaged, endless."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_drivers.ge_dri.conformance import CONFORMANCE, alarms, wave
from vitalwatch_drivers.ge_dri.decoder import MOST_BETWEEN_FLAGS, GeDriDecoder
from vitalwatch_drivers.ge_dri.frames import Record, parse_frame

GOOD: list[bytes] = [frame for sample in CONFORMANCE.samples for frame in sample.frames if isinstance(frame, bytes)]


def decode(chunks: list[bytes]) -> tuple[list[Record], int, int]:
    decoder = GeDriDecoder()
    found: list[Record] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    return found, decoder.bad_frames, decoder.dropped_bytes


def test_good_frames_are_read_whole_and_byte_by_byte() -> None:
    stream = b"".join(GOOD)
    found, bad, dropped = decode([stream])
    assert found == [parse_frame(frame[1:-1]) for frame in GOOD]
    assert (bad, dropped) == (0, 0)
    assert decode([bytes((byte,)) for byte in stream]) == (found, 0, 0)


def test_a_stream_entered_anywhere_is_read_from_the_next_record_on() -> None:
    first, second = wave(8, [1, 2]), wave(8, [3])
    for cut in range(2, len(first) - 1):
        found, bad, dropped = decode([first[cut:] + second])
        assert found == [parse_frame(second[1:-1])]
        assert (bad, dropped) == (1, len(first) - cut - 1)


def test_a_record_whose_first_flag_was_lost_is_read_and_two_records_may_share_a_flag() -> None:
    one, two = wave(8, [1]), wave(8, [2])
    found, bad, dropped = decode([one[1:] + two[1:]])
    assert (len(found), bad, dropped) == (2, 0, 0)


def test_stray_flags_are_counted() -> None:
    assert decode([b"\x7e" * 1000]) == ([], 0, 998)
    found, bad, dropped = decode([GOOD[0] + b"\x7e" * 4 + GOOD[0]])
    assert (len(found), bad, dropped) == (2, 0, 3)


def test_a_damaged_record_costs_itself_only() -> None:
    bent = bytearray(GOOD[0])
    bent[60] ^= 4
    found, bad, dropped = decode([GOOD[0] + bytes(bent) + GOOD[0]])
    assert (len(found), bad, dropped) == (2, 1, len(bent) - 2)


def test_noise_without_end_is_bounded_counted_and_over_with_the_next_record() -> None:
    decoder = GeDriDecoder()
    for _ in range(100):
        decoder.feed(b"\x55" * 1000)
        assert len(decoder._data) <= MOST_BETWEEN_FLAGS
    assert (decoder.bad_frames, decoder.dropped_bytes) == (1, 100_000)
    decoder.feed(GOOD[0] + GOOD[1])
    # The first flag ends the noise.
    assert len(list(decoder.frames())) == 2
    assert (decoder.bad_frames, decoder.dropped_bytes) == (1, 100_000)


def test_the_longest_record_with_every_byte_escaped_fits() -> None:
    text = alarms(*[("\x7d" * 80, 2)] * 5)
    assert len(decode([text])[0]) == 1


def test_reset_drops_half_a_record() -> None:
    decoder = GeDriDecoder()
    decoder.feed(GOOD[0][:100])
    decoder.reset()
    decoder.feed(GOOD[0][100:])
    assert list(decoder.frames()) == []
    assert (decoder.bad_frames, decoder.dropped_bytes) == (1, len(GOOD[0]) - 2)


@given(data=st.data())
def test_any_split_of_noise_and_frames_gives_the_same(data: st.DataObject) -> None:
    pieces = st.lists(
        st.one_of(st.sampled_from(GOOD), st.binary(max_size=8), st.just(b"\x7e"), st.just(b"\x01" * 2900)), max_size=10
    )
    stream = b"".join(data.draw(pieces))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=10).map(sorted))
    chunks = [stream[begin:end] for begin, end in pairwise([0, *cuts, len(stream)])]
    assert decode(chunks) == decode([stream])


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_after_any_bytes_records_are_read_again(chunks: list[bytes]) -> None:
    found, _, _ = decode([*chunks, *GOOD])
    assert found[-len(GOOD) + 1 :] == [parse_frame(frame[1:-1]) for frame in GOOD[1:]]
