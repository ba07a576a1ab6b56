"""Tells a new cuff reading from one that is sent again, and how old one is. No clock: times come in.

Theory of operation. Cuffs keep their readings and send them after a reconnect, the unseen and the seen (Blood Pressure
Service, stored measurements). A reading with a time stamp is the same if stamp, user and pressures are those of one of
the last 32; without a stamp, if user and pressures are those of the last one and the cuff did not run in between.

A message holds the reading's stamp and no time of its own, so its age cannot be told in general. But two readings that
come within 20 s of each other were not both just taken: a measurement takes longer. The one with the earlier stamp is
then at least as old as the stamps are apart, which is right for cuffs that send the newest reading first.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Final, TypeAlias

from vitalwatch_drivers.bluetooth.frames import BloodPressure

REMEMBERED: Final = 32
"""Readings that are remembered. Not "only newer stamps count": a clock that is set back would make the cuff mute."""

BURST_S: Final = 20.0
"""Seconds. Two readings that come closer than this come from the cuff's memory; no measurement is that short."""

Key: TypeAlias = tuple[datetime | None, int | None, float | None, float | None, float | None]


class CuffMemory:
    """The readings of one cuff that were seen. Outlives a lost link."""

    def __init__(self) -> None:
        self._seen: deque[Key] = deque(maxlen=REMEMBERED)
        self._last: Key | None = None
        self._ran = False
        self._newest: tuple[datetime, float] | None = None
        self._came_at = 0.0

    def running(self) -> None:
        """The cuff is under pressure: what comes next was measured now."""
        self._ran = True
        self._newest = None

    def is_last(self, reading: BloodPressure) -> bool:
        """Whether it is the very reading that was taken last."""
        return _key(reading) == self._last

    def take(self, reading: BloodPressure, now: float) -> float | None:
        """Take a reading that arrived at ``now``, seconds.

        Returns:
            Its known age in seconds, 0 if nothing is known of it; ``None`` if it was seen before.
        """
        key = _key(reading)
        age_s = self._age_s(reading.time, now)
        again = key in self._seen if reading.time is not None else key == self._last and not self._ran
        if again:
            return None
        self._last, self._ran = key, False
        if reading.time is not None:
            self._seen.append(key)
        return age_s

    def _age_s(self, stamp: datetime | None, now: float) -> float:
        if self._newest is not None and now - self._came_at > BURST_S:
            self._newest = None
        self._came_at = now
        if stamp is None:
            return 0.0
        if self._newest is None or stamp > self._newest[0]:
            self._newest = (stamp, now)
            return 0.0
        newest, at = self._newest
        return (newest - stamp).total_seconds() + now - at


def _key(reading: BloodPressure) -> Key:
    """What makes two readings one. The pressures are in it, for clocks that stand still are real, and a crisis must
    not be taken for a repeat."""
    return (reading.time, reading.user, reading.systolic, reading.diastolic, reading.mean)
