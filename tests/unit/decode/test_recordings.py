"""VitalWatch's own recordings, read as they are played."""

from __future__ import annotations

import pytest

from vitalwatch.decode.containers import form_of, take_apart
from vitalwatch.decode.delivery import Pace
from vitalwatch.decode.run import run
from vitalwatch.driver import DriverInfo, Message, NoOptions, load_driver
from vitalwatch.errors import CaptureError
from vitalwatch.links import vwlog
from vitalwatch.model import Vital

START = vwlog.Start(1, "2024-05-01T10:00:00+00:00", "serial:///dev/ttyUSB0", "ox-1", "nellcor")


def pace(takes: str = "stream") -> Pace:
    return Pace(DriverInfo("d", "D", ("D",), takes, (Vital.SPO2,), 1.0), 1.0)  # type: ignore[arg-type]


def file(*records: vwlog.Record) -> bytes:
    return b"".join(map(vwlog.encode, records))


def taken(data: bytes, takes: str = "stream") -> list[tuple[float, object]]:
    return [(round(at_s, 6), received) for at_s, received in take_apart("vwlog", data, pace(takes)).deliveries]


def test_it_is_told_by_its_beginning() -> None:
    assert form_of(".txt", file(START)) == form_of(".vwlog", b"") == "vwlog"


def test_bytes_come_at_their_times_from_the_first_on_and_what_was_sent_is_left_out() -> None:
    data = file(START, vwlog.Opened(0.5), vwlog.Sent(0.6, b"?"), vwlog.Data(2.0, b"a"), vwlog.Data(3.25, b"b"))
    assert taken(data) == [(0, b"a"), (1.25, b"b")]


def test_messages_keep_topic_and_mark_and_give_a_stream_their_bytes() -> None:
    data = file(START, vwlog.Delivered(1.0, b"{}", "ward/1", True))
    assert taken(data, "messages") == [(0, Message(b"{}", "ward/1", retained=True))]
    assert taken(data) == [(0, b"{}")]


def test_a_loss_is_one_and_a_restart_is_a_loss_a_second_later() -> None:
    data = file(
        *(START, vwlog.Lost(0.1, "not there yet"), vwlog.Data(1.0, b"a"), vwlog.Lost(2.0, "unplugged")),
        *(START, vwlog.Opened(0.25), vwlog.Data(0.5, b"b")),
    )
    assert taken(data) == [(0, b"a"), (1, None), (2, None), (2.5, b"b")]


def test_lines_that_are_no_records_and_records_that_are_missing_are_told() -> None:
    data = file(START, vwlog.Missed(1.0, 7), vwlog.Data(2.0, b"a")) + b'{"kind":"da'
    found = take_apart("vwlog", data, pace())
    assert [delivery.data for delivery in found.deliveries] == [b"a"]
    assert [notice.split()[0] for notice in found.notices] == ["1", "7"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"29-Dec-17 07:18:43\n", "--as"),
        (file(vwlog.Start(2, "", "")), "version 2"),
        (file(START, vwlog.Start(2, "", "")), "version 2"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(CaptureError, match=words):
        take_apart("vwlog", data, pace())


def test_after_a_loss_the_driver_forgets_half_a_line() -> None:
    line = b"24-MAR-25 09:14:00    97      72      24    MO               \r\n"
    records = (vwlog.Data(1.0, line), vwlog.Data(2.0, line[:30]), vwlog.Lost(3.0, "unplugged"), vwlog.Data(9.0, line))
    driver = load_driver("nellcor")("ox", NoOptions())
    told = list(run(driver, take_apart("vwlog", file(START, *records), pace()).deliveries))
    assert [(at_s, len(reports)) for at_s, reports in told] == [(0.0, 3), (8.0, 3)]
    assert driver.counts.bad_frames == 0
