"""The alarms of any time, folded from the transitions that the record holds: no list of alarms is kept beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from vitalwatch.alarms.conditions import CATALOGUE
from vitalwatch.alarms.records import AlarmRecord, AlarmRecords
from vitalwatch.alarms.transition import Priority, State, Transition
from vitalwatch.journal.history.stretch import RUNS, Stretch
from vitalwatch.journal.history.walk import begins_anew
from vitalwatch.journal.record import US, Entry, Kind, said_in, to_s
from vitalwatch.journal.store import Store
from vitalwatch.model import Vital

BROKE_OFF: Final = "not followed any further: the service began anew"

_AT_MOST: Final = 10_000
"""Transitions of one alarm that are looked through for its beginning."""


class PastAlarm(msgspec.Struct, frozen=True, gc=False):
    """One alarm that was, or is still there.

    Attributes:
        chair: chair id; empty for the clinic as a whole.
        condition: id in the catalogue.
        technical: whether it is about equipment and not about the patient.
        priority: the highest that it had.
        text: what it said when it began.
        began: seconds since 1970.
        ended: seconds since 1970; ``None`` while it is there.
        lasted_s: service seconds; ``None`` while it is there.
        over_why: why it ended, in plain words.
        value: what decided, in the vital's unit.
        peak: the value farthest beyond the limit that the record of transitions holds.
        limit: in force then.
        limit_source: where that was set.
        delay_s: the condition delay that was used.
        seen_after_s: how long after its beginning somebody acknowledged it, service seconds; ``None`` = nobody.
        seen_by: who.
        vitals: the values that it is about.
    """

    chair: str
    condition: str
    technical: bool
    priority: Priority
    text: str
    began: float
    ended: float | None
    lasted_s: float | None
    over_why: str
    value: float | None
    peak: float | None
    limit: float | None
    limit_source: str
    delay_s: float
    seen_after_s: float | None
    seen_by: str
    vitals: tuple[Vital, ...]


def alarms(stretch: Stretch, chair: str | None = None) -> list[PastAlarm]:
    """The alarms of a chair (of the clinic under the empty id, of all with ``None``) that were there, oldest first.

    One that began before the stretch, or ended after it, is told whole.

    Raises:
        JournalError: if the record cannot be read.
    """
    fold = _Fold(stretch.store)
    for entry in _before(stretch, chair):
        fold.take(entry)
    for entry in stretch.entries((Kind.TRANSITION, Kind.EVENT), chair, [*CATALOGUE, "updated"]):
        fold.take(entry)
    for record in fold.unfinished():
        for entry in _after(stretch, record, fold.seq):
            fold.take(entry)
    return sorted(fold.told(stretch.since, stretch.until), key=lambda alarm: alarm.began)


def _before(stretch: Stretch, chair: str | None) -> Iterator[Entry]:
    """What was said of the alarms that were not over at the opening, from the beginning of each."""
    if stretch.engine is None or stretch.opening is None:
        return
    for chair_id in [*stretch.engine.chairs, ""]:
        if chair not in (None, chair_id):
            continue
        for condition, track in stretch.engine.chair(chair_id).tracks.items():
            if track.state is State.IDLE:
                continue
            said = []
            for entry in stretch.store.entries(
                last=stretch.opening.seq, kinds=[Kind.TRANSITION], chair=chair_id, names=[condition], newest=_AT_MOST
            ):
                said.append(entry)
                if _change(entry).source is State.IDLE:
                    break
            yield from reversed(said)


def _after(stretch: Stretch, record: AlarmRecord, seq: int) -> Iterator[Entry]:
    """What was said after the stretch of an alarm that was not finished at its end, until it is."""
    ask = stretch.store.entries
    border = next((entry for entry in ask(after=seq, kinds=[Kind.STARTED]) if begins_anew(entry)), None)
    last = None if border is None else border.seq
    names = [record.condition, "updated"]
    for entry in ask(after=seq, last=last, kinds=[Kind.TRANSITION, Kind.EVENT], chair=record.chair, names=names):
        said = said_in(entry)
        if said.condition == record.condition:
            yield entry
        if isinstance(said, Transition) and said.target is State.IDLE:
            return
    if border is not None:
        yield border


def _change(entry: Entry) -> Transition:
    said = said_in(entry)
    assert isinstance(said, Transition)  # by its kind
    return said


class _Fold:
    """Alarms of all chairs in the making."""

    def __init__(self, store: Store) -> None:
        self.seq = 0
        self._store = store
        self._chairs: dict[str, AlarmRecords] = {}
        self._walls: dict[float, int] = {}

    def take(self, entry: Entry) -> None:
        """Take in an entry, in the order of their numbers."""
        self.seq = max(self.seq, entry.seq)
        if entry.kind in RUNS:
            if begins_anew(entry):
                self._break_off(entry)
            return
        said = said_in(entry)
        self._walls[said.at] = entry.wall
        records = self._chairs.setdefault(said.chair, AlarmRecords(kept=None))
        if isinstance(said, Transition):
            records.take(said)
        elif said.condition:
            records.hear(said)

    def _break_off(self, entry: Entry) -> None:
        """Nobody knows what became of the alarms that were there when the run before broke off: they end with it."""
        before = self._store.checkpoint(at_or_before=entry.seq)
        at, wall = (entry.at, entry.wall) if before is None else (before.at, before.wall)
        self._walls[to_s(at)] = wall
        for records in self._chairs.values():
            records.broke_off(to_s(at), BROKE_OFF)

    def unfinished(self) -> list[AlarmRecord]:
        """The alarms of which more may be said."""
        return [record for records in self._chairs.values() for record in records.unfinished]

    def told(self, since: int, until: int) -> Iterator[PastAlarm]:
        """Those that were there between two times of day."""
        for records in self._chairs.values():
            for record in records:
                ended = None if record.over_at is None else self._walls[record.over_at]
                if self._walls[record.at] < until and (ended is None or ended >= since):
                    yield self._told(record, ended)

    def _told(self, record: AlarmRecord, ended: int | None) -> PastAlarm:
        return PastAlarm(
            record.chair,
            record.condition,
            CATALOGUE[record.condition].kind == "T",
            record.priority,
            record.text,
            self._walls[record.at] / US,
            None if ended is None else ended / US,
            None if record.over_at is None else round(max(0.0, record.over_at - record.at), 3),
            record.over_why,
            record.value,
            record.peak,
            record.limit,
            record.limit_source,
            record.delay_s,
            None if record.seen_at is None else round(record.seen_at - record.at, 3),
            record.seen_by,
            record.vitals,
        )
