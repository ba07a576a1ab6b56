"""When a cuff reading of a Tempus Pro is new, and how old it is."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import Final

import msgspec

from vitalwatch_drivers.tempus.frames import Entry, Vitals
from vitalwatch_drivers.tempus.values import CUFF_NAMES, has_streams, is_cuff

LONGEST_AGE: Final = timedelta(days=365)
REMEMBERED: Final = 32
"""Readings that are kept. More than one, since a monitor may send stored ones again after a lost network."""

Pressures = tuple[str, ...]
"""Systolic and diastolic as texts: not-a-number is not equal to itself."""


class Cuff(msgspec.Struct, frozen=True):
    """The newest cuff reading of a message.

    Attributes:
        entry: where it stands.
        age_s: how old it was when its message was made, by two stamps of the monitor; ``None`` if the message holds
            no other time.
        own_time: whether the entry holds the cuff's numbers only, so that its time is that of the measurement.
    """

    entry: Entry
    age_s: float | None
    own_time: bool

    @property
    def pressures(self) -> Pressures:
        """What tells readings apart. The mean is left out: a monitor may add it a moment later."""
        values = {sign.name: sign.value for sign in self.entry.signs if is_cuff(sign)}
        return tuple(str(values.get(name)) for name in CUFF_NAMES[:2])


def newest_reading(vitals: Vitals) -> Cuff | None:
    """The newest entry with a cuff pressure that has a value, if there is one."""
    readings = [
        entry for entry in vitals.entries if any(is_cuff(sign) and sign.value is not None for sign in entry.signs)
    ]
    if not readings:
        return None
    dated = [(entry.taken, entry) for entry in readings if entry.taken is not None]
    entry = max(dated, key=lambda each: each[0])[1] if dated else readings[-1]
    others = [other.taken for other in vitals.entries if other is not entry and other.taken is not None]
    age_s = None
    if entry.taken is not None and others:
        age = max(others) - entry.taken
        # A reading after the newest other number was just made; years apart, a clock was set in between.
        age_s = age.total_seconds() if timedelta(0) < age <= LONGEST_AGE else 0.0
    return Cuff(entry, age_s, entry.taken is not None and not has_streams(entry))


class CuffMemory:
    """Tells a new reading from one that is sent again.

    With a time of its own a reading is new when that time or its pressures are. Without one only changed pressures are
    new. What is there when the monitor is first heard, and tells no age, may be hours old and another person's: it is
    not told.
    """

    def __init__(self) -> None:
        self._told: deque[tuple[str, Pressures]] = deque(maxlen=REMEMBERED)
        self._last: tuple[str, Pressures] | None = None
        self._heard = False

    def is_new(self, cuff: Cuff | None) -> bool:
        """Whether the reading of a message was not there before; remembers it."""
        heard, self._heard = self._heard, True
        if cuff is None:
            return False
        key = (cuff.entry.stamp if cuff.own_time else "", cuff.pressures)
        last, self._last = self._last, key
        dated = cuff.own_time and cuff.age_s is not None
        if key in self._told or (not dated and (not heard or key == last)):
            return False
        if not cuff.own_time and last is not None and last[1] == key[1]:
            return False
        if cuff.own_time:
            self._told.append(key)
        return True
