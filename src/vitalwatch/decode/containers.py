"""The forms in which captures are kept, each taken apart into deliveries. Pure.

A driver that reads a stream gets the bytes that were on the wire; one that reads messages gets one message after the
other. :data:`FORMS` lists all forms; a new one is one function here and one row there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, NamedTuple

from vitalwatch.decode import pcap
from vitalwatch.decode.delivery import Delivery, Pace, Piece
from vitalwatch.decode.json_messages import json_pieces
from vitalwatch.decode.recordings import BEGINNING, read_recording
from vitalwatch.errors import CaptureError
from vitalwatch.link_url import ReplayOptions
from vitalwatch.links.capture import pieces as timed_chunks

HID_REPORT: Final = 64
"""Bytes of one report of a full-speed USB device (USB HID 1.11, interrupt endpoints)."""

MLLP_START: Final = b"\x0b"
MLLP_END: Final = b"\x1c\r"
"""What stands round an HL7 message on a TCP connection (HL7 transport specification, MLLP release 1)."""

_HEX_COMMENT: Final = re.compile(rb"#.*")
_HEX_BETWEEN: Final = re.compile(rb"0[xX]|[\s,:;]+")
_SEGMENT_END: Final = re.compile(rb"\r\n|\r|\n")
_HL7_TIME: Final = re.compile(rb"(\d{12})(\d\d)?(\.\d{1,6})?(?:[+-]\d{4})?$")


class Taken(NamedTuple):
    """A capture taken apart.

    Attributes:
        deliveries: in order.
        notices: what the person should know about what was left out, in sentences.
    """

    deliveries: Iterator[Delivery]
    notices: tuple[str, ...] = ()


def form_of(suffix: str, data: bytes) -> str:
    """Guess a capture's form: by how it begins where that is unmistakable, else by its file's suffix."""
    if data[:4] in pcap.MAGICS or data[:4] == pcap.PCAPNG:
        return "pcap"
    if data.startswith(MLLP_START + b"MSH"):
        return "mllp"
    if data.startswith(b"MSH|"):
        return "hl7"
    if data.startswith(BEGINNING):
        return "vwlog"
    return _SUFFIXES.get(suffix.lower(), "bytes")


def take_apart(form: str, data: bytes, pace: Pace) -> Taken:
    """Divide a capture into deliveries for a driver.

    Raises:
        CaptureError: if the capture is not of this form.
    """
    return FORMS[form](data, pace)


def _bytes(data: bytes, pace: Pace) -> Taken:
    if pace.takes == "messages":
        return Taken(pace.deliver([Piece(None, data)]))
    return _stream(data, pace)


def _text(data: bytes, pace: Pace) -> Taken:
    """Text for a stream is bytes; for messages each line is one."""
    if pace.takes == "stream":
        return _stream(data, pace)
    return Taken(pace.deliver(Piece(None, line) for line in data.splitlines() if line.strip()))


def _stream(data: bytes, pace: Pace) -> Taken:
    chunks = timed_chunks(data, ReplayOptions(baud=pace.baud))
    return Taken(Delivery(at_s, chunk) for at_s, chunk in chunks)


def _hex(data: bytes, pace: Pace) -> Taken:
    """Hexadecimal digits with whatever blanks; ``#`` begins a comment. For messages, each line is one."""
    lines: list[bytes] = []
    for number, line in enumerate(data.splitlines(), start=1):
        digits = _HEX_BETWEEN.sub(b"", _HEX_COMMENT.sub(b"", line))
        if re.search(rb"[^0-9A-Fa-f]", digits):
            raise CaptureError(f"Line {number} is not hexadecimal: {_excerpt(line)}. Put # before what is a remark.")
        if len(digits) % 2 and pace.takes == "messages":
            raise CaptureError(f"Line {number} has an odd number of digits: {_excerpt(line)}.")
        if digits:
            lines.append(digits)
    if pace.takes == "messages":
        return Taken(pace.deliver(Piece(None, bytes.fromhex(line.decode("ascii"))) for line in lines))
    digits = b"".join(lines)  # a dump may be broken anywhere, also inside a byte
    if len(digits) % 2:
        raise CaptureError("The file has an odd number of hexadecimal digits: one is missing or one too many.")
    return _stream(bytes.fromhex(digits.decode("ascii")), pace)


