"""VitalWatch's own recordings of a link, ``.vwlog`` (``docs/vwlog.md``), taken apart. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from vitalwatch.decode.delivery import Delivery, Pace
from vitalwatch.errors import CaptureError
from vitalwatch.links import vwlog

BEGINNING: Final = b'{"kind":"start","vwlog":'

RESTART_S: Final = 1.0
"""How long after the last record a recording goes on that was added to the same file; the true time is not known."""


class Recording(NamedTuple):
    """What a recording holds.

    Attributes:
        deliveries: what came, and where the link was lost.
        passed_over: lines that are no records.
        missed: records that were never written, because the disk was too slow.
    """

    deliveries: list[Delivery]
    passed_over: int
    missed: int


def read_recording(data: bytes, pace: Pace) -> Recording:
    """Read a recording. Time begins with the first bytes that came; what was sent to the device is left out.

    Raises:
        CaptureError: if it is no recording, or of a later version of the format.
    """
    first, *rest = data.split(b"\n")
    start = vwlog.decode(first)
    if not isinstance(start, vwlog.Start):
        raise CaptureError(
            "This is no recording of VitalWatch: the first line is not a start. Name its form with --as."
        )
    deliveries: list[Delivery] = []
    passed_over = missed = 0
    begin_s: float | None = None
    start_s = at_s = 0.0
    _check_version(start)
    for line in filter(None, rest):
        record = vwlog.decode(line)
        if record is None:
            passed_over += 1
        elif isinstance(record, vwlog.Start):  # the service was started again, so the link was cut
            _check_version(record)
            start_s = at_s = at_s + RESTART_S
            if begin_s is not None:
                deliveries.append(Delivery(at_s - begin_s, None))
        else:
            at_s = max(at_s, start_s + record.t)
            if isinstance(record, vwlog.Data | vwlog.Delivered):
                begin_s = at_s if begin_s is None else begin_s
                deliveries.append(Delivery(at_s - begin_s, pace.received(record.data, *_origin(record))))
            elif isinstance(record, vwlog.Lost) and begin_s is not None:
                deliveries.append(Delivery(at_s - begin_s, None))
            elif isinstance(record, vwlog.Missed):
                missed += record.records
    return Recording(deliveries, passed_over, missed)


def _origin(record: vwlog.Data | vwlog.Delivered) -> tuple[str, bool]:
    return (record.topic, record.retained) if isinstance(record, vwlog.Delivered) else ("", False)


def _check_version(start: vwlog.Start) -> None:
    if start.vwlog > vwlog.VERSION:
        raise CaptureError(f"This recording is in version {start.vwlog} of the format. A newer VitalWatch can read it.")
