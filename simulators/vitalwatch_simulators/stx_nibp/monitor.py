"""An STX blood pressure module as it behaves: pressures while it measures, then ``999``; its status when asked.

A measurement pumps the cuff up and lets it down slowly. An arm that moves at the end of that spoils it: the module
tries once more, and if the arm still moves then, it has failed.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

import msgspec

from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.stx_nibp.encoder import GET_STATUS, START, Shown, command, end, pressure, status

COMMANDS: Final = {command(START): START, command(GET_STATUS): GET_STATUS, b"X": "X"}
"""What it understands. X stops a measurement."""

PRESSURE_PERIOD_S: Final = 0.2
INFLATE_S: Final = 8.0
TRY_S: Final = 30.0
"""From the beginning of the pump to the end of the slow deflation."""

LEAST_PEAK_MMHG: Final = 160.0
PEAK_ABOVE_SYSTOLIC_MMHG: Final = 40.0
END_MMHG: Final = 25.0
MOTION_MESSAGE: Final = 11

FIRST_S: Final = 2.0
INTERVAL_S: Final = 300.0


class StxNibpMonitor:
    """One module. Same person, same commands and same times, same bytes.

    Args:
        patient: whose pressure it measures.
        start: the time of day at t = 0; the module has no clock and never tells it.
        first_s: seconds to the first measurement that it starts by itself.
        interval_s: seconds from one such measurement to the next; infinite for none, also not the first.
    """

    def __init__(
        self,
        patient: Person,
        start: datetime,  # noqa: ARG002 - as all monitors
        *,
        first_s: float = FIRST_S,
        interval_s: float = INTERVAL_S,
    ) -> None:
        self._patient = patient
        self._interval_s = interval_s
        self._heard = b""
        self._shown = Shown()
        self._plan(first_s if interval_s < math.inf else math.inf)

    def next_at(self) -> float:
        """Seconds since the start at which it tells the next pressure, or that the cuff is used no more."""
        return min(self._begins_at + self._told * PRESSURE_PERIOD_S, self._ends_at)

    def emit(self, t: float) -> bytes:
        """Tell the pressure, or the end of the measurement."""
        body = self._patient.vitals(t)
        if self._ends_at <= t < self._begins_at + 2 * TRY_S and body.spoils_cuff:
            self._ends_at += TRY_S
        if t < self._ends_at:
            self._told += 1
            return pressure(round(self._pressure(t)))
        self._shown = Shown(state=2, message=MOTION_MESSAGE)
        if not body.spoils_cuff:
            rounded = map(round, (body.systolic, body.diastolic, body.mean_pressure, body.heart_rate))
            systolic, diastolic, mean, rate = rounded
            self._shown = Shown(numbers=(systolic, diastolic, mean, rate))
        self._plan(self._begins_at + self._interval_s)
        return end()

    def receive(self, data: bytes, t: float) -> bytes:
        """Obey every whole command; the CR behind one is nothing. A start while a measurement runs is ignored."""
        self._heard += data
        said = b""
        while self._heard:
            known = next((bytes_ for bytes_ in COMMANDS if self._heard.startswith(bytes_)), b"")
            if not known and any(bytes_.startswith(self._heard) for bytes_ in COMMANDS):
                break
            self._heard = self._heard[len(known) or 1 :]
            said += self._obey(COMMANDS[known], t) if known else b""
        return said

    def _obey(self, code: str, t: float) -> bytes:
        running = t >= self._begins_at
        if code == GET_STATUS:
            if running:
                return status(Shown(state=3))
            wait_s = None if self._begins_at == math.inf else round(self._begins_at - t)
            return status(msgspec.structs.replace(self._shown, next_s=wait_s))
        if code == START and not running:
            self._plan(t)
        elif code != START and running:
            self._shown = Shown()
            self._plan(self._begins_at + self._interval_s)
            return end()
        return b""

    def _plan(self, begins_at: float) -> None:
        """Plan a measurement. How it ends is seen when it does: who can know how the arm will move?"""
        self._told = 0
        self._begins_at = begins_at
        self._ends_at = begins_at + TRY_S

    def _pressure(self, t: float) -> float:
        into = (t - self._begins_at) % TRY_S
        systolic = self._patient.vitals(self._begins_at).systolic
        peak = max(LEAST_PEAK_MMHG, systolic + PEAK_ABOVE_SYSTOLIC_MMHG)
        if into < INFLATE_S:
            return peak * into / INFLATE_S
        return peak - (peak - END_MMHG) * (into - INFLATE_S) / (TRY_S - INFLATE_S)
