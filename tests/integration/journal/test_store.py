"""A record on SQLite and on a real PostgreSQL: what goes in comes out, all or nothing, by one writer at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL

from tests.integration.conftest import free_port
from tests.integration.journal.postgres import PASSWORD, PostgresServer
from tests.integration.journal.stories import (
    BEGIN_S,
    act,
    assert_whole,
    inputs,
    item,
    keep,
    same,
    sample,
    story,
    told_in,
)
from vitalwatch.errors import JournalError
from vitalwatch.journal import upgrade
from vitalwatch.journal.database import DamagedError, parsed
from vitalwatch.journal.keeping import packer_at_the_end_of
from vitalwatch.journal.minutes import MINUTE_S, minute_of
from vitalwatch.journal.packing import PASSING, Item, Packer
from vitalwatch.journal.record import GENESIS, US, Block, Checkpoint, Entry, Kind, Minute, Wave
from vitalwatch.journal.schema import tables
from vitalwatch.journal.store import PAGE, Store
from vitalwatch.model.cells import NOTHING, cell_of

BEGIN = round(BEGIN_S * US)


def cells_of(values: dict[int, float]) -> list[int]:
    """The cells of a minute in which values came at these seconds."""
    return [cell_of(values[second]) if second in values else NOTHING for second in range(MINUTE_S)]


def made(chair: str, cells: list[int], number: int) -> Minute:
    """A minute of a chair's SpO2."""
    minute = minute_of(chair, "spo2", cells, number, number * 60 * US)
    assert minute is not None
    return minute


# --- in and out -----------------------------------------------------------------------------------------------------


def test_a_new_record_is_empty(place: URL) -> None:
    with Store.open(place, write=True) as store:
        assert store.tail()[:3] == (0, 0, GENESIS)
        assert store.checkpoint() is None
        assert list(store.told()) == []


def test_what_went_in_comes_out_in_order_also_for_whoever_opens_it_later(place: URL) -> None:
    told = story(60)
    with Store.open(place, write=True) as store:
        rows, packer = keep(store, told)
    with Store.open(place) as store:
        assert inputs(store) == told_in(told)
        assert list(store.blocks()) == [row for row in rows if isinstance(row, Block)]
        assert list(store.entries()) == [row for row in rows if isinstance(row, Entry)]
        assert store.tail()[:3] == (packer.seq, BEGIN + 59 * US, packer.hash)
        assert_whole(store)


def test_a_packer_made_at_the_end_goes_on_numbering_chaining_and_sealing(place: URL) -> None:
    with Store.open(place, write=True) as store:
        for part in range(4):
            keep(store, story(13, BEGIN_S + 13 * part), packer_at_the_end_of(store))
        assert_whole(store)


def test_entries_can_be_chosen(place: URL) -> None:
    with Store.open(place, write=True) as store:
        keep(store, [item(act(number, chair=str(number % 2)), BEGIN_S + number) for number in range(10)])
        assert [entry.seq for entry in store.entries(after=3, last=6)] == [4, 5, 6]
        assert [entry.seq for entry in store.entries(chair="1")] == [2, 4, 6, 8, 10]
        assert [entry.seq for entry in store.entries(since=BEGIN + 7 * US, until=BEGIN + 9 * US)] == [8, 9]
        assert [entry.seq for entry in store.entries(newest=2)] == [10, 9]
        assert list(store.entries(kinds=[Kind.NEWS])) == []


def test_more_rows_than_fit_into_a_page_come_out_all_the_same(place: URL) -> None:
    told = [item(act(number), BEGIN_S + number) for number in range(1234)]
    with Store.open(place, write=True) as store:
        keep(store, told)
        assert inputs(store) == told_in(told)


@pytest.mark.parametrize("after", [0, 1, 4, 5, 6, 11, 12, 13, 100])
def test_blocks_after_a_number_begin_with_the_one_that_holds_it(place: URL, after: int) -> None:
    with Store.open(place, write=True) as store:
        keep(store, story(12))
        everything = list(store.blocks())
        assert list(store.blocks(after=after)) == [block for block in everything if block.last > after]
        assert [told.seq for told in store.told(after=after)] == [told.seq for told in store.told() if told.seq > after]


def test_the_newest_checkpoint_of_those_asked_for(place: URL) -> None:
    states = [Item(None, BEGIN_S + minute * 60, f"state {minute}".encode()) for minute in range(3)]
    with Store.open(place, write=True) as store:
        first, second, third = (row for row in keep(store, states)[0] if isinstance(row, Checkpoint))
        assert store.checkpoint() == third
        assert store.checkpoint(at_or_before=third.seq - 1) == second
        assert store.checkpoint(wall=second.wall) == second
        assert store.checkpoint(wall=first.wall - 1) is None


