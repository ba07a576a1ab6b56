"""What a row of the alarm catalogue is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.track import STREAM, Finding, Side, Timing, Track
from vitalwatch.alarms.transition import Priority, State
from vitalwatch.model import Vital

CUFF_NEWS = "cuff"
STATUS_NEWS = "status"
LINK_NEWS = "link"
HEARD_NEWS = "heard"
CLOCK_NEWS = "clock"
TICK_NEWS = "tick"
CARE_NEWS = "care"
ALARM_NEWS = "alarm"
"""Kinds of news, beside the vitals, after which a rule must look again."""


class Condition(msgspec.Struct, frozen=True):
    """One row of the catalogue: what it is, how it looks at a chair, and what it says.

    Attributes:
        id: ``SPO2-LOW``; the same in config, record, screen and docs.
        name: how it begins on the screen, ``SpO2 low``.
        kind: P physiological, T technical, O other.
        priority: unless a finding says otherwise.
        latching: whether it stays until acknowledged.
        action: what the nurse does.
        look: the rule: looks at the chair at a moment and gives a finding. Pure.
        words: the message and its note at a moment, given what the rule last found.
        news: what must have changed for the rule to look again: vitals and the kinds above. Time alone is in
            the finding's ``until``.
        vitals: the values on the tile that the alarm is about.
        timing: how long runs must be to end it.
        worse: id of the worse member of its severity pair, or empty. Acknowledging that acknowledges this.
        hidden_by: further conditions on the same vital that are worse: while one is there this stays dark.
        latching_when_high: whether it stays until acknowledged when its priority is high.
        scope: ``chair``, or ``clinic`` for what concerns all of them.
        hysteresis: how far back inside the limit counts as clear, in the vital's unit.
    """

    id: str
    name: str
    kind: Literal["P", "T", "O"]
    priority: Priority
    latching: bool
    action: str
    look: Callable[[Chair, float], Finding]
    words: Callable[[Chair, Track, float], tuple[str, str]]
    news: frozenset[str]
    vitals: tuple[Vital, ...] = ()
    timing: Timing = STREAM
    worse: str = ""
    hidden_by: tuple[str, ...] = ()
    hysteresis: float = 0.0
    latching_when_high: bool = False
    scope: Literal["chair", "clinic"] = "chair"

    def latches(self, priority: Priority) -> bool:
        """Whether an unanswered alarm of this priority stays when its condition has ended."""
        return self.latching or (self.latching_when_high and priority is Priority.HIGH)


def found_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    """The words of a rule that puts them into its finding; the last such words once it is no longer beyond."""
    if track.finding.side is Side.BEYOND:
        return track.finding.text, track.finding.note
    if track.state is State.LATCHED:
        return f"was: {track.text}", track.note
    return track.text, track.note
