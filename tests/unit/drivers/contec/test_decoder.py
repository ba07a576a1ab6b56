"""The Contec byte streams: where frames begin, what noise costs, and the bound of the buffer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.frames import GAP, Gap
from vitalwatch_drivers.contec.conformance import eb, five_byte, v7
from vitalwatch_drivers.contec.decoder import Decoder, EbDecoder, FiveByteDecoder, V7Decoder
from vitalwatch_drivers.contec.frames import Disconnect, EbMeasurement, EbWave, Frame, Live, parse_five_byte

GOOD: dict[type[Decoder], list[bytes]] = {
    V7Decoder: [v7(60, 99), v7(200, 88, perfusion=300), bytes.fromhex("0480c3cdd3"), bytes.fromhex("0d8081")],
    FiveByteDecoder: [five_byte(60, 99), five_byte(200, 88), five_byte(255, 127, more=0x10)],
    EbDecoder: [eb(0, 6, 50, 6), eb(1, 6, 7, 88, 0x2C, 2), eb(0x7F)],
}
every_dialect = pytest.mark.parametrize("dialect", list(GOOD))


def decode(dialect: type[Decoder], chunks: list[bytes]) -> tuple[list[Frame | Gap], int, int]:
    decoder = dialect()
    found: list[Frame | Gap] = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += decoder.frames()
    return found, decoder.bad_frames, decoder.dropped_bytes


def only_frames(found: list[Frame | Gap]) -> list[Frame]:
    return [one for one in found if not isinstance(one, Gap)]


@every_dialect
def test_good_frames_are_read_whole_and_byte_by_byte(dialect: type[Decoder]) -> None:
    # Twice: a packet of the 5-byte dialect waits for the first byte of the next.
    stream = b"".join(GOOD[dialect] * 2)
    found, bad, dropped = decode(dialect, [stream])
    waiting = dialect is FiveByteDecoder
    assert (len(found), bad, dropped) == (2 * len(GOOD[dialect]) - waiting, 0, 0)
    assert decode(dialect, [bytes((byte,)) for byte in stream]) == (found, 0, 0)


@every_dialect
def test_a_stream_entered_in_the_middle_is_read_from_the_next_frame_on(dialect: type[Decoder]) -> None:
    stream = b"".join(GOOD[dialect] * 2)
    for cut in range(1, len(GOOD[dialect][0])):
        found, bad, dropped = decode(dialect, [stream[cut:]])
        assert found[0] == GAP
        assert found[1:] == decode(dialect, [stream])[0][1:]
        assert (bad, dropped) == (1, len(GOOD[dialect][0]) - cut)


def test_a_v7_package_with_a_byte_too_few_is_dropped() -> None:
    short, good = v7(60, 99)[:-1], v7(61, 98)
    found, bad, dropped = decode(V7Decoder, [short + good])
    assert (len(only_frames(found)), bad, dropped) == (1, 1, 8)


def test_what_follows_an_answer_of_v7_is_spared_only_as_far_as_a_package_goes() -> None:
    answer = bytes.fromhex("0480") + b"\xc1" * 7
    assert decode(V7Decoder, [answer + v7(60, 99)])[1:] == (0, 0)
    assert decode(V7Decoder, [answer + b"\xc1\xc1" + v7(60, 99)])[1:] == (1, 2)
    assert decode(V7Decoder, [v7(60, 99) + b"\xc1" + v7(60, 99)])[1:] == (1, 1)


def test_a_v7_oximeter_that_leaves_is_heard_at_once() -> None:
    assert decode(V7Decoder, [bytes.fromhex("0d8081")])[0] == [Disconnect(1)]


@pytest.mark.parametrize("between", [3, 5, 6, 9])
def test_a_5_byte_packet_counts_only_with_exactly_four_bytes_to_the_next(between: int) -> None:
    good = five_byte(60, 99)
    bent = good[:1] + bytes(range(20, 20 + between))
    found, bad, dropped = decode(FiveByteDecoder, [bent + good + good[:1]])
    assert only_frames(found) == [parse_five_byte(good)]
    assert (bad, dropped) == (1, between + 1)


def test_11_and_13_are_values_of_the_5_byte_dialect() -> None:
    packet = five_byte(0x13, 0x11, wave=0x13)
    found, bad, _ = decode(FiveByteDecoder, [packet * 3])
    assert only_frames(found) == [parse_five_byte(packet)] * 2
    assert bad == 0


def test_padding_of_a_report_is_no_noise_and_no_frame(project: Path) -> None:
    report = bytes.fromhex((project / "tests/data/contec/eb-report.hex").read_text())
    found, bad, dropped = decode(EbDecoder, [report])
    assert found == [EbWave(6, 50, 6), EbMeasurement(6, 7, 88, 300), EbWave(6, 51, 6)]
    assert (bad, dropped) == (0, 0)


def test_zeros_that_are_too_many_for_padding_are_noise() -> None:
    frame = eb(0, 6, 50, 6)
    assert decode(EbDecoder, [frame + bytes(58) + frame])[1:] == (0, 0)
    assert decode(EbDecoder, [frame + bytes(60) + frame])[1:] == (1, 2)


@pytest.mark.parametrize("sent", list(GOOD))
@every_dialect
def test_another_dialect_gives_no_values(dialect: type[Decoder], sent: type[Decoder]) -> None:
    if dialect is not sent:
        found, bad, _ = decode(dialect, [b"".join(GOOD[sent] * 20)])
        assert not [one for one in found if isinstance(one, Live | EbMeasurement | EbWave)]
        assert bad > 0


@every_dialect
def test_noise_without_end_is_bounded_counted_and_over_with_the_next_frame(dialect: type[Decoder]) -> None:
    noise = b"[" * 50_000
    found, bad, dropped = decode(dialect, [noise, *GOOD[dialect] * 2])
    assert found == [GAP, *decode(dialect, GOOD[dialect] * 2)[0]]
    assert (bad, dropped) == (1, 50_000)


@every_dialect
def test_reset_drops_half_a_frame(dialect: type[Decoder]) -> None:
    decoder = dialect()
    frame = GOOD[dialect][0]
    decoder.feed(frame[:4])
    decoder.reset()
    decoder.feed(frame[4:])
    assert only_frames(list(decoder.frames())) == []
    assert decoder.dropped_bytes >= 4


@every_dialect
@given(data=st.data())
def test_any_split_of_noise_and_frames_gives_the_same(dialect: type[Decoder], data: st.DataObject) -> None:
    pieces = st.lists(st.one_of(st.sampled_from(GOOD[dialect]), st.binary(max_size=8), st.just(bytes(5))), max_size=12)
    stream = b"".join(data.draw(pieces))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=10).map(sorted))
    chunks = [stream[begin:end] for begin, end in pairwise([0, *cuts, len(stream)])]
    assert decode(dialect, chunks) == decode(dialect, [stream])


@every_dialect
@given(st.lists(st.binary(max_size=60), max_size=6))
def test_after_any_bytes_frames_are_read_again(dialect: type[Decoder], chunks: list[bytes]) -> None:
    found, _, _ = decode(dialect, [*chunks, *GOOD[dialect] * 3])
    assert found[-1] == decode(dialect, GOOD[dialect] * 2)[0][-1]