def test_a_passing_checkpoint_goes_when_a_newer_one_comes(place: URL) -> None:
    def state(second: int, name: str = "") -> Item:
        return Item(None, BEGIN_S + second, f"state {second}".encode(), name)

    with Store.open(place, write=True) as store:
        packer = Packer()
        kept = []
        for each in (state(0), state(1, PASSING), state(2, PASSING), state(3)):
            rows, packer = keep(store, [each], packer)
            kept += [row for row in rows if isinstance(row, Checkpoint)]
            assert store.checkpoint() == kept[-1]
        assert [store.checkpoint(at_or_before=row.seq) for row in kept] == [kept[0], kept[0], kept[0], kept[3]]
        assert_whole(store)


def test_a_minute_that_comes_in_parts_is_whole(place: URL) -> None:
    number = BEGIN // 60 // US
    parts = [cells_of({0: 90.0, 1: 95.0}), cells_of({1: 94.0, 2: 88.0}), cells_of({59: 97.0})]
    first, second, third = (made("1", cells, number) for cells in parts)
    other = made("2", parts[0], number)
    with Store.open(place, write=True) as store:
        store.write([first], GENESIS)
        store.write([second, other, third], GENESIS)
        assert list(store.minutes("1", BEGIN, BEGIN + 1)) == [
            made("1", cells_of({0: 90.0, 1: 94.0, 2: 88.0, 59: 97.0}), number)
        ]
        assert list(store.minutes("2", BEGIN, BEGIN + 1)) == [other]
        assert list(store.minutes("3", BEGIN, BEGIN + 1)) == []


def test_more_minutes_than_are_looked_up_at_once_are_made_whole(place: URL) -> None:
    begin = BEGIN // 60 // US
    first, second = (
        [made("1", cells_of(part), begin + n) for n in range(PAGE + 20)] for part in ({0: 90.0}, {1: 91.0})
    )
    with Store.open(place, write=True) as store:
        store.write(first, GENESIS)
        store.write(second, GENESIS)
        found = list(store.minutes_from("1", begin))
    assert [row.n for row in found] == [2] * (PAGE + 20)


def test_a_curve_that_comes_twice_is_kept_once(place: URL) -> None:
    wave = Wave("1", "ox-1", "pleth", BEGIN, BEGIN, 75.0, b"curve")
    with Store.open(place, write=True) as store:
        store.write([wave, wave], GENESIS)
        store.write([wave], GENESIS)
        with store.transaction() as connection:
            assert connection.execute(text("SELECT count(*) FROM wave")).scalar() == 1


# --- all or nothing, by one -----------------------------------------------------------------------------------------


def test_rows_are_kept_all_or_none(place: URL) -> None:
    with Store.open(place, write=True) as store:
        _, packer = keep(store, story(20))
        tail = store.tail()
        rows = packer.copy().pack(story(20, BEGIN_S + 20), same)
        with pytest.raises(JournalError):
            store.write([*rows, rows[-3]], packer.hash)  # the last one is there already
        assert store.tail() == tail
        store.write(rows, packer.hash)
        assert_whole(store)


def test_only_one_writes_and_everybody_reads(place: URL) -> None:
    with Store.open(place, write=True) as store:
        keep(store, story(5))
        with pytest.raises(JournalError, match="Another VitalWatch writes this record") as caught:
            Store.open(place, write=True)
        assert caught.value.transient
        with Store.open(place) as reader:
            assert inputs(reader) == inputs(store)
    Store.open(place, write=True).close()


def test_on_a_server_whoever_lost_the_right_to_write_cannot_write(
    postgres: URL, postgres_server: PostgresServer
) -> None:
    with Store.open(postgres, write=True) as store:
        postgres_server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
            f"WHERE locktype = 'advisory' AND datname = '{postgres.database}'"
        )
        with Store.open(postgres, write=True) as other:
            keep(other, story(5))
            with pytest.raises(JournalError, match="The server does not answer"):
                keep(store, story(5))
            assert_whole(other)


def test_a_reader_goes_on_reading_what_was_there_while_more_is_written(place: URL) -> None:
    with Store.open(place, write=True) as store, Store.open(place) as reader:
        _, packer = keep(store, [item(act(number), BEGIN_S + number) for number in range(1000)])
        reading = reader.entries()
        first = next(reading)
        keep(store, [item(act(1000), BEGIN_S + 1000)], packer)
        assert [first.seq, *(entry.seq for entry in reading)] == list(range(1, 1001))


def test_a_connection_that_is_cut_fails_the_next_write_and_another_goes_on(postgres: URL) -> None:
    with Store.open(postgres, write=True) as store:
        store.cut()
        with pytest.raises(JournalError, match="The server does not answer"):
            keep(store, story(5))
        store.cut()  # there is nothing left to cut
    with Store.open(postgres, write=True) as store:
        keep(store, story(5))


# --- its form -------------------------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_of_the_schema(place: URL) -> None:
    engine = create_engine(place)
    with engine.begin() as connection:
        upgrade.upgrade(connection)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables) == []
    engine.dispose()


