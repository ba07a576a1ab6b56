"""What waits for the database: in order, none twice, bounded, and there again after a crash."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.journal.strategies import happenings
from vitalwatch.journal import spool as module
from vitalwatch.journal.packing import Item, gathered
from vitalwatch.journal.record import Block, Checkpoint, Entry, Kind, Lost, Row, pack
from vitalwatch.journal.spool import Spool

H1, H2 = b"1" * 32, b"2" * 32


def entry(number: int, size: int = 10) -> Entry:
    """A row that is never given up."""
    return Entry(0, number, number, Kind.ACT, "note", "1", "x" * size)


def block(number: int, items: int = 1, size: int = 10) -> Block:
    """A row of observations, from second ``number`` to the next."""
    return Block(0, 0, number, number + 1, number, items, bytes(size))


def everything(spool: Spool) -> list[Row]:
    """Take out all that waits."""
    found: list[Row] = []
    while spool:
        rows = spool.head(3)
        spool.intend(1, H1)
        spool.done()
        found += rows
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is, when there is one."""
    return tmp_path / "clinic.spool"


# --- in order -------------------------------------------------------------------------------------------------------


def test_while_the_database_takes_rows_there_is_no_file(path: Path) -> None:
    spool = Spool(path)
    spool.put([entry(1), block(2)], reachable=True)
    assert everything(spool) == [entry(1), block(2)]
    assert not path.exists()


def test_while_it_takes_none_rows_are_in_the_file_and_the_file_goes_when_they_do(path: Path) -> None:
    spool = Spool(path)
    spool.put([entry(1)], reachable=True)
    spool.put([block(2)], reachable=False)
    assert path.exists()
    spool.put([entry(3)], reachable=True)  # it is back: new rows wait behind those of the file
    assert everything(spool) == [entry(1), block(2), entry(3)]
    assert not path.exists()
    assert spool.waiting == 0


@given(happenings(10), st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=4))
def test_any_row_comes_out_of_the_file_as_it_went_in(items: list[Item], cuts: list[tuple[int, bool]]) -> None:
    rows = gathered(items, lambda at: at)
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder) / "spool")
        rest = list(rows)
        for count, reachable in cuts:
            spool.put(rest[:count], reachable=reachable)
            del rest[:count]
        spool.put(rest, reachable=False)
        assert everything(spool) == rows


# --- none twice -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("filed", [False, True], ids=["memory", "file"])
def test_rows_that_were_kept_unheard_are_not_kept_again(path: Path, filed: bool) -> None:
    spool = Spool(path)
    spool.put([entry(1), entry(2), entry(3)], reachable=not filed)
    spool.head(2)
    spool.intend(2, H1)
    assert spool.settle(2, H1)
    assert everything(spool) == [entry(3)]


@pytest.mark.parametrize("filed", [False, True], ids=["memory", "file"])
def test_rows_that_were_not_kept_wait_on(path: Path, filed: bool) -> None:
    spool = Spool(path)
    spool.put([entry(1), entry(2)], reachable=not filed)
    spool.head(2)
    spool.intend(2, H1)
    assert not spool.settle(0, H2)
    assert not spool.settle(2, H1)  # an old intention says nothing about another try
    assert everything(spool) == [entry(1), entry(2)]


def test_the_answer_may_come_after_the_rows_went_to_the_file(path: Path) -> None:
    spool = Spool(path)
    spool.put([entry(1), entry(2), entry(3)], reachable=True)
    spool.head(2)
    spool.intend(2, H1)
    spool.put([entry(4)], reachable=False)
    assert spool.settle(2, H1)
    assert everything(spool) == [entry(3), entry(4)]


def test_the_answer_may_come_after_a_crash(path: Path) -> None:
    spool = Spool(path)
    spool.put([entry(1), entry(2), entry(3)], reachable=True)
    spool.head(2)
    spool.intend(2, H1)
    spool.put([], reachable=False)
    crashed = Spool(path)
    assert crashed.settle(2, H1)
    assert everything(crashed) == [entry(3)]


