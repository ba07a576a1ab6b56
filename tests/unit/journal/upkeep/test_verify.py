"""``verify`` finds whatever was changed, taken out, added or moved; and what it cannot find is known."""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.integration.journal.stories import BEGIN_S, item, keep, sample, story
from vitalwatch.journal.database import parsed
from vitalwatch.journal.keeping import packer_at_the_end_of
from vitalwatch.journal.packing import Item
from vitalwatch.journal.pages import take
from vitalwatch.journal.record import US, Kind, Started, to_us
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.compact import FOR_GOOD, compact
from vitalwatch.journal.upkeep.verify import Known, Verified, verify

LATER = to_us(BEGIN_S) + 7200 * US
SECONDS = 40

BEGINNING = Item(Kind.STARTED, BEGIN_S, Started("1.0", resumed=False))

several_times = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module", params=["as written", "merged"])
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record that ends with a seal; also after its blocks were merged."""
    path = tmp_path_factory.mktemp("record") / "record.db"
    with Store.open(parsed(f"sqlite:///{path}"), write=True) as store:
        keep(store, [BEGINNING, *story(SECONDS)])
        if request.param == "merged":
            saved = take(compact(store, FOR_GOOD, LATER, lambda: BEGIN_S))
            assert saved.merged
    return path


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes a fresh copy of the record, to be tampered with."""

    def fresh() -> Path:
        for end in ("", "-wal", "-shm"):
            (tmp_path / f"copy.db{end}").unlink(missing_ok=True)
        return Path(shutil.copy(original, tmp_path / "copy.db"))

    return fresh


def found_in(path: Path, known: Known | None = None) -> Verified:
    with Store.open(parsed(f"sqlite:///{path}")) as store:
        return take(verify(store, known))


def run(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement, values in statements:
            connection.execute(statement, values)


def rows(path: Path, table: str) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(f"SELECT * FROM {table} ORDER BY seq").fetchall()


def test_a_record_as_it_was_written_is_good(original: Path) -> None:
    found = found_in(original)
    assert (found.good, found.notes) == (True, [])
    assert found.samples == SECONDS
    assert found.sealed == found.last == found.last_entry
    assert len(bytes.fromhex(found.hash)) == 32


def other(value: object, place: int, by: int) -> object:
    """Another value than a cell has: one letter, byte or number differs."""
    if isinstance(value, bytes):
        changed = bytearray(value)
        changed[place % len(changed)] ^= by
        return bytes(changed)
    if isinstance(value, str):
        at = place % (len(value) + 1)
        return value[:at] + chr(ord("a") + by % 26) + value[at:]
    assert isinstance(value, int)
    return value + by * US


def says_the_same(before: object, after: object) -> bool:
    """Whether deflated data, though other, hold the same text: of a way to deflate, a byte in front tells."""
    if not isinstance(before, bytes) or not isinstance(after, bytes):
        return False
    try:
        return zlib.decompress(before) == zlib.decompress(after)
    except zlib.error:
        return False


@several_times
@given(data=st.data(), place=st.integers(0, 500), by=st.integers(1, 255))
def test_any_cell_that_was_changed_is_found(copy: Callable[[], Path], data: st.DataObject, place: int, by: int) -> None:
    path = copy()
    table = data.draw(st.sampled_from(["entry", "block", "checkpoint"]))
    row = data.draw(st.sampled_from(rows(path, table)))
    column = data.draw(st.sampled_from([name for name in row.keys() if name != "passing"]))  # noqa: SIM118 - of sqlite3
    changed = other(row[column], place, by)
    if (table, column) == ("block", "wall"):  # a label, which is only compared with its neighbours
        changed = row[column] + by * 60 * US
    assume(not says_the_same(row[column], changed))
    run(path, (f"UPDATE {table} SET {column} = ? WHERE seq = ?", (changed, row["seq"])))
    assert not found_in(path).good


@several_times
@given(data=st.data())
def test_any_row_that_was_taken_out_is_found(copy: Callable[[], Path], data: st.DataObject) -> None:
    path = copy()
    table = data.draw(st.sampled_from(["entry", "block"]))
    row = data.draw(st.sampled_from(rows(path, table)))
    assume(row["seq"] != rows(path, "entry")[-1]["seq"])  # the end is another matter
    run(path, (f"DELETE FROM {table} WHERE seq = ?", (row["seq"],)))
    found = found_in(path)
    assert not found.good
    assert found.problems[0].seq >= row["seq"]


@several_times
@given(data=st.data())
def test_any_two_rows_that_changed_places_are_found(copy: Callable[[], Path], data: st.DataObject) -> None:
    path = copy()
    table = data.draw(st.sampled_from(["entry", "block", "checkpoint"]))
    there = rows(path, table)
    assume(len(there) > 1)
    one, two = data.draw(st.permutations(there).map(lambda mixed: mixed[:2]))
    assume(tuple(one)[1:] != tuple(two)[1:])
    statement = f"UPDATE {table} SET seq = ? WHERE seq = ?"
    run(path, (statement, (-1, one["seq"])), (statement, (one["seq"], two["seq"])), (statement, (two["seq"], -1)))
    assert not found_in(path).good


@several_times
@given(data=st.data(), ahead=st.integers(1, 20))
def test_any_row_that_was_added_is_found(copy: Callable[[], Path], data: st.DataObject, ahead: int) -> None:
    path = copy()
    table = data.draw(st.sampled_from(["entry", "block", "checkpoint"]))
    row = dict(data.draw(st.sampled_from(rows(path, table))))
    taken = {each["seq"] for each in rows(path, table)}
    row["seq"] = next(seq for seq in range(row["seq"] + ahead, 10_000) if seq not in taken)
    if table == "block":
        row["last"] = row["seq"] + row["items"] - 1
    run(path, (f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())))
    found = found_in(path)
    assert not found.good or (table == "block" and row["seq"] > found.sealed)  # after the last seal comes the present


