"""A SunTech module as it behaves: it answers what it is asked, and says by itself only that a measurement is complete.

A measurement pumps the cuff up and lets it down slowly. An arm that moves at the end of that spoils it: the module
tries once more, and if the arm still moves then, it has failed.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.suntech.encoder import (
    GET_PRESSURE,
    REQUESTS,
    START_BP,
    Measured,
    complete,
    pressure,
    result,
)

INFLATE_S: Final = 8.0
TRY_S: Final = 30.0
"""From the beginning of the pump to the end of the slow deflation."""

VENT_S: Final = 1.0
"""How long the rest of the pressure takes to leave after the end."""

LEAST_PEAK_MMHG: Final = 160.0
PEAK_ABOVE_SYSTOLIC_MMHG: Final = 40.0
END_MMHG: Final = 25.0
MOTION_ERROR: Final = 2
"""Any code but 0 means that it failed; which one a moving arm gives is assumed."""

FIRST_S: Final = 2.0
INTERVAL_S: Final = 300.0


class SuntechMonitor:
    """One module. Same person, same requests and same times, same bytes.

    Args:
        patient: whose pressure it measures.
        start: the time of day at t = 0; the module has no clock and never tells it.
        first_s: seconds to the first measurement that somebody starts at the module itself.
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
        self._measured = Measured()
        self._ended_at = -math.inf
        self._plan(first_s if interval_s < math.inf else math.inf)

    def next_at(self) -> float:
        """Seconds since the start at which the present or next try is over."""
        return self._ends_at

    def emit(self, t: float) -> bytes:
        """Say that the measurement is complete, and plan the next; nothing if it tries once more."""
        body = self._patient.vitals(t)
        if body.spoils_cuff and t < self._begins_at + 2 * TRY_S:
            self._ends_at += TRY_S
            return b""
        self._measured = Measured(error=MOTION_ERROR)
        if not body.spoils_cuff:
            self._measured = Measured(
                systolic=round(body.systolic),
                diastolic=round(body.diastolic),
                mean=round(body.mean_pressure),
                pulse=min(255, round(body.heart_rate)),
                beats=min(255, round(body.heart_rate / 60.0 * (TRY_S - INFLATE_S))),
            )
        self._ended_at = t
        self._plan(self._begins_at + self._interval_s)
        return complete()

    def receive(self, data: bytes, t: float) -> bytes:
        """Answer every whole request. A start says nothing; while a measurement runs it does nothing either."""
        self._heard += data
        said = b""
        while self._heard:
            request = next((known for known in REQUESTS if self._heard.startswith(known)), b"")
            if not request and any(known.startswith(self._heard) for known in REQUESTS):
                break
            self._heard = self._heard[len(request) or 1 :]
            if request == START_BP:
                if t < self._begins_at:
                    self._plan(t)
            elif request == GET_PRESSURE:
                said += pressure(round(self._pressure(t)))
            elif request:
                said += result(self._measured)
        return said

    def _plan(self, begins_at: float) -> None:
        """Plan a measurement. How it ends is seen when it does: who can know how the arm will move?"""
        self._begins_at = begins_at
        self._ends_at = begins_at + TRY_S

    def _pressure(self, t: float) -> float:
        if t < self._begins_at:
            return END_MMHG * max(0.0, 1.0 - (t - self._ended_at) / VENT_S)
        into = (t - self._begins_at) % TRY_S
        systolic = self._patient.vitals(self._begins_at).systolic
        peak = max(LEAST_PEAK_MMHG, systolic + PEAK_ABOVE_SYSTOLIC_MMHG)
        if into < INFLATE_S:
            return peak * into / INFLATE_S
        return peak - (peak - END_MMHG) * (into - INFLATE_S) / (TRY_S - INFLATE_S)
