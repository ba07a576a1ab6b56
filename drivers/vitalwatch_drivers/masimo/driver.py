"""What a Masimo line means: whether its numbers are readings, and what its flags say about the sensor."""

from __future__ import annotations

from typing import ClassVar, Final

from vitalwatch.driver import (
    NOTHING_DUE,
    Counts,
    DriverInfo,
    DriverOptions,
    Due,
    LineSettings,
    Message,
    NoOptions,
    Received,
    StatusBook,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import Report, Status, Validity, Vital, observe
from vitalwatch_drivers.masimo.decoder import MasimoDecoder
from vitalwatch_drivers.masimo.frames import Alarms, DataLine, Exceptions

NO_READING: Final = (
    Exceptions.NO_SENSOR
    | Exceptions.DEFECTIVE_SENSOR
    | Exceptions.PULSE_SEARCH
    | Exceptions.SENSOR_OFF
    | Exceptions.UNRECOGNISED_SENSOR
)
"""With any of these the numbers of the line, if there are any, are left over from before."""

SUSPECT: Final = (
    Exceptions.LOW_PERFUSION
    | Exceptions.INTERFERENCE
    | Exceptions.AMBIENT_LIGHT
    | Exceptions.LOW_SIGNAL_IQ
    | Exceptions.RESERVED_8
    | Exceptions.RESERVED_9
)
"""With any of these the numbers are readings of poor quality. The reserved bits have no published meaning, so a line
that has one is not trusted fully either."""

EXCEPTION_STATUSES: Final[dict[Exceptions, tuple[str, str]]] = {
    Exceptions.NO_SENSOR: (Status.NO_SENSOR, "no sensor"),
    Exceptions.DEFECTIVE_SENSOR: (Status.SENSOR_FAULT, "defective sensor"),
    Exceptions.LOW_PERFUSION: (Status.LOW_PERFUSION, "low perfusion"),
    Exceptions.PULSE_SEARCH: (Status.SEARCHING, "pulse search"),
    Exceptions.INTERFERENCE: (Status.INTERFERENCE, "interference"),
    Exceptions.SENSOR_OFF: (Status.SENSOR_OFF, "sensor off"),
    Exceptions.AMBIENT_LIGHT: (Status.AMBIENT_LIGHT, "ambient light"),
    Exceptions.UNRECOGNISED_SENSOR: (Status.SENSOR_FAULT, "unrecognised sensor"),
    Exceptions.RESERVED_8: ("masimo_exc_100", "EXC bit 8"),
    Exceptions.RESERVED_9: ("masimo_exc_200", "EXC bit 9"),
    Exceptions.LOW_SIGNAL_IQ: (Status.LOW_SIGNAL, "low signal IQ"),
}
"""Status and detail of every exception bit but ``SET_RUNNING``, which is the normal state."""

ALARM_STATUSES: Final[dict[Alarms, tuple[str, str]]] = {
    Alarms.SPO2_HIGH: (Status.MONITOR_ALARM, "SpO2 high"),
    Alarms.SPO2_LOW: (Status.MONITOR_ALARM, "SpO2 low"),
    Alarms.PULSE_HIGH: (Status.MONITOR_ALARM, "pulse high"),
    Alarms.PULSE_LOW: (Status.MONITOR_ALARM, "pulse low"),
    Alarms.SOUNDING: (Status.MONITOR_ALARM, "sounding"),
    Alarms.SILENCED: (Status.MONITOR_AUDIO_PAUSED, "silenced"),
}
"""Status and detail of every alarm bit that somebody has seen."""


class MasimoDriver:
    """Masimo oximeters whose serial output is set to ASCII 1. The device talks by itself; nothing is ever sent."""

    info: ClassVar[DriverInfo] = DriverInfo(
        name="masimo",
        title="Masimo SET pulse oximeters, serial output ASCII 1",
        models=("Rad-8", "Rad-87", "Radical-7"),
        takes="stream",
        vitals=(Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX),
        period_s=1.0,
        settings=(LineSettings(9600),),
    )
    Options: ClassVar[type[DriverOptions]] = NoOptions

    def __init__(self, device: str, options: DriverOptions) -> None:  # noqa: ARG002 - the contract; nothing to set
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._decoder = MasimoDecoder()
        self._statuses = StatusBook(device)

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes that arrived at monotonic ``now``: for each good line, changed statuses, then all three vitals.

        Raises:
            UsageError: if given a message; this is a byte stream.
        """
        if isinstance(data, Message):
            raise UsageError("the masimo driver reads a stream of bytes, not messages")
        self._decoder.feed(data)
        reports: list[Report] = []
        for line in self._decoder.frames():
            self.counts.frames += 1
            reports += self._statuses.update(statuses_of(line), now, limit_of=limits_passed(line))
            validity = validity_of(line)
            for vital, value in (
                (Vital.SPO2, line.spo2),
                (Vital.PULSE_RATE, line.pulse),
                (Vital.PERFUSION_INDEX, line.perfusion_index),
            ):
                reports.append(
                    observe(self._device, vital, value, now, validity=validity, device_time=line.device_time)
                )
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:  # noqa: ARG002 - the contract
        """Nothing: in ASCII 1 the device talks by itself."""
        return NOTHING_DUE

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. The device knows no names."""
        return data

    def reset(self) -> None:
        """Forget half a line and the present statuses: the link was cut."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._statuses.clear()


def limits_passed(line: DataLine) -> tuple[Vital, ...]:
    """The vitals whose limits the monitor itself found passed."""
    passed = []
    if line.alarms & (Alarms.SPO2_HIGH | Alarms.SPO2_LOW):
        passed.append(Vital.SPO2)
    if line.alarms & (Alarms.PULSE_HIGH | Alarms.PULSE_LOW):
        passed.append(Vital.PULSE_RATE)
    return tuple(passed)


def validity_of(line: DataLine) -> Validity:
    """Say how far the numbers of a line can be trusted.

    The line is a reading only if no flag of ``NO_READING`` is set and the saturation is a number. Numbers that are
    shown before signal extraction has locked (``SET_RUNNING`` missing) may come true or not: they are suspect.
    """
    if line.exceptions & NO_READING or line.spo2 is None:
        return Validity.UNAVAILABLE
    if line.exceptions & SUSPECT or not line.exceptions & Exceptions.SET_RUNNING:
        return Validity.QUESTIONABLE
    return Validity.VALID


def statuses_of(line: DataLine) -> dict[str, str]:
    """List every status that the flags of a line speak of, with what they say in words."""
    words: dict[str, list[str]] = {}
    for exception, (status, word) in EXCEPTION_STATUSES.items():
        if line.exceptions & exception:
            words.setdefault(str(status), []).append(word)
    for bit in range(line.alarms.bit_length()):
        alarm = Alarms(line.alarms & (1 << bit))
        if alarm:
            # A bit that nobody has explained is kept under its own name and never taken for an alarm.
            status, word = ALARM_STATUSES.get(alarm, (f"masimo_alarm_{alarm:x}", f"ALARM bit {bit}"))
            words.setdefault(str(status), []).append(word)
    return {status: ", ".join(said) for status, said in words.items()}
