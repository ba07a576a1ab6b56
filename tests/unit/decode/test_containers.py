"""Every form of capture, taken apart for drivers that read streams and for those that read messages."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.decode.containers import FORMS, form_of, take_apart
from vitalwatch.decode.delivery import Delivery, Pace
from vitalwatch.driver import DriverInfo, LineSettings, Message
from vitalwatch.errors import CaptureError
from vitalwatch.model import Vital

MSH = b"MSH|^~\\&|||||%b||ORU^R01|1|P|2.6"
OBX = b"OBX|1|NM|150456||97"


def pace(takes: Literal["stream", "messages"] = "stream", baud: int = 9600) -> Pace:
    settings = (LineSettings(baud),) if baud else ()
    return Pace(DriverInfo("d", "D", ("D",), takes, (Vital.SPO2,), 2.0, settings), 2.0)


def taken(form: str, data: bytes, takes: Literal["stream", "messages"] = "stream", baud: int = 9600) -> list[Delivery]:
    return list(take_apart(form, data, pace(takes, baud)).deliveries)


def stream(form: str, data: bytes) -> bytes:
    return b"".join(delivery.data for delivery in taken(form, data) if isinstance(delivery.data, bytes))


def messages(form: str, data: bytes) -> list[bytes]:
    return [delivery.data.payload for delivery in taken(form, data, "messages") if isinstance(delivery.data, Message)]


def times(form: str, data: bytes, takes: Literal["stream", "messages"]) -> list[float]:
    return [round(delivery.at_s, 6) for delivery in taken(form, data, takes)]


# Which form


@pytest.mark.parametrize(
    ("suffix", "data", "form"),
    [
        (".bin", b"\x01\x02", "bytes"),
        ("", b"\x01\x02", "bytes"),
        (".HEX", b"0102", "hex"),
        (".txt", b"x", "text"),
        (".hl7", b"MSH|", "hl7"),
        (".hl7", b"\x0bMSH|", "mllp"),
        (".txt", b"MSH|^~\\&", "hl7"),
        (".json", b"{}", "json"),
        (".jsonl", b"{}", "json"),
        (".cap", b"\xd4\xc3\xb2\xa1", "pcap"),
        (".bin", b"\x0a\x0d\x0d\x0a", "pcap"),
        (".hid", b"", "hid"),
    ],
)
def test_the_form_is_told_by_an_unmistakable_beginning_else_by_the_suffix(suffix: str, data: bytes, form: str) -> None:
    assert form_of(suffix, data) == form


@given(st.sampled_from(sorted(FORMS)), st.binary(max_size=200), st.sampled_from(["stream", "messages"]))
def test_any_bytes_are_taken_apart_or_refused_and_time_never_goes_back(
    form: str, data: bytes, takes: Literal["stream", "messages"]
) -> None:
    try:
        deliveries = taken(form, data, takes)
    except CaptureError:
        return
    moments = [delivery.at_s for delivery in deliveries]
    assert moments == sorted(moments)
    assert all(isinstance(delivery.data, bytes if takes == "stream" else Message) for delivery in deliveries)


# Bytes, text, hexadecimal


@given(st.binary(min_size=1, max_size=3000))
def test_a_stream_gets_every_byte_at_the_speed_of_its_line(data: bytes) -> None:
    deliveries = taken("bytes", data)
    assert b"".join(d.data for d in deliveries if isinstance(d.data, bytes)) == data
    if deliveries[-1].at_s:  # no line begins with a time stamp
        assert deliveries[-1].at_s == pytest.approx(len(data) * 10 / 9600)


def test_text_with_stamps_goes_by_them() -> None:
    data = b"29-Dec-17 07:18:43 a\n29-Dec-17 07:18:45 b\n"
    assert times("text", data, "stream") == [0, 2]


def test_for_messages_each_line_of_a_text_is_one_and_comes_a_period_later() -> None:
    assert messages("text", b"a\r\n\nb\n") == [b"a", b"b"]
    assert times("text", b"a\r\n\nb\n", "messages") == [0, 2]


def test_for_messages_a_file_of_bytes_is_one() -> None:
    assert messages("bytes", b"\x00\x01") == [b"\x00\x01"]


@pytest.mark.parametrize(
    "text",
    [
        b"0102ff",
        b"01 02 FF",
        b"01\t02\r\n ff\n",
        b"# request\n01 02 # a remark: zz\nff",
        b"0x01, 0x02, 0xFF",
        b"0\n102F\nf",
    ],
)
def test_hexadecimal_digits_with_whatever_blanks_and_remarks(text: bytes) -> None:
    assert stream("hex", text) == b"\x01\x02\xff"


def test_for_messages_each_line_of_hexadecimal_is_one() -> None:
    assert messages("hex", b"aa 55 # first\n\naa550f\n") == [b"\xaa\x55", b"\xaa\x55\x0f"]


@pytest.mark.parametrize(("data", "words"), [(b"01\n0g\n", "Line 2"), (b"012", "odd number"), (b"\xff", "Line 1")])
def test_what_is_not_hexadecimal_is_refused_with_its_place(data: bytes, words: str) -> None:
    with pytest.raises(CaptureError, match=words):
        taken("hex", data)


def test_for_messages_half_a_byte_at_the_end_of_a_line_is_refused() -> None:
    with pytest.raises(CaptureError, match="Line 1"):
        messages("hex", b"aa5\n5")


# HL7


def hl7(*stamps: bytes) -> bytes:
    return b"".join(MSH % stamp + b"\r" + OBX + b"\r" for stamp in stamps)


def test_hl7_messages_are_framed_for_a_stream_and_bare_for_messages() -> None:
    first, second = MSH % b"20191206113452" + b"\r" + OBX + b"\r", MSH % b"20191206113457" + b"\r" + OBX + b"\r"
    assert stream("hl7", first + second) == b"\x0b" + first + b"\x1c\r\x0b" + second + b"\x1c\r"
    assert messages("hl7", first + second) == [first, second]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_hl7_that_went_through_an_editor_gets_its_segment_ends_back(end: bytes) -> None:
    assert messages("hl7", hl7(b"").replace(b"\r", end)) == [hl7(b"")]


@pytest.mark.parametrize(
    ("stamps", "moments"),
    [
        ((b"20191206113452", b"20191206113457"), [0, 5]),
        ((b"201912061134", b"20191206113501.250+0800"), [0, 61.25]),
        ((b"20191206113452", b"", b"20191206113453"), [0, 0, 1]),
        ((b"20191206113452", b"20191206113400"), [0, 0]),
        ((b"20191306113452", b"20191206113400"), [0, 0]),
        ((b"", b""), [0, 2]),
    ],
)
def test_hl7_comes_at_the_times_of_its_messages(stamps: tuple[bytes, ...], moments: list[float]) -> None:
    assert times("hl7", hl7(*stamps), "messages") == moments


def test_a_file_without_a_message_is_no_hl7() -> None:
    with pytest.raises(CaptureError, match="MSH"):
        taken("hl7", b"PID|1\r")


def test_what_stands_before_the_first_message_is_left_out_and_told() -> None:
    assert take_apart("hl7", b"log line\r" + hl7(b""), pace("messages")).notices


def test_mllp_for_a_stream_is_every_byte_and_for_messages_what_is_in_the_frames() -> None:
    framed = b"\x0b" + hl7(b"20191206113452") + b"\x1c\r\x0b" + hl7(b"20191206113454") + b"\x1c\r"
    assert stream("mllp", framed) == framed
    assert stream("mllp", b"noise" + framed + b"\x0bMSH|half") == b"noise" + framed + b"\x0bMSH|half"
    assert messages("mllp", framed) == [hl7(b"20191206113452"), hl7(b"20191206113454")]
    assert times("mllp", framed, "messages") == times("mllp", framed, "stream") == [0, 2]


def test_mllp_without_times_comes_at_the_speed_of_a_line() -> None:
    framed = b"\x0b" + hl7(b"") + b"\x1c\r"
    assert times("mllp", framed * 2, "stream") == [round(len(framed) * n * 10 / 9600, 6) for n in (1, 2)]


# JSON


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1}{"a": 2}',
        b'{"a":1}\n{"a": 2}\n',
        b'[{"a":1},{"a": 2}]',
        b' [\n{"a":1},\n {"a": 2}\n]\n',
        b'\xef\xbb\xbf{"a":1}\r\n\r\n{"a": 2}',
    ],
)
def test_objects_in_a_list_or_one_after_the_other_are_a_message_each_byte_for_byte(text: bytes) -> None:
    assert messages("json", text) == [b'{"a":1}', b'{"a": 2}']


def test_a_single_object_over_several_lines_is_one_message() -> None:
    assert messages("json", b'{\n "a": NaN\n}\n') == [b'{\n "a": NaN\n}']


def test_what_is_no_json_is_still_a_message_a_line() -> None:
    assert messages("json", b'{"a":\n{"a":1}\n\xff\xfe\n97\n') == [b'{"a":', b'{"a":1}', b"\xff\xfe", b"97"]


def test_brackets_without_end_are_one_bad_message() -> None:
    assert messages("json", b"[" * 100_000) == [b"[" * 100_000]


@pytest.mark.parametrize(
    ("first", "second", "moment"),
    [
        ('"time":"2026-03-02T10:15:07Z"', '"time":"2026-03-02T11:15:08.5+01:00"', 1.5),
        ('"timestamp":1772442907', '"timestamp":1772442909.5', 2.5),
        ('"timestamp":"1772442907250"', '"timestamp":"1772442907500"', 0.25),
        ('"time":"noon"', '"time":"later"', 2),
        ('"x":1', '"x":2', 2),
    ],
)
def test_json_comes_at_its_own_times_else_a_period_apart(first: str, second: str, moment: float) -> None:
    assert times("json", f"{{{first}}}{{{second}}}".encode(), "messages") == [0, moment]


@pytest.mark.parametrize("payload", ['"{\\"spo2\\": 97}"', '{"spo2": 97}'])
def test_lines_of_mosquitto_sub_are_unwrapped(payload: str) -> None:
    line = f'{{"tst":"2026-03-02T10:15:0%d.5+0100","topic":"ward/1","qos":0,"retain":%d,"payload":{payload}}}'
    deliveries = taken("json", f"{line % (7, 1)}\n{line % (9, 0)}".encode(), "messages")
    assert deliveries == [
        Delivery(0.0, Message(b'{"spo2": 97}', "ward/1", retained=True)),
        Delivery(2.0, Message(b'{"spo2": 97}', "ward/1")),
    ]


def test_json_for_a_stream_is_text() -> None:
    assert stream("json", b'{"a":1}\n') == b'{"a":1}\n'


# USB HID


def test_reports_are_64_bytes_each_and_a_rest_is_told() -> None:
    data = bytes(range(130))
    assert messages("hid", data) == [data[:64], data[64:128], data[128:]]
    assert take_apart("hid", data, pace()).notices
    assert take_apart("hid", data[:128], pace()).notices == ()
