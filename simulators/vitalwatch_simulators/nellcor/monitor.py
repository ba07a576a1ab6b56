"""A Nellcor N-560 as it behaves: a line every two seconds, a header a page, and its ways when a sensor comes off.

What happens around a lost sensor is taken from recordings: dashes with SD or SO; after the sensor is back, zeros with
PS for about eight lines; then values with a small amplitude and a pulse that settles from above. A search with the
sensor still on shows the last values with dashes for the amplitude.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from vitalwatch_simulators.monitor import Person
from vitalwatch_simulators.nellcor.encoder import Limits, Reading, data_line, header
from vitalwatch_simulators.patient import PatientVitals

PERIOD_S: Final = 2.0
LINES_A_PAGE: Final = 22
SEARCH_LINES: Final = 8
"""Lines of zeros after a sensor was put back on."""

SETTLING_BPM: Final = (12, 8, 5, 3, 1)
"""How far the pulse stands above the true one in the first lines after a search."""

SETTLING_AMPLITUDE: Final = 8
LEAST_PULSE_BPM: Final = 20.0
"""Below this the N-560 finds no pulse."""

SILENCE_S: Final = 60.0
"""How long the alarm sound stays paused; the recording shows AS for just under this time."""


class NellcorMonitor:
    """One oximeter. Same person and same times, same bytes.

    Args:
        patient: whose vitals it measures.
        start: the monitor's own time of day at t = 0.
        limits: its own alarm limits.
        silence_after_s: seconds after which somebody pauses the sound of each of its alarms; ``None`` for never.

    Attributes:
        start: its clock; may be set while it runs.
    """

    def __init__(
        self, patient: Person, start: datetime, *, limits: Limits | None = None, silence_after_s: float | None = None
    ) -> None:
        self._patient = patient
        self.start = start
        self._limits = limits or Limits()
        self._silence_after_s = silence_after_s
        self._lines = 0
        self._search_lines = 0
        self._settled_lines = len(SETTLING_BPM)
        self._last: tuple[int, int] | None = None
        self._alarm_since: float | None = None

    def next_at(self) -> float:
        """Seconds since the start at which the next line is due."""
        return self._lines * PERIOD_S

    def emit(self, t: float) -> bytes:
        """Write the line that is due at ``t``, with the header before it where a page begins."""
        page = header(self._limits) if self._lines % LINES_A_PAGE == 0 else b""
        self._lines += 1
        reading = self._read(self._patient.vitals(t))
        if self._silenced(reading, t):
            reading = msgspec.structs.replace(reading, audio="AS")
        return page + data_line(self.start + timedelta(seconds=t), reading, self._limits)

    def _read(self, vitals: PatientVitals) -> Reading:
        if vitals.sensor in ("off", "unplugged"):
            self._last = None
            self._search_lines = SEARCH_LINES
            self._settled_lines = 0
            return Reading(None, None, None, "SO" if vitals.sensor == "off" else "SD")
        if self._search_lines > 0:
            self._search_lines -= 1
            return Reading(0, 0, None, "PS")
        if vitals.sensor == "searching":
            spo2, pulse = self._last or (0, 0)
            return Reading(spo2, pulse, None, "PS")
        if vitals.heart_rate < LEAST_PULSE_BPM:
            return Reading(None, None, None, "LP")
        return self._measure(vitals)

    def _measure(self, vitals: PatientVitals) -> Reading:
        spo2 = min(100, round(vitals.spo2))
        pulse = round(vitals.heart_rate)
        amplitude = max(1, min(254, round(10 * vitals.perfusion_index)))
        if self._settled_lines < len(SETTLING_BPM):
            pulse += SETTLING_BPM[self._settled_lines]
            amplitude = min(amplitude, SETTLING_AMPLITUDE)
            self._settled_lines += 1
        self._last = (spo2, pulse)
        low_spo2, high_spo2 = self._limits.spo2
        low_pulse, high_pulse = self._limits.pulse
        return Reading(
            spo2,
            pulse,
            amplitude,
            signal="MO" if vitals.motion else "",
            spo2_alarm="SL" if spo2 < low_spo2 else "SH" if spo2 > high_spo2 else "",
            pulse_alarm="PL" if pulse < low_pulse else "PH" if pulse > high_pulse else "",
        )

    def _silenced(self, reading: Reading, t: float) -> bool:
        alarming = reading.spo2_alarm or reading.pulse_alarm or reading.signal in ("SD", "SO", "LP")
        if not alarming:
            self._alarm_since = None
        elif self._alarm_since is None:
            self._alarm_since = t
        if self._alarm_since is None or self._silence_after_s is None:
            return False
        return 0.0 <= t - self._alarm_since - self._silence_after_s < SILENCE_S