def test_samples_that_are_under_no_seal_yet_are_named(copy: Callable[[], Path]) -> None:
    path = copy()
    with Store.open(parsed(f"sqlite:///{path}"), write=True) as store:
        keep(store, [item(sample(97), BEGIN_S + 100)], packer_at_the_end_of(store))
    found = found_in(path)
    assert found.good
    assert len(found.notes) == 1


def test_an_end_that_was_cut_off_is_found_by_a_hash_that_is_known_from_elsewhere(copy: Callable[[], Path]) -> None:
    path = copy()
    before = found_in(path)
    run(
        path,
        ("DELETE FROM entry WHERE seq = ?", (before.last,)),
        ("DELETE FROM checkpoint WHERE seq = ?", (before.last,)),
    )
    assert found_in(path).good
    found = found_in(path, Known(before.last_entry, before.hash))
    assert [problem.seq for problem in found.problems] == [found.last_entry]


def test_a_record_made_anew_is_found_by_a_hash_that_is_known_from_elsewhere(original: Path, tmp_path: Path) -> None:
    before = found_in(original)
    forged = tmp_path / "forged.db"
    with Store.open(parsed(f"sqlite:///{forged}"), write=True) as store:
        keep(store, [BEGINNING, item(sample(99), BEGIN_S), *story(SECONDS)[1:]])
    assert found_in(forged).good
    assert not found_in(forged, Known(before.last_entry, before.hash)).good
    assert found_in(original, Known(before.last_entry, before.hash)).good


def test_the_first_row_that_is_wrong_is_named_and_what_it_means(copy: Callable[[], Path]) -> None:
    path = copy()
    row = rows(path, "entry")[2]
    run(path, ("UPDATE entry SET body = '{}' WHERE seq = ?", (row["seq"],)))
    first = found_in(path).problems[0]
    assert first.seq == row["seq"]
    assert f"Entry {row['seq']} ({row['kind']}, 2027-" in first.what


def test_what_is_wrong_everywhere_is_told_only_so_often(copy: Callable[[], Path]) -> None:
    path = copy()
    with Store.open(parsed(f"sqlite:///{path}"), write=True) as store:
        keep(store, story(200, BEGIN_S + SECONDS), packer_at_the_end_of(store))
    run(path, ("UPDATE entry SET hash = ?", (bytes(32),)))
    assert len(found_in(path).problems) == 20


def test_what_is_written_while_it_is_read_changes_nothing(copy: Callable[[], Path]) -> None:
    path = copy()
    url = parsed(f"sqlite:///{path}")
    with Store.open(url, write=True) as writer, Store.open(url) as reader:
        steps = verify(reader)
        next(steps)
        packer = packer_at_the_end_of(writer)
        keep(writer, story(20, BEGIN_S + SECONDS), packer)
        found = take(steps)
    assert found.good
    assert found.last < packer.seq
