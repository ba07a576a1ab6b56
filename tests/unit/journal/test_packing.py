"""Numbers, blocks, seals and the chain do not depend on when it was flushed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.journal.strategies import happenings
from vitalwatch.alarms.events import Heard, Sampled
from vitalwatch.journal.packing import PASSING, Item, Packer, gathered, unsealed_lines
from vitalwatch.journal.record import (
    GENESIS,
    Block,
    Checkpoint,
    Entry,
    Kind,
    Minute,
    Row,
    Seal,
    Told,
    Wave,
    chained,
    line_of,
    merge,
    to_us,
    unpack,
    unpacked,
)


def same(at: int) -> int:
    """A wall clock that shows the axis."""
    return at


def order(rows: Iterable[Row]) -> list[Told | Entry]:
    """Everything with a number, in its order."""
    kept = list(rows)
    told = [told for row in kept if isinstance(row, Block) for told in unpacked(row)]
    return list(merge([row for row in kept if isinstance(row, Entry)], told))


def cut(items: list[Item], places: list[int]) -> list[list[Item]]:
    """The same items in several flushes."""
    ends = sorted({place % (len(items) + 1) for place in places})
    return [items[begin:end] for begin, end in zip([0, *ends], [*ends, len(items)], strict=True)]


@given(happenings(), st.lists(st.integers(0, 1000), max_size=5))
def test_however_it_was_flushed_numbers_seals_and_hashes_are_the_same(items: list[Item], places: list[int]) -> None:
    whole, pieces = Packer(), Packer()
    at_once = whole.pack(items, same)
    bit_by_bit = [row for piece in cut(items, places) for row in pieces.pack(piece, same)]
    assert order(bit_by_bit) == order(at_once)
    assert (pieces.seq, pieces.hash) == (whole.seq, whole.hash)


@given(happenings(), st.lists(st.integers(0, 1000), max_size=3))
def test_a_packer_made_from_the_record_goes_on_as_the_one_that_wrote_it(items: list[Item], places: list[int]) -> None:
    first, *rest = cut(items, places)
    lasting = Packer()
    rows = lasting.pack(first, same)
    for piece in rest:
        seal = max((row.seq for row in rows if isinstance(row, Entry) and row.kind is Kind.SEAL), default=0)
        texts = [unpack(row.data) for row in rows if isinstance(row, Block) and row.last > seal]
        fresh = Packer(lasting.seq, seal, unsealed_lines(texts), lasting.hash)
        again = fresh.pack(piece, same)
        written = lasting.pack(piece, same)
        assert again == written
        rows += written


@given(happenings())
def test_a_step_that_failed_leaves_no_trace(items: list[Item]) -> None:
    packer = Packer(5, 3)
    waiting = gathered(items, same)
    tried = packer.copy().number(waiting)
    assert packer.number(waiting) == tried


@given(happenings())
def test_entries_are_chained_in_their_order(items: list[Item]) -> None:
    packer = Packer()
    hash_ = GENESIS
    for row in packer.pack(items, same):
        if isinstance(row, Entry):
            hash_ = chained(hash_, row)
    assert packer.hash == hash_


@given(happenings())
def test_each_seal_holds_the_lines_of_the_blocks_since_the_last_and_the_checkpoints_state(items: list[Item]) -> None:
    lines: list[bytes] = []
    first = 0
    rows = iter(Packer().pack(items, same))
    samples = (line_of(item.body, to_us(item.at)) for item in items if isinstance(item.body, Sampled | Heard))
    for row in rows:
        if isinstance(row, Block):
            lines += [next(samples) for _ in range(row.items)]
        elif isinstance(row, Entry) and row.kind is Kind.SEAL:
            checkpoint = next(rows)
            assert isinstance(checkpoint, Checkpoint)
            assert checkpoint.seq == row.seq
            digest = hashlib.sha256(b"".join(lines)).hexdigest()
            state = hashlib.sha256(unpack(checkpoint.data)).hexdigest()
            assert msgspec.json.decode(row.body, type=Seal) == Seal(first, row.seq, len(lines), digest, state)
            lines, first = [], row.seq


@given(happenings())
def test_what_waits_has_no_number_and_what_is_kept_has(items: list[Item]) -> None:
    waiting = gathered(items, same)
    assert all(row.seq == 0 for row in waiting if isinstance(row, Entry | Block | Checkpoint))
    assert not [row for row in waiting if isinstance(row, Entry) and row.kind is Kind.SEAL]
    assert all(row.seq for row in Packer().number(waiting) if isinstance(row, Entry | Block | Checkpoint))


def test_a_block_knows_its_first_and_last_moment_and_is_labelled_with_the_first() -> None:
    items = [Item(None, second, Heard("1", "ox")) for second in (10.0, 10.5, 12.25)]
    assert gathered(items, lambda at: at + 7) == [
        Block(0, 0, 10_000_000, 12_250_000, 10_000_007, 3, gathered(items, same)[0].data)  # type: ignore[union-attr]
    ]


def test_an_act_ends_a_block_so_that_what_came_before_it_has_lower_numbers() -> None:
    sample = Item(None, 1.0, Heard("1", "ox"))
    act = Item(Kind.ACT, 1.0, {"event": "note"}, "note", "1")
    rows = Packer().pack([sample, sample, act, sample], same)
    assert [(type(row), row.seq) for row in rows if isinstance(row, Entry | Block)] == [
        (Block, 1),
        (Entry, 3),
        (Block, 4),
    ]


def test_minutes_and_curves_take_no_number_and_get_their_time_of_day() -> None:
    minute = Minute("1", "spo2", 2, 0, 1, 97.0, 97.0, 97.0, None)
    wave = Wave("1", "ox", "pleth", 130_000_000, 0, 75.0, b"")
    packer = Packer()
    found = packer.pack([Item(None, 120.0, minute), Item(None, 131.0, wave)], lambda at: at + 1)
    assert packer.seq == 0
    assert [row.wall for row in found if isinstance(row, Minute | Wave)] == [120_000_001, 131_000_001]


def test_a_passing_checkpoint_says_so() -> None:
    rows = Packer().pack([Item(None, 1.0, b"state"), Item(None, 2.0, b"state", PASSING)], same)
    assert [row.passing for row in rows if isinstance(row, Checkpoint)] == [False, True]
