"""A bedside monitor with ECG, oximeter and cuff that says nothing until it is asked over its DRI line.

The cuff runs by itself: half a minute of measuring without numbers, then a result that is repeated in every record,
marked "older than 60 s" a minute later. An arm that moves when the cuff lets go spoils the measurement.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from vitalwatch_simulators.ge_dri.encoder import (
    ALARM,
    AUTO,
    AUXILIARY,
    DISPLAYED,
    ECG_ARTEFACT,
    HR_FROM_ECG,
    MEASURING,
    NO_DATA,
    OLDER_THAN_60_S,
    PHYSIOLOGICAL,
    PLETH,
    WAVE,
    Cuff,
    Request,
    Shown,
    alarms,
    auxiliary,
    displayed,
    frame,
    read_request,
    wave,
)
from vitalwatch_simulators.monitor import Person

LEAST_INTERVAL_S: Final = 5
WAVE_BLOCK_S: Final = 0.25
PLETH_RATE: Final = 100
FIRST_CUFF_S: Final = 8.0
MEASURING_S: Final = 30.0
CUFF_INTERVAL_S: Final = 300.0
OLD_AFTER_S: Final = 60.0

LOW_SPO2: Final = 90.0
FAST_HEART: Final = 120.0
"""Limits of the monitor's own alarms."""

LONGEST_REQUEST: Final = 256


class GeDriMonitor:
    """One monitor. Same person, same requests and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the monitor's own time of day at t = 0.
        cuff_interval_s: seconds between the starts of two cuff measurements; more than ``MEASURING_S``.

    Attributes:
        start: its clock; may be set while it runs.
    """

    def __init__(self, patient: Person, start: datetime, *, cuff_interval_s: float = CUFF_INTERVAL_S) -> None:
        self._patient = patient
        self.start = start
        self._cuff_interval_s = cuff_interval_s
        self._heard = bytearray()
        self._number = 0
        self._interval_s = 0
        self._values_at = math.inf
        self._wave_at = math.inf
        self._tells_alarms = False
        self._told_alarms: list[tuple[str, int]] = []
        self._beat = 0.0
        self._cuff_starts_at = FIRST_CUFF_S
        self._cuff = Cuff(AUTO)
        self._cuff_ended_at: float | None = None

    def next_at(self) -> float:
        """Seconds since the start at which it speaks next; infinite while nothing is asked for."""
        return min(self._values_at, self._wave_at)

    def emit(self, t: float) -> bytes:
        """What it writes at ``t``."""
        written = b""
        if t >= self._values_at:
            self._values_at = t + self._interval_s if self._interval_s > 0 else math.inf
            written += self._values(t)
            if self._tells_alarms and self._alarms(t) != self._told_alarms:
                written += self._alarm_record(t)
        if t >= self._wave_at:
            self._wave_at = t + WAVE_BLOCK_S
            written += self._pleth(t)
        return written

    def receive(self, data: bytes, t: float) -> bytes:
        """Take requests; the state of the alarms is told at once, everything else from then on."""
        self._heard += data
        *ended, rest = bytes(self._heard).split(b"\x7e")
        self._heard = bytearray(rest[-LONGEST_REQUEST:])
        return b"".join(self._answer(request, t) for inside in ended if (request := read_request(inside)))

    def _answer(self, request: Request, t: float) -> bytes:
        if request.kind == PHYSIOLOGICAL:
            self._interval_s = max(request.interval_s, LEAST_INTERVAL_S) if request.interval_s > 0 else 0
            # The first set comes after the request; -1 asks for one set only.
            self._values_at = t + 1.0 if request.interval_s else math.inf
        elif request.kind == WAVE:
            self._wave_at = t + WAVE_BLOCK_S if PLETH in request.waves else math.inf
        elif request.command == 0:
            return self._alarm_record(t)
        else:
            self._tells_alarms = request.command == 2
        return b""

    def _record(self, t: float, kind: int, subrecords: list[tuple[int, bytes]]) -> bytes:
        self._number += 1
        return frame(self._number, self._seconds() + math.floor(t), kind, subrecords)

    def _seconds(self) -> int:
        """What its clock showed at t = 0, seconds since 1970."""
        return round(self.start.timestamp())

    def _values(self, t: float) -> bytes:
        vitals = self._patient.vitals(t)
        sees = vitals.sensor == "on"
        shown = Shown(
            heart_rate=round(vitals.heart_rate),
            spo2=min(100, round(vitals.spo2)) * 100 if sees else NO_DATA,
            pulse=round(vitals.heart_rate) if sees else NO_DATA,
            amplitude=round(vitals.perfusion_index * 100) if sees else NO_DATA,
            cuff=self._cuff_at(t),
            ecg_status=HR_FROM_ECG | (ECG_ARTEFACT if vitals.motion else 0),
        )
        nibp_time = 0 if self._cuff_ended_at is None else self._seconds() + math.floor(self._cuff_ended_at)
        basic = displayed(self._seconds() + math.floor(t), shown)
        return self._record(t, PHYSIOLOGICAL, [(DISPLAYED, basic), (AUXILIARY, auxiliary(nibp_time))])

    def _cuff_at(self, t: float) -> Cuff:
        while t >= self._cuff_starts_at + MEASURING_S:
            self._measure(self._cuff_starts_at + MEASURING_S)
            self._cuff_starts_at += self._cuff_interval_s
        if t >= self._cuff_starts_at:
            return Cuff(AUTO | MEASURING)
        old = self._cuff_ended_at is not None and t - self._cuff_ended_at > OLD_AFTER_S
        cuff = self._cuff
        return Cuff(AUTO | (OLDER_THAN_60_S if old else 0), cuff.systolic, cuff.diastolic, cuff.mean, cuff.pulse)

    def _measure(self, t: float) -> None:
        vitals = self._patient.vitals(t)
        if vitals.spoils_cuff:
            self._cuff = Cuff(AUTO)
            return
        systolic, diastolic, mean = (
            round(pressure) * 100 for pressure in (vitals.systolic, vitals.diastolic, vitals.mean_pressure)
        )
        self._cuff = Cuff(AUTO, systolic, diastolic, mean, round(vitals.heart_rate))
        self._cuff_ended_at = t

    def _alarms(self, t: float) -> list[tuple[str, int]]:
        vitals = self._patient.vitals(t)
        low = [("SpO2 low", 2)] if vitals.sensor == "on" and round(vitals.spo2) < LOW_SPO2 else []
        return low + ([("HR high", 2)] if round(vitals.heart_rate) > FAST_HEART else [])

    def _alarm_record(self, t: float) -> bytes:
        self._told_alarms = self._alarms(t)
        return self._record(t, ALARM, [(1, alarms(self._told_alarms))])

    def _pleth(self, t: float) -> bytes:
        vitals = self._patient.vitals(t)
        samples: list[int] = []
        for _ in range(round(PLETH_RATE * WAVE_BLOCK_S)):
            if vitals.sensor == "on":
                # A quick rise and a slow fall, like a pulse in the finger.
                samples.append(round(100 * vitals.perfusion_index * math.sin(math.pi * self._beat**0.5) ** 2))
                self._beat = (self._beat + vitals.heart_rate / 60.0 / PLETH_RATE) % 1.0
            else:
                samples.append(NO_DATA)
        return self._record(t, WAVE, [(PLETH, wave(samples))])
