"""A Dinamap that is asked in ASCII: it answers, and measures with its cuff by itself or when ordered to."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from vitalwatch_simulators.dinamap.encoder import (
    NEVER_S,
    CuffResult,
    cuff_reply,
    oximeter_reply,
    rate_reply,
    with_checksum,
)
from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.patient import PatientVitals

INTERVAL_S: Final = 300.0
INFLATING_S: Final = 25.0
LONGEST_AGE_S: Final = 5400
BUSY, DONE, FAILED = 0, 1, 3

COMMANDS: Final = {with_checksum(text): text for text in (" NA", " OA", " RA", " RC", " NC0", " ND")}
"""What it understands, by its bytes; anything else gets no answer."""

LONGEST_COMMAND: Final = 16


class DinamapMonitor:
    """One monitor. Same person, same questions at the same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the time of day at t = 0; this protocol does not tell it.
        interval_s: seconds between two measurements that the cuff begins by itself, more than 25.
    """

    def __init__(self, patient: Person, start: datetime, interval_s: float = INTERVAL_S) -> None:  # noqa: ARG002
        self._patient = patient
        self._interval_s = interval_s
        self._heard = b""
        self._next_start_at = 5.0
        self._done_at = math.inf
        self._measured_at = -math.inf
        self._status = DONE
        self._result: CuffResult | None = None

    def next_at(self) -> float:
        """Never: it speaks only when spoken to."""
        return math.inf

    def emit(self, t: float) -> bytes:  # noqa: ARG002 - the face of every monitor
        """Nothing."""
        return b""

    def receive(self, data: bytes, t: float) -> bytes:
        """Answer every whole command that it understands."""
        self._live_until(t)
        *lines, rest = (self._heard + data).replace(b"\n", b"").split(b"\r")
        self._heard = rest[-LONGEST_COMMAND:]
        return b"".join(self._answer(COMMANDS.get(line + b"\r", ""), t) for line in lines)

    def _answer(self, text: str, t: float) -> bytes:
        vitals = self._patient.vitals(t)
        match text:
            case " NA":
                age_s = t - self._measured_at
                known = self._result is not None and age_s < LONGEST_AGE_S
                return cuff_reply(self._status, int(age_s) if known else NEVER_S, self._result if known else None)
            case " OA":
                return _oximeter(vitals)
            case " RA" if vitals.sensor == "on":
                return rate_reply("RA", 2, round(vitals.heart_rate))
            case " RA" | " RC":
                return rate_reply(text[1:], 3, self._result.pulse if self._result else None)
            case " NC0":
                if self._status != BUSY:
                    self._begin(t)
                return with_checksum(" NC")
            case " ND":
                if self._status == BUSY:
                    self._status, self._done_at = FAILED, math.inf
                return with_checksum(" ND")
        return b""

    def _live_until(self, t: float) -> None:
        """Let the cuff do what was due until now, in order."""
        while min(self._done_at, self._next_start_at) <= t:
            if self._done_at <= self._next_start_at:
                self._end(self._done_at)
            else:
                self._begin(self._next_start_at)

    def _begin(self, t: float) -> None:
        self._status, self._done_at = BUSY, t + INFLATING_S
        self._next_start_at = t + self._interval_s

    def _end(self, t: float) -> None:
        vitals = self._patient.vitals(t)
        self._done_at = math.inf
        if vitals.spoils_cuff:
            self._status = FAILED
            return
        self._status, self._measured_at = DONE, t
        self._result = CuffResult(
            *(round(vitals.systolic), round(vitals.diastolic)), round(vitals.mean_pressure), round(vitals.heart_rate)
        )


def _oximeter(vitals: PatientVitals) -> bytes:
    if vitals.sensor == "unplugged":
        return oximeter_reply(6, None, 0)
    if vitals.sensor != "on":
        return oximeter_reply(3, None, 0)
    strength = max(1, min(9, round(vitals.perfusion_index * 2)))
    return oximeter_reply(1, min(100, round(vitals.spo2)), strength)
