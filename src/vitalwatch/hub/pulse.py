"""The service's check of itself: what it can honestly know about its own failing. Pure; times in real seconds.

While the event loop stands still it can tell nobody: that is the watchdog's work (``watchdog.py``), and each page
covers itself after 2.5 s of silence. What is left for here is to say afterwards that it happened, and what else is
wrong with the deciding of alarms.
"""

from __future__ import annotations

from typing import Final

STOOD_S: Final = 3.0
"""A beat that comes this late: every screen has covered itself, and alarms came as late as that."""

OVERDUE_S: Final = 1.0
"""Nothing that the alarm engine has to do by itself may be this late."""

HELD_S: Final = 10.0
"""A fault counts this long, so that one that is over in a moment is an alarm all the same: it may come again."""


class Pulse:
    """Judges each beat of the service."""

    def __init__(self) -> None:
        self._faults = 0
        self._why = ""
        self._until = float("-inf")

    def beat(self, now: float, *, late_s: float, overdue_s: float, faults: int) -> str:
        """Judge how things are.

        Args:
            now: the time of this beat.
            late_s: by how much it came later than planned.
            overdue_s: by how much the alarm engine's next deadline has passed.
            faults: how often the alarm engine has failed since the start.

        Returns:
            What is or just was wrong, in plain words; empty when nothing.
        """
        if faults > self._faults:
            self._fail(now, "an error inside the deciding of alarms")
        elif late_s >= STOOD_S:
            self._fail(now, f"the service stood still for {late_s:.0f} s")
        elif overdue_s >= OVERDUE_S:
            self._fail(now, "alarms are decided late")
        self._faults = faults
        return self._why if now < self._until else ""

    def _fail(self, now: float, why: str) -> None:
        self._why, self._until = why, now + HELD_S
