"""The help for drivers of HL7 devices: one message, the stream, recordings. The drivers' own tests go further."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch.hl7 import (
    LINE_LIMIT,
    MAX_TEXT,
    MESSAGE_LIMIT,
    LineRedactor,
    MllpDecoder,
    framed,
    parse_message,
    parse_stamp,
    redact_segment,
    shown,
)

# One message

HEADER = b"MSH|^~\\&|A^B|F|||20260302120000||ORU^R01|7|P^T|2.6|||AL|NE\r"


def test_header() -> None:
    made = parse_message(HEADER)
    assert (made.application, made.facility, made.kind, made.trigger) == ("A^B", "F", "ORU", "R01")
    assert (made.identity, made.processing, made.version, made.accept, made.apply) == ("7", "P", "2.6", "AL", "NE")


@pytest.mark.parametrize("raw", [b"", b"PID|", b"MSH#^~", b"MSH|", b"MSH|^~\\&|A", b"\xff\xfe"])
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        parse_message(raw)


@pytest.mark.parametrize(
    ("text", "label", "zoned"),
    [
        ("20191206113452", "2019-12-06T11:34:52", False),
        ("201912061134", "2019-12-06T11:34:00", False),
        ("20260912120000.0000+0530", "2026-09-12T12:00:00+05:30", True),
        ("20250610015127+0800", "2025-06-10T01:51:27+08:00", True),
        ("20110602050000-0100", "2011-06-02T05:00:00-01:00", True),
    ],
)
def test_times(text: str, label: str, zoned: bool) -> None:
    stamp = parse_stamp(text)
    assert stamp is not None
    assert stamp.seconds is not None
    assert (stamp.label, stamp.zoned) == (label, zoned)


@pytest.mark.parametrize("text", ["", " ", "00000000000000"])
def test_no_time(text: str) -> None:
    assert parse_stamp(text) is None


@pytest.mark.parametrize("text", ["20261302120000", "yesterday", "20260302120000+9999", "00010101000000+1200", "2026"])
def test_a_time_that_cannot_be_read_is_only_a_label(text: str) -> None:
    stamp = parse_stamp(text)
    assert stamp is not None
    assert (stamp.label, stamp.seconds is None) == (text, text != "00010101000000+1200") or stamp.zoned


def test_a_row_takes_the_time_of_its_channel_and_not_that_of_another() -> None:
    rows = parse_message(
        HEADER
        + b"OBX|1||70687^^MDC|1.1.1.0|||||||X|||20260302115000\r"
        + b"OBX|2|NM|150021^^MDC|1.1.1.1|120\r"
        + b"OBX|3|NM|150456^^MDC|1.2.1.1|97\r"
        + b"OBX|4|NM|150022^^MDC|1.1.1.2|80|||||||||20260302115500\r"
    ).rows
    assert [row.measured.label[11:] if row.measured else None for row in rows] == [
        "11:50:00",
        "11:50:00",
        None,
        "11:55:00",
    ]


def test_a_label_in_gbk_is_read() -> None:
    assert parse_message(HEADER + "OBX|1|NM|170^收缩压||120\r".encode("gbk")).rows[0].name == "收缩压"


@pytest.mark.parametrize(
    ("later", "earlier", "seconds"),
    [
        ("20260302120010", "20260302120000", 10.0),
        ("20260302120000", "20260302120010", -10.0),
        ("20260302120000+0100", "20260302120000+0200", 3600.0),
        ("20260302120000+0100", "20260302120000", None),
        ("yesterday", "20260302120000", None),
    ],
)
def test_times_are_compared_only_if_they_can_be(later: str, earlier: str, seconds: float | None) -> None:
    one, other = parse_stamp(later), parse_stamp(earlier)
    assert one is not None
    assert other is not None
    assert one.seconds_since(other) == seconds


def test_text_to_be_shown_is_one_short_line() -> None:
    assert shown("  two\n lines\x1b[0m  ") == "two lines [0m"
    assert len(shown("x" * 1000)) == MAX_TEXT


# The stream

BARE = b"MSH|^~\\&|A||||20260302120000||ORU^R01|1|P|2.6\rOBX|1|NM|150456^^MDC||97\r"
FRAMED = b"\x0b" + BARE + b"\x1c\r"


def identities(data: bytes) -> tuple[list[str], int, int]:
    decoder = MllpDecoder(parse_message)
    decoder.feed(data)
    return [frame.rows[0].value for frame in decoder.frames()], decoder.bad_frames, decoder.dropped_bytes


@pytest.mark.parametrize(
    ("data", "good", "bad", "dropped"),
    [
        (FRAMED, 1, 0, 0),
        (FRAMED + FRAMED, 2, 0, 0),
        (FRAMED[:-1] + FRAMED[:-1], 2, 0, 0),
        (FRAMED.replace(b"\r", b"\n"), 1, 0, 0),
        (FRAMED.replace(b"\r", b"\r\n"), 1, 0, 0),
        (b"\x0b\xe2\x80\xa8" + BARE + b"\x1c\r", 1, 0, 0),
        (BARE, 0, 0, 0),
        (BARE + BARE, 1, 0, 0),
        (BARE + b"\xe2\x80\xa8" + BARE + FRAMED, 3, 0, 0),
        (BARE + b"\x1c\r", 1, 0, 0),
        (BARE[:-2] + BARE + FRAMED, 2, 1, len(BARE) - 2),
        (FRAMED[:40] + FRAMED, 1, 1, 40),
        (b"noise" + FRAMED + b"\0\0", 1, 0, 7),
        (b"\x0bnot HL7\x1c\r" + FRAMED, 1, 1, 9),
        (b"\x0bMSH|^~\\&|A\x1c\r" + FRAMED, 1, 1, 12),
    ],
)
def test_framing(data: bytes, good: int, bad: int, dropped: int) -> None:
    values, bad_frames, dropped_bytes = identities(data)
    assert (len(values), bad_frames, dropped_bytes) == (good, bad, dropped)
    assert set(values) <= {"97"}


def test_a_message_without_end_is_dropped_at_the_limit() -> None:
    values, bad, dropped = identities(b"\x0bMSH|" + b"x" * MESSAGE_LIMIT + FRAMED)
    assert (len(values), bad, dropped) == (1, 1, MESSAGE_LIMIT + 5)


def test_half_a_message_is_forgotten_with_its_link() -> None:
    decoder = MllpDecoder(parse_message)
    decoder.feed(FRAMED[:30])
    decoder.reset()
    decoder.feed(FRAMED[30:] + FRAMED)
    assert len(list(decoder.frames())) == 1
    assert decoder.dropped_bytes > 30


def test_a_stricter_parser_refuses_and_is_counted() -> None:
    def refuse(raw: bytes) -> bytes:
        raise DecodeError("none of mine", protocol="x", excerpt=raw)

    decoder = MllpDecoder(refuse)
    decoder.feed(FRAMED)
    assert (list(decoder.frames()), decoder.bad_frames, decoder.dropped_bytes) == ([], 1, len(FRAMED) - 1)


def test_a_text_in_its_frame_is_read_again() -> None:
    decoder = MllpDecoder(parse_message)
    decoder.feed(framed(BARE.decode()))
    assert list(decoder.frames()) == [parse_message(BARE)]


STREAM = FRAMED + b"noise" + FRAMED[:40] + BARE + FRAMED + b"\x0bnot HL7\x1c\r" + FRAMED


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_the_same_bytes_cut_anywhere_give_the_same(cuts: list[int]) -> None:
    decoder = MllpDecoder(parse_message)
    for a, b in pairwise([0, *sorted(cuts), len(STREAM)]):
        decoder.feed(STREAM[a:b])
    values = [frame.rows[0].value for frame in decoder.frames()]
    assert (values, decoder.bad_frames, decoder.dropped_bytes) == identities(STREAM)


@given(st.binary(max_size=400))
def test_any_bytes_never_raise_and_the_next_message_is_read(noise: bytes) -> None:
    decoder = MllpDecoder(parse_message)
    decoder.feed(noise + b"\x1c\r" + FRAMED)
    assert parse_message(BARE) in list(decoder.frames())


# Recordings


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (b"MSH|^~\\&|A|B", b"MSH|^~\\&|A|B"),
        (b"MSA|AA|7", b"MSA|AA|7"),
        (b"PID|1||ID||NAME^NAME", b"PID"),
        (b"ZZZ|NAME", b"ZZZ"),
        (b"OBR|1|||c|||20260302|||NAME", b"OBR|1|||c|||20260302"),
        (b"OBX|1|NM|c||97", b"OBX|1|NM|c||97"),
        (b"OBX|1|ST|c||NAME", b"OBX|1|ST|c||"),
        (b"OBX|1|ST|c||97", b"OBX|1|ST|c||97"),
        (b"OBX|1|NM|c||97|||||||||||NAME", b"OBX|1|NM|c||97|||||||||||"),
        (b"NAME without a segment", b""),
        (b"", b""),
    ],
)
def test_what_is_kept_of_a_segment(line: bytes, kept: bytes) -> None:
    assert redact_segment(line) == kept


def test_a_line_is_redacted_whole_however_it_is_cut() -> None:
    redactor = LineRedactor(redact_segment)
    assert redactor.redact(b"\x0bMSH|A\rPID|NA") + redactor.redact(b"ME\r") == b"\x0bMSH|A\rPID\r"


def test_what_was_kept_back_is_given_at_the_end() -> None:
    redactor = LineRedactor(redact_segment)
    assert (redactor.redact(b"PID|NAME"), redactor.redact(b""), redactor.redact(b"")) == (b"", b"PID", b"")


def test_an_overlong_line_is_left_out() -> None:
    redactor = LineRedactor(redact_segment)
    kept = redactor.redact(b"OBX|1|NM|" + b"x" * LINE_LIMIT) + redactor.redact(b"NAME\rMSA|AA|7\r")
    assert kept == b"\rMSA|AA|7\r"
