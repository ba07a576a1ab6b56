"""A PC-60FW as it behaves: a piece of its curve ten times a second, values once a second, then battery and mode."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.patient import PatientVitals
from vitalwatch_simulators.viatom.encoder import Flag, battery, values, wave, working

WRITES_A_SECOND: Final = 10
SAMPLES_A_WRITE: Final = 5
REST: Final = 20
"""Height of the curve without a pulse."""

MOST_PULSE_BPM: Final = 511.0
"""The highest that the maker's SDK names."""


class ViatomMonitor:
    """One oximeter. Same person and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the time of day at t = 0, which this oximeter does not tell.
        battery_level: 0-3.
    """

    def __init__(self, patient: Person, start: datetime, *, battery_level: int = 3) -> None:  # noqa: ARG002
        self._patient = patient
        self._battery_level = battery_level
        self._writes = 0
        self._beat = 0.0  # share of the present beat that is over

    def next_at(self) -> float:
        """Seconds since the start at which it writes next."""
        return self._writes / WRITES_A_SECOND

    def emit(self, t: float) -> bytes:
        """Write what is due at ``t``."""
        vitals = self._patient.vitals(t)
        told = self._curve(vitals)
        if self._writes % WRITES_A_SECOND == 0:
            told += _values(vitals, self._battery_level) + battery(self._battery_level) + working()
        self._writes += 1
        return told

    def _curve(self, vitals: PatientVitals) -> bytes:
        if vitals.sensor != "on":
            return wave((REST,) * SAMPLES_A_WRITE)
        samples: list[int] = []
        beat_at = None
        for place in range(SAMPLES_A_WRITE):
            # A quick rise and a slow fall, like a pulse in the finger.
            samples.append(round(REST + 80 * math.sin(math.pi * self._beat**0.5) ** 2))
            self._beat += vitals.heart_rate / 60.0 / (WRITES_A_SECOND * SAMPLES_A_WRITE)
            if self._beat >= 1.0:
                self._beat %= 1.0
                beat_at = place
        return wave(samples, beat_at)


def _values(vitals: PatientVitals, battery_level: int) -> bytes:
    if vitals.sensor != "on" or vitals.heart_rate > MOST_PULSE_BPM:
        # The sensor is the oximeter itself: it cannot be unplugged, only be off the finger.
        flags = Flag.PROBE_OFF if vitals.sensor in ("off", "unplugged") else Flag.SEARCHING
        return values(0, 0, 0, flags, battery_level)
    index = min(255, round(vitals.perfusion_index * 10))
    return values(min(100, round(vitals.spo2)), round(vitals.heart_rate), index, battery=battery_level)
