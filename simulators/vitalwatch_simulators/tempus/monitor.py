"""A Tempus Pro that sends a message each 5 s by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.patient import PatientVitals
from vitalwatch_simulators.tempus.encoder import Sign, entry, line

PERIOD_S: Final = 5.0
CUFF_FIRST_S: Final = 30.0
CUFF_EACH_S: Final = 300.0
WARMTH: Final = 36.6
BREATHS: Final = 14.0
END_TIDAL: Final = 38.0
"""What the simulated person does not have: temperature in C, breaths a minute, CO2 in mmHg."""


class TempusMonitor:
    """One monitor. Same person, same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the monitor's own time of day at t = 0.
    """

    def __init__(self, patient: Person, start: datetime) -> None:
        self._patient = patient
        self.start = start
        self._sent = 0

    def next_at(self) -> float:
        """Seconds since the start at which it sends next."""
        return self._sent * PERIOD_S

    def emit(self, t: float) -> bytes:
        """The message at ``t``: the last cuff reading with its own time, if there is one, then what is present."""
        self._sent += 1
        entries = [entry(self._at(t), self._present(t))]
        if t >= CUFF_FIRST_S:
            measured = t - (t - CUFF_FIRST_S) % CUFF_EACH_S
            then = self._patient.vitals(measured)
            if not then.spoils_cuff:
                entries.insert(0, entry(self._at(measured), _cuff(then)))
        return line(entries)

    def _at(self, t: float) -> datetime:
        return self.start + timedelta(seconds=t)

    def _present(self, t: float) -> list[Sign]:
        now = self._patient.vitals(t)
        signs = [Sign("HR", round(now.heart_rate), "/min", "ECG")]
        if now.sensor == "on":
            signs.append(Sign("SPO2", round(now.spo2), "%", "PULSE", alert=int(round(now.spo2) < 90)))
        signs += [
            Sign("RESP", BREATHS, "/min", "CAPNO"),
            Sign("ETCO2", END_TIDAL, "mm[Hg]", "CAPNO"),
            Sign("Temperature1", WARMTH, "C", "T1"),
        ]
        if now.sensor == "on":
            signs.append(Sign("PI", now.perfusion_index, "%", "PULSE"))
        return signs


def _cuff(then: PatientVitals) -> list[Sign]:
    pressures = (("SysNIBP", then.systolic), ("DiaNIBP", then.diastolic), ("MeanNIBP", then.mean_pressure))
    return [Sign(name, round(value), "mm[Hg]", "NIBP") for name, value in pressures]
