"""One cuff reading out of the several messages in which a node publishes it. No clock: times come in.

Theory of operation. Each pressure comes on its own topic, one right after the other, without a time and without
anything that says which belong together. So the values are gathered: the first opens a gathering, a value of a vital
that is already there opens the next. A gathering is a reading when all mapped vitals are there, or, 5 s after it was
opened, when at least systolic and diastolic are. Anything less is no reading: a systolic is never shown with an older
diastolic.

A node may publish the last reading again at every update. Without stamps, the same values are the same reading unless
the cuff was seen to run in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from vitalwatch.model import Vital

PRESSURES: Final = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)

GATHER_S: Final = 5.0
"""Seconds. Longer than a node needs for some messages, far shorter than a cuff from one reading to the next."""


class Reading(msgspec.Struct, frozen=True):
    """A gathered cuff reading.

    Attributes:
        values: mmHg and bpm; ``None`` is the node's "no value", NaN what is not a number.
        age_s: how long it waited for values that did not come, seconds; 0 when it is complete.
    """

    values: dict[Vital, float | None]
    age_s: float


class CuffGathering:
    """Gathers the readings of one cuff.

    Args:
        vitals: which of its values the node publishes; systolic and diastolic among them.

    Attributes:
        halves: gatherings that were given up, because systolic or diastolic did not come.
    """

    def __init__(self, vitals: Iterable[Vital]) -> None:
        self.halves = 0
        self._vitals = frozenset(vitals)
        self._values: dict[Vital, float | None] = {}
        self._began_at = 0.0
        self._last: dict[Vital, str] = {}
        self._inflating = False
        self._ran = False

    def inflating(self, on: bool) -> None:
        """The cuff begins or ends to run: what comes afterwards is a new reading even if its values are the same."""
        self._inflating = on
        self._ran |= on

    def failed(self) -> None:
        """The cuff ran without a result: what is published is still the reading before."""
        self._ran = False

    def take(self, vital: Vital, value: float | None, now: float) -> list[Reading]:
        """Take one value that arrived at ``now``; give the readings that are done and new by it, oldest first."""
        done = self._close(now) if vital in self._values else []
        if not self._values:
            self._began_at = now
        self._values[vital] = value
        if self._values.keys() == self._vitals:
            done += self._close(self._began_at)
        return done

    def overdue(self, now: float) -> list[Reading]:
        """Give the reading that has waited long enough at ``now``."""
        return self._close(now) if self._values and now - self._began_at > GATHER_S else []

    def drop(self) -> None:
        """Throw away what is being gathered: what comes next may be from another time."""
        self._values = {}

    def _close(self, now: float) -> list[Reading]:
        values, self._values = self._values, {}
        if not values.keys() >= {Vital.SYSTOLIC, Vital.DIASTOLIC}:
            self.halves += 1
            return []
        if all(values.get(vital) is None for vital in PRESSURES):
            return []
        # As texts, for NaN is not equal to itself. The pulse is left out: it wavers while the pressures are shown on.
        texts = {vital: str(values.get(vital)) for vital in PRESSURES}
        if texts == self._last and not (self._ran and not self._inflating):
            return []
        self._last, self._ran = texts, self._inflating
        return [Reading(values, now - self._began_at)]
