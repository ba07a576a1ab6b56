"""Puts what a SunTech module says into its packets, and knows the requests of a host. Pure; knows no patient, no time.

Layouts are those of the worked examples that ak-git/DesktopFX quotes from SunTech's OEM protocol document.
"""

from __future__ import annotations

import struct
from typing import Final

import msgspec

START_BP: Final = b"\x3a\x20\xa6"
GET_PRESSURE: Final = b"\x3a\x79\x05\x00\x48"
GET_RESULT: Final = b"\x3a\x79\x03\x00\x4a"
REQUESTS: Final = (START_BP, GET_PRESSURE, GET_RESULT)


class Measured(msgspec.Struct, frozen=True):
    """What one measurement gave.

    Attributes:
        systolic: mmHg; with the rest 0 if it failed.
        diastolic: mmHg.
        mean: mmHg.
        pulse: bpm, 0 to 255.
        beats: beats found.
        error: 0 if it did not fail.
    """

    systolic: int = 0
    diastolic: int = 0
    mean: int = 0
    pulse: int = 0
    beats: int = 0
    error: int = 0


def packet(data: bytes) -> bytes:
    """A whole packet around its data."""
    body = bytes((0x3E, len(data) + 3)) + data
    return body + bytes((-sum(body) & 0xFF,))


def complete() -> bytes:
    """The packet that says that a measurement is complete."""
    return packet(b"K")


def pressure(mmhg: int) -> bytes:
    """The packet with the present pressure of the cuff; an empty one may be a little below 0."""
    return packet(struct.pack("<h", mmhg))


def result(measured: Measured) -> bytes:
    """The packet with the last measurement. The status byte is 1 as in the worked example, the eight test codes 0."""
    head = struct.pack("<HHBB8x", measured.systolic, measured.diastolic, measured.beats, 1)
    return packet(head + struct.pack("<BxHBxx", measured.pulse, measured.mean, measured.error))
