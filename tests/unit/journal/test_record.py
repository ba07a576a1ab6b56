"""The rows of the record: nothing changes on the way into a row and out of it again."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.journal.strategies import EPOCH_US, happenings, moments_us, others, samples
from vitalwatch.alarms.events import Heard, Sampled
from vitalwatch.journal.packing import Item, Packer
from vitalwatch.journal.record import (
    GENESIS,
    US,
    Block,
    Entry,
    Kind,
    Told,
    chained,
    item_lines,
    line_of,
    merge,
    pack,
    text_of,
    to_s,
    to_us,
    told_in,
    unpack,
    unpacked,
)
from vitalwatch.model import Mode, Validity, Vital


def block_of(*lines: bytes) -> Block:
    """A block that begins at number 1."""
    items = len(list(item_lines(b"".join(lines))))
    return Block(1, items, 0, 0, 0, items, pack(b"".join(lines)))


@given(st.lists(st.tuples(samples, moments_us), max_size=20))
def test_samples_come_out_of_a_block_as_they_went_in(given_: list[tuple[Sampled | Heard, int]]) -> None:
    found = list(unpacked(block_of(*(line_of(event, at) for event, at in given_))))
    wanted = [Told(seq, at / US, event) for seq, (event, at) in enumerate(given_, 1)]
    assert found == wanted
    # 97 and 97.0 are equal, and are written differently: a replay must write what was written then
    assert msgspec.json.encode(found) == msgspec.json.encode(wanted)


@given(others, moments_us)
def test_an_event_comes_out_of_an_entry_as_it_went_in(event: Sampled, at: int) -> None:
    entry = Entry(7, at, 0, Kind.NEWS, "any", event.chair, text_of(event))
    assert told_in(entry) == Told(7, at / US, event)


@given(moments_us)
def test_a_moment_of_this_century_survives_to_the_microsecond(at: int) -> None:
    assert to_us(to_s(at)) == at
    assert to_s(to_us(at / US)) == at / US


def test_a_usual_line_says_no_more_than_is_new() -> None:
    event = Sampled("1", "ox-1", Vital.SPO2, 97.0, Validity.VALID)
    assert line_of(event, EPOCH_US) == b'[1800000000000000,"1","ox-1","spo2",97.0,"valid"]\n'
    demo = msgspec.structs.replace(event, mode=Mode.DEMO, value=None)
    assert line_of(demo, 5) == b'[5,"1","ox-1","spo2",null,"valid","demo",null]\n'
    assert line_of(Heard("1", "ox-1"), 5) == b'[5,"1","ox-1"]\n'


def test_a_bare_number_in_a_block_counts_numbers_that_stand_elsewhere() -> None:
    found = unpacked(block_of(line_of(Heard("1", "a"), 10), b"3\n", line_of(Heard("1", "b"), 20)))
    assert [told.seq for told in found] == [1, 5]


def test_lines_that_only_count_are_no_items() -> None:
    assert list(item_lines(b'[1,"1","a"]\n12\n[2,"1","a"]\n')) == [b'[1,"1","a"]\n', b'[2,"1","a"]\n']


@given(happenings())
def test_samples_and_entries_merge_into_the_order_in_which_they_happened(items: list[Item]) -> None:
    rows = Packer().pack(items, lambda at: at)
    entries = [row for row in rows if isinstance(row, Entry)]
    told = [told for row in rows if isinstance(row, Block) for told in unpacked(row)]
    merged = list(merge(entries, told))
    assert [item.seq for item in merged] == list(range(1, len(merged) + 1))
    happened = [item.body for item in items if isinstance(item.body, Sampled | Heard) or item.kind is not None]
    found = [
        item.event if isinstance(item, Told) else told_in(item).event
        for item in merged
        if isinstance(item, Told) or item.kind is not Kind.SEAL
    ]
    assert found == happened


ENTRY = Entry(4, 1_000, 2_000, Kind.ACT, "acknowledge", "1", '{"actor":"Ann"}')


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(ENTRY, seq=5),
        msgspec.structs.replace(ENTRY, at=1_001),
        msgspec.structs.replace(ENTRY, wall=2_001),
        msgspec.structs.replace(ENTRY, kind=Kind.NEWS),
        msgspec.structs.replace(ENTRY, name="acknowledged"),
        msgspec.structs.replace(ENTRY, chair="2"),
        msgspec.structs.replace(ENTRY, body='{"actor":"Bob"}'),
    ],
    ids=lambda entry: next(name for name in Entry.__struct_fields__ if getattr(entry, name) != getattr(ENTRY, name)),
)
def test_any_other_cell_or_any_other_past_gives_another_hash(other: Entry) -> None:
    assert chained(GENESIS, other) != chained(GENESIS, ENTRY)
    assert chained(b"\1" * 32, ENTRY) != chained(GENESIS, ENTRY)


def test_cells_cannot_be_shifted_into_each_other() -> None:
    one = Entry(1, 1, 1, Kind.ACT, "ab", "c", "{}")
    assert chained(GENESIS, one) != chained(GENESIS, msgspec.structs.replace(one, name="a", chair="bc"))


@given(st.binary(max_size=500))
def test_deflating_loses_nothing(text: bytes) -> None:
    assert unpack(pack(text)) == text
