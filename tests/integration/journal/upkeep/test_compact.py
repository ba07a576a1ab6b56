"""A record gets smaller and still says the same: on both databases, and broken off wherever it may be."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import URL

from tests.integration.journal.stories import BEGIN_S, inputs, item, keep, sample, story
from vitalwatch.journal import schema
from vitalwatch.journal.keeping import packer_at_the_end_of
from vitalwatch.journal.packing import Item
from vitalwatch.journal.pages import Steps, take
from vitalwatch.journal.record import US, Checkpoint, Entry, Kind, Minute, Pruned, Started, Told, to_us
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep import compact as compacting
from vitalwatch.journal.upkeep.compact import DAY, FOR_GOOD, Policy, Saved, compact
from vitalwatch.journal.upkeep.verify import verify

BEGIN = to_us(BEGIN_S)
HOUR = 3600 * US
NEXT_DAY = (BEGIN // DAY + 2) * DAY


@pytest.fixture
def store(place: URL) -> Iterator[Store]:
    with Store.open(place, write=True) as opened:
        keep(opened, [Item(Kind.STARTED, BEGIN_S, Started("1.0", resumed=False)), Item(None, BEGIN_S, b"first state")])
        yield opened


def add(store: Store, items: list[Item]) -> None:
    """Write more, in several flushes, so that there are several blocks under a seal."""
    packer = packer_at_the_end_of(store)
    for first in range(0, len(items), 3):
        keep(store, items[first : first + 3], packer)


def do(store: Store, policy: Policy = FOR_GOOD, now: int = BEGIN + 2 * HOUR, most: int | None = None) -> Saved | None:
    """Compact as the service does; break off after so many steps. After each step the record is good."""
    steps: Steps[Saved] = compact(store, policy, now, lambda: BEGIN_S + 100)
    taken = 0
    try:
        while most is None or taken < most:
            said = next(steps)
            if said is not None:
                keep(store, [said], packer_at_the_end_of(store))
            assert take(verify(store)).problems == []
            taken += 1
    except StopIteration as end:
        saved: Saved = end.value
        return saved
    steps.close()
    return None


def everything(store: Store) -> list[Told | Entry]:
    return [row for row in store.told() if isinstance(row, Told) or row.kind is not Kind.PRUNED]


def count(store: Store, table: str) -> int:
    with store.frozen() as connection:
        found: int = connection.execute(select(func.count()).select_from(schema.tables.tables[table])).scalar_one()
        return found


def test_merged_blocks_say_the_same_in_the_same_order(store: Store) -> None:
    add(store, story(60))
    before, blocks = everything(store), count(store, "block")
    saved = do(store)
    assert saved is not None
    assert everything(store) == before
    assert count(store, "block") == 6  # one under each seal
    assert saved.merged > blocks - 6


def test_a_part_of_merged_blocks_is_read_as_before(store: Store) -> None:
    add(store, story(30))
    asked = [(after, last) for after in range(0, 36, 5) for last in range(after + 1, 40, 7)]
    before = [list(store.told(after=after, last=last)) for after, last in asked]
    do(store)
    assert [list(store.told(after=after, last=last)) for after, last in asked] == before


def test_young_blocks_stay_as_they_are(store: Store) -> None:
    add(store, story(60))
    blocks = count(store, "block")
    assert do(store, now=BEGIN + HOUR) == Saved()
    assert count(store, "block") == blocks


def test_compacting_again_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "MERGED", 4)
    add(store, story(60))
    do(store)
    blocks = list(store.blocks())
    assert do(store) == Saved()
    assert list(store.blocks()) == blocks


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8, 13])
def test_broken_off_anywhere_and_begun_again_it_ends_as_if_it_had_not_been(store: Store, most: int) -> None:
    policy = Policy(samples=1, waves=1, seconds=1)
    add(store, story(60))
    do(store, policy, NEXT_DAY, most)
    do(store, policy, NEXT_DAY)
    assert [count(store, name) for name in ("block", "checkpoint", "wave")] == [0, 1, 0]
    said = [entry.body for entry in store.entries(kinds=[Kind.PRUNED]) if "samples" in entry.body]
    assert len(said) == 1


def test_samples_go_up_to_a_checkpoint_and_the_record_says_so_first(store: Store) -> None:
    add(store, story(60))
    steps = compact(store, Policy(samples=1), NEXT_DAY, lambda: BEGIN_S + 100)
    said = next(steps)
    steps.close()
    newest = store.checkpoint()
    assert newest is not None
    assert said is not None
    assert said.body == Pruned("samples", newest.seq, NEXT_DAY - DAY)
    assert count(store, "block") > 6
    do(store, Policy(samples=1), NEXT_DAY)
    assert [told for told in everything(store) if isinstance(told, Told)] == []
    assert store.checkpoint() == newest


def test_what_came_after_the_old_samples_stays_and_plays_on_from_a_checkpoint(store: Store) -> None:
    add(store, story(30))
    add(store, story(30, BEGIN_S + 3 * 86_400))
    do(store, Policy(samples=1), BEGIN + 3 * DAY)
    (first, *_) = [told for told in store.told() if isinstance(told, Told)]
    assert first.at == BEGIN_S + 3 * 86_400
    begin = store.checkpoint(at_or_before=first.seq)
    assert begin is not None
    assert next(store.inputs(after=begin.seq)).at == first.at


def test_of_old_checkpoints_one_each_ten_minutes_stays_the_first_after_each_start_and_the_newest(store: Store) -> None:
    minutes = [Item(None, BEGIN_S + 60.0 * minute, b"state %d" % minute) for minute in range(1, 25)]
    again = [Item(Kind.STARTED, BEGIN_S + 1500, Started("1.0", True)), Item(None, BEGIN_S + 1500, b"again")]
    add(store, [*minutes, *again, *(Item(None, BEGIN_S + 60.0 * minute, b"after") for minute in (26, 27))])
    do(store)
    with store.frozen() as connection:
        ats = connection.execute(select(schema.checkpoint.c.at).order_by(schema.checkpoint.c.at)).scalars().all()
    assert [(at - BEGIN) // (60 * US) for at in ats] == [0, 10, 20, 25, 27]


def test_curves_and_seconds_go_when_they_are_old_and_minutes_stay(store: Store) -> None:
    add(store, story(60))
    saved = do(store, Policy(waves=1, seconds=1), NEXT_DAY)
    assert saved is not None
    assert (saved.waves, saved.seconds) == (6, 6)
    assert count(store, "wave") == 0
    minutes = list(store.minutes("1", 0, NEXT_DAY))
    assert len(minutes) == 6
    assert {(minute.low, minute.seconds) for minute in minutes} == {(90.0, None)}


def test_seconds_of_many_chairs_go_a_page_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "PAGE", 4)
    rows = [
        Item(None, BEGIN_S + 60 * minute, Minute(chair, vital, minute, 0, 1, 90.0, 90.0, 90.0, bytes(120)))
        for minute in range(10)
        for chair in ("1", "2", "z")
        for vital in ("spo2", "pulse_rate")
    ]
    add(store, rows)
    saved = do(store, Policy(seconds=1), NEXT_DAY)
    assert saved is not None
    assert saved.seconds == 60
    assert all(minute.seconds is None for chair in ("1", "2", "z") for minute in store.minutes(chair, 0, NEXT_DAY))


def test_entries_stay_for_good_unless_told_otherwise(store: Store) -> None:
    add(store, story(60))
    before = list(store.entries())
    do(store, Policy(), BEGIN + 5000 * DAY)
    assert [entry for entry in store.entries() if entry.kind is not Kind.PRUNED] == before


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_the_chain_goes_on_from_entries_that_were_taken_out(store: Store, most: int) -> None:
    policy = Policy(samples=1, entries=1)
    add(store, story(60))
    do(store, policy, NEXT_DAY, most)
    saved = do(store, policy, NEXT_DAY)
    assert saved is not None
    assert saved.minutes == 6 or most > 2
    (first, *_) = store.entries()
    assert first.kind is Kind.SEAL
    assert list(store.minutes("1", 0, NEXT_DAY)) == []
    add(store, [item(sample(97), BEGIN_S + 200), Item(None, BEGIN_S + 201, b"on it goes")])
    assert take(verify(store)).good


def test_a_change_after_entries_were_taken_out_is_still_found(store: Store) -> None:
    add(store, story(60))
    add(store, story(20, BEGIN_S + 3 * 86_400))
    do(store, Policy(samples=1, entries=2), BEGIN + 3 * DAY)
    second = list(store.entries())[1]
    with store.transaction() as connection:
        connection.execute(update(schema.entry).where(schema.entry.c.seq == second.seq).values(name="other"))
    assert take(verify(store)).problems[0].seq == second.seq


def test_a_block_that_cannot_be_read_is_left_for_verify_to_name(store: Store) -> None:
    add(store, story(30))
    (one, *_) = store.blocks()
    with store.transaction() as connection:
        connection.execute(update(schema.block).where(schema.block.c.seq == one.seq).values(data=b"nonsense"))
    take(compact(store, FOR_GOOD, BEGIN + 2 * HOUR, lambda: BEGIN_S))
    assert take(verify(store)).problems[0].seq == one.seq
    assert [told.at for told in store.inputs(after=20)] == [at for at, _ in inputs_after(store, 20)]


def inputs_after(store: Store, after: int) -> list[tuple[float, object]]:
    return [(told.at, told.event) for told in store.inputs(after=after)]


def test_merged_blocks_are_deflated_as_tightly_as_can_be(store: Store) -> None:
    add(store, story(60))
    do(store)
    for block in store.blocks():
        assert block.data == zlib.compress(zlib.decompress(block.data), 9)


def test_a_checkpoint_may_be_where_samples_were_taken_out(store: Store) -> None:
    add(store, story(20))
    do(store, Policy(samples=1), NEXT_DAY)
    found = store.checkpoint()
    assert isinstance(found, Checkpoint)
    assert inputs(store)[-1][0] == BEGIN_S + 19  # the acts among the inputs are entries, and stay
