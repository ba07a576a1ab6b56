"""The simulated time that all monitors of a process share; it may run faster than life."""

from __future__ import annotations

import asyncio
import contextlib
import math

from vitalwatch.clock import Clock


class Timeline:
    """Simulated seconds from a common beginning.

    Args:
        clock: the real time, at the simulation's speed.

    Attributes:
        speed: simulated seconds in one real second.
    """

    def __init__(self, clock: Clock) -> None:
        self.speed = clock.speed
        self._clock = clock
        self._zero: float | None = None
        self._begun = asyncio.Event()

    def begin(self) -> None:
        """Let time begin, at 0."""
        self._zero = self._clock.now()
        self._begun.set()

    def now(self) -> float:
        """Simulated seconds since the beginning; 0 before it."""
        return 0.0 if self._zero is None else self._clock.now() - self._zero

    async def until(self, t: float) -> None:
        """Wait until ``t``; for the beginning if there was none yet; lets other tasks run also if ``t`` is past."""
        await self._begun.wait()
        await asyncio.sleep(self._real_seconds_to(t))

    async def until_or(self, t: float, event: asyncio.Event) -> None:
        """Wait until ``t``, which may be infinite, but no longer than until ``event`` is set."""
        await self._begun.wait()
        seconds = self._real_seconds_to(t)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if math.isinf(seconds) else seconds):
                await event.wait()

    def _real_seconds_to(self, t: float) -> float:
        return max(0.0, (t - self.now()) / self.speed)
