"""One message, read into frozen values: its header, and the OBX rows with the times that they inherit. Pure.

Who the patient is (PID and the like) is never looked at. Source: HL7 v2.6 chapters 2 and 7; IHE Patient Care Device
technical framework volume 2 (PCD-01, PCD-04).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "hl7"


MAX_TEXT: Final = 80
"""Most characters of a text that goes on to logs and screens."""

_SEGMENT_END: Final = re.compile(r"[\r\n]+")
_BEFORE_MSH: Final = " \t\r\n\0\u2028\ufeff"
"""What real senders put before a message: U+2028 and the like."""

_STAMP: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.(\d{1,6}))?([+-]\d{4})?", re.ASCII)


class Stamp(msgspec.Struct, frozen=True):
    """A time as the device wrote it.

    Attributes:
        label: ISO 8601 if it could be read as a time, else as it was sent.
        seconds: since 1970, of a calendar without zones if ``zoned`` is false; ``None`` if it cannot be read.
        zoned: whether the device said its distance from UTC. Without, it is the monitor's local time.
    """

    label: str
    seconds: float | None
    zoned: bool = False

    def seconds_since(self, earlier: Stamp) -> float | None:
        """Seconds from another stamp of the same device to this one; ``None`` if they cannot be compared."""
        if self.seconds is None or earlier.seconds is None or self.zoned != earlier.zoned:
            return None
        return self.seconds - earlier.seconds


class Row(msgspec.Struct, frozen=True):
    """One OBX segment.

    Attributes:
        kind: OBX-2, the type of the value.
        code: OBX-3.1, as sent.
        name: OBX-3.2, the code in words.
        system: OBX-3.3, whose code it is.
        sub_id: OBX-4, the place in the device: mds.vmd.channel.metric, or a module of a Mindray monitor.
        value: OBX-5, as sent.
        unit: OBX-6, as sent.
        flags: OBX-8, each in capitals.
        status: OBX-11 in capitals; ``X`` means that there is no result.
        measured: when this value was measured, by OBX-14 or that of the channel it belongs to; ``None`` if not said.
    """

    kind: str
    code: str
    name: str
    system: str
    sub_id: str
    value: str
    unit: str
    flags: frozenset[str]
    status: str
    measured: Stamp | None


class Hl7Message(msgspec.Struct, frozen=True):
    """One message.

    Attributes:
        application: MSH-3, the sender.
        facility: MSH-4.
        sent: MSH-7, the message's own time, if it has one.
        kind: MSH-9.1, for example ``ORU``.
        trigger: MSH-9.2, for example ``R01``.
        identity: MSH-10; for Mindray's port 4601 the meaning of the message.
        processing: MSH-11.1: ``P`` production, ``T`` training, ``D`` debugging.
        version: MSH-12.1.
        accept: MSH-15, when an accept acknowledgement is wanted.
        apply: MSH-16, when an application acknowledgement is wanted.
        observed: OBR-7 of the first OBR, the time of the whole set.
        rows: the OBX segments, in order.
    """

    application: str
    facility: str
    sent: Stamp | None
    kind: str
    trigger: str
    identity: str
    processing: str
    version: str
    accept: str
    apply: str
    observed: Stamp | None
    rows: tuple[Row, ...]


def parse_message(raw: bytes) -> Hl7Message:
    """Read one message, without its frame bytes.

    Raises:
        DecodeError: if it does not begin with a header segment, or the header is not one of HL7 v2.
    """
    segments = _SEGMENT_END.split(_text(raw).strip(_BEFORE_MSH))
    if not segments[0].startswith("MSH|^"):
        raise DecodeError("no MSH segment with the usual separators", protocol=PROTOCOL, excerpt=raw[:20])
    # MSH-1 is the separator itself, so the fields after the split are one behind their numbers.
    header = ["MSH", *segments[0].split("|")]
    kind = _field(header, 9).split("^")
    if not kind[0]:
        raise DecodeError("MSH-9 does not say what message this is", protocol=PROTOCOL, excerpt=raw[:20])
    observed: Stamp | None = None
    channels: dict[str, Stamp] = {}
    rows: list[Row] = []
    for segment in segments[1:]:
        fields = segment.split("|")
        if fields[0] == "OBR":
            observed = observed or parse_stamp(_field(fields, 7))
            channels.clear()  # places in the device are counted anew for each OBR
        elif fields[0] == "OBX":
            rows.append(_row(fields, channels))
    return Hl7Message(
        _field(header, 3),
        _field(header, 4),
        parse_stamp(_field(header, 7)),
        kind[0],
        kind[1] if len(kind) > 1 else "",
        _field(header, 10),
        _field(header, 11).split("^")[0],
        _field(header, 12).split("^")[0],
        _field(header, 15),
        _field(header, 16),
        observed,
        tuple(rows),
    )


def parse_stamp(text: str) -> Stamp | None:
    """Read an HL7 time: ``20191206113452``, ``20260912120000.0000+0530``; ``None`` for no time (empty or zeros)."""
    text = text.strip()
    if not text.strip("0"):
        return None
    match = _STAMP.fullmatch(text)
    if match is None:
        return Stamp(text[:MAX_TEXT], None)
    *parts, second, fraction, zone = match.groups()
    year, month, day, hour, minute = map(int, parts)
    microsecond = int((fraction or "0").ljust(6, "0"))
    try:
        moment = datetime(year, month, day, hour, minute, int(second or 0), microsecond, tzinfo=_zone(zone))
        seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
        return Stamp((moment if zone else moment.replace(tzinfo=None)).isoformat(), seconds, bool(zone))
    except (ValueError, OverflowError):  # a thirteenth month, a zone of 99 hours
        return Stamp(text[:MAX_TEXT], None)


def _zone(text: str | None) -> timezone:
    """A zone like ``+0530``; UTC stands in for none, so that two times without one can still be compared."""
    if not text:
        return UTC
    away = timedelta(hours=int(text[1:3]), minutes=int(text[3:]))
    return timezone(-away if text[0] == "-" else away)


def shown(text: str) -> str:
    """Text from a device that is safe to log and to show: one short line of printable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_TEXT]


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gbk", "replace")  # Chinese monitors, whatever MSH-18 says


def _field(fields: list[str], number: int) -> str:
    return fields[number].strip() if number < len(fields) else ""


def _row(fields: list[str], channels: dict[str, Stamp]) -> Row:
    code, name, system, *_ = [*_field(fields, 3).split("^"), "", "", ""]
    sub_id, value = _field(fields, 4), _field(fields, 5)
    measured = parse_stamp(_field(fields, 14))
    if measured is None:
        measured = next((channels[place] for place in _above(sub_id) if place in channels), None)
    elif not value:
        channels[sub_id] = measured
    flags = frozenset(flag.split("^")[0].strip().upper() for flag in _field(fields, 8).split("~"))
    status = _field(fields, 11).upper()
    return Row(
        _field(fields, 2), code.strip(), name.strip(), system.strip().upper(), sub_id, value, _field(fields, 6),
        flags - {""}, status, measured,
    )  # fmt: skip


def _above(sub_id: str) -> list[str]:
    """The channel, the virtual device and the device that a place belongs to: ``1.3.1.4`` is in ``1.3.1.0``."""
    parts = sub_id.split(".")[:4]
    return [".".join([*parts[:kept], *["0"] * (4 - kept)]) for kept in range(len(parts) - 1, 0, -1)]
