"""Follows one cuff from rest to reading and back: what to ask the module, and which result is a new one. Pure.

Theory of operation. The module sends by itself only ``K``, when a measurement is complete; its result is kept and sent
at any time, so a result is taken only once after a ``K``::

    resting ──start sent──▶ starting ──pressure──▶ inflated ──K──▶ fetching ──result──▶ emptying ──empty──▶ resting
       ├──pressure: somebody pressed the module's own button────▲                ▲
       └──K: a measurement that was not seen───────────────────────────────┘

A measurement that was not seen (the link had just opened) has no proof of its own: the same numbers as those told last
are then a repeat. After our own start, a ``K`` before any pressure cannot be the end of a measurement: the result that
the module still holds is an old one, so it is not fetched.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

from vitalwatch.driver import Due
from vitalwatch.model import Vital, plausible
from vitalwatch_drivers.suntech.frames import COMPLETE, GET_PRESSURE, GET_RESULT, START_BP, Answer, Packet, Result

RESTING_POLL_S: Final = 2.0
"""How often a resting module is asked for its cuff pressure: that it answers shows that it is there."""

RUNNING_POLL_S: Final = 0.2
"""How often while the cuff may be under pressure: five times a second, as in SunTech's worked cycle."""

INFLATED_MMHG: Final = 20
"""From this pressure on the cuff is inflated; an arm that leans on an empty one stays below."""

EMPTY_MMHG: Final = 10
"""Below this pressure it is empty."""

START_S: Final = 10.0
"""Within this time of a start there has to be pressure."""

END_S: Final = 5.0
"""How long after the cuff is empty again the end may be announced; then the measurement has failed."""

RESULT_WAIT_S: Final = 1.0
RESULT_TRIES: Final = 3

EMPTYING_S: Final = 15.0
"""A cuff that is still inflated so long after the end of a measurement is inflated again, or does not open."""


class Phase(StrEnum):
    """Where a measurement stands."""

    RESTING = "resting"
    STARTING = "starting"
    INFLATED = "inflated"
    FETCHING = "fetching"
    EMPTYING = "emptying"


class Measurement:
    """The measurements of one module, one after the other.

    Attributes:
        failure: why the last one gave no reading; empty when it gave one, or another has begun.
    """

    def __init__(self) -> None:
        self._told: Result | None = None
        self.reset()

    @property
    def inflated(self) -> bool:
        """Whether a measurement runs and the cuff is under pressure."""
        return self._phase is Phase.INFLATED

    def reset(self) -> None:
        """Forget the present measurement and a start that was not sent: the link was cut. The last reading is kept."""
        self.failure = ""
        self._phase = Phase.RESTING
        self._since = -math.inf
        self._ask_at = -math.inf
        self._start_wanted = False
        self._empty = True
        self._empty_since: float | None = None
        self._seen = False

    def want_start(self) -> None:
        """Start one as soon as the cuff is empty. While one is under way, that one is the answer."""
        self._start_wanted = self._phase in (Phase.RESTING, Phase.EMPTYING)

    def due(self, now: float) -> Due:
        """What to send at ``now``, and when to ask again."""
        self._pass_time(now)
        if self._start_wanted and self._phase is Phase.RESTING:
            self._start_wanted = False
            self.failure = ""
            self._enter(Phase.STARTING, now)
            return Due((START_BP,), self._ask_at)
        if now < self._ask_at:
            return Due(next_at=self._ask_at)
        request, pause_s = GET_PRESSURE, RUNNING_POLL_S
        if self._phase is Phase.RESTING:
            pause_s = RESTING_POLL_S
        elif self._phase is Phase.FETCHING:
            request, pause_s = GET_RESULT, RESULT_WAIT_S
        self._ask_at = now + pause_s
        return Due((request,), self._ask_at)

    def take(self, packet: Packet, now: float) -> Result | None:
        """Take a packet that arrived at ``now``; give the result if it is a good and new reading."""
        self._pass_time(now)
        if isinstance(packet, Result):
            return self._take_result(packet, now)
        if not isinstance(packet, Answer):
            self._take_pressure(packet.mmhg, now)
        elif packet.code == COMPLETE and self._phase in (Phase.RESTING, Phase.INFLATED):
            self._seen = self._phase is Phase.INFLATED
            self._enter(Phase.FETCHING, now)
        return None

    def _take_pressure(self, mmhg: int, now: float) -> None:
        self._empty = mmhg < EMPTY_MMHG
        if self._phase in (Phase.RESTING, Phase.STARTING) and mmhg >= INFLATED_MMHG:
            self.failure = ""
            self._empty_since = None
            self._enter(Phase.INFLATED, now)
        elif self._phase is Phase.INFLATED:
            if not self._empty:
                self._empty_since = None
            elif self._empty_since is None:
                self._empty_since = now
            elif now - self._empty_since >= END_S:
                self._end("ended without a result", now)
        elif self._phase is Phase.EMPTYING and self._empty:
            self._enter(Phase.RESTING, now)

    def _take_result(self, result: Result, now: float) -> Result | None:
        if self._phase is not Phase.FETCHING:
            return None  # nobody asked: whenever it was measured, it is not new
        fault = fault_of(result)
        self._end(fault, now)
        if fault or (result == self._told and not self._seen):
            return None
        self._told = result
        return result

    def _pass_time(self, now: float) -> None:
        for_s = now - self._since
        if self._phase is Phase.STARTING and for_s >= START_S:
            self._end("the cuff did not inflate", now)
        elif self._phase is Phase.FETCHING and for_s >= RESULT_TRIES * RESULT_WAIT_S:
            self._end("no result came", now)
        elif self._phase is Phase.EMPTYING and for_s >= EMPTYING_S:
            self._enter(Phase.RESTING, now)

    def _end(self, failure: str, now: float) -> None:
        self.failure = failure
        self._enter(Phase.RESTING if self._empty else Phase.EMPTYING, now)

    def _enter(self, phase: Phase, now: float) -> None:
        self._phase = phase
        self._since = now
        self._ask_at = now if phase is Phase.FETCHING else now + RUNNING_POLL_S


def fault_of(result: Result) -> str:
    """Why a result is no reading; empty if it is one.

    A number that no body has is no reading even without an error code, and takes the others with it.
    """
    if result.error:
        return f"error {result.error}"
    if not result.systolic > result.diastolic:
        return "systolic is not above diastolic"
    if not (plausible(Vital.SYSTOLIC, result.systolic) and plausible(Vital.DIASTOLIC, result.diastolic)):
        return "pressures are out of range"
    return ""
