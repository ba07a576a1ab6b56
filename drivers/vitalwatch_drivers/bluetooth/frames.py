"""The notifications of Bluetooth health profiles as frozen values, and the parsers of one. No meaning, no state.

All numbers are little endian. A notification begins with flags that say which fields follow, so its length is known and
tested: one byte more or less, or a flag that the specifications reserve, and it is refused. That also keeps text (hex
digits, base64, JSON) from being read as a measurement, for every printable character has one of those flags.

Sources: Bluetooth SIG Pulse Oximeter Service 1.0.1, Heart Rate Service 1.0, Blood Pressure Service 1.1, as collected in
the protocol notes on oximeters, section 10, and on monitors, section 12.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.bluetooth.sfloat import sfloat

PROTOCOL: Final = "bluetooth"

RESERVED_FLAGS: Final = 0xE0
"""Bits 5-7, without a meaning in any of the five notifications."""

UNKNOWN_USER: Final = 0xFF


class Continuous(msgspec.Struct, frozen=True):
    """One moment of a pulse oximeter (2A5F). ``None``: the device sends no number.

    Attributes:
        spo2: %.
        pulse: bpm.
        amplitude: pulse amplitude index, %.
        has_amplitude: whether the field was sent at all.
        measurement: status of the measurement, 16 bits; 0 when not sent.
        sensor: status of device and sensor, 24 bits; 0 when not sent.
    """

    spo2: float | None
    pulse: float | None
    amplitude: float | None = None
    has_amplitude: bool = False
    measurement: int = 0
    sensor: int = 0


class SpotCheck(msgspec.Struct, frozen=True):
    """One finished measurement of a pulse oximeter (2A5E), just taken or stored; its values are not kept.

    Attributes:
        time: the device's clock, if it could be read as a time.
    """

    time: datetime | None = None


class HeartRate(msgspec.Struct, frozen=True):
    """One moment of a heart rate sensor (2A37).

    Attributes:
        rate: bpm as sent.
        contact: whether it touches the skin; ``None`` when it cannot tell.
    """

    rate: int
    contact: bool | None


class BloodPressure(msgspec.Struct, frozen=True):
    """A finished cuff measurement (2A35).

    Attributes:
        systolic: mmHg or kPa; ``None`` when the measurement has no result.
        diastolic: the same unit.
        mean: the same unit.
        kilopascal: whether the unit is kPa.
        time: the device's clock, if it could be read as a time.
        pulse: bpm.
        user: who was chosen at the device; ``None`` if it does not say or does not know.
        status: status of the measurement, 16 bits; 0 when not sent.
    """

    systolic: float | None
    diastolic: float | None
    mean: float | None
    kilopascal: bool = False
    time: datetime | None = None
    pulse: float | None = None
    user: int | None = None
    status: int = 0


class CuffPressure(msgspec.Struct, frozen=True):
    """A moment of a running cuff measurement (2A36).

    Attributes:
        pressure: in the cuff, mmHg or kPa: only whether it is above 0 matters.
    """

    pressure: float | None


Frame: TypeAlias = Continuous | SpotCheck | HeartRate | BloodPressure | CuffPressure


class _Fields:
    """Takes the fields of one notification in their order.

    Raises:
        DecodeError: from any of its methods, if the bytes do not fit.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0
        self.flags = self.number(1)
        if self.flags & RESERVED_FLAGS:
            raise DecodeError("a reserved flag is set", protocol=PROTOCOL, excerpt=raw[:32])

    def number(self, size: int) -> int:
        """The next whole number of so many bytes, without a sign."""
        field = self._raw[self._at : self._at + size]
        if len(field) < size:
            raise DecodeError("the notification is cut short", protocol=PROTOCOL, offset=self._at, excerpt=self._raw)
        self._at += size
        return int.from_bytes(field, "little")

    def sfloat(self) -> float | None:
        return sfloat(self.number(2))

    def time(self) -> datetime | None:
        """The next seven bytes as a time; ``None`` for one that no calendar has, as year 0 of a clock never set."""
        year, month, day = self.number(2), self.number(1), self.number(1)
        hour, minute, second = self.number(1), self.number(1), self.number(1)
        try:
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - a device says no offset
        except ValueError:
            return None

    def left(self) -> int:
        """How many bytes have not been taken."""
        return len(self._raw) - self._at

    def end(self) -> None:
        """Nothing may be left."""
        if self.left():
            raise DecodeError("bytes are left over", protocol=PROTOCOL, offset=self._at, excerpt=self._raw[:32])