def _hl7(data: bytes, pace: Pace) -> Taken:
    """HL7 messages without frames, one after the other; a stream gets them framed, as a connection carries them."""
    segments = [segment for segment in _SEGMENT_END.split(data) if segment.strip()]
    starts = [number for number, segment in enumerate(segments) if segment.startswith(b"MSH")]
    if not starts:
        raise CaptureError("There is no HL7 message in the file: no segment begins with MSH.")
    messages = [b"\r".join(segments[a:b]) + b"\r" for a, b in pairwise([*starts, len(segments)])]
    framed = (MLLP_START + m + MLLP_END if pace.takes == "stream" else m for m in messages)
    pieces = [Piece(_hl7_stamp(m), data) for m, data in zip(messages, framed, strict=True)]
    notices = ("What stands before the first MSH was left out.",) if starts[0] else ()
    return Taken(pace.deliver(pieces), notices)


def _mllp(data: bytes, pace: Pace) -> Taken:
    """HL7 messages in their frames. A stream gets every byte, also those between frames."""
    parts = [part + MLLP_END for part in data.split(MLLP_END)]
    parts[-1] = parts[-1][: -len(MLLP_END)]
    pieces: list[Piece] = []
    for part in filter(None, parts):
        before, start, message = part.partition(MLLP_START)
        body = message.removesuffix(MLLP_END) if start else before
        if pace.takes == "stream" or body.strip():
            pieces.append(Piece(_hl7_stamp(body), part if pace.takes == "stream" else body))
    return Taken(pace.deliver(pieces))


def _hl7_stamp(message: bytes) -> float | None:
    """The time of a message (MSH-7) in seconds, without its zone: only differences mean anything."""
    header = _SEGMENT_END.split(message, maxsplit=1)[0]
    fields = header.split(header[3:4]) if len(header) > 3 else []
    found = _HL7_TIME.match(fields[6]) if len(fields) > 6 else None
    if not found:
        return None
    try:
        stamp = (found[1] + (found[2] or b"00")).decode("ascii")
        moment = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None  # month 13: a clock that was never set
    return moment.timestamp() + float(found[3] or 0)


def _pcap(data: bytes, pace: Pace) -> Taken:
    """UDP datagrams, or else the TCP flow that carries the most: what the monitor sends, not what it is asked."""
    packets, skipped = pcap.read_pcap(data)
    notices: list[str] = []
    if skipped:
        notices.append(f"{skipped} packets were left out: not UDP or TCP over IP, or not whole.")
    chosen = [packet for packet in packets if packet.protocol == "udp"]
    flows = pcap.by_flow([packet for packet in packets if packet.protocol == "tcp"])
    if chosen:
        others = list(flows)
    else:
        main, *others = flows or [""]
        chosen = list(pcap.in_order(flows.get(main, [])))
        if main:
            notices.append(f"Read: {main}.")
    if others:
        notices.append(f"Left out: {', '.join(others[:3])}{' and more' if len(others) > 3 else ''}.")
    if not chosen:
        raise CaptureError("No packet of the capture carries anything over UDP or TCP.")
    return Taken(pace.deliver(Piece(packet.stamp_s, packet.payload) for packet in chosen), tuple(notices))


def _json(data: bytes, pace: Pace) -> Taken:
    """JSON for messages is an object each; for a stream it is text like any other."""
    return _stream(data, pace) if pace.takes == "stream" else Taken(pace.deliver(json_pieces(data)))


def _hid(data: bytes, pace: Pace) -> Taken:
    """Reports of a USB HID device, all of one length, without anything between them."""
    notices: tuple[str, ...] = ()
    if rest := len(data) % HID_REPORT:
        notices = (f"The last report has only {rest} of {HID_REPORT} bytes.",)
    reports = (data[start : start + HID_REPORT] for start in range(0, len(data), HID_REPORT))
    return Taken(pace.deliver(Piece(None, report) for report in reports), notices)


def _vwlog(data: bytes, pace: Pace) -> Taken:
    deliveries, passed_over, missed = read_recording(data, pace)
    notices = []
    if passed_over:
        notices.append(f"{passed_over} lines are no records and were left out.")
    if missed:
        notices.append(f"{missed} records are missing: the disk was too slow when it was recorded.")
    return Taken(iter(deliveries), tuple(notices))


FORMS: Final[dict[str, Callable[[bytes, Pace], Taken]]] = {
    "bytes": _bytes,
    "text": _text,
    "hex": _hex,
    "hl7": _hl7,
    "mllp": _mllp,
    "pcap": _pcap,
    "json": _json,
    "hid": _hid,
    "vwlog": _vwlog,
}
"""Every form, by the name that ``--as`` takes."""

_SUFFIXES: Final = {
    **{f".{form}": form for form in ("hex", "hl7", "mllp", "json", "hid", "vwlog")},
    **dict.fromkeys((".jsonl", ".ndjson"), "json"),
    **dict.fromkeys((".txt", ".log", ".csv"), "text"),
}


def _excerpt(line: bytes) -> str:
    return repr(line[:40].decode("ascii", "replace"))
