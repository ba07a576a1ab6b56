"""A bedside monitor with ECG, oximeter and cuff that sends all of its values every two seconds.

The last cuff result goes with every message under its old time, as a Mindray VS-900 does it. A sensor that is off or
unplugged gives "no value"; an arm that moves when a cuff measurement is due spoils it, and the old result stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from vitalwatch_simulators.hl7.encoder import CuffResult, Shown, message
from vitalwatch_simulators.monitor import Person

PERIOD_S: Final = 2.0
FIRST_CUFF_S: Final = 8.0
CUFF_INTERVAL_S: Final = 300.0


class Hl7Monitor:
    """One monitor. Same person and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the monitor's own time of day at t = 0.
        device: its name for itself, with its EUI-64.
        demo: whether it is in demo mode and says so.
        cuff_interval_s: seconds between two cuff measurements.

    Attributes:
        start: its clock; may be set while it runs.
        demo: its mode; may be set while it runs.
    """

    def __init__(
        self,
        patient: Person,
        start: datetime,
        *,
        device: str = "SIMULATED_MONITOR^0000000000000001^EUI-64",
        demo: bool = False,
        cuff_interval_s: float = CUFF_INTERVAL_S,
    ) -> None:
        self._patient = patient
        self.start = start
        self._device = device
        self.demo = demo
        self._cuff_interval_s = cuff_interval_s
        self._cuff_at = FIRST_CUFF_S
        self._cuff: CuffResult | None = None
        self._sent = 0

    def next_at(self) -> float:
        """Seconds since the start at which the next message is due."""
        return self._sent * PERIOD_S

    def emit(self, t: float) -> bytes:
        """Write the message that is due at ``t``. What comes back from its receiver is not read."""
        self._sent += 1
        clock = self.start + timedelta(seconds=t)
        vitals = self._patient.vitals(t)
        if t >= self._cuff_at:
            self._cuff_at += self._cuff_interval_s
            if not vitals.spoils_cuff:
                pressures = (round(vitals.systolic), round(vitals.diastolic), round(vitals.mean_pressure))
                self._cuff = CuffResult(*pressures, clock)
        sees = vitals.sensor == "on"
        shown = Shown(
            heart_rate=round(vitals.heart_rate),
            spo2=min(100, round(vitals.spo2)) if sees else None,
            pulse=round(vitals.heart_rate) if sees else None,
            perfusion_index=vitals.perfusion_index if sees else None,
            cuff=self._cuff,
        )
        return message(clock, shown, number=self._sent, device=self._device, demo=self.demo)
