"""What the frames of a PC-60FW mean: which numbers are readings, and what its flags say."""

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
from vitalwatch.frames import Gap
from vitalwatch.model import Report, Status, Validity, Vital, Waveform, observe
from vitalwatch_drivers.viatom import frames as f
from vitalwatch_drivers.viatom.decoder import ViatomDecoder

SAMPLES_A_SECOND: Final = 50.0

LOW_BATTERY: Final = 1
"""Highest level, of 0 to 3, at which the battery is called low: half or less."""

MODES: Final = {1: "spot check", 3: "menu"}

NO_READING: Final = frozenset({Status.SENSOR_OFF, Status.SEARCHING})
SUSPECT: Final = frozenset({Status.LOW_SIGNAL, "viatom_flags", "viatom_not_continuous"})


class ViatomDriver:
    """PC-60FW oximeters and their kin. They talk by themselves; nothing is ever sent."""

    info: ClassVar[DriverInfo] = DriverInfo(
        name="viatom",
        title="Viatom, Wellue and Creative fingertip oximeters with AA 55 frames, through a Bluetooth bridge",
        models=("PC-60FW", "FS20F", "PC-66B", "OxySmart", "POD-1W", "POD-2B", "PF-10", "PF-20", "PC-60NW", "S5W"),
        takes="stream",
        vitals=(Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX),
        period_s=1.0,
        settings=(LineSettings(115200),),
        checksum=True,
    )
    Options: ClassVar[type[DriverOptions]] = NoOptions

    def __init__(self, device: str, options: DriverOptions) -> None:  # noqa: ARG002 - nothing to set
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = self.info.vitals
        self._device = device
        self._decoder = ViatomDecoder()
        self._statuses = StatusBook(device)
        self._forget()

    def receive(self, data: Received, now: float) -> list[Report]:
        """Take bytes, or a message that holds the bytes of notifications, that arrived at monotonic ``now``.

        A retained message is of unknown age: it is counted and not read.
        """
        if isinstance(data, Message):
            if data.retained:
                self.counts.retained += 1
                return []
            data = data.payload
        self._decoder.feed(data)
        reports: list[Report] = []
        for frame in self._decoder.frames():
            if isinstance(frame, Gap):
                self._gap = True
                continue
            self.counts.frames += 1
            match frame:
                case f.Wave():
                    reports.append(self._on_wave(frame, now))
                case f.Reading():
                    reports += self._on_reading(frame, now)
                case f.Working():
                    self._mode = frame.mode
                    reports += self._statuses.update(self._present(), now)
                case f.Battery():
                    self._battery = frame.level
                    reports += self._statuses.update(self._present(), now)
                case f.Other():
                    pass
        self.counts.bad_frames = self._decoder.bad_frames
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        return reports

    def due(self, now: float) -> Due:  # noqa: ARG002 - the contract
        """Nothing: the oximeter talks by itself."""
        return NOTHING_DUE

    def redact(self, data: bytes) -> bytes:
        """The bytes as they are. The oximeter knows no names."""
        return data

    def reset(self) -> None:
        """Forget half a frame and the present statuses: the link was cut."""
        self._decoder.reset()
        self.counts.dropped_bytes = self._decoder.dropped_bytes
        self._statuses.clear()
        self._forget()

    def _forget(self) -> None:
        self._gap = False
        self._mode = f.CONTINUOUS  # models that do not say it measure without end
        self._battery = LOW_BATTERY + 1
        self._sensor: dict[str, str] = {}

    def _on_wave(self, wave: f.Wave, now: float) -> Waveform:
        samples = (None, *wave.samples) if self._gap else wave.samples
        self._gap = False
        return Waveform(self._device, "pleth", SAMPLES_A_SECOND, samples, now)

    def _on_reading(self, reading: f.Reading, now: float) -> list[Report]:
        self._battery = reading.battery
        self._sensor = _sensor_statuses(reading)
        statuses = self._present()
        if NO_READING & statuses.keys():
            validity = Validity.UNAVAILABLE
        else:
            validity = Validity.QUESTIONABLE if SUSPECT & statuses.keys() else Validity.VALID
        values = {
            Vital.SPO2: reading.spo2,
            Vital.PULSE_RATE: reading.pulse,
            Vital.PERFUSION_INDEX: reading.perfusion_index,
        }
        return [
            *self._statuses.update(statuses, now),
            *(observe(self._device, vital, value, now, validity=validity) for vital, value in values.items()),
        ]

    def _present(self) -> dict[str, str]:
        statuses = dict(self._sensor)
        if self._mode != f.CONTINUOUS:
            statuses["viatom_not_continuous"] = MODES.get(self._mode, f"mode {self._mode}")
        if self._battery <= LOW_BATTERY:
            statuses[Status.BATTERY_LOW] = f"battery level {self._battery} of 3"
        return statuses


def _sensor_statuses(reading: f.Reading) -> dict[str, str]:
    """What a reading says of sensor and signal."""
    missing = (reading.spo2 is None) + (reading.pulse is None)
    statuses: dict[str, str] = {}
    if reading.flags & f.PROBE_OFF:
        statuses[Status.SENSOR_OFF] = "no finger"
    if reading.flags & f.SEARCHING:
        statuses[Status.SEARCHING] = "pulse search"
    if missing == 2 and not statuses:
        # The one reader that saw it says that without a finger both are 0, and knows of no flags.
        statuses[Status.SENSOR_OFF] = "no values"
    if missing == 1:
        statuses[Status.LOW_SIGNAL] = "one of SpO2 and pulse rate is missing"
    if unlisted := reading.flags & ~f.KNOWN_FLAGS:
        statuses["viatom_flags"] = f"flags {unlisted:02X}"
    return statuses
