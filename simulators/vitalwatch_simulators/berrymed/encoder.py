"""A BerryMed oximeter's readings as five-byte packets. Pure.

Written from "BCI Protocol V1.2".
"""

from __future__ import annotations

from enum import IntFlag


class First(IntFlag):
    """First byte, without the strength of the signal in it."""

    SYNC = 0x80
    BEEP = 0x40
    PROBE_UNPLUGGED = 0x20
    NO_SIGNAL = 0x10


class Third(IntFlag):
    """Third byte, without the bar and the highest bit of the pulse rate in it."""

    SEARCHING = 0x20
    NO_FINGER = 0x10


def packet(
    pulse: int | None, spo2: int | None, *, signal: int, pleth: int, bar: int = 0, first: int = 0, third: int = 0
) -> bytes:
    """One of 100 packets a second.

    Args:
        pulse: bpm, up to 254, or none.
        spo2: %, up to 100, or none.
        signal: strength, 0-8.
        pleth: curve, 1-100, or 0 for none.
        bar: 0-15.
        first: :class:`First` bits; ``SYNC`` is added.
        third: :class:`Third` bits.
    """
    high, low = divmod(255 if pulse is None else pulse, 128)
    return bytes((First.SYNC | first | signal, pleth, third | high * 64 | bar, low, 127 if spo2 is None else spo2))
