"""Follows one cuff from rest to reading and back: what to ask the module, and which result is a new one. Pure.

Theory of operation. While a measurement runs, the module tells the cuff's pressure by itself, then ``999``; the result
is in its status, which also holds it for hours afterwards. So the numbers of a status are taken only once, after
``999``::

    resting ──start sent──▶ starting ──pressure──▶ running ──999──▶ fetching ──status──▶ resting
       ├──pressure, or status 3: the module started by itself──▲              ▲
       └──999: a measurement that was not seen────────────────────────────────┘

A measurement that was not seen (the link had just opened) has no proof of its own: the same numbers as those told last
are then a repeat. After our own start, a ``999`` without any pressure before it brings no reading at all.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

from vitalwatch.driver import Due
from vitalwatch.model import Vital, plausible
from vitalwatch_drivers.stx_nibp.frames import GET_STATUS, START, End, Frame, ModuleStatus, Pressure

RESTING_POLL_S: Final = 3.0
"""How often a resting module is asked for its status: that it answers shows that it is there."""

QUIET_S: Final = 2.0
"""It is not asked so long after a pressure: a module that measures is left alone."""

GAP_S: Final = 1.1
"""Least time between two requests, as a reader of the PAR NIBP2010 keeps it."""

START_S: Final = 10.0
"""Within this time of a start there has to be a pressure, or ``999``."""

RESULT_WAIT_S: Final = 1.5
RESULT_TRIES: Final = 3

STANDBY: Final = 1
ERROR: Final = 2
MEASURING: Final = 3
CYCLE: Final = 6
"""States. A module in cycle mode shows the last one between its measurements."""

DONE: Final = frozenset({STANDBY, ERROR, CYCLE})

MESSAGES: Final[dict[int, str]] = {
    2: "command not valid",
    6: "cuff loose or not connected",
    7: "cuff leaks",
    8: "fault in pump or valves",
    9: "took too long, or pulse too weak",
    10: "values out of range",
    11: "motion",
    12: "pressure too high",
    13: "signal too strong",
    14: "leak in the leak test",
    15: "system error",
}
"""What the messages say, where two or more readers agree. 0 is no message; any other is told as its number."""


class Phase(StrEnum):
    """Where a measurement stands."""

    RESTING = "resting"
    STARTING = "starting"
    RUNNING = "running"
    FETCHING = "fetching"


class Measurement:
    """The measurements of one module, one after the other.

    Attributes:
        failure: why the last one gave no reading; empty when it gave one, or another has begun.
        error: what the module itself says is wrong, since its last measurement; empty if nothing.
        cuff: the cuff code of the present or last measurement, if it was not 0.
        other_use: the state of a module that uses its cuff for something else (manometer, leak test), else ``None``.
    """

    def __init__(self) -> None:
        self._told: ModuleStatus | None = None
        self.reset()

    @property
    def running(self) -> bool:
        """Whether a measurement runs."""
        return self._phase is Phase.RUNNING

    def reset(self) -> None:
        """Forget the present measurement and a start that was not sent: the link was cut. The last reading stays."""
        self.failure = ""
        self.error = ""
        self.cuff = 0
        self._phase = Phase.RESTING
        self._since = -math.inf
        self._ask_at = -math.inf
        self._sent_at = -math.inf
        self._pressure_at = -math.inf
        self._start_wanted = False
        self._commanded = False
        self._seen = False
        self.other_use: int | None = None

    def want_start(self) -> None:
        """Start one with the next ``due``. While one is under way, that one is the answer."""
        self._start_wanted = self._phase is Phase.RESTING

    def due(self, now: float) -> Due:
        """What to send at ``now``, and when to ask again."""
        self._pass_time(now)
        start = self._start_wanted and self._phase is Phase.RESTING
        free_at = self._sent_at + GAP_S
        send_at = free_at if start else max(self._ask_at, free_at)
        if now < send_at:
            return Due(next_at=send_at)
        self._sent_at = now
        self._ask_at = now + (RESULT_WAIT_S if self._phase is Phase.FETCHING else RESTING_POLL_S)
        if start:
            self._start_wanted = False
            self._commanded = True
            self._begin(Phase.STARTING, now)
        return Due((START if start else GET_STATUS,), self._ask_at)

    def take(self, frame: Frame, now: float) -> ModuleStatus | None:
        """Take a frame that arrived at ``now``; give the status if its numbers are a good and new reading."""
        self._pass_time(now)
        match frame:
            case Pressure():
                self._take_pressure(frame, now)
            case End():
                self._take_end(now)
            case ModuleStatus():
                return self._take_status(frame, now)
        return None

    def _take_pressure(self, pressure: Pressure, now: float) -> None:
        self._pressure_at = now
        self._ask_at = now + QUIET_S
        if pressure.state == MEASURING:
            self.other_use = None
            self._run(now)
            self.cuff = pressure.cuff or self.cuff
            return
        self.other_use = pressure.state
        if self._phase is Phase.RUNNING:
            self._end("ended without a result", now)

    def _take_end(self, now: float) -> None:
        if self.other_use is not None:  # the end of a manometer or leak test: what the status holds is older
            self.other_use = None
        elif self._phase is not Phase.FETCHING:
            self._seen = self._phase is Phase.RUNNING
            self._enter(Phase.FETCHING, now)
            self._ask_at = now

    def _take_status(self, status: ModuleStatus, now: float) -> ModuleStatus | None:
        if status.state == MEASURING:
            if self._phase is not Phase.FETCHING:
                self._run(now)
            return None
        if status.state not in DONE:
            return None
        self.other_use = None
        self.error = message_words(status.message or 0) if status.state == ERROR else ""
        if self._phase is Phase.RUNNING and now - self._pressure_at >= QUIET_S:
            self._end(fault_of(status) or "ended without a result", now)
        elif self._phase is Phase.FETCHING:
            return self._take_result(status, now)
        return None

    def _take_result(self, status: ModuleStatus, now: float) -> ModuleStatus | None:
        fault = fault_of(status)
        if not fault and self._commanded and not self._seen:
            fault = "the cuff did not inflate"
        self._end(fault, now)
        if fault or (not self._seen and same_numbers(status, self._told)):
            return None
        self._told = status
        return status

    def _run(self, now: float) -> None:
        if self._phase is not Phase.RUNNING:
            self._begin(Phase.RUNNING, now)

    def _begin(self, phase: Phase, now: float) -> None:
        self.failure = ""
        self.error = ""
        self.cuff = 0
        self._enter(phase, now)

    def _pass_time(self, now: float) -> None:
        for_s = now - self._since
        if self._phase is Phase.STARTING and for_s >= START_S:
            self._end("the cuff did not inflate", now)
        elif self._phase is Phase.FETCHING and for_s >= RESULT_TRIES * RESULT_WAIT_S:
            self._end("no result came", now)

    def _end(self, failure: str, now: float) -> None:
        self.failure = failure
        self._commanded = False
        self._enter(Phase.RESTING, now)

    def _enter(self, phase: Phase, now: float) -> None:
        self._phase = phase
        self._since = now


def message_words(message: int) -> str:
    """A message of the module for people: its number, and what it says if that is known."""
    return f"message {message:02d}: {MESSAGES[message]}" if message in MESSAGES else f"message {message:02d}"


def fault_of(status: ModuleStatus) -> str:
    """Why the numbers of a status are no reading; empty if they are one.

    A number that no body has is no reading even without a message, and takes the others with it.
    """
    if status.message:
        return message_words(status.message)
    if status.message is None or status.state == ERROR or status.systolic is None or status.diastolic is None:
        return "the module found no pressure"
    if not status.systolic > status.diastolic:
        return "systolic is not above diastolic"
    if not (plausible(Vital.SYSTOLIC, status.systolic) and plausible(Vital.DIASTOLIC, status.diastolic)):
        return "pressures are out of range"
    return ""


def same_numbers(status: ModuleStatus, other: ModuleStatus | None) -> bool:
    """Whether two statuses hold the same pressures and pulse."""
    return other is not None and (status.systolic, status.diastolic, status.mean, status.pulse) == (
        *(other.systolic, other.diastolic, other.mean, other.pulse),
    )
