"""Records on both databases, and real PostgreSQL servers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.integration.journal.postgres import PostgresServer, programs
from tests.patience import PATIENCE_S
from vitalwatch.journal import database, recorder, writer
from vitalwatch.journal.database import parsed


def _installed() -> Path:
    """Where PostgreSQL is; without it the test is skipped, or fails where everything has to be there."""
    found = programs()
    if found is None:
        text = "PostgreSQL is not installed"
        pytest.fail(text) if os.environ.get("CI") else pytest.skip(text)
    return found


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running server, for all tests that do not stop it."""
    server = PostgresServer(_installed())
    server.start()
    yield server
    server.remove()


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> URL:
    """The url of a new, empty database on a real PostgreSQL, with its password."""
    return postgres_server.database()


@pytest.fixture
def make_postgres() -> Iterator[Callable[..., PostgresServer]]:
    """Makes servers that a test may stop and start, not yet started; ``durable`` ones wait for the disk."""
    made: list[PostgresServer] = []

    def make(*, durable: bool = False) -> PostgresServer:
        made.append(PostgresServer(_installed(), durable=durable))
        return made[-1]

    yield make
    for server in made:
        server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """Where a record may be made, on each database in turn."""
    if request.param == "sqlite":
        return parsed(f"sqlite:///{tmp_path}/record.db")
    url: URL = request.getfixturevalue("postgres")
    return url


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is tried again is tried again soon, and nobody waits long: for tests with trouble in them."""
    monkeypatch.setattr(writer, "RETRY_S", 0.1)
    monkeypatch.setattr(writer, "FLUSH_S", 0.03)
    monkeypatch.setattr(recorder, "CONFIRM_S", 0.3)
    monkeypatch.setattr(recorder, "LOOK_S", 0.05)
    monkeypatch.setattr(writer, "SLOW_S", PATIENCE_S)  # that this computer is busy is no trouble
    monkeypatch.setattr(recorder, "HUNG_S", PATIENCE_S)
    monkeypatch.setattr(recorder, "END_S", PATIENCE_S)
    monkeypatch.setattr(database, "PATIENCE_S", 1)
