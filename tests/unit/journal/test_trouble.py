"""What a database says becomes plain words with what to do next, and never a password."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from vitalwatch.journal.trouble import DAMAGED, explained

URL = "sqlite:///record.db"


@pytest.mark.parametrize(
    ("said", "reason", "transient"),
    [
        ("database or disk is full", "The disk is full.", False),
        ("could not extend file: No space left on device", "The disk is full.", False),
        ("attempt to write a readonly database", "It cannot be written to.", False),
        ("[Errno 30] Read-only file system: 'x.lock'", "It cannot be written to.", False),
        ("unable to open database file", "It cannot be opened.", False),
        ("[Errno 2] No such file or directory: '/x/record.db.lock'", "It cannot be opened.", False),
        ("[Errno 13] Permission denied: '/x/record.db.lock'", "It cannot be written to.", False),
        ("database is locked", "Another program has locked it.", True),
        ("database table is locked", "Another program has locked it.", True),
        ("disk I/O error", "The disk fails.", False),
        ('connection failed: FATAL:  password authentication failed for user "ward"', "The password is wrong.", False),
        ("fe_sendauth: no password supplied", "The password is wrong.", False),
        ('FATAL:  role "ward" does not exist', "The server knows no such user.", False),
        ('FATAL:  database "ward" does not exist', "The server has no such database.", False),
        ('failed to resolve host "nowhere": Name or service not known', "The server's name is not known.", True),
        ("permission denied for schema public", "The user may not do that.", False),
        ("connection to server failed: Connection refused", "The server does not answer.", True),
        ("consuming input failed: server closed the connection unexpectedly", "The server does not answer.", True),
        ("FATAL:  the database system is starting up", "The server does not answer.", True),
        ("terminating connection due to administrator command", "The server does not answer.", True),
        ("connection timeout expired", "The server does not answer.", True),
        ("canceling statement due to statement timeout", "The server is too slow.", True),
        ("canceling statement due to lock timeout", "The server is too slow.", True),
    ],
)
def test_known_trouble_in_plain_words(said: str, reason: str, transient: bool) -> None:
    error = explained(OperationalError("INSERT", {}, Exception(said)), URL)
    assert error.reason.startswith(reason)
    assert said in error.reason  # what the database said itself is there for whoever looks after it
    assert error.transient is transient
    assert error.hint
    assert error.url == URL


def test_what_nobody_thought_of_is_still_told() -> None:
    error = explained(OSError("the moon is in the way\nand more"), URL)
    assert error.reason == "The database failed: the moon is in the way"
    assert error.hint


def test_an_error_without_a_word_says_what_it_is() -> None:
    assert explained(TimeoutError(), URL).reason == "The database failed: TimeoutError"


@pytest.mark.parametrize(
    "said",
    ["database disk image is malformed", "file is not a database", "file is encrypted or is not a database"],
)
def test_what_sqlite_says_of_a_damaged_file(said: str) -> None:
    assert DAMAGED.search(said)


def test_being_full_is_not_being_damaged() -> None:
    assert not DAMAGED.search("database or disk is full")
