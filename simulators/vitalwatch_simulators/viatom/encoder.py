"""A PC-60FW's readings as bytes. Pure.

Written from the layout that open-source readers of the oximeter publish and the flags of its maker's Android SDK.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag
from typing import Final

OXIMETER: Final = 0x0F
DEVICE: Final = 0xF0


class Flag(IntFlag):
    """Fifth byte of the values."""

    PROBE_OFF = 0x02
    SEARCHING = 0x04


def values(spo2: int, pulse: int, index_tenths: int, flags: int = 0, battery: int = 3) -> bytes:
    """The frame that comes once a second.

    Args:
        spo2: %, 0 for none.
        pulse: bpm, 0 for none; low byte first on the wire.
        index_tenths: perfusion index in tenths of %, up to 255; 0 for none.
        flags: :class:`Flag` bits that say what is the matter with the sensor.
        battery: 0-3, 3 full.
    """
    data = (spo2, *pulse.to_bytes(2, "little"), index_tenths, flags, battery * 64)
    return frame(OXIMETER, 0x01, data)


def wave(samples: Sequence[int], beat_at: int | None = None) -> bytes:
    """Five samples of the curve, 0-127; ``beat_at`` is the one at which the oximeter hears a beat."""
    return frame(OXIMETER, 0x02, [sample + 128 * (place == beat_at) for place, sample in enumerate(samples)])


def working(mode: int = 2, step: int = 0) -> bytes:
    """What the oximeter is doing: 1 spot check, 2 continuous, 3 menu."""
    return frame(OXIMETER, 0x21, (mode, step, 0, 0))


def battery(level: int) -> bytes:
    """The battery's level, 0-3."""
    return frame(DEVICE, 0x03, (level,))


def frame(token: int, kind: int, payload: Sequence[int]) -> bytes:
    """Any frame: AA 55, token, length of what follows, kind, payload, CRC."""
    body = bytes((0xAA, 0x55, token, len(payload) + 2, kind, *payload))
    return body + bytes((_maxim(body),))


def _maxim(data: bytes) -> int:
    """CRC-8/MAXIM, from the textbook: polynomial x8 + x5 + x4 + 1, lowest bit of each byte first."""
    register = 0
    for byte in data:
        for bit in range(8):
            feedback = (register ^ byte >> bit) & 1
            register >>= 1
            if feedback:
                register ^= 0b1000_1100
    return register
