"""Backups of both databases, made while the record is written, restored into both; and nothing is ever overwritten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import URL

from tests.integration.journal.postgres import PostgresServer
from tests.integration.journal.stories import BEGIN_S, assert_whole, item, keep, sample, story
from vitalwatch.errors import JournalError
from vitalwatch.journal import schema
from vitalwatch.journal.database import parsed
from vitalwatch.journal.keeping import packer_at_the_end_of
from vitalwatch.journal.opening import open_record
from vitalwatch.journal.packing import Item
from vitalwatch.journal.pages import take
from vitalwatch.journal.record import Kind, Started
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep import backup as backups
from vitalwatch.journal.upkeep.backup import backup, restore
from vitalwatch.journal.upkeep.verify import Known, verify

BEGINNING = Item(Kind.STARTED, BEGIN_S, Started("1.0", resumed=False))


@pytest.fixture
def store(place: URL) -> Iterator[Store]:
    with Store.open(place, write=True) as opened:
        keep(opened, [BEGINNING, *story(1000)])
        yield opened


@pytest.fixture
def server(postgres_server: PostgresServer) -> URL:
    """Another database of the server than the one that the record may be in."""
    return postgres_server.database()


def at(path: Path) -> URL:
    return parsed(f"sqlite:///{path}")


def tables(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Everything in a record."""
    found: dict[str, list[dict[str, Any]]] = {}
    with store.frozen() as connection:
        for name, table in schema.tables.tables.items():
            rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            found[name] = [{key: _plain(value) for key, value in row.items()} for row in rows]
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_is_the_record_as_it_was_when_it_was_begun_though_it_was_written_meanwhile(
    store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    before, last = tables(store), store.tail()
    packer = packer_at_the_end_of(store)
    steps = backup(store, folder / "copy.db")
    second = 1000
    try:
        while True:
            next(steps)
            keep(store, [item(sample(90), BEGIN_S + second)], packer)
            second += 1
    except StopIteration as end:
        found = end.value
    assert second > 1010
    assert files(folder) == ["copy.db"]
    assert found.good
    assert (found.last, found.hash) == (last.seq, last.hash.hex())
    with Store.open(at(folder / "copy.db")) as copy:
        assert tables(copy) == before
        assert_whole(copy)
    assert take(verify(store, Known(found.last_entry, found.hash))).good


def test_a_backup_goes_back_into_either_database(store: Store, tmp_path: Path, server: URL) -> None:
    take(backup(store, tmp_path / "copy.db"))
    for target in (at(tmp_path / "again.db"), server):
        with Store.open(at(tmp_path / "copy.db")) as copy:
            assert take(restore(copy, target)).good
        with Store.open(target, write=True) as again:
            assert tables(again) == tables(store)
            keep(again, story(10, BEGIN_S + 2000), packer_at_the_end_of(again))
            assert_whole(again)


def test_a_service_goes_on_from_a_restored_record(store: Store, tmp_path: Path) -> None:
    take(backup(store, tmp_path / "copy.db"))
    with Store.open(at(tmp_path / "copy.db")) as copy:
        take(restore(copy, at(tmp_path / "again.db")))
    opened = open_record(at(tmp_path / "again.db"), tmp_path / "spool", "then")
    assert opened.notice == ""
    assert opened.ends_at == BEGIN_S + 999
    assert opened.store is not None
    opened.store.close()


def test_nothing_is_overwritten(store: Store, tmp_path: Path, server: URL) -> None:
    taken = tmp_path / "taken.db"
    taken.write_text("something else")
    with pytest.raises(JournalError):
        take(backup(store, taken))
    assert taken.read_text() == "something else"
    with pytest.raises(JournalError):
        take(restore(store, at(taken)))
    with Store.open(server, write=True) as other:
        keep(other, story(10))
        before = tables(other)
    with pytest.raises(JournalError):
        take(restore(store, server))
    with Store.open(server) as other:
        assert tables(other) == before


def test_a_backup_that_is_given_up_leaves_nothing(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    steps = backup(store, folder / "copy.db")
    for _ in range(3):
        next(steps)
    assert files(folder) == ["copy.db.partial"]
    steps.close()
    assert files(folder) == []


def test_a_restore_that_fails_in_the_middle_leaves_an_empty_database(store: Store, server: URL) -> None:
    if store.file is None:
        pytest.skip("from a file to a server is enough")
    steps = restore(store, server)
    for _ in range(5):
        next(steps)
    steps.close()
    with Store.open(server) as target:
        assert all(rows == [] for rows in tables(target).values())
    assert take(restore(store, server)).good


def test_a_folder_that_is_not_there_is_told(store: Store, tmp_path: Path) -> None:
    with pytest.raises(JournalError) as caught:
        take(backup(store, tmp_path / "not mounted" / "copy.db"))
    assert "not mounted" in caught.value.reason
    assert caught.value.hint


def test_a_disk_without_room_for_it_is_left_alone(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = backups.size(store) + backups.SPARE - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12 - free, free))
    with pytest.raises(JournalError) as caught:
        take(backup(store, tmp_path / "copy.db"))
    assert "MB are free" in caught.value.reason
    assert not (tmp_path / "copy.db").exists()


def test_a_record_that_was_changed_is_copied_as_it_is_and_that_is_told(store: Store, tmp_path: Path) -> None:
    with store.transaction() as connection:
        connection.execute(update(schema.entry).where(schema.entry.c.seq == 1).values(name="other"))
    found = take(backup(store, tmp_path / "copy.db"))
    assert found.problems[0].seq == 1
    with Store.open(at(tmp_path / "copy.db")) as copy:
        assert tables(copy) == tables(store)


def test_a_backup_can_be_read_where_nothing_can_be_written(store: Store, tmp_path: Path) -> None:
    """A file that says of itself that it has a write-ahead log could not be opened on a read-only disk."""
    take(backup(store, tmp_path / "copy.db"))
    with (tmp_path / "copy.db").open("rb") as file:
        assert file.read(20)[18:] == b"\x01\x01"  # read and write version of the file format: a rollback journal
    with Store.open(at(tmp_path / "copy.db")) as copy:
        assert take(verify(copy)).good
    with (tmp_path / "copy.db").open("rb") as file:
        assert file.read(20)[18:] == b"\x01\x01"
