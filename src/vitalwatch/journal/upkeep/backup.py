"""Copies of a record: online, consistent, and always in one form, a SQLite file that is a record itself.

So whatever reads a record reads a backup of it, and a backup of either database can be restored into either. A copy is
made under another name, verified, and only then given its own: a file with a backup's name is whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL

from vitalwatch.errors import JournalError
from vitalwatch.journal import schema, upgrade
from vitalwatch.journal.database import parsed
from vitalwatch.journal.pages import Steps, count, pages
from vitalwatch.journal.store import Store
from vitalwatch.journal.trouble import translated
from vitalwatch.journal.upkeep.verify import Verified, verify

SPARE: Final = 200 * 1024 * 1024
"""Bytes that must stay free beside a copy: the record itself needs room, too."""

SYNCED: Final = 200
"""Pages of rows written between two waits for the disk, so that none is long."""

_TABLES: Final = tuple(schema.tables.tables.values())


def backup(source: Store, path: Path, moved: Callable[[int], None] = lambda _: None) -> Steps[Verified]:
    """Copy a record, as it is at this moment, into a SQLite file, and verify the copy.

    Args:
        source: the record; it may be written meanwhile.
        path: of the copy, which must not exist.
        moved: is told how many rows were copied or verified; each row twice in all.

    Returns:
        what was found in the copy: problems that it has, the record has.

    Raises:
        JournalError: if that is not possible; nothing is left then.
    """
    partial = path.with_name(path.name + ".partial")
    with translated(f"sqlite:///{path}"):
        if path.exists():
            raise JournalError("There is a file of this name.", url=str(path), hint="Name another, or move it away.")
        _see_that_there_is_room(source, path.parent)
        try:
            partial.unlink(missing_ok=True)
            yield from _copy_to_file(source, partial, moved)
            with Store.open(parsed(f"sqlite:///{partial}")) as copy:
                verified = yield from verify(copy, moved=moved)
            partial.replace(path)
            _sync(path.parent)
        finally:
            partial.unlink(missing_ok=True)
    return verified


def restore(source: Store, target: URL, moved: Callable[[int], None] = lambda _: None) -> Steps[Verified]:
    """Copy a backup into a place where there is no record, and verify what is there then.

    Args:
        source: the backup, or any other record.
        target: a file that does not exist, or an empty database of a server.
        moved: is told how many rows were copied or verified; each row twice in all.

    Raises:
        JournalError: if that is not possible; there is still no record then.
    """
    if target.get_backend_name() == "sqlite":
        return (yield from backup(source, Path(str(target.database)), moved))
    with Store.open(target, write=True) as store:
        with store.transaction() as connection:
            if count(connection, *_TABLES):
                raise JournalError(
                    "The database holds a record.", url=store.url, hint="Name an empty one: createdb NAME."
                )
            yield from _copy(source, connection, moved)
        return (yield from verify(store, moved=moved))


def size(store: Store) -> int:
    """How many bytes a record takes, about."""
    if store.file is not None:
        return store.file.stat().st_size
    with store.frozen() as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def row_count(store: Store) -> int:
    """How many rows a record has, for a progress bar."""
    with store.frozen() as connection:
        return count(connection, *_TABLES)


def _see_that_there_is_room(source: Store, folder: Path) -> None:
    if not folder.is_dir():
        hint = "Make it, or see that its disk is mounted."
        raise JournalError(f"There is no folder {folder}.", url=str(folder), transient=True, hint=hint)
    needed, free = size(source) + SPARE, shutil.disk_usage(folder).free
    if free < needed:
        found = f"A copy needs up to {needed / 1e6:.0f} MB; {free / 1e6:.0f} MB are free."
        raise JournalError(found, url=str(folder), hint="Make room, or name a folder on another disk.")


def _copy_to_file(source: Store, partial: Path, moved: Callable[[int], None]) -> Steps[None]:
    with _new_record(partial) as connection:
        for step, _ in enumerate(_copy(source, connection, moved), 1):
            connection.commit()
            if step % SYNCED == 0:
                _sync(partial)
            yield None
    _sync(partial)


@contextmanager
def _new_record(path: Path) -> Iterator[Connection]:
    """An empty record. Until it is whole, nobody relies on it: it needs no rollback and no waiting for the disk."""
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: object, _: object) -> None:
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    try:
        with engine.connect() as connection:
            upgrade.upgrade(connection)
            connection.commit()
            yield connection
    finally:
        engine.dispose()


def _copy(source: Store, target: Connection, moved: Callable[[int], None]) -> Steps[None]:
    """Copy every row of every table, all as they are at one moment."""
    with source.frozen() as connection:
        for table in _TABLES:
            for page in pages(connection, table):
                target.execute(table.insert(), [dict(row._mapping) for row in page])  # noqa: SLF001 - its public name
                moved(len(page))
                yield None


def _sync(path: Path) -> None:
    """Wait until what was written to a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
