"""Reading and writing the record's tables, for SQLite and PostgreSQL alike. Everything here blocks: never call it on
the event loop.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Self

import msgspec
from sqlalchemy import Connection, Engine, delete, func, select, text, tuple_
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from vitalwatch.errors import JournalError
from vitalwatch.journal import upgrade
from vitalwatch.journal.database import DamagedError, connections
from vitalwatch.journal.minutes import whole
from vitalwatch.journal.record import (
    GENESIS,
    INPUTS,
    Block,
    Checkpoint,
    Entry,
    Kind,
    Minute,
    Row,
    Told,
    Wave,
    chained,
    merge,
    told_in,
    unpacked,
)
from vitalwatch.journal.schema import block, checkpoint, entry, minute, wave
from vitalwatch.journal.trouble import DAMAGED, explained

PAGE: Final = 500
"""Rows fetched at a time: a reader never holds much, nor a lock for long."""

_WRITER: Final = 0x76697461
"""The number under which PostgreSQL keeps our lock: one writer at a time."""


class Tail(NamedTuple):
    """Where a record ends.

    Attributes:
        seq: the last number.
        at: the time of the last row on the axis, µs.
        hash: of the last entry.
        wall: what the clock on the wall said at ``at``, µs since 1970.
    """

    seq: int
    at: int
    hash: bytes
    wall: int = 0


class Store:
    """An open record. Made by :meth:`open`; close it.

    Attributes:
        url: of the record, for people: without its password.
        place: the whole url, by which another process can open it.
        file: the SQLite file; ``None`` for a server.
        kept_copy: the file as it was before it was brought to this version's form, if it just was.
    """

    def __init__(self, url: URL, engine: Engine) -> None:
        self.place = url
        self.url = url.render_as_string(hide_password=True).replace("+psycopg", "")
        self.file = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
        self.kept_copy: Path | None = None
        self._engine = engine
        self._lock: IO[bytes] | Connection | None = None
        self._wire: socket.socket | None = None
        self._inode = 0

    @classmethod
    def open(cls, url: URL, *, write: bool = False) -> Self:
        """Open a record; with ``write``, make it or bring it to this version's form first, and be its only writer.

        Raises:
            JournalError: in plain words, whatever is wrong; :class:`DamagedError` if SQLite cannot trust the file.
        """
        if url.get_backend_name() == "sqlite" and not write and not Path(str(url.database)).exists():
            raise JournalError("There is no such file.", url=str(url.database), hint="Check the name and the folder.")
        store = cls(url, connections(url, write=write))
        try:
            with store._explained():
                if write:
                    store._be_only_writer()
                with store._engine.begin() as connection:
                    found = upgrade.check(connection, store.url)
                    if write and found is None:
                        upgrade.create(connection)
                    elif found != upgrade.REVISIONS[-1]:
                        if not write or found is None:
                            raise _old_form(found, store.url)
                        if store.file is not None:
                            store.kept_copy = upgrade.keep_copy(store.file, found)
                        upgrade.upgrade(connection)
                if store.file is not None:
                    store._inode = store.file.stat().st_ino
        except JournalError:
            store.close()
            raise
        return store

    def cut(self) -> None:
        """Break the connection to a server that has not answered for long: the write that waits for it fails then.

        The only method that another thread may call. A SQLite file cannot be cut off.
        """
        wire = self._wire
        if wire is not None:
            with suppress(OSError):  # it broke by itself, or was closed meanwhile
                wire.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the record."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- writing ------------------------------------------------------------------------------------------------

    def tail(self) -> Tail:
        """Where the record ends.

        Raises:
            JournalError: if it cannot be read.
        """
        with self._reading() as connection:
            one = entry.c
            query = select(one.seq, one.at, one.wall, one.hash).order_by(one.seq.desc()).limit(1)
            last = connection.execute(query).first()
            newest = connection.execute(select(block).order_by(block.c.seq.desc()).limit(1)).first()
        seq, at, wall, hash_ = last or (0, 0, 0, GENESIS)
        if newest is not None:
            seq = max(seq, newest.last)
            at, wall = max((at, wall), (newest.until, newest.wall + newest.until - newest.at))
        return Tail(seq, at, bytes(hash_), wall)

    def write(self, rows: Sequence[Row], before: bytes) -> bytes:
        """Keep rows, all of them or none; when this returns they are on the disk.

        Args:
            rows: in order, their numbers above all that is there.
            before: hash of the last entry.

        Returns:
            the hash of what is now the last entry.

        Raises:
            JournalError: if that fails; nothing was kept then, or, if a server went away in the very moment, all.
        """
        kept: dict[type, list[dict[str, Any]]] = {}
        for row in rows:
            values = msgspec.structs.asdict(row)
            if isinstance(row, Entry):
                before = values["hash"] = chained(before, row)
            kept.setdefault(type(row), []).append(values)
        with self._explained():
            self._see_that_it_is_there()
            with self._writing() as connection:
                if Minute in kept:
                    kept[Minute] = self._whole(connection, [row for row in rows if isinstance(row, Minute)])
                for kind, many in kept.items():
                    connection.execute(self._insert(kind), many)
                if Checkpoint in kept:
                    newest = kept[Checkpoint][-1]["seq"]
                    connection.execute(delete(checkpoint).where(checkpoint.c.passing, checkpoint.c.seq < newest))
        return before

    def _whole(self, connection: Connection, parts: Sequence[Minute]) -> list[dict[str, Any]]:
        """Minutes with what the record holds of them already: their end may come after a restart, or a new patient."""
        found: dict[tuple[str, str, int], Minute] = {}
        for first in range(0, len(parts), PAGE):
            keys = [(part.chair, part.vital, part.minute) for part in parts[first : first + PAGE]]
            query = select(minute).where(tuple_(minute.c.chair, minute.c.vital, minute.c.minute).in_(keys))
            for row in connection.execute(query):
                found[row.chair, row.vital, row.minute] = _minute(row)
        for part in parts:
            key = (part.chair, part.vital, part.minute)
            found[key] = whole(found[key], part) if key in found else part
        return [msgspec.structs.asdict(row) for row in found.values()]

    def _insert(self, kind: type) -> Any:
        if kind in (Entry, Block, Checkpoint):
            return {Entry: entry, Block: block, Checkpoint: checkpoint}[kind].insert()
        dialect = import_module(f"sqlalchemy.dialects.{self._engine.dialect.name}")  # the other costs the start dear
        if kind is Wave:
            return dialect.insert(wave).on_conflict_do_nothing()
        adding = dialect.insert(minute)
        fresh = {name: adding.excluded[name] for name in ("wall", "n", "low", "high", "mean", "seconds")}
        return adding.on_conflict_do_update(index_elements=["chair", "vital", "minute"], set_=fresh)

    def _see_that_it_is_there(self) -> None:
        """What is written to a file that was moved away or replaced would be written to nowhere."""
        if self.file is None:
            return
        try:
            same = self.file.stat().st_ino == self._inode
        except OSError:
            same = False
        if not same:
            raise JournalError("The file was moved away or replaced.", url=self.url, transient=True)

    # --- reading ------------------------------------------------------------------------------------------------

    def entries(
        self,
        *,
        after: int = 0,
        kinds: Sequence[Kind] = tuple(Kind),
        chair: str | None = None,
        since: int | None = None,
        until: int | None = None,
        last: int | None = None,
        newest: int | None = None,
        names: Sequence[str] | None = None,
    ) -> Iterator[Entry]:
        """Entries in order.

        Args:
            after: only numbers above this.
            kinds: of these kinds only.
            chair: of this chair only.
            since: with a wall time at or after this, µs.
            until: with a wall time before this, µs.
            last: only numbers up to this.
            newest: only so many, the newest; then they come newest first.
            names: of these names only.

        Raises:
            JournalError: if they cannot be read.
        """
        query = select(*(column for column in entry.c if column.name != "hash")).where(entry.c.seq > after)
        if set(kinds) != set(Kind):
            query = query.where(entry.c.kind.in_([str(kind) for kind in kinds]))
        if names is not None:
            query = query.where(entry.c.name.in_(names))
        if chair is not None:
            query = query.where(entry.c.chair == chair)
        if since is not None:
            query = query.where(entry.c.wall >= since)
        if until is not None:
            query = query.where(entry.c.wall < until)
        if last is not None:
            query = query.where(entry.c.seq <= last)
        query = query.order_by(entry.c.seq) if newest is None else query.order_by(entry.c.seq.desc()).limit(newest)
        for row in self.rows(query):
            yield Entry(row.seq, row.at, row.wall, Kind(row.kind), row.name, row.chair, row.body)

    def hashes(self, after: int = 0) -> Iterator[tuple[Entry, bytes]]:
        """Entries with the hash that stands beside each."""
        for row in self.rows(select(entry).where(entry.c.seq > after).order_by(entry.c.seq)):
            yield Entry(row.seq, row.at, row.wall, row.kind, row.name, row.chair, row.body), bytes(row.hash)

    def blocks(self, *, after: int = 0, last: int | None = None) -> Iterator[Block]:
        """Blocks in order that hold a number above ``after``, and begin at one up to ``last``."""
        # They do not overlap, so the last that begins at or before ``after`` is found by its key, whatever there is.
        first = select(func.coalesce(func.max(block.c.seq), 0)).where(block.c.seq <= after).scalar_subquery()
        query = select(block).where(block.c.seq >= first, block.c.last > after)
        if last is not None:
            query = query.where(block.c.seq <= last)
        for row in self.rows(query.order_by(block.c.seq)):
            yield Block(row.seq, row.last, row.at, row.until, row.wall, row.items, bytes(row.data))

    def inputs(self, *, after: int = 0, last: int | None = None) -> Iterator[Told]:
        """Everything that the engine was told, in order; ``started`` entries are not among it."""
        for item in self.told(after=after, last=last, kinds=INPUTS):
            yield told_in(item) if isinstance(item, Entry) else item

    def told(
        self, *, after: int = 0, last: int | None = None, kinds: Sequence[Kind] = tuple(Kind)
    ) -> Iterator[Told | Entry]:
        """Samples as what they told, and entries of some kinds as they are, all in one order."""
        samples = (
            item
            for found in self.blocks(after=after, last=last)
            for item in unpacked(found)
            if item.seq > after and (last is None or item.seq <= last)
        )
        yield from merge(self.entries(after=after, last=last, kinds=kinds), samples)

    def checkpoint(
        self, *, at_or_before: int | None = None, wall: int | None = None, after: int | None = None
    ) -> Checkpoint | None:
        """The newest checkpoint, of those up to a number or a wall time (µs) if one is given.

        With ``after`` it is the oldest one above that number.
        """
        query = select(checkpoint).limit(1)
        if after is None:
            query = query.order_by(checkpoint.c.seq.desc())
        else:
            query = query.where(checkpoint.c.seq > after).order_by(checkpoint.c.seq)
        if at_or_before is not None:
            query = query.where(checkpoint.c.seq <= at_or_before)
        if wall is not None:
            query = query.where(checkpoint.c.wall <= wall)
        with self._reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else Checkpoint(row.seq, row.at, row.wall, bytes(row.data), row.passing)

    def minutes(self, chair: str, since: int, until: int) -> Iterator[Minute]:
        """The minutes of a chair between two wall times (µs), oldest first."""
        query = select(minute).where(minute.c.chair == chair, minute.c.wall >= since, minute.c.wall < until)
        yield from self._minutes(query.order_by(minute.c.wall, minute.c.vital))

    def minutes_from(self, chair: str, first: int) -> Iterator[Minute]:
        """The minutes of a chair from one of the service's axis on, by whole minutes; oldest first."""
        query = select(minute).where(minute.c.chair == chair, minute.c.minute >= first)
        yield from self._minutes(query.order_by(minute.c.minute, minute.c.vital))

    def _minutes(self, query: Any) -> Iterator[Minute]:
        yield from map(_minute, self.rows(query))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if isinstance(self._lock, Connection):
            if self._lock.invalidated:  # it would be made anew, and without the lock
                raise JournalError(
                    "The server does not answer.", url=self.url, transient=True, hint="See that it runs."
                )
            with self._lock.begin():
                yield self._lock
        else:
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._explained(), self._engine.connect() as connection:
            yield connection

    def rows(self, query: Any) -> Iterator[Any]:
        """The rows of a query over the tables of ``schema.py``, a page at a time.

        Raises:
            JournalError: if they cannot be read.
        """
        with self._reading() as connection, connection.execution_options(yield_per=PAGE).execute(query) as found:
            yield from found

    @contextmanager
    def frozen(self) -> Iterator[Connection]:
        """The record as it stands now, whatever is written meanwhile; for reading only.

        Raises:
            JournalError: if the database fails.
        """
        with self._reading() as connection:
            if self.file is None:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction of one's own, for what is not everyday: taking out, merging, copying.

        Raises:
            JournalError: if the database fails.
        """
        with self._explained(), self._writing() as connection:
            yield connection

    def shrink(self) -> None:
        """Give space that is free within a SQLite file back to the disk; a server does that by itself.

        It takes as much free space as the record does, and nobody can write meanwhile.

        Raises:
            JournalError: if that is not possible.
        """
        if self.file is None:
            return
        with self._reading() as connection:
            for statement in ("COMMIT", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.exec_driver_sql(statement)

    def take_back(self, form: str) -> Path | None:
        """Take the record back to an older form, for an older VitalWatch; then it can only be closed.

        Returns:
            where the file is kept as it was; ``None`` for a server.

        Raises:
            JournalError: if that is not possible; nothing has changed then.
        """
        with self.transaction() as connection:
            copy = None if self.file is None else upgrade.keep_copy(self.file, upgrade.REVISIONS[-1])
            upgrade.downgrade(connection, form)
        return copy

    def check(self) -> None:
        """See that a SQLite file is whole; of a server, nothing.

        Raises:
            DamagedError: if it is not.
        """
        if self.file is None:
            return
        with self._reading() as connection:
            said = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        if said != "ok":
            raise DamagedError(str(said), self.file)

    # --- inside -------------------------------------------------------------------------------------------------

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if self.file is not None and DAMAGED.search(str(error.orig)):
                raise DamagedError(str(error.orig), self.file) from error
            raise explained(error, self.url) from error
        except OSError as error:
            raise explained(error, self.url) from error

    def _be_only_writer(self) -> None:
        if self.file is None:
            # The lock lives as long as this connection, so everything is written through it: who can write, has it.
            self._lock = connection = self._engine.connect()
            with connection.begin():
                got = bool(connection.execute(text(f"SELECT pg_try_advisory_lock({_WRITER})")).scalar())
            driver: Any = connection.connection.dbapi_connection
            self._wire = socket.socket(fileno=os.dup(driver.fileno()))
        else:
            lock = self.file.with_name(self.file.name + ".lock").open("wb")
            self._lock = lock
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                got = True
            except BlockingIOError:
                got = False
        if not got:
            raise JournalError(
                "Another VitalWatch writes this record.", url=self.url, transient=True, hint="End the other one."
            )


def _minute(row: Any) -> Minute:
    seconds = None if row.seconds is None else bytes(row.seconds)
    return Minute(row.chair, row.vital, row.minute, row.wall, row.n, row.low, row.high, row.mean, seconds)


def _old_form(found: str | None, url: str) -> JournalError:
    if found is None:
        return JournalError("The database holds no record.", url=url, hint="Check the name.")
    return JournalError(
        f"The record has the older form {found}.", url=url, hint="Bring it up to date: vitalwatch journal upgrade."
    )
