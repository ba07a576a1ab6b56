"""What a name on the command line stands for: recorded series, or a record."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from vitalwatch.config import load
from vitalwatch.journal.database import parsed
from vitalwatch.journal.store import Store

SQLITE: Final = b"SQLite format 3\0"


def is_record(name: str) -> bool:
    """Whether a name stands for a record: a url, a clinic file, or a SQLite file. All else is a recorded series."""
    if "://" in name or name.endswith(".toml"):
        return True
    try:
        with Path(name).open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError:
        return False


def url_of(name: str) -> URL:
    """The url of the record that a url, a clinic file or a SQLite file stands for.

    Raises:
        VitalWatchError: if it is none of these.
    """
    if "://" in name:
        return parsed(name)
    if name.endswith(".toml"):
        config = load(Path(name))
        return parsed(config.journal.url, config.folder, config.journal.password)
    return parsed(f"sqlite:///{name}")


def open_record(name: str) -> Store:
    """Open a record for reading; the service may be writing it meanwhile.

    Raises:
        VitalWatchError: if there is none, or it cannot be read.
    """
    return Store.open(url_of(name))
