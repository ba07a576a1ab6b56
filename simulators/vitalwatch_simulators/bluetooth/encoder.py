"""Notifications of Bluetooth health profiles, written from their specifications. Pure: values in, bytes out.

Sources: Pulse Oximeter Service 1.0.1, Heart Rate Service 1.0, Blood Pressure Service 1.1, IEEE 11073-20601 (SFLOAT), as
collected in the protocol notes on oximeters, section 10, and on monitors, section 12.
"""

from __future__ import annotations

import struct
from datetime import datetime
from typing import Final

NOT_A_NUMBER: Final = 0x07FF

SENSOR_BITS: Final = {"off": 11, "unplugged": 15, "searching": 9}
"""Device and sensor status of 2A5F: not connected to the user, disconnected, signal analysis ongoing."""

ERRATIC_SIGNAL: Final = 6
MEASUREMENT_ONGOING: Final = 5
FULLY_QUALIFIED: Final = 8
MEASUREMENT_UNAVAILABLE: Final = 13


def encode_sfloat(value: float | None, decimals: int = 0) -> int:
    """Write a number with so many decimals as 16 bits: exponent in the high four, mantissa in the low twelve.

    Raises:
        ValueError: if the mantissa has no room for it.
    """
    if value is None:
        return NOT_A_NUMBER
    mantissa = round(value * float(f"1e{decimals}"))
    if not -2045 <= mantissa <= 2045:
        raise ValueError(f"{value} with {decimals} decimals does not fit")
    return (-decimals & 0xF) << 12 | mantissa & 0xFFF


def encode_continuous(
    spo2: float | None, pulse: float | None, amplitude: float | None, measurement: int, sensor: int
) -> bytes:
    """Write 2A5F with both statuses and the amplitude index (flags 1C), ten bytes and two.

    Args:
        spo2: %, or none.
        pulse: bpm, or none.
        amplitude: %, one decimal, or none.
        measurement: 16 bits.
        sensor: 24 bits.
    """
    return (
        struct.pack("<BHHH", 0x1C, encode_sfloat(spo2), encode_sfloat(pulse), measurement)
        + sensor.to_bytes(3, "little")
        + struct.pack("<H", encode_sfloat(amplitude, 1))
    )


def encode_heart_rate(rate: int, *, contact: bool) -> bytes:
    """Write 2A37 of a sensor that can tell contact: one byte of rate, two from 256 bpm on."""
    flags = 0x04 | (0x02 if contact else 0)
    return struct.pack("<BB", flags, rate) if rate < 256 else struct.pack("<BH", flags | 0x01, rate)


def encode_blood_pressure(
    systolic: int | None, diastolic: int | None, mean: int | None, pulse: int | None, time: datetime, status: int
) -> bytes:
    """Write 2A35 in mmHg with time, pulse, user 1 and status (flags 1E); none for a measurement without a result."""
    return struct.pack(
        "<BHHHHBBBBBHBH",
        0x1E,
        *(encode_sfloat(pressure) for pressure in (systolic, diastolic, mean)),
        *(time.year, time.month, time.day, time.hour, time.minute, time.second),
        encode_sfloat(pulse),
        1,
        status,
    )


def encode_cuff_pressure(pressure: int) -> bytes:
    """Write 2A36 in mmHg: the pressure in the cuff, and no number for the other two."""
    return struct.pack("<BHHH", 0x00, encode_sfloat(pressure), NOT_A_NUMBER, NOT_A_NUMBER)
