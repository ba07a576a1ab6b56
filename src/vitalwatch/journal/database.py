"""The database behind a record: its url, its connections, and what becomes of a damaged file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from vitalwatch.errors import JournalError
from vitalwatch.journal.trouble import explained

PATIENCE_S: Final = 2
"""How long a lock or a server's answer is waited for before that counts as trouble."""


class DamagedError(JournalError):
    """The SQLite file is not a database that can be trusted any more.

    Args:
        said: what SQLite says of it.
        file: which file.
    """

    def __init__(self, said: str, file: Path) -> None:
        self.file = file
        super().__init__(f"The file is damaged: {said}.", url=f"sqlite:///{file}")


def parsed(url: str, folder: Path | None = None, password: str | None = None) -> URL:
    """Read the url of a record.

    Args:
        url: ``sqlite:///FILE`` or ``postgresql://USER@HOST/DATABASE``.
        folder: what a relative FILE is meant from.
        password: of the USER.

    Raises:
        JournalError: if it is neither.
    """
    forms = "Write sqlite:///vitalwatch.db, or postgresql://user@host/database."
    try:
        found = make_url(url)
        name = found.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise JournalError("This is no url of a database.", url=url.split("@")[-1], hint=forms) from None
    if name == "sqlite":
        if not found.database or found.database == ":memory:":
            raise JournalError("The url names no file.", url=url, hint=forms)
        path = Path(found.database)
        return found.set(drivername="sqlite", database=str(path if folder is None else folder / path))
    if name == "postgresql":
        return found.set(drivername="postgresql+psycopg", password=password or found.password)
    raise JournalError("Records are kept in SQLite or PostgreSQL.", url=url.split("@")[-1], hint=forms)


def set_aside(file: Path, stamp: str) -> Path:
    """Move a SQLite file and what belongs to it out of the way; gives the new name.

    Raises:
        JournalError: if that is not possible.
    """
    aside = file.with_name(f"{file.name}.damaged-{stamp}")
    try:
        for end in ("", "-wal", "-shm"):
            part = file.with_name(file.name + end)
            if part.exists():
                part.replace(aside.with_name(aside.name + end))
    except OSError as error:
        raise explained(error, f"sqlite:///{file}") from error
    return aside


def connections(url: URL, *, write: bool) -> Engine:
    """What gives connections to a database; none is opened yet.

    Raises:
        JournalError: if the driver for it is not installed.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": PATIENCE_S, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        if write:
            event.listen(engine, "connect", _log_ahead)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine
    server = {
        "connect_timeout": PATIENCE_S,
        "options": f"-c statement_timeout={PATIENCE_S * 5000} -c lock_timeout={PATIENCE_S * 1000} "
        "-c synchronous_commit=on",
        "tcp_user_timeout": PATIENCE_S * 2000,
        "keepalives_idle": 2,
        "keepalives_interval": 1,
        "keepalives_count": 3,
    }
    try:
        return create_engine(url, connect_args=server, pool_size=2, max_overflow=4)
    except ModuleNotFoundError as error:
        raise JournalError(
            f"PostgreSQL needs a part that is not installed: {error.name}.",
            url=url.render_as_string(hide_password=True),
            hint="Install it: pip install 'vitalwatch[postgres]'.",
        ) from error


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions are begun by us: the module would commit before a table is made
    for pragma in ("synchronous=FULL", f"busy_timeout={PATIENCE_S * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _log_ahead(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")  # stays with the file; a reader could not set it on a read-only disk
