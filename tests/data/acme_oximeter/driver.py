"""The made-up Acme 1: five bytes a frame, the last of them the sum of the others."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from vitalwatch.driver import Counts, DriverInfo, DriverOptions, Due, LineSettings, Received, StatusBook
from vitalwatch.errors import UsageError
from vitalwatch.model import Report, Status, Validity, Vital, Waveform, observe, observe_cuff

FINGER = 0xFA
CUFF = 0xFB
CURVE = 0xFC
SIZE = 5


class AcmeOptions(DriverOptions):
    ask_s: float = Field(default=2.0, gt=0, description="Seconds from one question to the next.")


class AcmeDriver:
    """Frames: FA SpO2 pulse flags, FB systolic diastolic number, FC three samples."""

    info: ClassVar[DriverInfo] = DriverInfo(
        name="acme",
        title="Acme 1 oximeter with cuff",
        models=("Acme 1",),
        takes="stream",
        vitals=(Vital.SPO2, Vital.PULSE_RATE, Vital.SYSTOLIC, Vital.DIASTOLIC),
        period_s=1.0,
        settings=(LineSettings(9600),),
    )
    Options: ClassVar[type[DriverOptions]] = AcmeOptions

    def __init__(self, device: str, options: DriverOptions) -> None:
        assert isinstance(options, AcmeOptions)
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = self.info.vitals
        self.device = device
        self.options = options
        self.statuses = StatusBook(device)
        self.buffer = bytearray()
        self.last_cuff = b""

    def receive(self, data: Received, now: float) -> list[Report]:
        if not isinstance(data, bytes):
            raise UsageError("a stream")
        self.buffer += data
        reports: list[Report] = []
        while len(self.buffer) >= SIZE:
            frame = bytes(self.buffer[:SIZE])
            if FINGER <= frame[0] <= CURVE and self.sound(frame):
                del self.buffer[:SIZE]
                self.counts.frames += 1
                reports += self.reports(frame, now)
            else:
                del self.buffer[:1]
                self.counts.dropped_bytes += 1
        return reports

    def sound(self, frame: bytes) -> bool:
        return sum(frame[:4]) & 0xFF == frame[4]

    def reports(self, frame: bytes, now: float) -> list[Report]:
        kind, first, second, third, _ = frame
        if kind == FINGER:
            return self.finger(first, second, third, now)
        if kind == CUFF:
            return self.cuff(frame, now)
        return [Waveform(self.device, "pleth", 60.0, (float(first), float(second), float(third)), now)]

    def finger(self, spo2: int, pulse: int, flags: int, now: float) -> list[Report]:
        off = bool(flags & 1)
        validity = Validity.UNAVAILABLE if off else Validity.VALID
        return [
            *self.statuses.update({Status.SENSOR_OFF: ""} if off else {}, now),
            observe(self.device, Vital.SPO2, spo2 or None, now, validity=validity),
            observe(self.device, Vital.PULSE_RATE, pulse or None, now, validity=validity),
        ]

    def cuff(self, frame: bytes, now: float) -> list[Report]:
        if frame == self.last_cuff:
            return []
        self.last_cuff = frame
        return [*observe_cuff(self.device, frame[1], frame[2], now)]

    def due(self, now: float) -> Due:
        return Due((b"?",), now + self.options.ask_s)

    def reset(self) -> None:
        self.counts.dropped_bytes += len(self.buffer)
        self.buffer.clear()
        self.statuses.clear()
