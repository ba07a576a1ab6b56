"""Which form a record has, and bringing it to the form of this version, or back. Alembic is only loaded when needed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from vitalwatch.errors import JournalError
from vitalwatch.journal.schema import tables

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS: Final = ("0001", "0002")
"""Every form there has been, oldest first; the last is this version's."""


def revision(connection: Connection) -> str | None:
    """The form of a record; ``None`` when nothing is there yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check(connection: Connection, url: str) -> str | None:
    """The form of a record that this version can read or bring up to date.

    Raises:
        JournalError: if a newer VitalWatch made it, or something else.
    """
    found = revision(connection)
    if found is not None and found not in REVISIONS:
        raise JournalError(
            f'The record has the form "{found}", which this version does not know: a newer VitalWatch made it.',
            url=url,
            hint="Install that version again, or name another record under [journal].",
        )
    if found is None and set(inspect(connection).get_table_names()) & {"entry", "block", "checkpoint"}:
        raise JournalError(
            "The database has tables of the record's names, and is none.", url=url, hint="Name an empty database."
        )
    return found


def keep_copy(file: Path, form: str) -> Path:
    """Copy a SQLite file before its form is changed; gives the copy's name.

    Args:
        file: which nobody else writes.
        form: that it has.

    Raises:
        OSError: if that is not possible.
    """
    copy = file.with_name(f"{file.name}.form-{form}")
    partial = copy.with_name(copy.name + ".partial")
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(partial)) as target:
            source.backup(target)
        partial.replace(copy)
    except sqlite3.Error as error:
        raise OSError(f"{partial} could not be made: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return copy


def create(connection: Connection) -> None:
    """Make the tables of a new record in this version's form at once: loading Alembic would hold up a first start.

    A test holds them to what the migrations make.
    """
    tables.create_all(connection)
    connection.execute(
        text(
            "CREATE TABLE alembic_version "
            "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:form)"), {"form": REVISIONS[-1]})


def upgrade(connection: Connection, to: str = REVISIONS[-1]) -> None:
    """Bring a record to a form, in one transaction: all of it or nothing."""
    from alembic import command

    command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Take a record back to an older form. What only newer ones hold goes; see each migration."""
    from alembic import command

    command.downgrade(_config(connection), to)


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "vitalwatch.journal:migrations")
    config.attributes["connection"] = connection
    return config
