"""Packets with a known meaning, for ``vitalwatch conform suntech``."""

from __future__ import annotations

import struct
from typing import Final

from vitalwatch.driver import Conformance, Sample

EXAMPLES: Final = "worked examples of SunTech's OEM protocol document, as quoted by the open-source ak-git/DesktopFX"
LAYOUT: Final = f"layout of the {EXAMPLES}"


def packet(data: bytes) -> bytes:
    """A module's packet around its data."""
    body = bytes((0x3E, len(data) + 3)) + data
    return body + bytes((-sum(body) & 0xFF,))


def pressure(mmhg: int) -> bytes:
    """A packet with the cuff's pressure."""
    return packet(struct.pack("<h", mmhg))


def result(systolic: int, diastolic: int, mean: int, pulse: int, error: int = 0) -> bytes:
    """A packet with a result; ``pulse`` goes into the pulse byte and the spare one behind it."""
    return packet(struct.pack("<HHBB8xHHBxx", systolic, diastolic, 30, 1, pulse, mean, error))


COMPLETE: Final = bytes.fromhex("3E 04 4B 73")
RESULT: Final = bytes.fromhex("3E 18 73 00 4A 00 1E 01 00 00 00 00 00 00 31 07 55 00 58 00 00 00 00 E9")

CONFORMANCE: Final = Conformance(
    samples=(
        Sample(
            name="a measurement is complete, and its result",
            source=EXAMPLES,
            checksum=True,
            frames=(COMPLETE, RESULT),
            expect=("systolic 115 valid", "diastolic 74 valid", "mean_pressure 88 valid", "cuff_pulse_rate 85 valid"),
        ),
        Sample(
            name="a pulse above one byte, a mean that is none",
            source=LAYOUT,
            checksum=True,
            frames=(pressure(0), COMPLETE, result(120, 80, 0, 300)),
            expect=(
                *("systolic 120 valid", "diastolic 80 valid"),
                *("mean_pressure none invalid", "cuff_pulse_rate 300 valid"),
            ),
        ),
        Sample(
            name="the cuff inflates, the measurement fails, the cuff empties",
            source=f"{LAYOUT}; its pressure of 258 mmHg is one of them",
            checksum=True,
            frames=(
                *(pressure(-1), bytes.fromhex("3E 05 02 01 BA"), pressure(40)),
                *(COMPLETE, result(115, 74, 88, 85, error=2), pressure(3)),
            ),
            expect=("+cuff_inflating", "-cuff_inflating", "+cuff_failed"),
        ),
        Sample(
            name="a result that nobody asked for, and an answer of another kind",
            source=LAYOUT,
            checksum=True,
            frames=(RESULT, packet(b"O"), pressure(0), RESULT),
            expect=(),
        ),
    ),
)
