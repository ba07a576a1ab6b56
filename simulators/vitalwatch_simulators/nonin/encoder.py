"""A Nonin oximeter's readings as bytes, in every format that it has. Pure.

Written from the Onyx II Model 9560 OEM specification (formats 2, 7, 8, 13) and the Avant 4100 operator's manual
(ASCII); format 1 is format 8 without its last byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntFlag
from typing import Final

import msgspec

FRAMES_A_PACKET: Final = 25
FRAMES_A_SECOND: Final = 75


class Wave(IntFlag):
    """STATUS of formats 2 and 7."""

    DISCONNECTED = 0x40
    ARTIFACT = 0x20
    OUT_OF_TRACK = 0x10
    SENSOR_ALARM = 0x08
    RED = 0x04
    GREEN = 0x02
    SYNC = 0x01


class Second(IntFlag):
    """First byte of formats 1 and 8, without the pulse rate in it."""

    DISCONNECTED = 0x40
    OUT_OF_TRACK = 0x20
    LOW_PERFUSION = 0x10
    MARGINAL_PERFUSION = 0x08
    ARTIFACT = 0x04


class More(IntFlag):
    """Last byte of format 8."""

    GOOD_SIGNAL = 0x20
    SENSOR_ALARM = 0x08
    SPOT_CHECK = 0x04
    CRITICAL_BATTERY = 0x02
    LOW_BATTERY = 0x01


class Spot(IntFlag):
    """STATUS of format 13."""

    GOOD_SIGNAL = 0x0200
    NO_MEASUREMENT = 0x0100
    FROM_MEMORY = 0x0010
    LOW_BATTERY = 0x0001


class Shown(msgspec.Struct, frozen=True):
    """A pulse rate in bpm and a saturation in %, or none of them."""

    pulse: int | None = None
    spo2: int | None = None


def packet_values(measured: Shown, display: Shown, *, stat2: int = 0, timer: int = 0, firmware: int = 48) -> bytes:
    """The 25 FLOAT bytes of a packet.

    Args:
        measured: averages of four beats; none at once when they are lost. Those of eight beats are the same here.
        display: values of the display, which stay for a while.
        stat2: bit 0 low battery, bit 5 good signal.
        timer: thirds of a second since power-up, counted with 14 bits.
        firmware: its version.
    """
    values = bytearray(FRAMES_A_PACKET)
    values[0:2] = values[13:15] = _pulse(measured.pulse)
    values[2] = values[9] = values[10] = values[15] = _spo2(measured.spo2)
    values[3] = firmware
    values[5:7] = (timer >> 7 & 0x7F, timer & 0x7F)
    values[7] = stat2
    values[8] = values[16] = _spo2(display.spo2)
    values[19:21] = values[21:23] = _pulse(display.pulse)
    return bytes(values)


def format_2(status: Wave, pleth: int, value: int) -> bytes:
    """One of 75 frames a second; ``pleth`` is 0-255."""
    return _with_sum(bytes((1, 0x80 | status, pleth, value)))


def format_7(status: Wave, pleth: int, value: int) -> bytes:
    """One of 75 frames a second; ``pleth`` is 0-65535."""
    return _with_sum(bytes((0x80 | status, pleth >> 8, pleth & 0xFF, value)))


def format_1(flags: Second, shown: Shown) -> bytes:
    """One frame a second, three bytes."""
    high, low = _pulse(shown.pulse)
    return bytes((0x80 | flags | high, low, _spo2(shown.spo2)))


def format_8(flags: Second, shown: Shown, more: More) -> bytes:
    """One frame a second, four bytes."""
    return format_1(flags, shown) + bytes((more,))


def format_13(time: datetime, status: Spot, shown: Shown) -> bytes:
    """One spot check."""
    pulse = 511 if shown.pulse is None else shown.pulse
    data = bytes.fromhex(f"{time:%Y%m%d%H%M%S}00") + bytes((status >> 8, status & 0xFF, pulse >> 8, pulse & 0xFF, 0))
    data += bytes((_spo2(shown.spo2),))
    return b"\x00\x02\x00\x0d" + len(data).to_bytes(2, "big") + data + bytes((sum(data) & 0xFF, 3))


def text_line(shown: Shown, *, fast: bool = False, event: bool = False) -> bytes:
    """One line a second of the ASCII form."""
    spo2, pulse = ("---" if value is None else f"{value:03d}" for value in (shown.spo2, shown.pulse))
    return f"SPO2={spo2} HR={pulse}{' F' if fast else ''}{'*' if event else ''}\r\n".encode("ascii")


def _pulse(pulse: int | None) -> Sequence[int]:
    pulse = 511 if pulse is None else pulse
    return (pulse >> 7, pulse & 0x7F)


def _spo2(spo2: int | None) -> int:
    return 127 if spo2 is None else spo2


def _with_sum(body: bytes) -> bytes:
    return body + bytes((sum(body) % 256,))
