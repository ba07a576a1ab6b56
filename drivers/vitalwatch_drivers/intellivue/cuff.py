"""Tells a new cuff reading from one that is shown again. Pure.

A monitor sends its last reading with every poll, for hours. The reading has a time stamp of its own (attributes 0990
and 0991), and it is new when that changes, not when its numbers do. Without a usable stamp it is new when its numbers
changed, or when the cuff was seen running since the last one.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from vitalwatch_drivers.intellivue.frames import TICKS_A_SECOND, Attributes, Poll, Stamp, parse_stamp

ABSOLUTE_TIME, RELATIVE_TIME = 0x0990, 0x0991
LONGEST_AGE_S: Final = 365 * 86400.0
"""A difference beyond it shows that a clock was set, and is no age."""

REMEMBERED: Final = 16
"""Readings that are known again, also when datagrams overtake each other."""

_WRAP: Final = 1 << 32


class Measured(msgspec.Struct, frozen=True):
    """When a reading was made, as far as the monitor says it.

    Attributes:
        stamp: by the monitor's clock; ``None`` when not told or not set.
        ticks: by the monitor's relative time, 1/8 ms; ``None`` when not told.
    """

    stamp: Stamp | None
    ticks: int | None

    @classmethod
    def of(cls, attributes: Attributes) -> Measured:
        """The two time stamps of an object."""
        ticks = attributes.get(RELATIVE_TIME, b"")
        return cls(
            parse_stamp(attributes.get(ABSOLUTE_TIME, b"")), int.from_bytes(ticks, "big") if len(ticks) == 4 else None
        )

    def age_s(self, poll: Poll) -> float:
        """How long before the poll it was made; 0 when that cannot be said."""
        if self.stamp is not None and poll.stamp is not None:
            age_s = poll.stamp.seconds - self.stamp.seconds
        elif self.ticks is not None:
            age_s = ((poll.ticks - self.ticks) % _WRAP) / TICKS_A_SECOND
        else:
            return 0.0
        return round(age_s, 2) if 0 <= age_s <= LONGEST_AGE_S else 0.0

    def same(self, other: Measured) -> bool | None:
        """Whether both are the same moment; ``None`` when they cannot be compared."""
        if self.stamp is not None and other.stamp is not None:
            return self.stamp == other.stamp
        if self.ticks is not None and other.ticks is not None:
            return self.ticks == other.ticks
        return None


class CuffMemory:
    """Which readings of a device were told; kept over cut links."""

    def __init__(self) -> None:
        self._seen: deque[Measured] = deque(maxlen=REMEMBERED)
        self._pressures: tuple[float | None, ...] = ()
        self._ran = False

    def runs(self) -> None:
        """The cuff was seen running: the next reading without a stamp is new."""
        self._ran = True

    def is_new(self, measured: Measured, pressures: tuple[float | None, ...]) -> bool:
        """Whether this is another reading than the last; remembers it."""
        known = [same for each in self._seen if (same := measured.same(each)) is not None]
        new = not any(known) if known else self._ran or pressures != self._pressures
        if new:
            self._seen.append(measured)
        self._pressures, self._ran = pressures, False
        return new
