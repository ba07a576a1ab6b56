"""A CASMED 740 as it behaves: it answers what it is asked, and tells the cuff's pressure while a measurement runs."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from vitalwatch_simulators.casmed.encoder import (
    NO_COMMANDS,
    UNKNOWN,
    Shown,
    Unit,
    cuff_pressure,
    numerics,
    text_reply,
)
from vitalwatch_simulators.monitor import Person

MODEL: Final = "740-3MS"
SERIAL: Final = "00000001"
TEMPERATURE_C: Final = 36.8

FIRST_S: Final = 5.0
INTERVAL_S: Final = 300.0
MEASURE_S: Final = 25.0
STEP_S: Final = 1.0
"""How often the pressure is told."""

INFLATE_S: Final = 6.0
PEAK_ABOVE_SYSTOLIC_MMHG: Final = 30.0
END_MMHG: Final = 30.0

LONGEST_COMMAND: Final = 8


class CasmedMonitor:
    """One monitor. Same person, same questions at the same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the time of day at t = 0; no answer here tells it.
        interval_s: seconds from one measurement that the monitor begins by itself to the next, more than 25; infinite
            for none, also not the first.
        unit: of the temperature on its screen.
        remote: whether it takes commands.
    """

    def __init__(
        self,
        patient: Person,
        start: datetime,  # noqa: ARG002 - as all monitors
        *,
        interval_s: float = INTERVAL_S,
        unit: Unit = "C",
        remote: bool = True,
    ) -> None:
        self._patient = patient
        self._interval_s = interval_s
        self._unit: Unit = unit
        self._remote = remote
        self._heard = b""
        self._cuff = Shown()
        self._next_start_at = FIRST_S if interval_s < math.inf else math.inf
        self._began_at = math.inf
        self._step_at = math.inf

    def next_at(self) -> float:
        """Seconds since the start at which a measurement begins, or the pressure is told next, or is due to end."""
        return min(self._next_start_at, self._step_at)

    def emit(self, t: float) -> bytes:
        """Tell the cuff's pressure, or end the measurement."""
        if t >= self._next_start_at:
            self._begin(t)
        into = t - self._began_at
        if into >= MEASURE_S:
            self._end(t)
            return b""
        self._step_at = t + STEP_S
        return cuff_pressure(round(self._pressure(into))) if self._remote else b""

    def receive(self, data: bytes, t: float) -> bytes:
        """Answer every whole command."""
        *commands, rest = (self._heard + data).split(b"\r")
        self._heard = rest[-LONGEST_COMMAND:]
        return b"".join(self._answer(command, t) for command in commands)

    def _answer(self, command: bytes, t: float) -> bytes:
        if not self._remote:
            return NO_COMMANDS
        match command:
            case b"X09":
                return numerics(self._shown(t), self._unit)
            case b"X131":
                if not self._measuring:
                    self._begin(t)
                    self._step_at = t + STEP_S
                return b""
            case b"X130":
                self._began_at = self._step_at = math.inf
                return b""
            case b"X37":
                self._cuff = Shown()
                return b"X37\r"
            case b"X04":
                return text_reply("X04", MODEL)
            case b"X05":
                return text_reply("X05", SERIAL)
        return UNKNOWN

    @property
    def _measuring(self) -> bool:
        return self._began_at < math.inf

    def _begin(self, t: float) -> None:
        self._cuff = Shown()
        self._began_at = t
        self._next_start_at = t + self._interval_s

    def _end(self, t: float) -> None:
        vitals = self._patient.vitals(t)
        self._began_at = self._step_at = math.inf
        if not vitals.spoils_cuff:
            self._cuff = Shown(
                systolic=round(vitals.systolic),
                diastolic=round(vitals.diastolic),
                mean=round(vitals.mean_pressure),
                pulse=round(vitals.heart_rate),
            )

    def _pressure(self, into: float) -> float:
        peak = self._patient.vitals(self._began_at).systolic + PEAK_ABOVE_SYSTOLIC_MMHG
        if into < INFLATE_S:
            return peak * into / INFLATE_S
        return peak - (peak - END_MMHG) * (into - INFLATE_S) / (MEASURE_S - INFLATE_S)

    def _shown(self, t: float) -> Shown:
        """The screen: without SpO2 the pulse is the one of the cuff, if there is one."""
        vitals = self._patient.vitals(t)
        measures = vitals.sensor == "on"
        return Shown(
            *(self._cuff.systolic, self._cuff.diastolic, self._cuff.mean),
            pulse=round(vitals.heart_rate) if measures else self._cuff.pulse,
            spo2=min(100, round(vitals.spo2)) if measures else None,
            temperature=TEMPERATURE_C,
        )
