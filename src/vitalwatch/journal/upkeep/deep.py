"""Whether a record plays as it was decided: from each checkpoint to the next, through the engine of this version."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from sqlalchemy import select

from vitalwatch.alarms import Engine, Output
from vitalwatch.journal import schema
from vitalwatch.journal.pages import Steps
from vitalwatch.journal.record import GAP, Checkpoint, Entry, Kind, Started, said_in, unpack
from vitalwatch.journal.resume import feed, told_of
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.verify import MOST, Problem, Verified, shown


class _Now(msgspec.Struct):
    """Of the engine's snapshot, the time to which it had come."""

    now: float


def play_again(store: Store, found: Verified, moved: Callable[[int], None] = lambda _: None) -> Steps[None]:
    """Tell the engine again what it was told between checkpoints, and compare what it says and how it stands then.

    Args:
        store: the record.
        found: is given what is wrong.
        moved: is told how many checkpoints were reached.

    Raises:
        JournalError: if the record cannot be read.
    """
    checkpoint = schema.checkpoint.c
    with store.frozen() as connection:
        numbers = connection.execute(select(checkpoint.seq).order_by(checkpoint.seq)).scalars().all()
    before: Checkpoint | None = None
    for number in numbers:
        here = store.checkpoint(at_or_before=number)
        if here is not None and before is not None and len(found.problems) < MOST:
            found.problems += _compared(store, before, here)
        before = here
        moved(1)
        yield None


def _compared(store: Store, before: Checkpoint, here: Checkpoint) -> list[Problem]:
    """What is wrong between two checkpoints."""
    engine = Engine.restore(unpack(before.data))
    again: list[Output] = []
    then: list[Output] = []
    for item in store.told(after=before.seq, last=here.seq):
        if isinstance(item, Entry) and item.kind in (Kind.TRANSITION, Kind.EVENT):
            then.append(said_in(item))
        elif isinstance(item, Entry) and _begins_anew(item):
            return []
        told = told_of(item)
        if told is not None:
            again += feed(engine, told)
    snapshot = unpack(here.data)
    again += engine.advance(msgspec.json.decode(snapshot, type=_Now).now)
    between = f"Between the checkpoints {before.seq} and {here.seq}, until {shown(here.wall)},"
    if again != then:
        return [Problem(before.seq, f"{between} other alarms follow from what was told than are in the record.")]
    if engine.snapshot() != snapshot:
        return [Problem(before.seq, f"{between} what was told leads to another state than the record has.")]
    return []


def _begins_anew(entry: Entry) -> bool:
    """Whether nothing that comes after an entry follows from what stands before it."""
    if entry.kind is Kind.STARTED:
        started = msgspec.json.decode(entry.body, type=Started)
        return not started.resumed or started.after == GAP
    return entry.kind is Kind.LOST
