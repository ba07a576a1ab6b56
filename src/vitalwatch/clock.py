"""The one clock of a running service: monotonic seconds for decisions, wall time as a label for people.

Everything that needs time takes a ``Clock`` or a plain ``now``; tests drive a hand-made one. ``speed`` is above 1
only when recorded or simulated data are played faster than life: then every delay, age and deadline of the service
runs at that speed together, so that an alarm comes after the same number of *recorded* seconds.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where a service reads its time."""

    speed: float
    """Service seconds that pass in one second of real time; 1.0 for patients."""

    def now(self) -> float:
        """Monotonic service seconds; only differences mean anything."""
        ...

    def wall(self) -> datetime:
        """UTC time of day, a label for people and records."""
        ...


class SystemClock:
    """The computer's own clocks, optionally running faster from the moment of creation.

    Args:
        speed: service seconds in a real second.
        start: service seconds at the moment of creation; by default the computer's own monotonic ones. A service with a
            record counts on from where the record ends, so that one axis runs through all its restarts.
    """

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        self.speed = speed
        self._origin = time.monotonic()
        self._start = self._origin if start is None else start

    def now(self) -> float:
        """Monotonic service seconds; only differences mean anything."""
        return self._start + (time.monotonic() - self._origin) * self.speed

    def wall(self) -> datetime:
        """UTC time of day of the computer, at every speed."""
        return datetime.now(UTC)
