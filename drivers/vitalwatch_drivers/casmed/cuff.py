"""Tells a new cuff reading of a CASMED 740 from one that is shown again, and follows a measurement that runs. Pure.

Theory of operation. The monitor shows its last pressures for as long as it likes and never says when they were taken.
Pressures count as seen only when two replies in a row agree: without a checksum a changed digit would look like a new
reading, and so would a reply in which only one of the pressures is new already.

What is seen is a new reading when it differs from what was known; what stood there at the beginning is only known. The
same three numbers again are a repeat, unless a measurement was seen::

    resting ──start sent──▶ starting ──cuff pressure──▶ running ──no cuff pressure any more──▶ settling ──▶ resting
       └──────────────────────cuff pressure──────────────────▲  ◀──────cuff pressure───────────────┘

While settling, other pressures are the new reading. The same ones may have been measured again, or be those of before a
failure: after a while they are told as questionable.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final, NamedTuple

START_S: Final = 10.0
"""Within this time of a start the monitor has to tell a cuff pressure."""

QUIET_S: Final = 4.0
"""A measurement has ended when no cuff pressure came for so long: it is told about each step."""

SETTLE_S: Final = 10.0
"""How long after the end of a measurement its pressures may take to appear."""

FRESH_S: Final = 30.0
"""Replies are closer together than this on a link that works; a reading from between them is new."""


class Pressures(NamedTuple):
    """A complete set of pressures in mmHg; only the mean may be missing."""

    systolic: int
    diastolic: int
    mean: int | None


class Reading(NamedTuple):
    """A cuff reading that was not told before.

    Attributes:
        pressures: what was measured.
        age_s: the greatest age it can have, if the link was cut when it was measured; else 0.
        proven: whether it is known that they were measured now; else they may be those of before a failure.
    """

    pressures: Pressures
    age_s: float
    proven: bool


class Phase(StrEnum):
    """Where a measurement stands."""

    RESTING = "resting"
    STARTING = "starting"
    RUNNING = "running"
    SETTLING = "settling"


class CuffMemory:
    """The cuff of one monitor.

    Attributes:
        failure: why the last measurement gave no reading; empty when it gave one, or another has begun.
    """

    def __init__(self) -> None:
        self._known: Pressures | None = None
        self._seen_at = -math.inf
        self.reset()

    def reset(self) -> None:
        """Forget the present measurement: the link was cut. The pressures known last stay, and when they were seen."""
        self.failure = ""
        self._phase = Phase.RESTING
        self._since = -math.inf
        self._pressure_at = -math.inf
        self._last: object = object()  # equal to nothing that the monitor may show

    @property
    def resting(self) -> bool:
        """Whether no measurement is under way."""
        return self._phase is Phase.RESTING

    @property
    def running(self) -> bool:
        """Whether the cuff is under pressure."""
        return self._phase is Phase.RUNNING

    def start(self, now: float) -> None:
        """Take note that a start was sent."""
        self._begin(Phase.STARTING, now)

    def refuse(self, reason: str, now: float) -> None:
        """Take note that the monitor refuses; a start that was just sent has failed."""
        self._pass_time(now)
        if self._phase is Phase.STARTING:
            self._end(reason, now)

    def inflate(self, now: float) -> None:
        """Take note of a cuff pressure."""
        self._pressure_at = now
        if self._phase is Phase.SETTLING:  # a long step, and not the end
            self._enter(Phase.RUNNING, now)
        elif self._phase is not Phase.RUNNING:
            self._begin(Phase.RUNNING, now)

    def take(self, shown: Pressures | None, now: float) -> Reading | None:
        """Take the pressures that the monitor shows, or ``None`` for dashes; give a reading if they are a new one."""
        self._pass_time(now)
        agrees = shown == self._last
        self._last = shown
        if not agrees:
            return None
        if shown is None:
            self._seen_at = now
            if self._phase is Phase.SETTLING and self._settled(now):
                self._end("ended without a result", now)
            return None
        if self._phase is Phase.RUNNING:  # they may be changing
            return None
        seen_before, self._seen_at = self._seen_at, now
        if seen_before == -math.inf:
            self._known = shown
        is_new = shown != self._known
        if not is_new and not (self._phase is Phase.SETTLING and self._settled(now)):
            return None
        self._known = shown
        self.failure = ""
        if self._phase is Phase.SETTLING:
            self._end("", now)
        greatest_age_s = now - max(seen_before, self._pressure_at)
        return Reading(shown, greatest_age_s if greatest_age_s > FRESH_S else 0.0, is_new)

    def _settled(self, now: float) -> bool:
        return now - self._since >= SETTLE_S

    def _pass_time(self, now: float) -> None:
        if self._phase is Phase.STARTING and now - self._since >= START_S:
            self._end("the cuff did not inflate", now)
        elif self._phase is Phase.RUNNING and now - self._pressure_at >= QUIET_S:
            self._enter(Phase.SETTLING, now)

    def _begin(self, phase: Phase, now: float) -> None:
        self.failure = ""
        self._enter(phase, now)

    def _end(self, failure: str, now: float) -> None:
        self.failure = failure
        self._enter(Phase.RESTING, now)

    def _enter(self, phase: Phase, now: float) -> None:
        self._phase = phase
        self._since = now
