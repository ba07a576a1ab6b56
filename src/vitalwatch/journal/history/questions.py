"""What people ask of the record: which chairs, what was so at one of them, how much alarming there was.

Every function blocks; the web calls them in threads, each with a store of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import func, select

from vitalwatch.alarms import Engine
from vitalwatch.journal.history import burden as counting
from vitalwatch.journal.history.burden import Burden
from vitalwatch.journal.history.curves import Curve, curves
from vitalwatch.journal.history.deeds import Deed, PastStatus, deeds, statuses
from vitalwatch.journal.history.past_alarms import PastAlarm, alarms
from vitalwatch.journal.history.stretch import Stretch
from vitalwatch.journal.history.watching import Run, watching
from vitalwatch.journal.record import US, Kind, Minute, unpack
from vitalwatch.journal.schema import minute
from vitalwatch.journal.store import Store

DEEDS: Final = 500
"""Deeds in one timeline at most."""

_LIMITS_MOVE: Final = ("change_limit", "new_visit", "set_state")


class PastChair(msgspec.Struct, frozen=True):
    """A chair that the record knows.

    Attributes:
        id: chair id.
        first: when its values begin, seconds since 1970.
        last: when they end.
    """

    id: str
    first: float
    last: float


class Timeline(msgspec.Struct, frozen=True):
    """All that was so at one chair between two times, on one axis: the wall's time, seconds since 1970.

    Attributes:
        chair: chair id.
        since: beginning of what was asked for.
        until: end of it.
        step_s: how many seconds a point of a curve stands for at least.
        vitals: curves by vital.
        alarms: that were there.
        deeds: what was done, at most :data:`DEEDS`, the newest.
        statuses: of the monitors.
        runs: when the service ran; nobody was watching in between.
        limits: in force at the end, by name without ``limits.``; empty when the record does not tell.
        limits_changed: whether others were in force before, within this time.
    """

    chair: str
    since: float
    until: float
    step_s: int
    vitals: dict[str, Curve]
    alarms: list[PastAlarm]
    deeds: list[Deed]
    statuses: list[PastStatus]
    runs: list[Run]
    limits: dict[str, float]
    limits_changed: bool


def chairs(store: Store) -> list[PastChair]:
    """The chairs of which the record has values; each is found by one step in an index.

    Raises:
        JournalError: if the record cannot be read.
    """
    found: list[PastChair] = []
    after = ""
    while row := next(store.rows(select(func.min(minute.c.chair).label("id")).where(minute.c.chair > after)), None):
        if row.id is None:
            break
        after = row.id
        ends = select(func.min(minute.c.wall).label("first"), func.max(minute.c.wall).label("last"))
        times = next(store.rows(ends.where(minute.c.chair == after)))
        found.append(PastChair(after, times.first / US, times.last / US + 60))
    return found


def has_chair(store: Store, chair: str) -> bool:
    """Whether the record has values of a chair.

    Raises:
        JournalError: if the record cannot be read.
    """
    return any(True for _ in store.rows(select(minute.c.n).where(minute.c.chair == chair).limit(1)))


def timeline(store: Store, chair: str, since: int, until: int, points: int, newest: Sequence[Minute] = ()) -> Timeline:
    """Everything of one chair between two times of day (µs since 1970).

    Raises:
        JournalError: if the record cannot be read.
    """
    stretch = Stretch(store, since, until)
    values = curves(store, chair, since, until, points, newest)
    limits, changed = _limits(stretch, chair)
    return Timeline(
        chair,
        since / US,
        until / US,
        values.step_s,
        dict(values.vitals),
        alarms(stretch, chair),
        list(deeds(store, since, until, chair))[-DEEDS:],
        statuses(stretch, chair),
        watching(stretch)[0],
        limits,
        changed,
    )


def _limits(stretch: Stretch, chair: str) -> tuple[dict[str, float], bool]:
    """The limits in force at the end, and whether others were before."""
    last = stretch.store.checkpoint(wall=stretch.until)
    at_end = _limits_of(None if last is None else Engine.restore(unpack(last.data)), chair)
    before = _limits_of(stretch.engine, chair)
    ask = stretch.store.entries
    moved = ask(since=stretch.since, until=stretch.until, kinds=[Kind.ACT], chair=chair, names=_LIMITS_MOVE)
    return at_end, bool(before and before != at_end) or any(True for _ in moved)


def _limits_of(engine: Engine | None, chair: str) -> dict[str, float]:
    if engine is None or chair not in engine.chairs:
        return {}
    limits: dict[str, float] = msgspec.structs.asdict(engine.chair(chair).profile.limits)
    return {name: value for name, value in limits.items() if value is not None}


def alarm_burden(store: Store, since: int, until: int) -> Burden:
    """The burden of alarms between two times of day (µs since 1970).

    Raises:
        JournalError: if the record cannot be read.
    """
    stretch = Stretch(store, since, until)
    runs, watched = watching(stretch)
    monitored = monitored_s(store, {span.chair for span in watched}, since, until)
    return counting.burden(since, until, alarms(stretch), runs, watched, monitored)


def monitored_s(store: Store, chairs: Iterable[str], since: int, until: int) -> dict[str, float]:
    """Seconds of each chair in which its most present vital had a value."""
    query = (
        select(minute.c.chair, minute.c.vital, func.sum(minute.c.n).label("n"))
        .where(minute.c.chair.in_(sorted(chairs)), minute.c.wall >= since, minute.c.wall < until)
        .group_by(minute.c.chair, minute.c.vital)
    )
    found: dict[str, float] = {}
    for row in store.rows(query):
        found[row.chair] = max(found.get(row.chair, 0.0), float(row.n))
    return found
