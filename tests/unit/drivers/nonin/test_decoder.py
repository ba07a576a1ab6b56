"""The Nonin byte stream: where frames begin, what noise costs, and the bound of the buffer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vitalwatch.frames import GAP, Gap
from vitalwatch_drivers.nonin.conformance import GREEN, packet, record, wide
from vitalwatch_drivers.nonin.decoder import LINE_LIMIT, NoninDecoder
from vitalwatch_drivers.nonin.frames import Frame, SecondFrame, parse_record, parse_second
from vitalwatch_drivers.nonin.options import Format

TWO = packet(72, 97, GREEN)
SEVEN = wide(TWO)
GOOD: dict[Format, list[bytes]] = {
    1: [bytes.fromhex("804861"), bytes.fromhex("a04861"), bytes.fromhex("81485a")],
    2: [TWO[at : at + 5] for at in range(0, 125, 5)],
    7: [SEVEN[at : at + 5] for at in range(0, 125, 5)],
    8: [bytes.fromhex("80486120"), bytes.fromhex("80486108"), bytes.fromhex("81005920")],
    13: [record(97, 72, 0), record(80, 300, 0x10), record(96, 71, 0x200)],
    "ascii": [b"SPO2=097 HR=072\r\n", b"SPO2=--- HR=---\r\n", b"SPO2=099 HR=128 F*\r\n"],
}
every_format = pytest.mark.parametrize("form", list(GOOD))


def decode(form: Format, chunks: list[bytes]) -> tuple[list[Frame | Gap], int, int]:
    decoder = NoninDecoder(form)
    found: list[Frame | Gap] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    return found, decoder.bad_frames, decoder.dropped_bytes


@every_format
def test_good_frames_are_read_whole_and_byte_by_byte(form: Format) -> None:
    stream = b"".join(GOOD[form])
    found, bad, dropped = decode(form, [stream])
    assert (len(found), bad, dropped) == (len(GOOD[form]), 0, 0)
    assert decode(form, [bytes((byte,)) for byte in stream]) == (found, 0, 0)


@every_format
def test_a_stream_entered_in_the_middle_is_read_from_the_next_frame_on(form: Format) -> None:
    stream = b"".join(GOOD[form] * 2)
    for cut in range(1, len(GOOD[form][0])):
        found, bad, _ = decode(form, [stream[cut:]])
        frames = [one for one in found if not isinstance(one, Gap)]
        whole = list(decode(form, [stream])[0])
        # An end of the line is no noise, and in ASCII nothing before "SPO2=" is needed.
        assert frames == whole[1:]
        assert bad == (0 if stream[cut : len(GOOD[form][0])] in (b"\n", b"\r\n") else 1)


@pytest.mark.parametrize("form", [1, 2, 7, 8, 13])
def test_ack_and_nak_between_frames_do_no_harm(form: Format) -> None:
    found, bad, dropped = decode(form, [b"\x06" + b"\x15\x06".join(GOOD[form])])
    assert (len(found), bad, dropped) == (len(GOOD[form]), 0, 0)


@every_format
def test_noise_without_end_is_bounded_counted_and_over_with_the_next_frames(form: Format) -> None:
    noise = b"[" * 50_000
    found, bad, dropped = decode(form, [noise, b"\r\n" if form == "ascii" else b"", *GOOD[form] * 2])
    assert found[0] == GAP
    assert len(found) - 1 == 2 * len(GOOD[form])
    assert (bad, dropped) == (1, 50_000)


@pytest.mark.parametrize(("form", "follow"), [(1, 3), (8, 2)])
def test_after_noise_a_frame_without_checksum_needs_others_behind_it(form: Format, follow: int) -> None:
    decoder = NoninDecoder(form)
    frame = GOOD[form][0]
    decoder.feed(frame[1:] + frame * follow)
    assert list(decoder.frames()) == [GAP]
    decoder.feed(frame)
    assert list(decoder.frames()) == [parse_second(frame)] * (follow + 1)


@pytest.mark.parametrize("form", [1, 8])
@given(st.lists(st.tuples(st.integers(0x80, 255), st.binary(min_size=2, max_size=2), st.integers(0, 127)), min_size=8))
def test_format_7_read_as_a_slow_format_gives_nothing_after_the_first_noise(
    form: Format, sent: list[tuple[int, bytes, int]]
) -> None:
    bodies = [bytes((status, *pleth, value)) for status, pleth, value in sent]
    assume(all(sum(body) & 0xFF not in (0x06, 0x15) for body in bodies))  # these may stand between frames
    found, _, _ = decode(form, [body + bytes((sum(body) & 0xFF,)) for body in bodies])
    assert all(isinstance(one, Gap) for one in found[found.index(GAP) :])


def test_format_8_read_as_format_1_gives_one_reading_and_then_none() -> None:
    # Its fourth byte carries the sensor alarm, so the display's old numbers would look like readings.
    found, bad, _ = decode(1, [bytes.fromhex("80486108")] * 20)
    assert [type(one) for one in found] == [SecondFrame, Gap]
    assert bad == 1


@pytest.mark.parametrize("form", list(GOOD))
@pytest.mark.parametrize("sent", [2, 7])
def test_format_2_and_7_read_as_another_give_at_most_one_frame(form: Format, sent: Format) -> None:
    if form != sent:
        found, _, _ = decode(form, GOOD[sent] * 3)
        assert sum(not isinstance(one, Gap) for one in found) <= 1


def test_a_cut_record_does_not_hold_the_next_one_back() -> None:
    cut, good = GOOD[13][1][:15], GOOD[13][0]
    damaged_length = bytearray(GOOD[13][1])
    damaged_length[5] = 0x3E
    for before in (cut, bytes(damaged_length)):
        decoder = NoninDecoder(13)
        decoder.feed(before)
        decoder.feed(good)
        assert [one for one in decoder.frames() if one != GAP] == [parse_record(good)]


def test_an_ascii_line_without_end_is_dropped() -> None:
    found, bad, dropped = decode("ascii", [b"SPO2=097 HR=" + b"0" * LINE_LIMIT * 3, b"\r\n", GOOD["ascii"][0]])
    assert (len(found), bad, dropped) == (2, 1, 12 + LINE_LIMIT * 3)


@every_format
def test_reset_drops_half_a_frame(form: Format) -> None:
    decoder = NoninDecoder(form)
    half = len(GOOD[form][0]) // 2
    decoder.feed(GOOD[form][0][:half])
    decoder.reset()
    decoder.feed(GOOD[form][0][half:])
    assert not [one for one in decoder.frames() if one != GAP]
    assert decoder.dropped_bytes >= half


@every_format
@given(data=st.data())
def test_any_split_of_noise_and_frames_gives_the_same(form: Format, data: st.DataObject) -> None:
    pieces = st.lists(st.one_of(st.sampled_from(GOOD[form]), st.binary(max_size=8)), max_size=12)
    stream = b"".join(data.draw(pieces))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=10).map(sorted))
    chunks = [stream[begin:end] for begin, end in pairwise([0, *cuts, len(stream)])]
    assert decode(form, chunks) == decode(form, [stream])


@every_format
@given(st.lists(st.binary(max_size=60), max_size=6))
def test_after_any_bytes_frames_are_read_again(form: Format, chunks: list[bytes]) -> None:
    found, _, _ = decode(form, [*chunks, *GOOD[form] * 4])
    assert found[-1] == decode(form, GOOD[form])[0][-1]
