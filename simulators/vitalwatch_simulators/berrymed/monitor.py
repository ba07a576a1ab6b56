"""A BerryMed oximeter as it behaves: 100 packets a second, four at once, as Bluetooth hands them on."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from vitalwatch_simulators.berrymed.encoder import First, Third, packet
from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.patient import PatientVitals

PACKETS_A_SECOND: Final = 100
PACKETS_A_WRITE: Final = 4

MOST_PULSE_BPM: Final = 254
GOOD_SIGNAL: Final = 6
POOR_SIGNAL: Final = 2
LOW_PERFUSION: Final = 0.3
"""Perfusion index in % under which the signal is poor; assumed."""


class BerrymedMonitor:
    """One oximeter. Same person and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the time of day at t = 0, which this oximeter does not tell.
    """

    def __init__(self, patient: Person, start: datetime) -> None:  # noqa: ARG002 - as all monitors
        self._patient = patient
        self._writes = 0
        self._beat = 0.0  # share of the present beat that is over

    def next_at(self) -> float:
        """Seconds since the start at which it writes next."""
        return self._writes * PACKETS_A_WRITE / PACKETS_A_SECOND

    def emit(self, t: float) -> bytes:
        """Write what is due at ``t``."""
        self._writes += 1
        vitals = self._patient.vitals(t)
        return b"".join(self._packet(vitals) for _ in range(PACKETS_A_WRITE))

    def _packet(self, vitals: PatientVitals) -> bytes:
        match vitals.sensor:
            case "off":
                return packet(None, None, signal=0, pleth=0, third=Third.NO_FINGER)
            case "unplugged":
                return packet(None, None, signal=0, pleth=0, first=First.PROBE_UNPLUGGED)
            case "searching":
                return packet(None, None, signal=0, pleth=0, third=Third.SEARCHING)
            case "on":
                return self._measured(vitals)

    def _measured(self, vitals: PatientVitals) -> bytes:
        # A quick rise and a slow fall, like a pulse in the finger.
        height = math.sin(math.pi * self._beat**0.5) ** 2
        self._beat += vitals.heart_rate / 60.0 / PACKETS_A_SECOND
        beep = First.BEEP if self._beat >= 1.0 else 0
        self._beat %= 1.0
        poor = vitals.motion or vitals.perfusion_index < LOW_PERFUSION
        return packet(
            min(MOST_PULSE_BPM, round(vitals.heart_rate)),
            min(100, round(vitals.spo2)),
            signal=POOR_SIGNAL if poor else GOOD_SIGNAL,
            pleth=round(10 + 80 * height),
            bar=round(15 * height),
            first=beep,
        )
