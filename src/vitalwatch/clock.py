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
    """The computer's own clocks, optionally running faster from the moment of creation."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._origin = time.monotonic()

    def now(self) -> float:
        """Monotonic service seconds; only differences mean anything."""
        real = time.monotonic()
        if self.speed == 1.0:
            return real
        return self._origin + (real - self._origin) * self.speed

    def wall(self) -> datetime:
        """UTC time of day of the computer, at every speed."""
        return datetime.now(UTC)
