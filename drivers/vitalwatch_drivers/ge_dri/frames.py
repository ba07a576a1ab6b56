"""DRI records as frozen values, and the parser of one frame. No meaning, no state. All numbers are little-endian.

A frame is a record and its checksum (sum of the record's bytes, modulo 256) between two flags 7E. Inside, 7E is sent as
7D 5E and 7D as 7D 5D. A record is a header of 40 bytes and up to eight parts, which the documents call subrecords.

Sources: GE S/5 Computer Interface Specification M1017617 (frame, requests, alarms) and DRI Specification 8005313
(records, subrecords, groups); the open-source readers LNhealth (s5parser) and monitor_serial (Ext1, alarm records).
"""

from __future__ import annotations

import re
from itertools import pairwise
from struct import Struct
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "ge-dri"

FLAG: Final = 0x7E
LONGEST_RECORD: Final = 1490
"""Header and 1450 bytes of data, the most that a record holds."""

PHYSIOLOGICAL, WAVES, ALARMS = 0, 1, 4
"""Main types of the records that are read."""

BASIC, EXT1 = 0, 1
"""Classes of values that hold vitals. Ext2 (brain, muscles) and Ext3 (gas exchange, lungs) hold none of ours."""

DISPLAYED_PART, AUXILIARY_PART = 1, 4
"""Kinds of physiological parts; 2 and 3 are trends, averaged over 10 s and 60 s, and not the present values."""

ECG, NIBP, SPO2, CO2 = 4, 76, 122, 136
TEMPERATURES: Final = (90, 98, 106, 114)
"""Where the groups of the Basic class stand in their part."""

SECOND_SPO2: Final = 110
MORE_TEMPERATURES: Final = (124, 132)
"""Where those of the Ext1 class stand."""

_HEADER: Final = Struct("<hBBHI4xh")
_DESCRIPTOR: Final = Struct("<hB")
_HEADER_BYTES: Final = 40
_END_OF_LIST: Final = 0xFF
_DISPLAYED_BYTES: Final = 278
_DISPLAYED_TAIL: Final = Struct("<BxH")
_WAVE_HEAD: Final = Struct("<hHH")
_PLAIN_WAVES: Final = range(1, 18)  # others have other heads
_ALARM_HEAD_BYTES, _ALARM_LINE_BYTES, _ALARM_LINES = 10, 98, 5
_TEXT_BYTES: Final = 80
_ESCAPED: Final = re.compile(rb"\x7d(.)", re.DOTALL)


class Group(msgspec.Struct, frozen=True):
    """The values of one measurement.

    Attributes:
        status: bits; 0 that its module is there, 1 that it measures, the others differ from group to group.
        label: what is measured, or more bits.
        values: raw numbers in the group's own units; -32000 and below are no numbers.
    """

    status: int
    label: int
    values: tuple[int, ...]

    @property
    def exists(self) -> bool:
        """Whether its module is in the monitor."""
        return bool(self.status & 1)

    @property
    def active(self) -> bool:
        """Whether its module is there and measures."""
        return self.status & 3 == 3


class Displayed(msgspec.Struct, frozen=True):
    """The values of one class as the monitor shows them.

    Attributes:
        time: seconds since 1970 by the monitor's clock.
        value_class: ``BASIC``, ``EXT1``, or another.
        marker: number of the last mark that somebody entered.
        data: the whole part, for :meth:`group`.
    """

    time: int
    value_class: int
    marker: int
    data: bytes

    def group(self, at: int, count: int) -> Group:
        """The group that begins at a byte of the part, with so many values."""
        status, label, *values = Struct(f"<IH{count}h").unpack_from(self.data, at)
        return Group(status, label, tuple(values))


class Auxiliary(msgspec.Struct, frozen=True):
    """When measurements that come now and then were made.

    Attributes:
        nibp_time: end of the last cuff measurement, seconds since 1970 by the monitor's clock; ``None`` if not known.
    """

    nibp_time: int | None


class Wave(msgspec.Struct, frozen=True):
    """A block of one curve.

    Attributes:
        kind: which curve: ECG 1-3, invasive pressure 4-7, pleth 8, CO2 9, respiration 15, and others.
        status: bit 0 samples are missing before these, 2 pacer, 3 lead off.
        samples: raw, oldest first; -32000 and below are no samples.
    """

    kind: int
    status: int
    samples: tuple[int, ...]


class AlarmLine(msgspec.Struct, frozen=True):
    """One of the alarms that the monitor shows.

    Attributes:
        text: in the language of the monitor.
        colour: 0 none, 1 white, 2 yellow, 3 red.
    """

    text: str
    colour: int


class AlarmState(msgspec.Struct, frozen=True):
    """All that the monitor shows of alarms.

    Attributes:
        silence: 0 nothing silenced, 1 apnoea, 2 asystole, 3 both, 4 all, 5-7 all for 2 min, 5 min, 20 s.
        lines: five, most urgent first; unused ones are empty.
    """

    silence: int
    lines: tuple[AlarmLine, ...]


Part: TypeAlias = Displayed | Auxiliary | Wave | AlarmState


