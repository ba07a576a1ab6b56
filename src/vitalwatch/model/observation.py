"""What drivers report: observations, waveform blocks and device statuses. Values only; no clock, no I/O.

Two rules hold for every observation and are enforced here, so that nothing downstream has to ask again:

* a value is there exactly when it may be used: ``valid`` or ``questionable``. "None" is never 0, -1 or an old number;
* a value is plausible. What lies outside the catalogue's range is reported as ``invalid`` without a value.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from vitalwatch.errors import UsageError
from vitalwatch.model.vitals import CATALOGUE, Vital, plausible


class Validity(StrEnum):
    """How far a value can be trusted (names from IEEE 11073-10207)."""

    VALID = "valid"
    QUESTIONABLE = "questionable"
    ONGOING = "ongoing"
    CALIBRATION = "calibration"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"
    OVERFLOW = "overflow"
    UNDERFLOW = "underflow"


USABLE = frozenset({Validity.VALID, Validity.QUESTIONABLE})
"""Validities that carry a value. Questionable values alarm too, marked ``?``."""


class Mode(StrEnum):
    """Whether a value comes from a patient, a test signal, or a device that says it is in demo mode."""

    REAL = "real"
    TEST = "test"
    DEMO = "demo"


class Status(StrEnum):
    """Device states that the core understands; a driver may report names of its own beside these."""

    SENSOR_OFF = "sensor_off"
    NO_SENSOR = "no_sensor"
    SENSOR_FAULT = "sensor_fault"
    SEARCHING = "searching"
    PULSE_LOST = "pulse_lost"
    LOW_PERFUSION = "low_perfusion"
    LOW_SIGNAL = "low_signal"
    MOTION = "motion"
    INTERFERENCE = "interference"
    AMBIENT_LIGHT = "ambient_light"
    CUFF_INFLATING = "cuff_inflating"
    CUFF_FAILED = "cuff_failed"
    MONITOR_ALARM = "monitor_alarm"
    MONITOR_AUDIO_PAUSED = "monitor_audio_paused"
    BATTERY_LOW = "battery_low"
    STANDBY = "standby"
    DEMO = "demo"


class Observation(msgspec.Struct, frozen=True):
    """One value, or none, of one vital from one device at one time.

    Attributes:
        device: the device's id in the config.
        vital: what was measured; fixes the unit.
        value: in the vital's unit; ``None`` unless ``validity`` is valid or questionable.
        validity: how far the value can be trusted.
        at: arrival on the host's monotonic clock, seconds.
        mode: real, test or demo.
        device_time: the device's own time stamp, ISO 8601 if it could be read as one; a label only.
        reading_age_s: for cuff readings, how old the reading was when it arrived, from two stamps of the same
            device; 0 when it is new or the device does not tell.
    """

    device: str
    vital: Vital
    value: float | None
    validity: Validity
    at: float
    mode: Mode = Mode.REAL
    device_time: str | None = None
    reading_age_s: float = 0.0

    def __post_init__(self) -> None:
        if (self.value is not None) != (self.validity in USABLE):
            raise UsageError(f"{self.vital} {self.validity} cannot carry the value {self.value!r}")
        if self.value is not None and not plausible(self.vital, self.value):
            raise UsageError(f"{self.vital} {self.value!r} is outside its plausible range; use observe()")

    @property
    def episodic(self) -> bool:
        """Whether this is a now-and-then value (a cuff reading) and not a sample of a stream."""
        return CATALOGUE[self.vital].episodic


def observe(
    device: str,
    vital: Vital,
    value: float | None,
    at: float,
    *,
    validity: Validity = Validity.VALID,
    mode: Mode = Mode.REAL,
    device_time: str | None = None,
    reading_age_s: float = 0.0,
) -> Observation:
    """Make an observation from what a device sent, whatever it sent.

    A missing value becomes ``unavailable``, an implausible or not-a-number one ``invalid``; a value whose validity
    forbids its use is left out. Arguments are those of :class:`Observation`.
    """
    if validity not in USABLE:
        value = None
    elif value is None:
        validity = Validity.UNAVAILABLE
    elif not plausible(vital, value):  # also catches NaN: every comparison with it is false
        value, validity = None, Validity.INVALID
    return Observation(device, vital, value, validity, at, mode, device_time, reading_age_s)


def observe_cuff(
    device: str,
    systolic: float | None,
    diastolic: float | None,
    at: float,
    *,
    mean: float | None = None,
    pulse: float | None = None,
    validity: Validity = Validity.VALID,
    mode: Mode = Mode.REAL,
    device_time: str | None = None,
    reading_age_s: float = 0.0,
) -> list[Observation]:
    """Make the observations of one cuff reading: pressures in mmHg, pulse in bpm; ``validity`` is that of all.

    A systolic that is not above the diastolic is no reading: both come out ``invalid``, the mean with them. Mean and
    pulse are left out when the device did not send them.
    """
    crossed = systolic is not None and diastolic is not None and not systolic > diastolic
    of_pressures = Validity.INVALID if crossed else validity

    def part(vital: Vital, value: float | None, validity: Validity) -> Observation:
        return observe(
            device,
            vital,
            value,
            at,
            validity=validity,
            mode=mode,
            device_time=device_time,
            reading_age_s=reading_age_s,
        )

    reading = [part(Vital.SYSTOLIC, systolic, of_pressures), part(Vital.DIASTOLIC, diastolic, of_pressures)]
    if mean is not None:
        reading.append(part(Vital.MEAN_PRESSURE, mean, of_pressures))
    if pulse is not None:
        reading.append(part(Vital.CUFF_PULSE_RATE, pulse, validity))
    return reading


class Waveform(msgspec.Struct, frozen=True):
    """A block of samples of one curve of one device.

    Attributes:
        device: the device's id in the config.
        signal: what the curve is, for example ``pleth``.
        rate_hz: samples a second.
        samples: oldest first; unitless for a pleth. ``None`` marks a missing sample, drawn as a gap.
        at: arrival of the newest sample on the host's monotonic clock, seconds.
    """

    device: str
    signal: str
    rate_hz: float
    samples: tuple[float | None, ...]
    at: float


class DeviceStatus(msgspec.Struct, frozen=True):
    """A state of a device that has begun or ended.

    Attributes:
        device: the device's id in the config.
        status: a :class:`Status`, or a driver's own word.
        active: true when it begins, false when it ends.
        at: arrival on the host's monotonic clock, seconds.
        detail: the device's own code or text, for people.
        priority: for ``monitor_alarm``, the monitor's own priority (high, medium, low), if it says one.
        limit_of: for ``monitor_alarm``, the vitals whose limits the monitor found passed; empty when its alarm is
            about anything else.
    """

    device: str
    status: str
    active: bool
    at: float
    detail: str = ""
    priority: str = ""
    limit_of: tuple[Vital, ...] = ()


Report: TypeAlias = Observation | Waveform | DeviceStatus
"""Anything a driver can say about its device."""
