"""A bedside monitor with ECG, oximeter and cuff that shares its data on TCP port 4601 once it is asked.

Until then it only sends a heartbeat each second. Asked, it says at once who is admitted (nobody), the last cuff result
and its alarms; then each second a 204 and a 205 for each module, alarms when they change, and a 503 when the cuff has
measured. A sensor that is off gives "no value" and a technical alarm. An arm that moves when a cuff measurement is due
spoils it, and the old result stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from vitalwatch_simulators.mindray_pds.encoder import (
    ECG,
    SPO2,
    CuffResult,
    Shown,
    admitted,
    asks,
    cuff,
    heartbeat,
    numerics,
    physiological,
    technical,
)
from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.patient import PatientVitals

PERIOD_S: Final = 1.0
FIRST_CUFF_S: Final = 8.0
CUFF_INTERVAL_S: Final = 300.0

LOW_SPO2: Final = 90.0
FAST_HEART: Final = 120.0
"""Limits of the monitor's own alarms."""

LONGEST_QUESTION: Final = 1024

SENSOR_ALARMS: Final = {
    "off": "205^SpO2 Sensor Off",
    "unplugged": "0^SpO2 No Sensor",
    "searching": "0^SpO2 Search Pulse",
}
"""Technical alarms by how the sensor sits; 0 stands for numbers that are not known."""


class MindrayPdsMonitor:
    """One monitor. Same person, same questions and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the monitor's own time of day at t = 0.
        demo: whether it is in demo mode and says so, which real ones were not seen to do.
        cuff_interval_s: seconds between two cuff measurements.
    """

    def __init__(
        self, patient: Person, start: datetime, *, demo: bool = False, cuff_interval_s: float = CUFF_INTERVAL_S
    ) -> None:
        self._patient = patient
        self.start = start
        self.demo = demo
        self._cuff_interval_s = cuff_interval_s
        self._cuff_at = FIRST_CUFF_S
        self._cuff: CuffResult | None = None
        self._seconds = 0
        self._asked = False
        self._heard = bytearray()
        self._sensor_alarms: list[str] = []
        self._person_alarms: list[str] = []

    def next_at(self) -> float:
        """Seconds since the start at which it speaks next."""
        return self._seconds * PERIOD_S

    def emit(self, t: float) -> bytes:
        """What it writes at ``t``: a heartbeat, and to a client that has asked everything else."""
        self._seconds += 1
        vitals = self._patient.vitals(t)
        measured = self._measure(vitals, t)
        if not self._asked:
            return heartbeat()
        alarms = self._alarms(vitals, t, every=False)
        return heartbeat() + alarms + self._values(vitals) + (cuff(self._cuff) if measured else b"")

    def receive(self, data: bytes, t: float) -> bytes:
        """Take heartbeats, which are not answered, and the question."""
        self._heard += data
        *ended, rest = bytes(self._heard).split(b"\x1c")
        self._heard = bytearray(rest[-LONGEST_QUESTION:])
        if not any(asks(message.rpartition(b"\x0b")[2]) for message in ended):
            return b""
        self._asked = True
        return admitted() + cuff(self._cuff) + self._alarms(self._patient.vitals(t), t, every=True)

    def _measure(self, vitals: PatientVitals, t: float) -> bool:
        """Whether the cuff has just finished a measurement."""
        if t < self._cuff_at:
            return False
        self._cuff_at += self._cuff_interval_s
        if not vitals.spoils_cuff:
            pressures = (round(vitals.systolic), round(vitals.diastolic), round(vitals.mean_pressure))
            self._cuff = CuffResult(*pressures, self.start + timedelta(seconds=t))
        return not vitals.spoils_cuff

    def _values(self, vitals: PatientVitals) -> bytes:
        sees = vitals.sensor == "on"
        finger = (f"{min(100, round(vitals.spo2))}", f"{round(vitals.heart_rate)}", f"{vitals.perfusion_index:.3f}")
        spo2, pulse, index = finger if sees else (None, None, None)
        ecg = [Shown(101, "HR", f"{round(vitals.heart_rate)}"), Shown(102, "PVCs", "0")]
        oximeter = [Shown(160, "SpO2", spo2), Shown(161, "PR", pulse), Shown(162, "PI", index)]
        return numerics(ECG, ecg, demo=self.demo) + numerics(SPO2, oximeter, demo=self.demo)

    def _alarms(self, vitals: PatientVitals, t: float, *, every: bool) -> bytes:
        """The lists of technical and of physiological alarms, each only if it changed or ``every`` list is wanted."""
        sensor = [SENSOR_ALARMS[vitals.sensor]] if vitals.sensor in SENSOR_ALARMS else []
        person = ["0^**HR TOO HIGH"] if vitals.heart_rate > FAST_HEART else []
        if vitals.sensor == "on" and round(vitals.spo2) < LOW_SPO2:
            person.append("0^**SpO2 TOO LOW")
        told = technical(sensor) if every or sensor != self._sensor_alarms else b""
        if every or person != self._person_alarms:
            told += physiological(person, self.start + timedelta(seconds=t))
        self._sensor_alarms, self._person_alarms = sensor, person
        return told
