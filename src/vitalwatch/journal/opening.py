"""Opening a record at the start of the service: whatever is wrong with it, monitoring begins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import structlog
from sqlalchemy.engine import URL

from vitalwatch.journal.database import DamagedError, set_aside
from vitalwatch.journal.keeping import keep_next, packer_at_the_end_of
from vitalwatch.journal.packing import Packer
from vitalwatch.journal.record import to_s
from vitalwatch.journal.spool import Spool
from vitalwatch.journal.store import Store

SMALL: Final = 64 * 1024 * 1024
"""Bytes. A SQLite file up to this size is checked whole at the start; of a larger one only what is used."""

_log = structlog.get_logger("record")


class Opened(NamedTuple):
    """A record at the start of a run.

    Attributes:
        open: opens it for writing, again and again if need be.
        store: the record; ``None`` when it cannot be used now.
        packer: stands where the record ends; of no use without a store.
        spool: where rows wait.
        ends_at: service seconds at which the record ends; 0 when that is not known.
        ends_wall: the time of day then, seconds since 1970; 0 when that is not known.
        notice: what everybody must be told, in plain words; empty when all is well.
    """

    open: Callable[[], Store]
    store: Store | None
    packer: Packer
    spool: Spool
    ends_at: float
    ends_wall: float
    notice: str


def open_record(url: URL, spool: Path, stamp: str) -> Opened:
    """Open a record for writing, after what a run before has left in its spool.

    Args:
        url: of the record.
        spool: the file in which rows wait.
        stamp: the time of day, for the name of a damaged file.
    """
    waiting = Spool(spool)

    def open_store() -> Store:
        return Store.open(url, write=True)

    try:
        damaged = ""
        try:
            store, packer = _up_to_date(open_store, waiting)
        except DamagedError:
            aside = set_aside(Path(str(url.database)), stamp)
            damaged = f"The record was damaged. It is kept as {aside}; a new one has begun."
            _log.error("the record is damaged", aside=str(aside))
            store, packer = _up_to_date(open_store, waiting)
        tail = store.tail()
    except Exception as error:  # noqa: BLE001 - told on every screen: monitoring begins whatever is wrong
        _log.error("the record cannot be used", error=str(error))
        return Opened(open_store, None, Packer(), waiting, 0.0, 0.0, f"The record is not being kept. {error}")
    notice = " ".join(filter(None, [damaged, waiting.found]))
    return Opened(open_store, store, packer, waiting, to_s(tail.at), to_s(tail.wall), notice)


def _up_to_date(open_store: Callable[[], Store], waiting: Spool) -> tuple[Store, Packer]:
    """Open a record, see that it is sound, and keep what has waited since a run before."""
    store = open_store()
    if store.kept_copy is not None:
        _log.info("the record was brought to this version's form", kept=str(store.kept_copy))
    try:
        if store.file is not None and store.file.stat().st_size <= SMALL:
            store.check()
        packer = packer_at_the_end_of(store)
        waiting.settle(packer.seq, packer.hash)
        while waiting:
            packer = keep_next(store, waiting, packer)
    except BaseException:
        store.close()
        raise
    return store, packer
