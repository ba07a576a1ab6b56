"""A Nonin oximeter as it behaves: 75 frames a second, or one a second, and a display that holds old numbers.

When the finger goes, the measured values are missing at once and the sensor alarm is set; the display keeps its numbers
for ten seconds. STATUS without a finger is that of the one real frame that is known: sensor alarm and out of track.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final, Literal, TypeAlias

from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.nonin.encoder import (
    FRAMES_A_PACKET,
    FRAMES_A_SECOND,
    More,
    Second,
    Shown,
    Wave,
    format_1,
    format_2,
    format_7,
    format_8,
    packet_values,
    text_line,
)
from vitalwatch_simulators.patient import PatientVitals

Form: TypeAlias = Literal[1, 2, 7, 8, "ascii"]

FRAMES_A_WRITE: Final = 5
"""Frames that formats 2 and 7 write at once: 15 writes a second, as a serial line hands them on."""

PULSE_FRAMES: Final = 12
"""Frames with a perfusion light at each pulse: 160 ms."""

HELD_S: Final = 10.0
"""How long the display keeps its numbers after the finger is out."""

MARGINAL_PERFUSION: Final = 0.5
LOW_PERFUSION: Final = 0.3
"""Perfusion index in % under which the light is yellow, and red; assumed."""

LEAST_PULSE_BPM: Final = 18.0
MOST_PULSE_BPM: Final = 321.0

NOTHING: Final = Shown()


class NoninMonitor:
    """One oximeter. Same person and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the time of day at t = 0; in none of these formats it is told.
        form: the output format.
    """

    def __init__(self, patient: Person, start: datetime, *, form: Form = 2) -> None:  # noqa: ARG002 - as all monitors
        self._patient = patient
        self._form: Form = form
        self._writes = 0
        self._frames = 0
        self._beat = 0.0
        self._display = NOTHING
        self._seen_at = -math.inf
        self._values = packet_values(NOTHING, NOTHING)

    def next_at(self) -> float:
        """Seconds since the start at which it writes next."""
        return self._writes * FRAMES_A_WRITE / FRAMES_A_SECOND if self._form in (2, 7) else float(self._writes)

    def emit(self, t: float) -> bytes:
        """Write what is due at ``t``."""
        self._writes += 1
        vitals = self._patient.vitals(t)
        measured = _measured(vitals)
        if measured != NOTHING:
            self._display, self._seen_at = measured, t
        elif t - self._seen_at >= HELD_S:
            self._display = NOTHING
        if self._form in (2, 7):
            return b"".join(self._wave_frame(vitals, measured) for _ in range(FRAMES_A_WRITE))
        if self._form == "ascii":
            return text_line(measured)
        flags = _second_flags(vitals)
        if self._form == 1:
            return format_1(flags, measured)
        gone = vitals.sensor in ("off", "unplugged")
        return format_8(flags, self._display, More.SENSOR_ALARM if gone else More.GOOD_SIGNAL)

    def _wave_frame(self, vitals: PatientVitals, measured: Shown) -> bytes:
        place = self._frames % FRAMES_A_PACKET
        if place == 0:
            self._values = packet_values(measured, self._display, timer=self._frames // FRAMES_A_PACKET % 0x4000)
        self._frames += 1
        status = Wave.SYNC if place == 0 else Wave(0)
        since_beat = self._beat  # share of the present beat that is over
        if measured == NOTHING:
            status |= _no_reading(vitals)
            height = 0.5
        else:
            frames_a_beat = 60.0 * FRAMES_A_SECOND / vitals.heart_rate
            if since_beat * frames_a_beat < PULSE_FRAMES:
                status |= _light(vitals) | (Wave.ARTIFACT if vitals.motion else Wave(0))
            # A quick rise and a slow fall, like a pulse in the finger.
            height = math.sin(math.pi * since_beat**0.5) ** 2
            self._beat = (since_beat + 1.0 / frames_a_beat) % 1.0
        if self._form == 7:
            return format_7(status, round(10_000 + 40_000 * height), self._values[place])
        return format_2(status, round(40 + 160 * height), self._values[place])


def _measured(vitals: PatientVitals) -> Shown:
    if vitals.sensor != "on" or not LEAST_PULSE_BPM <= vitals.heart_rate <= MOST_PULSE_BPM:
        return NOTHING
    return Shown(round(vitals.heart_rate), min(100, round(vitals.spo2)))


def _no_reading(vitals: PatientVitals) -> Wave:
    if vitals.sensor == "unplugged":
        return Wave.DISCONNECTED | Wave.SENSOR_ALARM
    return Wave.OUT_OF_TRACK | (Wave.SENSOR_ALARM if vitals.sensor == "off" else Wave(0))


def _light(vitals: PatientVitals) -> Wave:
    if vitals.perfusion_index < LOW_PERFUSION:
        return Wave.RED
    return Wave.RED | Wave.GREEN if vitals.perfusion_index < MARGINAL_PERFUSION else Wave.GREEN


def _second_flags(vitals: PatientVitals) -> Second:
    if vitals.sensor == "unplugged":
        return Second.DISCONNECTED
    if _measured(vitals) == NOTHING:
        return Second.OUT_OF_TRACK
    flags = Second.ARTIFACT if vitals.motion else Second(0)
    if vitals.perfusion_index < LOW_PERFUSION:
        return flags | Second.LOW_PERFUSION
    return flags | Second.MARGINAL_PERFUSION if vitals.perfusion_index < MARGINAL_PERFUSION else flags
