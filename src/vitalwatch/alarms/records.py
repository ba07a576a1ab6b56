"""What the alarms of a chair have been: one record for each time that one became active."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.conditions import CATALOGUE
from vitalwatch.alarms.track import PRESENT, Side
from vitalwatch.alarms.transition import AlarmEvent, Priority, State, Transition
from vitalwatch.model import Vital

RECORDS_KEPT: Final = 64
"""Of one chair; the oldest are forgotten."""

MARKED: Final = frozenset(
    {
        "phase",
        "visit",
        "chair_state",
        "baseline",
        "audio_paused",
        "audio_resumed",
        "limit_changed",
        "charted",
        "note",
        "dose",
    }
)
"""The events of a whole chair that are worth a mark on its curves."""

_SEEN: Final = "acknowledged"
"""The reason that the state machine gives for every answer of a person."""


class AlarmRecord(msgspec.Struct, gc=False):
    """One alarm, from its beginning. Times are service seconds.

    Attributes:
        chair: chair id; empty for the clinic as a whole.
        condition: id in the catalogue.
        priority: the highest that it had.
        at: when it became active.
        text: what it said then.
        value: what decided, if a value did.
        limit: the limit in force then, if there was one.
        limit_source: where that was set.
        delay_s: the condition delay that was used.
        peak: the value farthest beyond the limit; ``None`` when no value is judged.
        over_at: when it ended; ``None`` while it is there.
        over_why: why it ended.
        seen_at: when somebody acknowledged it.
        seen_by: who.
    """

    chair: str
    condition: str
    priority: Priority
    at: float
    text: str
    value: float | None
    limit: float | None
    limit_source: str
    delay_s: float
    peak: float | None
    over_at: float | None = None
    over_why: str = ""
    seen_at: float | None = None
    seen_by: str = ""

    @property
    def vitals(self) -> tuple[Vital, ...]:
        """The values that it is about."""
        return CATALOGUE[self.condition].vitals

    def seen(self, at: float, actor: str) -> None:
        """Somebody answered; the first answer counts."""
        if self.seen_at is None:
            self.seen_at, self.seen_by = at, actor

    def worse(self, value: float) -> bool:
        """Whether a value lies farther beyond the limit than any before."""
        if self.peak is None or self.value is None or self.limit is None:
            return False
        return value < self.peak if self.value < self.limit else value > self.peak


class AlarmRecords:
    """The alarms of one chair, oldest first.

    Args:
        kept: so many, the newest; all with ``None``.
    """

    def __init__(self, kept: int | None = RECORDS_KEPT) -> None:
        self._all: deque[AlarmRecord] = deque(maxlen=kept)
        self._open: dict[str, AlarmRecord] = {}

    def __iter__(self) -> Iterator[AlarmRecord]:
        return iter(self._all)

    @property
    def unfinished(self) -> list[AlarmRecord]:
        """Those that are still there, or over and not answered: more may be said of them."""
        return list(self._open.values())

    def take(self, change: Transition) -> None:
        """Take a change of state in."""
        now_there, was_there = change.target in PRESENT, change.source in PRESENT
        record = self._open.get(change.condition)
        if now_there and not was_there:
            self._open[change.condition] = record = _begun(change)
            self._all.append(record)
        if record is None:
            return
        if change.priority.rank > record.priority.rank:
            record.priority = change.priority
        if now_there and change.value is not None and record.worse(change.value):
            record.peak = change.value
        if was_there and not now_there:
            record.over_at, record.over_why = change.at, change.reason
        if change.target is State.ACKNOWLEDGED or change.reason == _SEEN:
            record.seen(change.at, change.actor)
        if change.target is State.IDLE:
            del self._open[change.condition]

    def hear(self, event: AlarmEvent) -> None:
        """Take in what was said beside the states: one that had latched can be answered while it is coming back."""
        record = self._open.get(event.condition)
        if record is not None and event.reason == _SEEN:
            record.seen(event.at, event.actor)

    def broke_off(self, at: float, why: str) -> None:
        """What is there now is not followed any further than ``at``."""
        for record in self._open.values():
            if record.over_at is None:
                record.over_at, record.over_why = at, why
        self._open.clear()

    def peaks_of(self, others: AlarmRecords) -> None:
        """Take over how far values went in alarms that began in another's sight: from values, not only changes."""
        peaks = {(record.condition, record.at): record.peak for record in others}
        for record in self._all:
            record.peak = peaks.get((record.condition, record.at), record.peak)

    def look(self, chair: Chair) -> None:
        """See whether a value has gone farther beyond its limit. Called after every arrival."""
        for condition, record in self._open.items():
            finding = chair.tracks[condition].finding
            beyond = record.over_at is None and finding.side is Side.BEYOND and finding.value is not None
            if beyond and finding.value is not None and record.worse(finding.value):
                record.peak = finding.value


def _begun(change: Transition) -> AlarmRecord:
    return AlarmRecord(
        change.chair,
        change.condition,
        change.priority,
        change.at,
        change.text,
        change.value,
        change.limit,
        change.limit_source,
        change.delay_s,
        change.value,
    )
