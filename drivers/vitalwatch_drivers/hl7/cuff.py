"""Tells a new cuff reading from one that is shown again. Pure.

Monitors send the last reading with every message, for hours. The stamp of the reading (OBX-14) tells them apart, but
some senders write the time of the message there, or nothing. So a stamp that is just the message's own time proves
nothing: then a reading is new only if its pressures differ from the last.

The price: with such a sender two readings in a row with the very same pressures count as one.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from vitalwatch.hl7 import Stamp

OWN_TIME_S: Final = 2.0
"""A stamp this near to the message's own is that of the message: some senders take the two a moment apart."""

LONGEST_AGE_S: Final = 365 * 86400.0
"""A reading cannot be older; a difference beyond it shows that a clock was set, and is no age."""

REMEMBERED_READINGS: Final = 32
"""Stamped readings that are kept. More than one, since senders repeat stored readings after a reconnect."""


class CuffReading(msgspec.Struct, frozen=True):
    """The cuff rows of one message.

    Attributes:
        systolic: mmHg; ``None`` if not sent, NaN if it cannot be used. The other three alike.
        diastolic: mmHg.
        mean: mmHg.
        pulse: bpm.
        measured: when the reading was taken, if the device says.
        sent: when the message was made, if the device says.
    """

    systolic: float | None
    diastolic: float | None
    mean: float | None
    pulse: float | None
    measured: Stamp | None
    sent: Stamp | None

    @property
    def empty(self) -> bool:
        """Whether there is no reading: no pressure, or zeros, which a monitor shows before the first."""
        return all(part is None or part == 0.0 for part in (self.systolic, self.diastolic, self.mean))

    @property
    def unstamped(self) -> bool:
        """Whether nothing but the message's own time says when it was taken."""
        if self.measured is None or self.measured == self.sent:
            return True
        apart = self.sent.seconds_since(self.measured) if self.sent else None
        return apart is not None and 0.0 <= apart < OWN_TIME_S

    @property
    def age_s(self) -> float:
        """How old it was when its message was made, seconds; 0 when that is not known."""
        age_s = self.sent.seconds_since(self.measured) if self.sent and self.measured else None
        return age_s if age_s is not None and 0.0 < age_s <= LONGEST_AGE_S else 0.0


class CuffMemory:
    """Which readings of one device were already told."""

    def __init__(self) -> None:
        self._stamped: deque[tuple[str, str, str]] = deque(maxlen=REMEMBERED_READINGS)
        self._last: tuple[str, str, str] | None = None

    def is_new(self, reading: CuffReading) -> bool:
        """Whether this reading was not told before, and if so remember it."""
        # As texts, for NaN is not equal to itself.
        triplet = (str(reading.systolic), str(reading.diastolic), str(reading.mean))
        stamped = (reading.measured.label, *triplet[:2]) if reading.measured else None
        # The mean is left out of what is stamped, as some monitors add it a moment later.
        new = triplet != self._last if reading.unstamped else stamped not in self._stamped
        if new:
            self._last = triplet
            if stamped is not None:
                self._stamped.append(stamped)
        return new
