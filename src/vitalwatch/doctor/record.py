"""The record: whether it can be read, what it holds, and whether there are copies of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vitalwatch.app import backups_of, record_url, spool_of
from vitalwatch.clock import SystemClock
from vitalwatch.config import Config
from vitalwatch.doctor.finding import Finding
from vitalwatch.errors import JournalError
from vitalwatch.journal.record import US
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.backup import size
from vitalwatch.journal.upkeep.copier import Backups

OLD: Final = dt.timedelta(days=2)
"""A newest backup that is older was missed at least once."""


def look_at_record(config: Config) -> Iterator[Finding]:
    """See how the record of a clinic is. Changes nothing; the service may be writing it."""
    yield _record(config)
    waiting = spool_of(config)
    if waiting.exists():
        found = "What happened waits here for the record."
        yield Finding("record", waiting.name, "warn", found, "Start the service with a record that can be written.")
    yield _backups(backups_of(config), SystemClock().wall())


def _record(config: Config) -> Finding:
    try:
        url = record_url(config)
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
            return Finding("record", str(url.database), "ok", "There is none yet: the service makes it.")
        with Store.open(url) as store:
            tail, took = store.tail(), size(store)
    except JournalError as error:
        return Finding("record", error.url, "fail", error.reason, error.hint or "See to the database.")
    last = f"the last entry is of {dt.datetime.fromtimestamp(tail.wall / US, dt.UTC):%Y-%m-%d %H:%M} UTC"
    found = f"It can be read: {took / 1e6:.0f} MB, {last if tail.seq else 'empty'}."
    return Finding("record", store.url, "ok", found)


def _backups(backups: Backups | None, now: dt.datetime) -> Finding:
    if backups is None:
        return Finding("record", "backups", "warn", "None are made.", "Name a folder:  backup = ...  under [journal].")
    folder, newest = str(backups.folder), backups.newest()
    if not backups.folder.is_dir():
        return Finding("record", folder, "fail", "There is no such folder.", "Make it, or mount its disk.")
    if newest is None:
        return Finding("record", folder, "warn", "There is no backup yet.", "Let the service run for some minutes.")
    found = f"The newest backup is of {newest:%Y-%m-%d %H:%M} UTC."
    if now - newest > OLD:
        return Finding("record", folder, "warn", found, "See at the foot of a screen why there is no newer one.")
    return Finding("record", folder, "ok", found)
