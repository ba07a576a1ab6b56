"""Tells a new cuff reading from one that is shown again, and a measurement that failed. Pure.

The monitor repeats the last reading in every record, for hours. What tells a new one (DRI Specification 8005313, NIBP
group and auxiliary information): the time of the last measurement, if the monitor sends it; else its bits "measuring"
and "older than 60 s". Records may be lost, and the time may come a record before or after its numbers, so:

* numbers that differ from the last told and are not marked old are new;
* a changed time is a new reading too, unless it is the late time of the reading that was just told;
* without a time, the same numbers are new when a measurement was seen, or when the mark "old" fell;
* while a measurement runs there is no reading;
* a reading of unknown age that is marked old is not told: it may be of hours ago, or of somebody else.
"""

from __future__ import annotations

from typing import Final

import msgspec

MEASURING: Final = 0x0020
STASIS: Final = 0x0040  # the cuff holds its pressure, for a venipuncture
CALIBRATING: Final = 0x0080
OLD: Final = 0x0100  # "result older than 60 s"
"""Bits of the label of the NIBP group."""

OLD_S: Final = 60.0
LONGEST_AGE_S: Final = 86400.0
CLOCK_SLACK_S: Final = 2.0
"""A time that lies ahead of its own record by more, or behind by more than a day, says nothing of the reading."""


class Cuff(msgspec.Struct, frozen=True):
    """What one record says of the cuff.

    Attributes:
        bits: the label.
        numbers: systolic, diastolic, mean and pulse as they were sent; ``None`` when there is no pair of pressures.
        measured: time of the last measurement, s, by the monitor's clock; ``None`` if not known.
        sent: time of the record, s, by the same clock.
    """

    bits: int
    numbers: tuple[int, ...] | None
    measured: int | None
    sent: int

    @property
    def busy(self) -> bool:
        """Whether the cuff is at work, so that its numbers are no result."""
        return bool(self.bits & (MEASURING | STASIS | CALIBRATING))

    @property
    def old(self) -> bool:
        """Whether the monitor marks the numbers as old."""
        return bool(self.bits & OLD)

    @property
    def age_s(self) -> float | None:
        """Seconds from the measurement to this record; ``None`` if that cannot be said."""
        if self.measured is None or not -CLOCK_SLACK_S <= self.sent - self.measured <= LONGEST_AGE_S:
            return None
        return float(max(0, self.sent - self.measured))

    @property
    def ended(self) -> int:
        """When the reading was taken, as far as is known: not later than its record."""
        return self.sent if self.measured is None or self.age_s is None else self.measured


class CuffMemory:
    """Which reading of one monitor was told last, and whether its last measurement failed."""

    def __init__(self) -> None:
        self.failed = False
        self._told: tuple[int, ...] | None = None
        self._told_at = 0
        self._measured: int | None = None
        self._measuring = False
        self._was_old = False

    def reset(self) -> None:
        """The link was cut: a measurement that ran may have ended in any way. What was told is kept."""
        self.failed = False
        self._measuring = False

    def is_new(self, cuff: Cuff) -> bool:
        """Whether a record brings a reading that was not told before; if so remember it."""
        if cuff.busy:
            self._measuring = self._measuring or bool(cuff.bits & MEASURING)
            self.failed = False
            return False
        if cuff.numbers is None:
            self.failed = self.failed or self._measuring
            self._measuring = False
            return False
        new = self._differs(cuff)
        self._measuring, self._was_old = False, cuff.old
        if new:
            self.failed = False
            self._told, self._told_at = cuff.numbers, cuff.sent
        return new

    def _differs(self, cuff: Cuff) -> bool:
        changed = cuff.numbers != self._told and not cuff.old
        if cuff.age_s is None:
            return changed or (not cuff.old and (self._measuring or self._was_old))
        if cuff.old and cuff.age_s < OLD_S - CLOCK_SLACK_S:
            return False  # the time is new, the numbers are still those before
        late = cuff.numbers == self._told and cuff.measured is not None and cuff.measured <= self._told_at
        again = cuff.measured == self._measured or late
        self._measured = cuff.measured
        return changed or not again
