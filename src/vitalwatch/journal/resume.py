"""Going on from a record: the engine as it was, from the last checkpoint and what it was told since."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import structlog

from vitalwatch.alarms import Engine, Output
from vitalwatch.alarms.events import Event
from vitalwatch.errors import UsageError
from vitalwatch.journal.record import INPUTS, Entry, Kind, Told, said_in, to_s, told_in, unpack
from vitalwatch.journal.store import Store

_log = structlog.get_logger("record")


class Resumed(NamedTuple):
    """An engine that goes on.

    Attributes:
        engine: as it was.
        again: what it said after the last thing that is in the record: shown, perhaps, but not kept; decided again.
        stopped: whether the run before ended as it was told to.
    """

    engine: Engine
    again: list[Output]
    stopped: bool


def resume(
    store: Store,
    begin: Callable[[Engine, int], None] = lambda _engine, _since: None,
    told: Callable[[Event, float], None] = lambda _event, _at: None,
    said: Callable[[list[Output]], None] = lambda _outputs: None,
) -> Resumed | None:
    """Bring an engine to where a record ends.

    Args:
        store: the record.
        begin: is given the engine before anything is told to it, and the number of the checkpoint that it is from.
        told: is given each event after the engine has taken it, with its time.
        said: is given what the engine said to each.

    Returns:
        the engine, or ``None`` when the record has no checkpoint yet.

    Raises:
        JournalError: if the record cannot be read.
    """
    checkpoint = store.checkpoint()
    if checkpoint is None:
        return None
    engine = Engine.restore(unpack(checkpoint.data))
    begin(engine, checkpoint.seq)
    again: list[Output] = []
    kept: list[Output] = []
    end, stopped = to_s(checkpoint.at), False
    for item in store.told(after=checkpoint.seq):
        if isinstance(item, Entry):
            end = max(end, to_s(item.at))
            if item.kind is not Kind.PRUNED:  # which may be written while nothing runs
                stopped = item.kind is Kind.STOPPED
            if item.kind in (Kind.TRANSITION, Kind.EVENT):
                kept.append(said_in(item))
        else:
            end, stopped = max(end, item.at), False
        input_ = told_of(item)
        if input_ is None:
            continue
        outputs = feed(engine, input_)
        again += outputs
        if input_.event is not None:
            told(input_.event, input_.at)
        said(outputs)
    outputs = engine.advance(end)
    said(outputs)
    again += outputs
    if again[: len(kept)] != kept:
        _log.error("the engine decides otherwise than it did; the record keeps both", kept=len(kept), now=len(again))
    return Resumed(engine, again[len(kept) :], stopped)


def told_of(item: Told | Entry) -> Told | None:
    """What the engine was told by an item of a record; ``None`` for an entry that told it nothing."""
    if isinstance(item, Told):
        return item
    return told_in(item) if item.kind in INPUTS else None


def feed(engine: Engine, told: Told) -> list[Output]:
    """Tell an engine again what it was told.

    What the record holds was possible then. If this version finds it impossible, that is logged and left out.
    """
    try:
        if told.event is None:
            return engine.reconfigure(told.specs, told.at)
        return engine.step(told.event, told.at)
    except UsageError as error:
        _log.error("the record holds what this version finds impossible", seq=told.seq, error=str(error))
        return engine.advance(told.at)