class Record(msgspec.Struct, frozen=True):
    """One record.

    Attributes:
        number: counts up, modulo 256.
        level: version of the interface: 2 for 1995 … 8 for 2003, 12 for 2019.
        plug: the sending monitor.
        time: of sending, seconds since 1970 by the monitor's clock.
        kind: main type, ``PHYSIOLOGICAL``, ``WAVES``, ``ALARMS`` or another.
        descriptors: offset behind the header and kind of every part.
        parts: those that are read, in their order.
    """

    number: int
    level: int
    plug: int
    time: int
    kind: int
    descriptors: tuple[tuple[int, int], ...]
    parts: tuple[Part, ...]


def wrap(record: bytes) -> bytes:
    """Put a record into a frame."""
    body = record + bytes((sum(record) & 0xFF,))
    return b"\x7e" + body.replace(b"\x7d", b"\x7d\x5d").replace(b"\x7e", b"\x7d\x5e") + b"\x7e"


def parse_frame(between_flags: bytes) -> Record:
    """Read what stands between two flags.

    Raises:
        DecodeError: if it is no whole record, its checksum is wrong, or its parts do not fit into it.
    """
    # "Bit 5 of the byte after 7D is set again": 5E and 5D are what was 7E and 7D.
    body = _ESCAPED.sub(lambda pair: bytes((pair[1][0] | 0x20,)), between_flags)
    record = body[:-1]
    if not _HEADER_BYTES <= len(record) <= LONGEST_RECORD:
        raise _bad("no record has this length", body)
    if sum(record) & 0xFF != body[-1]:
        raise _bad("wrong checksum", body)
    return parse_record(record)


def parse_record(record: bytes) -> Record:
    """Read a record without its checksum.

    Raises:
        DecodeError: if its header does not fit its length, or its parts do not fit into it.
    """
    if len(record) < _HEADER_BYTES:
        raise _bad("shorter than a header", record)
    length, number, level, plug, time, kind = _HEADER.unpack_from(record)
    if length != len(record):
        raise _bad("length differs from the header's", record)
    descriptors: list[tuple[int, int]] = []
    for place in range(_HEADER.size, _HEADER_BYTES, _DESCRIPTOR.size):
        offset, part_kind = _DESCRIPTOR.unpack_from(record, place)
        if part_kind == _END_OF_LIST:
            break
        descriptors.append((offset, part_kind))
    data = record[_HEADER_BYTES:]
    edges = [*(offset for offset, _ in descriptors), len(data)]
    if edges[0] < 0 or any(begin > end for begin, end in pairwise(edges)):
        raise _bad("a part does not fit into the record", record)
    read = (
        _parse_part(kind, part_kind, data[begin:end])
        for (_, part_kind), (begin, end) in zip(descriptors, pairwise(edges), strict=True)
    )
    parts = tuple(part for part in read if part is not None)
    return Record(number, level, plug, time, kind, tuple(descriptors), parts)


def _parse_part(main: int, kind: int, data: bytes) -> Part | None:
    if main == PHYSIOLOGICAL and kind == DISPLAYED_PART:
        return _parse_displayed(data)
    if main == PHYSIOLOGICAL and kind == AUXILIARY_PART:
        if len(data) < 4:
            raise _bad("auxiliary part too short", data)
        return Auxiliary(int.from_bytes(data[:4], "little") or None)
    if main == WAVES and kind in _PLAIN_WAVES:
        return _parse_wave(kind, data)
    if main == ALARMS and kind == 1:
        return _parse_alarms(data)
    return None


def _parse_displayed(data: bytes) -> Displayed:
    if len(data) < _DISPLAYED_BYTES:
        raise _bad("displayed values too short", data)
    marker, level_and_class = _DISPLAYED_TAIL.unpack_from(data, 274)
    return Displayed(int.from_bytes(data[:4], "little"), level_and_class >> 8 & 0x0F, marker, data[:_DISPLAYED_BYTES])


def _parse_wave(kind: int, data: bytes) -> Wave:
    if len(data) < _WAVE_HEAD.size:
        raise _bad("curve too short", data)
    count, status, _ = _WAVE_HEAD.unpack_from(data)
    if not 0 <= 2 * count <= len(data) - _WAVE_HEAD.size:
        raise _bad("curve shorter than it says", data)
    return Wave(kind, status, Struct(f"<{count}h").unpack_from(data, _WAVE_HEAD.size))


def _parse_alarms(data: bytes) -> AlarmState:
    if len(data) < _ALARM_HEAD_BYTES + _ALARM_LINES * _ALARM_LINE_BYTES:
        raise _bad("alarms too short", data)
    lines = []
    for number in range(_ALARM_LINES):
        line = data[_ALARM_HEAD_BYTES + number * _ALARM_LINE_BYTES :][:_ALARM_LINE_BYTES]
        text = line[:_TEXT_BYTES].partition(b"\0")[0].decode("latin-1")
        shown = "".join(sign if sign.isprintable() else " " for sign in text)
        # Behind the text: whether it changed, its colour, whether that changed; two bytes each.
        lines.append(AlarmLine(" ".join(shown.split()), int.from_bytes(line[82:84], "little")))
    return AlarmState(int.from_bytes(data[8:10], "little"), tuple(lines))


def _bad(reason: str, raw: bytes) -> DecodeError:
    return DecodeError(reason, protocol=PROTOCOL, excerpt=raw[:32])
