"""The frames of the Nonin formats as frozen values, and the parsers of one frame. No meaning, no state.

Bit and byte numbers are those of the documents: bytes from 1, bit 0 lowest. Bits that a document calls reserved may
hold anything; they are masked out.

Sources: Onyx II Model 9560 OEM specification 6470-000-01 (formats 2, 7, 8, 13, commands); contents of the WristOx2
Model 3150 OEM specification and open-source readers of it (bits that the 9560 reserves); operator's manuals of the
Avant 4100, Avant 9600 and 8600V, "Real-Time Patient Data Output" (ASCII). Format 1 is not from a document: format 8
without byte 4.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "nonin"

NO_PULSE: Final = 511
NO_SPO2: Final = 127
"""Sentinels of every binary format."""

# STATUS of formats 2 and 7.
WAVE_SNSD: Final = 0x40  # sensor disconnected; reserved on the 9560
WAVE_ARTF: Final = 0x20  # artifact on this pulse
WAVE_OOT: Final = 0x10  # out of track: sustained artifact
WAVE_SNSA: Final = 0x08  # sensor alarm: finger out, or data that cannot be used
WAVE_RED: Final = 0x04
WAVE_GREEN: Final = 0x02  # at each pulse green alone: good; red alone: poor; both: marginal
WAVE_SYNC: Final = 0x01  # first frame of a packet

# Byte 1 of formats 1 and 8.
SECOND_SNSD: Final = 0x40
SECOND_OOT: Final = 0x20
SECOND_LPRF: Final = 0x10  # low perfusion
SECOND_MPRF: Final = 0x08  # marginal perfusion
SECOND_ARTF: Final = 0x04

# Byte 4 of format 8.
MORE_SNSF: Final = 0x08  # sensor fault or finger out; the numbers stay for 10 s
MORE_SPOT_CHECK: Final = 0x04  # 3150
MORE_CRITICAL_BATTERY: Final = 0x02  # 3150
MORE_LOW_BATTERY: Final = 0x01

# STATUS of format 13, most significant byte first.
RECORD_NOMS: Final = 0x0100  # no measurement
RECORD_MEM: Final = 0x0010  # from the oximeter's memory
RECORD_LOW_BATTERY: Final = 0x0001

RECORD_HEAD: Final = b"\x00\x02\x00\x0d"
RECORD_BYTES: Final = range(14, 65)
"""Bytes of data in a format 13 record: at least 14 by the document. The upper bound is ours; none longer is known."""

_LINE: Final = re.compile(
    rb"(?:\d\d:\d\d:\d\d )?SPO2=( {0,2}\d{1,3}|-{1,3}) HR=( {0,2}\d{1,3}|-{1,3})( F)?( *\*)? *[\r\n]"
)


class WaveFrame(msgspec.Struct, frozen=True):
    """One frame of format 2 or 7, 75 a second.

    Attributes:
        status: ``WAVE_`` bits.
        pleth: 0-255 in format 2, 0-65535 in format 7; no unit.
        value: the byte whose meaning depends on the frame's place in its packet, 0-127.
    """

    status: int
    pleth: int
    value: int


class SecondFrame(msgspec.Struct, frozen=True):
    """One frame of format 1 or 8, one a second.

    Attributes:
        flags: ``SECOND_`` bits of byte 1.
        pulse: bpm, 0-510, or none.
        spo2: %, 0-126, or none. In format 8 a display value, which stays for 10 s after the finger is out.
        more: ``MORE_`` bits of byte 4; 0 in format 1, which has no such byte.
    """

    flags: int
    pulse: int | None
    spo2: int | None
    more: int = 0


class Record(msgspec.Struct, frozen=True):
    """One spot check of format 13.

    Attributes:
        device_time: the oximeter's clock, ISO 8601; ``None`` when its bytes are no possible date. A label only.
        status: ``RECORD_`` bits.
        pulse: bpm, 0-510, or none.
        spo2: %, 0-126, or none.
    """

    device_time: str | None
    status: int
    pulse: int | None
    spo2: int | None


class TextLine(msgspec.Struct, frozen=True):
    """One line of the ASCII form, one a second.

    Attributes:
        pulse: bpm as printed, or none.
        spo2: % as printed, or none.
        marked: somebody pressed the event button.
    """

    pulse: int | None
    spo2: int | None
    marked: bool


Frame: TypeAlias = WaveFrame | SecondFrame | Record | TextLine


def pulse_of(high: int, low: int) -> int | None:
    """Join the two bytes of a pulse rate in formats 1, 2, 7 and 8: two bits, then seven; the others are reserved."""
    pulse = (high & 0x03) << 7 | (low & 0x7F)
    return None if pulse == NO_PULSE else pulse


def spo2_of(byte: int) -> int | None:
    """Read a saturation: the lower seven bits."""
    spo2 = byte & 0x7F
    return None if spo2 == NO_SPO2 else spo2


def parse_format_2(raw: bytes) -> WaveFrame:
    """Read a frame of five bytes: 01, STATUS, PLETH, FLOAT, CHK.

    Raises:
        DecodeError: if it is none, or its checksum is wrong.
    """
    if len(raw) != 5 or raw[0] != 1 or raw[1] < 0x80 or raw[3] >= 0x80 or sum(raw[:4]) & 0xFF != raw[4]:
        raise _bad("no frame of format 2", raw)
    return WaveFrame(raw[1] & 0x7F, raw[2], raw[3])


def parse_format_7(raw: bytes) -> WaveFrame:
    """Read a frame of five bytes: STATUS, PLETH (two bytes, high first), FLOAT, CHK.

    Raises:
        DecodeError: if it is none, or its checksum is wrong.
    """
    if len(raw) != 5 or raw[0] < 0x80 or raw[3] >= 0x80 or sum(raw[:4]) & 0xFF != raw[4]:
        raise _bad("no frame of format 7", raw)
    return WaveFrame(raw[0] & 0x7F, raw[1] << 8 | raw[2], raw[3])


def parse_second(raw: bytes) -> SecondFrame:
    """Read a frame of format 1 (three bytes) or 8 (four): only the first byte has bit 7 set. No checksum.

    Raises:
        DecodeError: if it is none.
    """
    if len(raw) not in (3, 4) or raw[0] < 0x80 or max(raw[1:]) >= 0x80:
        raise _bad("no frame of format 1 or 8", raw)
    return SecondFrame(raw[0] & 0x7C, pulse_of(raw[0], raw[1]), spo2_of(raw[2]), raw[3] if len(raw) == 4 else 0)


def parse_record(raw: bytes) -> Record:
    """Read a frame of format 13: head, length, data, CHK, 03. The checksum is over the data only.

    Raises:
        DecodeError: if it is none, or its checksum is wrong.
    """
    data = raw[6:-2]
    if (
        not raw.startswith(RECORD_HEAD)
        or len(data) not in RECORD_BYTES
        or len(data) != int.from_bytes(raw[4:6], "big")
        or raw[-2:] != bytes((sum(data) & 0xFF, 3))
    ):
        raise _bad("no record of format 13", raw)
    # Unlike in the other formats the pulse is a plain number: one bit, then eight.
    pulse = (data[10] & 1) << 8 | data[11]
    return Record(
        device_time=_bcd_time(data[:7]),
        status=int.from_bytes(data[8:10], "big"),
        pulse=None if pulse == NO_PULSE else pulse,
        spo2=spo2_of(data[13]),
    )


def parse_text(raw: bytes) -> TextLine:
    """Read a line of the ASCII form, with its end.

    Raises:
        DecodeError: if it is none.
    """
    line = _LINE.fullmatch(raw)
    if line is None:
        raise _bad("no line of the ASCII form", raw)
    spo2, pulse = (int(field) if field[-1:].isdigit() else None for field in line.group(1, 2))
    return TextLine(pulse, spo2, marked=line[4] is not None)


def _bcd_time(data: bytes) -> str | None:
    digits = data.hex()
    label = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:14]}"
    try:
        return datetime.fromisoformat(label).isoformat()
    except ValueError:  # a clock that was never set, or no BCD; the values are good all the same
        return None


def _bad(reason: str, raw: bytes) -> DecodeError:
    return DecodeError(reason, protocol=PROTOCOL, offset=0, excerpt=raw[:32])
