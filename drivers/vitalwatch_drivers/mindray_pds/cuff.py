"""Cuff readings: message 503 put together, told once, and never told as newer than it is. Pure.

A reading has its own time in OBX-14, but the messages have none, so that its age is not told. Two things are known all
the same. A monitor whose clock has already shown a later time than the reading's sends an old reading: its age is at
least the difference. And what comes in the first moments of a connection may have been kept for hours: it is doubted.

Source: protocol notes on monitors, sections 4c and 14.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from vitalwatch.hl7 import Hl7Message, Stamp
from vitalwatch.model import Vital
from vitalwatch_drivers.mindray_pds.values import CUFF_PARAMETERS, value_of

OPENING_S: Final = 10.0
"""A reading that comes this soon after the first bytes of a connection may be an old one."""

LONGEST_AGE_S: Final = 7 * 86400.0
"""A longer difference of two stamps shows that the monitor's clock was set, and is no age."""

REMEMBERED_READINGS: Final = 32
"""Readings with a stamp that are kept. More than one, for a monitor may send stored readings again."""


class CuffReading(msgspec.Struct, frozen=True):
    """The cuff rows of one message 503.

    Attributes:
        parts: by vital, mmHg and bpm: ``None`` for "no value", NaN if it cannot be used; missing if there is no row.
        measured: when it was taken, if the monitor says.
    """

    parts: dict[Vital, float | None]
    measured: Stamp | None

    @property
    def empty(self) -> bool:
        """Whether there is no reading: no pressure, or zeros."""
        return not any(number for vital, number in self.parts.items() if vital is not Vital.CUFF_PULSE_RATE)


def reading_of(message: Hl7Message) -> CuffReading:
    """Put the rows of a message 503 together. Of two rows for one parameter, the first with a value counts."""
    parts: dict[Vital, float | None] = {}
    measured: Stamp | None = None
    for row in message.rows:
        vital = CUFF_PARAMETERS.get(row.code)
        if vital is None or parts.get(vital) is not None:
            continue
        parts[vital], _ = value_of(row, vital)
        if parts[vital] is not None:
            measured = measured or row.measured
    return CuffReading(parts, measured)


class CuffMemory:
    """Which readings of one device were already told, and the latest time that its clock has shown."""

    def __init__(self) -> None:
        self._stamped: deque[tuple[str, str, str]] = deque(maxlen=REMEMBERED_READINGS)
        self._last: tuple[str, str] | None = None
        self._latest: Stamp | None = None

    def clock(self, shown: Stamp | None) -> None:
        """Take a time that the monitor has written anywhere."""
        if shown is not None and shown.seconds is not None:
            ahead = shown.seconds_since(self._latest) if self._latest else None
            # A clock that was set back by far begins anew.
            if ahead is None or ahead > 0.0 or ahead < -LONGEST_AGE_S:
                self._latest = shown

    def age_s(self, reading: CuffReading) -> float:
        """How old a reading is at least, seconds; 0 when nothing is known."""
        age_s = self._latest.seconds_since(reading.measured) if self._latest and reading.measured else None
        return age_s if age_s is not None and 0.0 < age_s <= LONGEST_AGE_S else 0.0

    def is_new(self, reading: CuffReading) -> bool:
        """Whether this reading was not told before, and if so remember it.

        With a stamp it is new when the stamp is, or a pressure under it; without one, when a pressure differs from the
        reading told last.
        """
        # As texts, for NaN is not equal to itself. The mean is left out: it may be added a moment later.
        systolic, diastolic = (str(reading.parts.get(vital)) for vital in (Vital.SYSTOLIC, Vital.DIASTOLIC))
        if reading.measured is None:
            new = (systolic, diastolic) != self._last
        else:
            stamped = (reading.measured.label, systolic, diastolic)
            new = stamped not in self._stamped
            if new:
                self._stamped.append(stamped)
        if new:
            self._last = (systolic, diastolic)
        return new
