"""How things stood at a moment of the past: the engine as it was then, and its own answer to "why". Blocks."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import msgspec

from vitalwatch.alarms import Engine
from vitalwatch.alarms.events import CLINIC
from vitalwatch.alarms.transition import Transition
from vitalwatch.alarms.why import Explanation, explain
from vitalwatch.errors import JournalError, UsageError
from vitalwatch.journal.history.walk import Gap, axis_at, shown, start_at, walk
from vitalwatch.journal.record import Checkpoint, Entry, Kind, said_in, to_s, to_us, unpack
from vitalwatch.journal.resume import feed, told_of
from vitalwatch.journal.store import Store


class Moment(NamedTuple):
    """The engine as it was.

    Attributes:
        engine: everything that it had been told by then, and no more.
        at: µs on the service's axis.
        seq: the last number before the moment.
    """

    engine: Engine
    at: int
    seq: int


class ChangeThen(msgspec.Struct, frozen=True):
    """A change of state beside the moment that is asked about; ``after_s``: seconds after it, negative before."""

    after_s: float
    change: Transition


class Then(msgspec.Struct, frozen=True):
    """Why a condition was as it was.

    Attributes:
        at: the moment, ISO 8601 in this computer's time zone.
        explanation: of that moment, with the ages and delays of then.
        before: the last change of state of this condition before it, if there is one in the record.
        after: the next one after it.
    """

    at: str
    explanation: Explanation
    before: ChangeThen | None
    after: ChangeThen | None


def moment(store: Store, wall: int) -> Moment:
    """Bring an engine to a time of day (µs since 1970).

    Raises:
        JournalError: if the record does not reach there, or cannot be played there.
    """
    start, at, tail = start_at(store, wall), axis_at(store, wall), store.tail()
    if at < start.at:
        raise JournalError(f"The record begins later, at {shown(start.wall)}.", url=store.url)
    if at > tail.at:
        raise JournalError("The record ends before that.", url=store.url)
    engine, seq = Engine((), 0.0), start.seq
    gap: Gap | None = None
    for item in walk(store, start):
        if isinstance(item, Checkpoint):
            if item.at > at:
                break
            engine, seq, gap = Engine.restore(unpack(item.data)), item.seq, None
            continue
        if isinstance(item, Gap):
            gap = item
            continue
        if (item.at if isinstance(item, Entry) else to_us(item.at)) > at:
            break
        seq = item.seq
        told = told_of(item)
        if told is not None:
            feed(engine, told)
    if gap is not None:
        raise JournalError(f"The record has a gap there: {gap.why}.", url=store.url)
    engine.advance(max(engine.now, to_s(at)))
    return Moment(engine, at, seq)


def explain_then(store: Store, chair: str, condition: str, wall: int) -> Then:
    """Why a condition of a chair (of the clinic under the empty id) alarmed at a time of day, or did not.

    Raises:
        JournalError: as :func:`moment`.
        UsageError: if there was no such chair or condition.
    """
    then = moment(store, wall)
    if chair not in then.engine.chairs and chair != CLINIC:
        raise UsageError(f'there was no chair "{chair}" then')
    explanation = explain(then.engine.chair(chair), condition, then.engine.now)
    changes = partial(store.entries, kinds=[Kind.TRANSITION], chair=chair, names=[condition])
    before = next(changes(last=then.seq, newest=1), None)
    after = next(changes(after=then.seq), None)
    return Then(shown(wall), explanation, _change(before, then.at), _change(after, then.at))


def _change(entry: Entry | None, at: int) -> ChangeThen | None:
    if entry is None:
        return None
    said = said_in(entry)
    return ChangeThen(to_s(entry.at - at), said) if isinstance(said, Transition) else None