def parse_continuous(raw: bytes) -> Continuous:
    """Read 2A5F: flags, SpO2, pulse; then what the flags name: fast pair, slow pair, statuses, amplitude.

    The fast and slow averages are left out: the normal ones are what the device's own screen shows.

    Raises:
        DecodeError: if it is none.
    """
    fields = _Fields(raw)
    spo2, pulse = fields.sfloat(), fields.sfloat()
    for flag in (0x01, 0x02):
        if fields.flags & flag:
            fields.number(4)
    measurement = fields.number(2) if fields.flags & 0x04 else 0
    sensor = fields.number(3) if fields.flags & 0x08 else 0
    has_amplitude = bool(fields.flags & 0x10)
    amplitude = fields.sfloat() if has_amplitude else None
    fields.end()
    return Continuous(spo2, pulse, amplitude, has_amplitude, measurement, sensor)


def parse_spot_check(raw: bytes) -> SpotCheck:
    """Read 2A5E: flags, SpO2, pulse; then what the flags name: time, statuses, amplitude. Bit 4: clock not set.

    Raises:
        DecodeError: if it is none.
    """
    fields = _Fields(raw)
    fields.number(4)
    time = fields.time() if fields.flags & 0x01 else None
    for flag, size in ((0x02, 2), (0x04, 3), (0x08, 2)):
        if fields.flags & flag:
            fields.number(size)
    fields.end()
    return SpotCheck(None if fields.flags & 0x10 else time)


def parse_heart_rate(raw: bytes) -> HeartRate:
    """Read 2A37: flags, rate in one byte or (bit 0) two; energy (bit 3) and beat intervals (bit 4) are passed over.

    Raises:
        DecodeError: if it is none.
    """
    fields = _Fields(raw)
    rate = fields.number(2 if fields.flags & 0x01 else 1)
    if fields.flags & 0x08:
        fields.number(2)
    if fields.flags & 0x10:
        fields.number(2)  # at least one interval
        while fields.left():
            fields.number(2)
    fields.end()
    # Bit 2: it can tell whether it touches the skin; bit 1: it does.
    contact = bool(fields.flags & 0x02) if fields.flags & 0x04 else None
    return HeartRate(rate, contact)


def parse_blood_pressure(raw: bytes) -> BloodPressure:
    """Read 2A35: flags, three pressures; then what the flags name: time, pulse, user, status.

    Raises:
        DecodeError: if it is none.
    """
    fields = _Fields(raw)
    systolic, diastolic, mean = fields.sfloat(), fields.sfloat(), fields.sfloat()
    time = fields.time() if fields.flags & 0x02 else None
    pulse = fields.sfloat() if fields.flags & 0x04 else None
    user = fields.number(1) if fields.flags & 0x08 else UNKNOWN_USER
    status = fields.number(2) if fields.flags & 0x10 else 0
    fields.end()
    return BloodPressure(
        systolic,
        diastolic,
        mean,
        kilopascal=bool(fields.flags & 0x01),
        time=time,
        pulse=pulse,
        user=None if user == UNKNOWN_USER else user,
        status=status,
    )


def parse_cuff_pressure(raw: bytes) -> CuffPressure:
    """Read 2A36: laid out like 2A35, with the pressure in the cuff in the place of the systolic.

    Raises:
        DecodeError: if it is none.
    """
    return CuffPressure(parse_blood_pressure(raw).systolic)


PARSERS: Final[dict[str, Callable[[bytes], Frame]]] = {
    "2A5F": parse_continuous,
    "2A5E": parse_spot_check,
    "2A37": parse_heart_rate,
    "2A35": parse_blood_pressure,
    "2A36": parse_cuff_pressure,
}
"""How to read each characteristic."""
