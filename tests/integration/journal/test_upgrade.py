"""A record of an older form is brought up to date, or stays whole; and it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from tests.integration.journal.stories import BEGIN_S, keep, same, story
from vitalwatch.errors import JournalError
from vitalwatch.journal import schema, upgrade
from vitalwatch.journal.keeping import packer_at_the_end_of
from vitalwatch.journal.opening import open_record
from vitalwatch.journal.packing import Item, Packer
from vitalwatch.journal.pages import take
from vitalwatch.journal.record import GENESIS, Block, Checkpoint, Entry, Kind, Started, chained
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.verify import verify

OLD, NEW = upgrade.REVISIONS[0], upgrade.REVISIONS[-1]


@pytest.fixture
def engine(place: URL) -> Iterator[Engine]:
    made = create_engine(place, poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture
def old(engine: Engine) -> Engine:
    """A record of the first form with something in it, as its own version wrote it."""
    beginning = Item(Kind.STARTED, BEGIN_S, Started("0.1", resumed=False))
    hash_ = GENESIS
    with engine.begin() as connection:
        upgrade.upgrade(connection, OLD)
        for row in Packer().pack([beginning, *story(30)], same):
            cells: dict[str, Any] = msgspec.structs.asdict(row)
            if isinstance(row, Entry):
                cells["hash"] = hash_ = chained(hash_, row)
                connection.execute(schema.entry.insert().values(cells))
            elif isinstance(row, Block):
                connection.execute(schema.block.insert().values(cells))
            elif isinstance(row, Checkpoint):
                del cells["passing"]
                connection.execute(schema.checkpoint.insert().values(cells))
    return engine


def state(engine: Engine) -> tuple[str | None, set[str], list[Any], list[Any]]:
    """The form of a record, its tables, and what is in the two that every form has."""
    with engine.connect() as connection:
        form = upgrade.revision(connection)
        names = set(inspect(connection).get_table_names())
        entries = connection.execute(text("SELECT seq, at, body, hash FROM entry ORDER BY seq")).all()
        blocks = connection.execute(text("SELECT seq, last, data FROM block ORDER BY seq")).all()
    return form, names, [tuple(map(_plain, row)) for row in entries], [tuple(map(_plain, row)) for row in blocks]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def test_an_old_record_is_brought_up_to_date_at_the_start_and_everything_stays(
    old: Engine, place: URL, tmp_path: Path
) -> None:
    _, _, entries, blocks = state(old)
    opened = open_record(place, tmp_path / "spool", "then")
    assert opened.store is not None
    with opened.store as store:
        assert opened.notice == ""
        assert state(old)[0] == NEW
        assert state(old)[2:] == (entries, blocks)
        assert take(verify(store)).good
        keep(store, story(10, BEGIN_S + 100), packer_at_the_end_of(store))
        assert take(verify(store)).good


def test_of_a_file_a_copy_in_the_old_form_is_kept(old: Engine, place: URL) -> None:
    before = state(old)
    with Store.open(place, write=True) as store:
        kept = store.kept_copy
    if place.get_backend_name() != "sqlite":
        assert kept is None
        return
    assert kept is not None
    assert kept.name == f"record.db.form-{OLD}"
    assert state(create_engine(place.set(database=str(kept)), poolclass=NullPool)) == before


def test_a_record_that_is_up_to_date_is_not_copied(place: URL) -> None:
    Store.open(place, write=True).close()
    with Store.open(place, write=True) as store:
        assert store.kept_copy is None


def test_an_upgrade_that_fails_in_the_middle_leaves_the_old_form_whole(old: Engine, place: URL) -> None:
    with old.begin() as connection:  # what the second form makes last is in its way
        connection.execute(text("CREATE TABLE wave (other INTEGER)"))
    before = state(old)
    assert "minute" not in before[1]
    with pytest.raises(JournalError):
        Store.open(place, write=True)
    assert state(old) == before
    with old.begin() as connection:
        connection.execute(text("DROP TABLE wave"))
    with Store.open(place, write=True) as store:
        assert take(verify(store)).good


def test_monitoring_begins_though_the_upgrade_fails(old: Engine, place: URL, tmp_path: Path) -> None:
    with old.begin() as connection:
        connection.execute(text("CREATE TABLE wave (other INTEGER)"))
    opened = open_record(place, tmp_path / "spool", "then")
    assert opened.store is None
    assert opened.notice.startswith("The record is not being kept.")


def test_a_record_taken_back_keeps_entries_and_blocks_and_can_be_brought_forward_again(
    engine: Engine, place: URL
) -> None:
    with Store.open(place, write=True) as store:
        keep(store, [Item(Kind.STARTED, BEGIN_S, Started("1.0", resumed=False)), *story(30)])
    _, names, entries, blocks = state(engine)
    with Store.open(place, write=True) as store:
        kept = store.take_back(OLD)
    assert (kept is not None) is (place.get_backend_name() == "sqlite")
    assert state(engine) == (OLD, names - {"minute", "wave"}, entries, blocks)
    with Store.open(place, write=True) as store:
        assert take(verify(store)).good
    assert state(engine)[2:] == (entries, blocks)


def test_taking_back_that_fails_in_the_middle_leaves_the_new_form_whole(
    engine: Engine, place: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(place, write=True) as store:
        keep(store, story(30))
        before = state(engine)

        def half(connection: Any, to: str) -> None:
            connection.execute(text("DROP TABLE wave"))
            raise OSError("the power fails")

        monkeypatch.setattr(upgrade, "downgrade", half)
        with pytest.raises(JournalError):
            store.take_back(OLD)
    assert state(engine) == before


def test_who_only_reads_changes_no_form_and_says_what_to_do(old: Engine, place: URL) -> None:
    before = state(old)
    with pytest.raises(JournalError) as caught:
        Store.open(place)
    assert "vitalwatch journal upgrade" in caught.value.hint
    assert state(old) == before


@pytest.mark.parametrize("write", [True, False])
def test_a_form_of_the_future_is_left_alone(engine: Engine, place: URL, write: bool) -> None:
    Store.open(place, write=True).close()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(JournalError) as caught:
        Store.open(place, write=write)
    assert "newer VitalWatch" in caught.value.reason
    with engine.connect() as connection:
        assert upgrade.revision(connection) == "9999"
