"""Puts values into DRI records and frames, and reads requests. Pure; no patient, no time.

Layout: GE DRI Specification 8005313 (records, groups) and S/5 Computer Interface Specification M1017617 (frames,
requests, alarms). Little-endian, nothing aligned.
"""

from __future__ import annotations

import struct
from typing import Final

import msgspec

NO_DATA: Final = -32767

PHYSIOLOGICAL, WAVE, ALARM = 0, 1, 4
"""Main types."""

DISPLAYED, AUXILIARY = 1, 4
"""Physiological subrecords: values of one class; times of now-and-then measurements."""

PLETH: Final = 8

AUTO, MEASURING, OLDER_THAN_60_S = 1 << 3, 1 << 5, 1 << 8
"""Label bits of the NIBP group."""

THERE: Final = 0b11
"""Status of a group: its module exists and is active."""

HR_FROM_ECG: Final = 1 << 3
ECG_ARTEFACT: Final = 1 << 8

SHORTEST_REQUEST: Final = 50
"""Header, nine bytes that ask for values, checksum."""


class Cuff(msgspec.Struct, frozen=True):
    """The NIBP group: raw pressures in 1/100 mmHg, pulse in bpm, or ``NO_DATA``."""

    label: int
    systolic: int = NO_DATA
    diastolic: int = NO_DATA
    mean: int = NO_DATA
    pulse: int = NO_DATA


class Shown(msgspec.Struct, frozen=True):
    """What the monitor displays.

    Attributes:
        heart_rate: from the ECG, bpm, or ``NO_DATA``; the next three alike.
        spo2: 1/100 %.
        pulse: bpm.
        amplitude: modulation of the infrared light, 1/100 %.
        cuff: the NIBP group.
        ecg_status: bits beside those that every group has.
    """

    heart_rate: int
    spo2: int
    pulse: int
    amplitude: int
    cuff: Cuff
    ecg_status: int = HR_FROM_ECG


class Request(msgspec.Struct, frozen=True):
    """What a host asks for.

    Attributes:
        kind: main type of the records that it wants.
        interval_s: for physiological ones: seconds between two, 0 to stop, -1 for one.
        waves: for curves: their types; none to stop.
        command: for alarms: 0 the state now, 2 every change, 3 no more changes.
    """

    kind: int
    interval_s: int = 0
    waves: tuple[int, ...] = ()
    command: int = 0


def displayed(time: int, shown: Shown) -> bytes:
    """The Basic class of displayed values; only ECG, NIBP and oximeter are in this monitor."""
    ecg = struct.pack("<LH5h", THERE | shown.ecg_status, 0x0012, shown.heart_rate, *[NO_DATA] * 4)
    cuff = shown.cuff
    nibp = struct.pack("<LH4h", THERE, cuff.label, cuff.systolic, cuff.diastolic, cuff.mean, cuff.pulse)
    oximeter = struct.pack("<LH4h", THERE, 0, shown.spo2, shown.pulse, shown.amplitude, NO_DATA)
    # Four pressures of 14 bytes stand between ECG and NIBP, four temperatures of 8 between NIBP and the oximeter.
    basic = ecg + bytes(4 * 14) + nibp + bytes(4 * 8) + oximeter
    return struct.pack("<L270sBBH", time, basic, 0, 0, 0)


def auxiliary(nibp_time: int) -> bytes:
    """The time of the last cuff measurement; 0 before the first."""
    return struct.pack("<L110x", nibp_time)


def wave(samples: list[int]) -> bytes:
    """A block of a curve without flaws."""
    return struct.pack(f"<hHH{len(samples)}h", len(samples), 0, 0, *samples)


def alarms(texts: list[tuple[str, int]]) -> bytes:
    """The alarms that are shown: at most five texts with their colours (1 white, 2 yellow, 3 red), sound on."""
    lines = [*texts, *[("", 0)] * 5][:5]
    shown = [struct.pack("<80shhh12x", text.encode("latin-1"), 1, colour, 1) for text, colour in lines]
    return struct.pack("<hhhhh", 0, 1, 0, 0, 0) + b"".join(shown) + bytes(10)


def frame(number: int, time: int, kind: int, subrecords: list[tuple[int, bytes]]) -> bytes:
    """One record with its subrecords, each with its type, between two flags.

    Args:
        number: counts the records.
        time: seconds since 1970 by the monitor's clock.
        kind: main type.
        subrecords: type and bytes of each, at most seven.
    """
    directory, data = b"", b""
    for subtype, body in subrecords:
        directory += struct.pack("<hB", len(data), subtype)
        data += body
    directory += struct.pack("<hB", 0, 0xFF)
    header = struct.pack("<hBBHLBBHh24s", 40 + len(data), number % 256, 9, 4711, time, 0, 0, 0, kind, directory)
    record = header + data
    inside = bytearray()
    for byte in record + bytes((sum(record) % 256,)):
        inside += bytes((0x7D, byte & ~0x20)) if byte in (0x7D, 0x7E) else bytes((byte,))
    return b"\x7e" + bytes(inside) + b"\x7e"


def read_request(inside: bytes) -> Request | None:
    """What a host's frame asks for, given what stands between its flags; ``None`` if it is no request."""
    record, marked = bytearray(), False
    for byte in inside:
        if byte == 0x7D:
            marked = True
        else:
            record.append(byte | 0x20 if marked else byte)
            marked = False
    if len(record) < SHORTEST_REQUEST or sum(record[:-1]) % 256 != record[-1]:
        return None
    (length,) = struct.unpack_from("<h", record)
    (kind,) = struct.unpack_from("<h", record, 14)
    if length != len(record) - 1 or record[18] != 0:
        return None
    body = bytes(record[40:-1])
    if kind == PHYSIOLOGICAL and body[0] == DISPLAYED:
        return Request(kind, interval_s=struct.unpack_from("<h", body, 1)[0])
    if kind == WAVE:
        listed = body[4:12].partition(b"\xff")[0]
        return Request(kind, waves=tuple(listed) if body[:2] == b"\0\0" else ())
    if kind == ALARM:
        return Request(kind, command=struct.unpack_from("<h", body)[0])
    return None