def test_a_new_record_has_the_tables_that_the_migrations_make(place: URL) -> None:
    with Store.open(place, write=True) as store, store.transaction() as connection:
        assert upgrade.revision(connection) == upgrade.REVISIONS[-1]
        assert compare_metadata(MigrationContext.configure(connection), tables) == []
        upgrade.downgrade(connection, "0001")
        assert not inspect(connection).has_table("minute")


def test_an_older_form_is_refused_to_a_reader_and_brought_up_to_date_by_the_writer(place: URL) -> None:
    with Store.open(place, write=True) as store:
        told = story(5)
        keep(store, told)
        with store.transaction() as connection:
            upgrade.downgrade(connection, "0001")
    with pytest.raises(JournalError, match="has the older form 0001"):
        Store.open(place)
    with Store.open(place, write=True) as store:
        assert inputs(store) == told_in(told)
        with store.transaction() as connection:
            assert upgrade.revision(connection) == upgrade.REVISIONS[-1]


@pytest.mark.parametrize("write", [False, True])
def test_a_form_from_the_future_is_refused_and_left_alone(place: URL, write: bool) -> None:
    with Store.open(place, write=True) as store, store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(JournalError, match=r'the form "9999".*a newer VitalWatch made it') as caught:
        Store.open(place, write=write)
    assert "Install that version" in caught.value.hint


def test_someone_elses_tables_are_left_alone(place: URL) -> None:
    with Store.open(place, write=True) as store, store.transaction() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(JournalError, match="has tables of the record's names, and is none"):
        Store.open(place, write=True)


def test_a_database_without_a_record_is_not_read(postgres: URL) -> None:
    with pytest.raises(JournalError, match="holds no record"):
        Store.open(postgres)


# --- what cannot be opened ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("record.db", "no url of a database"),
        ("mongoose://x/y", "kept in SQLite or PostgreSQL"),
        ("://x/y", "no url of a database"),
        ("mysql://x/y", "kept in SQLite or PostgreSQL"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql://ward:secret@host:port/db", "no url of a database"),
    ],
)
def test_a_wrong_url_in_plain_words_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(JournalError, match=reason) as caught:
        parsed(url)
    assert "secret" not in str(caught.value)


def test_a_relative_file_is_meant_from_a_folder() -> None:
    assert parsed("sqlite:///record.db", Path("/clinic")).database == "/clinic/record.db"
    assert parsed("sqlite:////var/record.db", Path("/clinic")).database == "/var/record.db"


def test_the_password_of_a_server_is_put_in_and_never_shown(postgres: URL) -> None:
    url = parsed("postgresql://vitalwatch@127.0.0.1/x", password=PASSWORD)
    assert url.password == PASSWORD
    with Store.open(postgres, write=True) as store:
        assert PASSWORD not in store.url


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda url: url.set(password="wrong"), "The password is wrong"),
        (lambda url: url.set(username="nobody"), "The password is wrong"),  # a server does not say who exists
        (lambda url: url.set(database="nowhere"), "The server has no such database"),
        (lambda url: url.set(port=free_port()), "The server does not answer"),
        (lambda url: url.set(host="no-such-host.invalid"), "The server's name is not known"),
    ],
    ids=["password", "user", "database", "port", "host"],
)
def test_a_server_that_cannot_be_used_in_plain_words(postgres: URL, wrong: Callable[[URL], URL], reason: str) -> None:
    with pytest.raises(JournalError, match=reason) as caught:
        Store.open(wrong(postgres), write=True)
    assert PASSWORD not in str(caught.value)
    assert caught.value.hint


def test_without_the_extra_for_postgresql_it_says_what_to_install(
    postgres: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(JournalError, match=r"vitalwatch\[postgres\]"):
        Store.open(postgres)


@pytest.mark.parametrize("write", [False, True])
def test_a_file_in_a_folder_that_is_not_there(tmp_path: Path, write: bool) -> None:
    with pytest.raises(JournalError) as caught:
        Store.open(parsed(f"sqlite:///{tmp_path}/nowhere/record.db"), write=write)
    assert "folder" in caught.value.hint


def test_a_file_that_is_no_database_is_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "record.db"
    file.write_bytes(os.urandom(8192))
    with pytest.raises(DamagedError) as caught:
        Store.open(parsed(f"sqlite:///{file}"), write=True)
    assert caught.value.file == file


def test_a_file_with_a_torn_page_is_found_to_be_damaged(tmp_path: Path) -> None:
    file = tmp_path / "record.db"
    with Store.open(parsed(f"sqlite:///{file}"), write=True) as store:
        keep(
            store,
            [item(sample(90 + number % 7, chair=os.urandom(8).hex()), BEGIN_S + number) for number in range(9000)],
        )
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 8192] = os.urandom(8192)
    file.write_bytes(data)
    with Store.open(parsed(f"sqlite:///{file}"), write=True) as store, pytest.raises(DamagedError):
        store.check()
