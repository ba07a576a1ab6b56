"""A Masimo oximeter as it behaves: a line every second, and old numbers that linger when the sensor falls off.

Around a lost sensor it imitates what users recorded and the manual's sample shows: EXC 820 with the old numbers for
a few lines, 820 with dashes, 828 while it searches, 800. After the cable was out it searches without signal
extraction (008) and shows numbers before that has locked (000), then 800.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from vitalwatch_simulators.masimo.encoder import Alarm, Exc, Model, Reading, data_line
from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.patient import PatientVitals

PERIOD_S: Final = 1.0
STALE_LINES: Final = 3
"""Lines that still show the old numbers after the sensor fell off."""

SEARCH_LINES: Final = 5
UNLOCKED_LINES: Final = 3
"""Lines with numbers before signal extraction has locked, after the cable was out."""

WEAK_PERFUSION: Final = 0.5
"""Perfusion index in % under which the monitor says low perfusion."""

LEAST_PULSE_BPM: Final = 25.0
"""Below this the monitor finds no pulse and searches."""

SILENCE_S: Final = 120.0
"""How long the alarm sound stays paused; assumed, not recorded."""


class Limits(msgspec.Struct, frozen=True):
    """The monitor's own alarm limits, low and high.

    Attributes:
        spo2: in %.
        pulse: in bpm.
    """

    spo2: tuple[int, int] = (90, 100)
    pulse: tuple[int, int] = (50, 140)


class MasimoMonitor:
    """One oximeter. Same person and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the monitor's own time of day at t = 0.
        model: whose line layout it writes.
        serial: its serial number, ten digits; ten dashes for a model that prints none.
        limits: its own alarm limits.
        silence_after_s: seconds after which somebody pauses the sound of each of its alarms; ``None`` for never.

    Attributes:
        start: its clock; may be set while it runs.
    """

    def __init__(
        self,
        patient: Person,
        start: datetime,
        *,
        model: Model = "rad-8",
        serial: str = "0000000001",
        limits: Limits | None = None,
        silence_after_s: float | None = None,
    ) -> None:
        self._patient = patient
        self.start = start
        self._model: Model = model
        self._serial = serial
        self._limits = limits or Limits()
        self._silence_after_s = silence_after_s
        self._lines = 0
        self._last: tuple[int, int] | None = None
        self._stale_lines = 0
        self._search_lines = 0
        self._unlocked_lines = 0
        self._off_flag = Exc(0)
        self._alarm_since: float | None = None

    def next_at(self) -> float:
        """Seconds since the start at which the next line is due."""
        return self._lines * PERIOD_S

    def emit(self, t: float) -> bytes:
        """Write the line that is due at ``t``."""
        self._lines += 1
        reading = self._read(self._patient.vitals(t))
        reading = msgspec.structs.replace(reading, alarms=self._alarms(reading, t))
        return data_line(self.start + timedelta(seconds=t), reading, serial=self._serial, model=self._model)

    def _read(self, vitals: PatientVitals) -> Reading:
        if vitals.sensor == "unplugged":
            self._last = None
            self._search_lines, self._unlocked_lines, self._off_flag = SEARCH_LINES, UNLOCKED_LINES, Exc(0)
            return Reading(None, None, None, Exc.NO_SENSOR)
        locked = Exc(0) if self._unlocked_lines else Exc.SET_LOCKED
        if vitals.sensor == "off":
            self._search_lines, self._off_flag = SEARCH_LINES, Exc.SENSOR_OFF
            self._stale_lines += 1
            if self._stale_lines > STALE_LINES:
                self._last = None
            spo2, pulse = self._last or (None, None)
            return Reading(spo2, pulse, None, locked | Exc.SENSOR_OFF)
        self._stale_lines = 0
        if self._search_lines > 0 or vitals.sensor == "searching" or vitals.heart_rate < LEAST_PULSE_BPM:
            self._last = None
            self._search_lines = max(0, self._search_lines - 1)
            return Reading(None, None, None, locked | Exc.PULSE_SEARCH | self._off_flag)
        self._off_flag = Exc(0)
        self._unlocked_lines = max(0, self._unlocked_lines - 1)
        return self._measure(vitals, locked)

    def _measure(self, vitals: PatientVitals, locked: Exc) -> Reading:
        self._last = (min(100, round(vitals.spo2)), round(vitals.heart_rate))
        exceptions = locked
        if vitals.perfusion_index < WEAK_PERFUSION:
            exceptions |= Exc.LOW_PERFUSION
        if vitals.motion:
            exceptions |= Exc.LOW_SIGNAL_IQ
        perfusion_index = min(20.0, max(0.02, vitals.perfusion_index))
        return Reading(*self._last, perfusion_index, exceptions)

    def _alarms(self, reading: Reading, t: float) -> Alarm:
        alarms = Alarm(0)
        if reading.spo2 is not None and reading.pulse is not None and not reading.exceptions & Exc.SENSOR_OFF:
            alarms |= _outside(reading.spo2, self._limits.spo2, Alarm.SPO2_LOW, Alarm.SPO2_HIGH)
            alarms |= _outside(reading.pulse, self._limits.pulse, Alarm.PULSE_LOW, Alarm.PULSE_HIGH)
        if not alarms:
            self._alarm_since = None
            return alarms
        if self._alarm_since is None:
            self._alarm_since = t
        if self._silence_after_s is None:
            return alarms | Alarm.SOUNDING
        silenced = 0.0 <= t - self._alarm_since - self._silence_after_s < SILENCE_S
        return alarms | (Alarm.SILENCED if silenced else Alarm.SOUNDING)


def _outside(value: int, limits: tuple[int, int], below: Alarm, above: Alarm) -> Alarm:
    low, high = limits
    return below if value < low else above if value > high else Alarm(0)
