"""When each piece of a capture came."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.link_url import ReplayOptions
from vitalwatch.links.capture import pieces

PLAIN = ReplayOptions()


def times(data: bytes, options: ReplayOptions = PLAIN) -> list[tuple[float, bytes]]:
    return [(round(piece.at_s, 6), piece.data) for piece in pieces(data, options)]


def test_day_first_stamps_with_english_months() -> None:
    data = b"31-Dec-17 23:59:58 a\r\n01-JAN-18 00:00:00 b\r\n 1-jan-18 00:00:01 c\r\n"
    assert [at for at, _ in times(data)] == [0, 2, 3]


def test_month_first_stamps() -> None:
    assert [at for at, _ in times(b"02/28/16 23:59:59 a\n02/29/16 00:00:00 b\n")] == [0, 1]


@pytest.mark.parametrize(
    ("first", "second", "step"),
    [
        (b"2024-05-01T10:00:00", b"2024-05-01T10:00:02.5", 2.5),
        (b"2024-05-01 10:00:00Z", b"2024-05-01 10:00:01Z", 1),
        (b"2024-05-01T10:00:00+02:00", b"2024-05-01T08:00:03Z", 3),
        (b"2024-05-01T10:00:00,250", b"2024-05-01T10:00:01,000", 0.75),
    ],
)
def test_iso_stamps(first: bytes, second: bytes, step: float) -> None:
    assert [at for at, _ in times(first + b" a\n" + second + b" b\n")] == [0, step]


def test_lines_without_a_stamp_come_with_the_line_before_and_noise_at_the_start_at_once() -> None:
    data = b"\xff noise\n29-Dec-17 07:00:00 a\nhead 1\nhead 2\n29-Dec-17 07:00:02 b\ntail"
    assert times(data) == [
        (0, b"\xff noise\n29-Dec-17 07:00:00 a\nhead 1\nhead 2\n"),
        (2, b"29-Dec-17 07:00:02 b\ntail"),
    ]


def test_nul_bytes_and_a_stray_carriage_return_before_a_stamp_do_not_hide_it() -> None:
    assert [at for at, _ in times(b"\0\x0029-Dec-17 07:00:00 a\n\r29-Dec-17 07:00:02 b\n\r")] == [0, 2]


@pytest.mark.parametrize("jump", [b"29-Dec-17 06:00:00", b"29-Dec-17 09:00:05", b"01-Jan-04 00:00:00"])
def test_a_stamp_that_jumps_comes_a_usual_step_after_the_line_before(jump: bytes) -> None:
    data = b"29-Dec-17 07:00:00 a\n29-Dec-17 07:00:02 b\n29-Dec-17 07:00:04 c\n" + jump + b" d\n"
    assert [at for at, _ in times(data)] == [0, 2, 4, 6]


def test_a_jump_without_any_usual_step_counts_as_one_second() -> None:
    assert [at for at, _ in times(b"03/17/16 19:19:36 a\n05/15/07 08:12:21 b\n")] == [0, 1]


def test_an_hour_is_a_pause_and_more_is_a_jump() -> None:
    assert [at for at, _ in times(b"03/17/16 10:00:00\n03/17/16 10:00:01\n03/17/16 11:00:01\n")] == [0, 1, 3601]


@pytest.mark.parametrize("line", [b"30-Feb-17 07:00:00 a\n", b"29-Dez-17 07:00:00 a\n", b"13/40/16 07:00:00 a\n"])
def test_what_only_looks_like_a_stamp_is_none(line: bytes) -> None:
    assert times(line, ReplayOptions(line_s=2.0)) == [(0, line)]


def test_two_lines_of_one_second_come_together() -> None:
    data = b"03/17/16 10:00:00 a\n03/17/16 10:00:00 b\n"
    assert times(data) == [(0, data)]


def test_line_s_paces_lines_without_stamps() -> None:
    assert times(b"a\nb\nc", ReplayOptions(line_s=2.0)) == [(0, b"a\n"), (2, b"b\n"), (4, b"c")]


def test_line_s_knows_lines_that_end_with_a_carriage_return_alone() -> None:
    assert times(b"a\rb\r", ReplayOptions(line_s=2.0)) == [(0, b"a\r"), (2, b"b\r")]


def test_bytes_without_stamps_come_at_the_speed_of_the_line() -> None:
    played = times(bytes(96), ReplayOptions(baud=9600))
    assert [len(data) for _, data in played] == [19, 19, 19, 19, 19, 1]
    assert played[0][0] == pytest.approx(0.019792, abs=1e-6)
    assert played[-1][0] == pytest.approx(0.1)


def test_a_slow_line_gives_single_bytes() -> None:
    assert times(b"ab", ReplayOptions(baud=300)) == [(0.033333, b"a"), (0.066667, b"b")]


_LINE = st.one_of(
    st.binary(max_size=20),
    st.datetimes().map(lambda t: t.isoformat(" ").encode()),
    st.sampled_from([b"29-Dec-17 07:00:00", b"02/22/16 22:47:45", b"99-Foo-00 99:99:99", b""]),
)


@given(st.lists(_LINE), st.sampled_from([b"\n", b"\r\n", b"\r"]), st.sampled_from([None, 0.5]))
def test_every_byte_is_played_once_unchanged_and_in_order(lines: list[bytes], end: bytes, line_s: float | None) -> None:
    data = end.join(lines)
    played = list(pieces(data, ReplayOptions(line_s=line_s)))
    assert b"".join(piece.data for piece in played) == data
    assert all(before.at_s <= after.at_s for before, after in pairwise(played))


def test_the_recorded_nellcor_monitor_keeps_its_two_second_pace(shared: Path) -> None:
    data = (shared / "captures/nellcor-n560-ascii/n560-v1.56-20171229-part1.txt").read_bytes()
    played = times(data)
    at = {line[10:18]: when for when, piece in played for line in piece.split(b"\n") if line[2:3] == b"-"}
    assert played[0][0] == 0
    assert b"garb" in played[0][1]
    assert at[b"07:18:43"] == 0
    assert at[b"07:18:57"] == 14
    header = next(when for when, piece in played if b"VERSION" in piece)
    assert header == at[b"07:19:19"]
    assert b"".join(piece for _, piece in played) == data
