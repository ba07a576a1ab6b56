"""What was remembered before a restart, brought back from the record beside the running service, chair by chair."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import msgspec

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.conditions.limits import LIMITS
from vitalwatch.alarms.events import CLINIC, CuffRead
from vitalwatch.alarms.records import AlarmRecord
from vitalwatch.alarms.transition import AlarmEvent
from vitalwatch.clock import Clock
from vitalwatch.hub.history import CUFF_KEPT, ChairHistory, Mark
from vitalwatch.hub.past import Past
from vitalwatch.hub.seconds import KEPT_S, Seconds
from vitalwatch.journal.minutes import MINUTE_S
from vitalwatch.journal.record import US, Entry, Kind, said_in, to_s, told_in
from vitalwatch.journal.store import Store
from vitalwatch.model import Vital, standing_s
from vitalwatch.model.cells import NOTHING

PAUSE_S: Final = 0.02
"""Real seconds between two chairs: nobody waits for this, and alarms share the processor with it."""

ENTRIES: Final = 1500
"""Of one chair, the newest: more than give the alarms and marks that a chair remembers."""

_DAY_S: Final = 24 * 3600
_LIMITED: Final = {condition.id: condition.vitals for condition in LIMITS}
_SAID: Final = (Kind.TRANSITION, Kind.EVENT, Kind.COMMAND)


class Wanted(NamedTuple):
    """What is looked for.

    Attributes:
        chair: chair id; empty for the clinic.
        visit_since: service seconds; no value before that is of the patient who is there now.
        since: service seconds from which values are remembered.
        wall_since: time of day (µs) from which alarms and marks are; those of a longer visit are not.
        last: the number up to which the record is read; what came after is remembered already.
        stands_s: how long one sample of a vital speaks, for the vitals that the chair has now.
    """

    chair: str
    visit_since: float
    since: float
    wall_since: int
    last: int
    stands_s: dict[Vital, float]


async def recollect(past: Past, chair_of: Callable[[str], Chair | None], clock: Clock) -> None:
    """Bring back what each chair remembered, as far as its patient is still the same.

    Args:
        past: what the service went on from; its history is completed.
        chair_of: a chair as it is now; ``None`` when it is not watched any more.
        clock: the service's clock.

    Raises:
        JournalError: if the record cannot be read.
    """
    store: Store | None = None
    try:
        store = await asyncio.to_thread(past.open)
        for name in [CLINIC, *past.engine.chairs]:
            chair = chair_of(name)
            if chair is None:
                continue
            wanted = _wanted(chair, past.since, clock)
            before = await asyncio.to_thread(remembered, store, wanted)
            chair = chair_of(name)
            if chair is not None and chair.visit_since == wanted.visit_since:
                past.history.recall(name, before)
            await asyncio.sleep(PAUSE_S)
    finally:
        past.history.heard = None
        if store is not None:
            store.close()


def _wanted(chair: Chair, last: int, clock: Clock) -> Wanted:
    stands: dict[Vital, float] = {}
    for device in chair.devices.values():
        for vital in device.spec.vitals:
            stands.setdefault(vital, standing_s(device.spec.period_s))
    since = max(chair.visit_since, clock.now() - KEPT_S)
    wall = round((clock.wall().timestamp() - _DAY_S) * US)
    return Wanted(chair.id, chair.visit_since, since, wall, last, stands)


def remembered(store: Store, wanted: Wanted) -> ChairHistory:
    """What a chair would remember at that number, had the service not been started anew. Blocks.

    Raises:
        JournalError: if the record cannot be read.
    """
    known, empty = ChairHistory(), False
    for entry in _entries(store, wanted):
        at = to_s(entry.at)
        if entry.kind is Kind.COMMAND:
            known.mark(Mark(at, "command", entry.name, _actor(entry)))
        elif entry.kind is Kind.NEWS:
            event = told_in(entry).event
            if isinstance(event, CuffRead) and not empty:
                known.cuff_read(event, at)
        else:
            said = said_in(entry)
            known = known.after(said)
            if isinstance(said, AlarmEvent) and said.event == "chair_state":
                empty = said.text == "empty"
    known.vitals = _values(store, wanted)
    for record in known.alarms:
        _look_at_values(record, known.vitals)
    return known


def _entries(store: Store, wanted: Wanted) -> list[Entry]:
    """What was said of a chair, what its devices were told to do, and its cuff readings, in order."""
    chair, since, last = wanted.chair, wanted.wall_since, wanted.last
    said = store.entries(chair=chair, since=since, last=last, kinds=_SAID, newest=ENTRIES)
    read = store.entries(chair=chair, since=since, last=last, kinds=[Kind.NEWS], names=["cuff_read"], newest=CUFF_KEPT)
    return sorted([*said, *read], key=lambda entry: entry.seq)


def _actor(entry: Entry) -> str:
    actor: str = msgspec.json.decode(entry.body)["actor"]
    return actor


def _look_at_values(record: AlarmRecord, vitals: Mapping[Vital, Seconds]) -> None:
    """How far a value went beyond its limit is in no line of the record; its seconds tell."""
    series = next((vitals[vital] for vital in _LIMITED.get(record.condition, ()) if vital in vitals), None)
    if series is None:
        return
    for value in series.points(record.at, record.at + KEPT_S if record.over_at is None else record.over_at)[1]:
        if value is not None and record.worse(value):
            record.peak = value


def _values(store: Store, wanted: Wanted) -> dict[Vital, Seconds]:
    found: dict[Vital, Seconds] = {}
    for minute in store.minutes_from(wanted.chair, int(wanted.since // MINUTE_S)):
        vital = Vital(minute.vital)
        if minute.seconds is None or vital not in wanted.stands_s:
            continue
        series = found.setdefault(vital, Seconds())
        cells = array("H", minute.seconds)
        for second, cell in enumerate(cells, minute.minute * MINUTE_S):
            if cell != NOTHING and second >= wanted.since:
                series.put_cell(second, cell, wanted.stands_s[vital])
    return found
