"""One message: its header, its times, its rows."""

from __future__ import annotations

import pytest

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.hl7.frames import parse_message, parse_stamp

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
