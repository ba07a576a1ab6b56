"""What goes wrong on a line: that each fault does what its name says, is repeatable, and never raises."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_simulators.faults import FAULTS, FLOOD, SLOWEST_S, FaultyLine

OF_LINE = [name for name, fault in FAULTS.items() if fault.of == "line"]
PIECES = st.lists(st.binary(max_size=60), max_size=12)
SAID = [f"line {number}: SpO2 97 pulse 66\r\n".encode() for number in range(200)]


def through(pieces: list[bytes], *faults: str, seed: str = "1", lasts: float = math.inf) -> list[tuple[float, bytes]]:
    """What arrives when, of pieces that are said one a second."""
    line: FaultyLine[str] = FaultyLine(seed)
    for fault in faults:
        line.begin(fault, 0.0, lasts)
    came: list[tuple[float, bytes]] = []
    for number, piece in enumerate(pieces):
        line.say(piece, float(number), "topic")
        while line.next_at() <= number + 1.0:
            t = max(line.next_at(), float(number))
            came += [(t, data) for data, _ in line.arrived(t)]
    while not math.isinf(line.next_at()):
        t = line.next_at()
        came += [(t, data) for data, _ in line.arrived(t)]
    return came


def data(came: list[tuple[float, bytes]]) -> list[bytes]:
    return [each for _, each in came]


@given(pieces=PIECES, faults=st.sets(st.sampled_from(sorted(FAULTS)), max_size=4), seed=st.text(max_size=4))
def test_same_seed_same_damage_and_nothing_is_raised_for_any_bytes(
    pieces: list[bytes], faults: set[str], seed: str
) -> None:
    assert through(pieces, *sorted(faults), seed=seed) == through(pieces, *sorted(faults), seed=seed)


@given(pieces=PIECES)
def test_without_faults_everything_arrives_at_once_and_unchanged(pieces: list[bytes]) -> None:
    assert through(pieces) == [(float(number), piece) for number, piece in enumerate(pieces)]


@given(pieces=PIECES)
def test_faults_of_monitor_and_wire_leave_the_bytes_alone(pieces: list[bytes]) -> None:
    others = [name for name in FAULTS if name not in OF_LINE]
    assert data(through(pieces, *others)) == pieces


def test_another_seed_is_another_damage() -> None:
    for fault in ("flipped_bits", "half_frames", "garbage", "wrong_baud", "delay"):
        assert through(SAID, fault, seed="1") != through(SAID, fault, seed="2"), fault


def test_silence_says_nothing() -> None:
    assert through(SAID, "silence") == []


def test_duplicates_and_a_flood_say_everything_often() -> None:
    assert data(through(SAID[:2], "duplicates")) == [SAID[0], SAID[0], SAID[1], SAID[1]]
    assert data(through(SAID[:1], "flood")) == [SAID[0]] * FLOOD


def test_a_wrong_checksum_bends_one_byte_before_the_end_mark() -> None:
    assert data(through([b"$97,66*4A\r\n", b"\x7e\x01\x02\x7e", b"\r\n", b""], "wrong_checksum")) == [
        b"$97,66*4@\r\n",
        b"\x7e\x01\x03\x7e",
        b"\r\n",
        b"",
    ]


def test_some_bits_are_flipped_and_no_byte_is_lost() -> None:
    came = b"".join(data(through(SAID, "flipped_bits")))
    whole = b"".join(SAID)
    wrong = sum(one != other for one, other in zip(came, whole, strict=True))
    assert 0 < wrong < len(whole) / 20


def test_about_half_of_the_pieces_break_off() -> None:
    came = data(through(SAID, "half_frames"))
    assert all(whole.startswith(piece) and piece for piece, whole in zip(came, SAID, strict=True))
    assert 60 < sum(piece != whole for piece, whole in zip(came, SAID, strict=True)) < 140


def test_garbage_stands_between_whole_pieces() -> None:
    came = data(through(SAID, "garbage"))
    assert came[1::2] == SAID
    assert all(0 < len(noise) <= 40 for noise in came[::2])


def test_a_wrong_speed_leaves_nothing_readable() -> None:
    came = b"".join(data(through(SAID, "wrong_baud")))
    assert b"SpO2" not in came
    assert len(came) > len(b"".join(SAID))


def test_delayed_pieces_keep_their_order_and_are_not_later_than_promised() -> None:
    came = through(SAID, "delay")
    assert data(came) == SAID
    late = [t - number for number, (t, _) in enumerate(came)]
    assert min(late) >= 0.0
    assert 1.0 < max(late) <= SLOWEST_S + 1.0  # the line may wait for the piece before


def test_each_second_piece_overtakes_and_none_is_lost_when_it_is_over() -> None:
    assert data(through(SAID[:5], "reorder", lasts=3.5)) == [SAID[1], SAID[0], SAID[3], SAID[2], SAID[4]]
    assert data(through(SAID[:4], "reorder", lasts=2.5)) == [SAID[1], SAID[0], SAID[3], SAID[2]]


def test_a_fault_holds_in_its_span_only_and_can_be_ended_before() -> None:
    line: FaultyLine[str] = FaultyLine("1")
    line.begin("silence", 10.0, 5.0)
    line.begin("silence", 100.0)
    assert [line.holds("silence", t) for t in (9.9, 10.0, 14.9, 15.0, 100.0)] == [False, True, True, False, True]
    assert line.present(12.0) == {"silence": 15.0}
    line.end(12.0)
    assert not any(line.holds("silence", t) for t in (12.0, 14.0, 200.0))
    assert line.holds("silence", 11.0)


def test_the_wire_is_cut_by_its_own_faults_only_and_tells_when_that_turns() -> None:
    line: FaultyLine[str] = FaultyLine("1")
    line.begin("silence", 1.0, 2.0)
    line.begin("unplug", 5.0, 3.0)
    assert [line.wire_is_cut(t) for t in (2.0, 5.0, 7.9, 8.0)] == [False, True, True, False]
    assert [line.next_turn(t) for t in (0.0, 3.0, 5.0, 8.0)] == [1.0, 5.0, 8.0, math.inf]


def test_faults_long_over_are_forgotten() -> None:
    line: FaultyLine[str] = FaultyLine("1")
    line.begin("silence", 0.0, 10.0)
    line.begin("unplug", 0.0)
    line.forget(1000.0)
    assert not line.holds("silence", 5.0)
    assert line.holds("unplug", 1000.0)


def test_there_is_no_fault_of_another_name() -> None:
    with pytest.raises(KeyError):
        FaultyLine("1").begin("holiday", 0.0)