def test_after_a_crash_in_the_middle_of_catching_up_nothing_is_kept_twice(path: Path) -> None:
    spool = Spool(path)
    spool.put([entry(number) for number in range(6)], reachable=False)
    for seq in (2, 4):
        assert spool.head(2)
        spool.intend(seq, H1)
        if seq == 2:
            spool.done()
    crashed = Spool(path)  # the second two were written; whether they are kept, only the record knows
    assert crashed.settle(4, H1)
    assert everything(crashed) == [entry(4), entry(5)]
    assert everything(Spool(path)) == []


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(1, 4), st.booleans()),
        st.tuples(st.just("keep"), st.integers(1, 3), st.sampled_from(["heard", "unheard", "refused"])),
        st.tuples(st.just("crash"), st.just(0), st.just(None)),
    ),
    max_size=25,
)


@given(steps)
def test_whatever_breaks_and_when_every_row_is_kept_once_and_in_order(steps: list[tuple[str, int, object]]) -> None:
    record: list[Row] = []  # what the database holds; its end is known by its length
    told: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spool"
        spool = Spool(path)
        for what, count, how in steps:
            if what == "put":
                rows = [entry(len(told) + number) for number in range(count)]
                told += rows
                spool.put(rows, reachable=bool(how))
            elif what == "keep":
                rows = spool.head(count)
                spool.intend(len(record) + len(rows), H1)
                if how != "refused":
                    record += rows
                if how == "heard":
                    spool.done()
                else:
                    spool.put([], reachable=False)
                    spool.settle(len(record), H1)
            else:
                spool.put([], reachable=False)  # what had not reached the file would be gone
                spool = Spool(path)
                spool.settle(len(record), H1)
        assert record + everything(spool) == told


# --- bounded --------------------------------------------------------------------------------------------------------


def test_a_full_file_takes_entries_and_gives_up_and_counts_the_rest(path: Path) -> None:
    spool = Spool(path, file=3000)
    observations = [block(10, 5, 1000), block(20, 7, 5000), block(30, 8, 5000)]
    acts = [entry(1), entry(2, 4000)]
    spool.put([observations[0], acts[0], *observations[1:], acts[1], Checkpoint(0, 0, 0, b"")], reachable=False)
    lost, spool.lost = spool.lost, None
    assert lost == Lost(15, 20, 31, "there was no room left to let it wait")
    assert everything(spool) == [observations[0], *acts]


def test_without_a_file_memory_is_bounded_oldest_first_and_entries_stay(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "no such folder" / "spool", memory=3300)
    rows: list[Row] = [entry(1, 1000), block(10, 5, 800), block(20, 7, 800), entry(2, 500)]
    for row in rows:
        spool.put([row], reachable=False)
    assert "No such file or directory" in spool.broken
    assert spool.lost is not None
    assert (spool.lost.items, spool.lost.since, spool.lost.until) == (5, 10, 11)
    assert spool.broken in spool.lost.reason
    assert everything(spool) == [rows[0], rows[2], rows[3]]


def test_rows_that_may_be_kept_already_are_not_counted_as_lost(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "no such folder" / "spool", memory=0)
    spool.put([block(10), block(20)], reachable=True)
    spool.head(2)
    spool.intend(2, H1)
    spool.put([block(30)], reachable=False)
    assert spool.lost is not None
    assert spool.lost.items == 1
    assert spool.settle(2, H1)
    assert not spool


def test_when_the_file_can_be_written_again_memory_goes_into_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "later" / "spool")
    spool.put([entry(1)], reachable=False)
    assert spool.broken
    spool.path.parent.mkdir()
    spool.put([entry(2)], reachable=False)
    assert not spool.broken
    assert everything(Spool(spool.path)) == [entry(1), entry(2)]


