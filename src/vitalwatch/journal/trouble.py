"""What databases say when something is wrong, in plain words with what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from sqlalchemy.exc import DBAPIError

from vitalwatch.errors import JournalError


class _Known(NamedTuple):
    said: str
    reason: str
    hint: str
    transient: bool


_KNOWN: Final = (
    _Known("database or disk is full|no space left|could not extend file", "The disk is full.", "Make room.", False),
    _Known(
        r"readonly database|read-only|\[errno 13\]",
        "It cannot be written to.",
        "See to the rights of file and folder.",
        False,
    ),
    _Known(
        r"unable to open database|\[errno 2\]",
        "It cannot be opened.",
        "See that its folder is there, and may be written.",
        False,
    ),
    _Known("database (table )?is locked", "Another program has locked it.", "End that program.", True),
    _Known("disk i/o error", "The disk fails.", "See to the disk, and to the computer's log.", False),
    _Known(
        "password authentication failed|no password supplied", "The password is wrong.", "Mend the password.", False
    ),
    _Known("role .* does not exist", "The server knows no such user.", "Mend the url, or create the user.", False),
    _Known("database .* does not exist", "The server has no such database.", "Create it: createdb NAME.", False),
    _Known(
        "failed to resolve|name or service|translate host", "The server's name is not known.", "Mend the url.", True
    ),
    _Known("permission denied", "The user may not do that.", "Let the user own the database.", False),
    _Known(
        "connection refused|timeout expired|connection timeout|server closed|terminating connection|is starting up|"
        "shutting down|connection is lost|consuming input failed|connection is closed|broken pipe|in recovery mode|"
        "no route to host|network is unreachable|connection reset|the connection is closed|connection failed",
        "The server does not answer.",
        "See that it runs.",
        True,
    ),
    _Known("statement timeout|lock timeout", "The server is too slow.", "See what else it does.", True),
)

DAMAGED: Final = re.compile("malformed|not a database|file is encrypted|database corruption", re.IGNORECASE)
"""What SQLite says of a file that it cannot trust."""


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Let what goes wrong with a database or a file within come out as ours.

    Raises:
        JournalError: instead.
    """
    try:
        yield
    except (DBAPIError, OSError) as error:
        raise explained(error, url) from error


def explained(error: DBAPIError | OSError, url: str) -> JournalError:
    """A database's error as ours. Passwords never stand in it."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    first = said.splitlines()[0] if said else type(error).__name__
    for known in _KNOWN:
        if re.search(known.said, said, re.IGNORECASE):
            return JournalError(f"{known.reason} ({first})", url=url, transient=known.transient, hint=known.hint)
    return JournalError(f"The database failed: {first}", url=url, hint="See to the database.")