def test_a_disk_that_fills_in_the_middle_of_a_row_costs_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(path)
    spool.put([entry(1)], reachable=False)
    write = os.pwrite

    def half(file: int, data: memoryview, at: int) -> int:
        if len(data) < 20:
            raise OSError(28, "No space left on device")
        return write(file, data[: len(data) // 2], at)

    with monkeypatch.context() as full:
        full.setattr(module.os, "pwrite", half)
        spool.put([entry(2), entry(3)], reachable=False)
    assert spool.broken == f"{path}: No space left on device"
    copy = path.with_name("as after a crash")
    copy.write_bytes(path.read_bytes())
    assert everything(Spool(copy)) == [entry(1), entry(2)]  # of the two, one was written whole
    spool.put([entry(4)], reachable=False)
    assert everything(spool) == [entry(1), entry(2), entry(3), entry(4)]


def test_much_goes_to_the_file_in_chunks(path: Path) -> None:
    rows: list[Row] = [block(number, 1, module.CHUNK // 3) for number in range(10)]
    spool = Spool(path)
    spool.put(rows, reachable=True)
    spool.head(8)
    spool.intend(8, H1)  # more than fits into one chunk: they stay together
    spool.put([], reachable=False)
    assert spool.settle(8, H1)
    assert everything(spool) == rows[8:]


# --- what a run before has left -------------------------------------------------------------------------------------


def test_what_waits_at_the_end_is_there_at_the_next_start(path: Path) -> None:
    spool = Spool(path)
    spool.put([entry(1), block(2)], reachable=True)
    spool.close()
    assert everything(Spool(path)) == [entry(1), block(2)]


def test_a_file_cut_anywhere_gives_every_whole_row(path: Path) -> None:
    rows: list[Row] = [entry(1), block(2), entry(3)]
    ends = []
    spool = Spool(path)
    for row in rows:
        spool.put([row], reachable=False)
        ends.append(path.stat().st_size)
    whole = path.read_bytes()
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        assert everything(Spool(path)) == rows[: sum(end <= length for end in ends)]


def test_zeros_at_the_end_as_a_power_cut_leaves_them_are_no_rows(path: Path) -> None:
    spool = Spool(path)
    spool.put([entry(1)], reachable=False)
    path.write_bytes(path.read_bytes() + bytes(5000))
    again = Spool(path)
    again.put([entry(2)], reachable=False)
    assert everything(Spool(path)) == [entry(1), entry(2)]


@given(st.binary(max_size=300))
def test_a_file_of_anything_is_set_aside_or_gives_nothing_and_the_spool_works(noise: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spool"
        path.write_bytes(noise)
        spool = Spool(path)
        assert not spool
        if len(noise) > 64:
            assert "is kept as" in spool.found
            assert path.with_name("spool.unreadable").read_bytes() == noise
        spool.put([entry(1)], reachable=False)
        assert everything(Spool(path)) == [entry(1)]


def test_a_file_that_goes_bad_while_it_is_read_is_set_aside_and_that_is_said(path: Path) -> None:
    spool = Spool(path)
    spool.put([entry(1), entry(2)], reachable=False)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    spool.put([entry(3)], reachable=True)
    assert spool.head(10) == [entry(3)]
    assert spool.lost is not None
    assert "could not be read" in spool.lost.reason
    assert path.with_name("clinic.spool.unreadable").exists()


def test_a_file_brought_back_by_a_power_cut_after_it_was_drained_is_known_to_be_empty(path: Path) -> None:
    spool = Spool(path)
    spool.put([entry(1)], reachable=False)
    kept = path.with_name("kept")
    os.link(path, kept)
    everything(spool)
    kept.rename(path)
    assert not Spool(path)


def test_a_folder_in_its_place_leaves_memory(path: Path) -> None:
    path.mkdir()
    spool = Spool(path)
    spool.put([entry(1)], reachable=False)
    assert "Is a directory" in spool.broken
    assert everything(spool) == [entry(1)]


def test_a_large_row_comes_back_whole(path: Path) -> None:
    state = Checkpoint(0, 1, 1, pack(os.urandom(3_000_000)))
    spool = Spool(path)
    spool.put([state], reachable=False)
    assert everything(Spool(path)) == [state]
