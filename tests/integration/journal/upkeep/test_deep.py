"""``verify --deep``: a record plays as it was decided, and one in which the alarms were forged does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete, select, update

from tests.integration.journal.diary import spec
from tests.integration.journal.stories import BEGIN_S, same, sample
from vitalwatch.alarms import Engine, Output
from vitalwatch.alarms.transition import Transition
from vitalwatch.journal import schema
from vitalwatch.journal.database import parsed
from vitalwatch.journal.packing import Item, Packer
from vitalwatch.journal.pages import take
from vitalwatch.journal.record import Entry, Kind, Started, chained
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.deep import play_again
from vitalwatch.journal.upkeep.verify import Verified, verify


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three minutes of a chair, as the service keeps them: a low SpO2 in the second."""
    engine = Engine([spec("1")], BEGIN_S)
    items = [Item(Kind.STARTED, BEGIN_S, Started("1.0", resumed=False)), Item(None, BEGIN_S, engine.snapshot())]
    for second in range(1, 181):
        at = BEGIN_S + second
        event = sample(80.0 if 60 <= second < 120 else 97.0)
        outputs = engine.step(event, at)
        items.append(Item(None, at, event))
        items += map(_item, outputs)
        if second % 60 == 30:
            items.append(Item(None, at, engine.snapshot()))
    with Store.open(parsed(f"sqlite:///{tmp_path}/record.db"), write=True) as opened:
        packer = Packer()
        before = packer.hash
        opened.write(packer.pack(items, same), before)
        yield opened


def _item(output: Output) -> Item:
    kind = Kind.TRANSITION if isinstance(output, Transition) else Kind.EVENT
    return Item(kind, output.at, output, output.condition, output.chair)


def played(store: Store) -> Verified:
    found = take(verify(store))
    assert found.good
    take(play_again(store, found))
    return found


def forge(store: Store) -> None:
    """Chain every entry anew, as somebody would who knows how."""
    entry = schema.entry
    with store.transaction() as connection:
        before = bytes(32)
        for row in connection.execute(select(entry).order_by(entry.c.seq)).all():
            before = chained(before, Entry(row.seq, row.at, row.wall, row.kind, row.name, row.chair, row.body))
            connection.execute(update(entry).where(entry.c.seq == row.seq).values(hash=before))


def test_a_record_plays_as_it_was_decided(store: Store) -> None:
    assert [entry.name for entry in store.entries(kinds=[Kind.TRANSITION])].count("SPO2-LOW") >= 3
    assert played(store).good


def test_an_alarm_that_was_forged_with_all_its_hashes_does_not_follow_from_the_samples(store: Store) -> None:
    (first, *_) = store.entries(kinds=[Kind.TRANSITION])
    body = msgspec.json.decode(first.body)
    body["value"] = 70.0
    with store.transaction() as connection:
        changed = update(schema.entry).where(schema.entry.c.seq == first.seq)
        connection.execute(changed.values(body=msgspec.json.encode(body).decode()))
    forge(store)
    (problem,) = played(store).problems
    assert problem.seq < first.seq
    assert "other alarms follow" in problem.what


def test_a_missing_checkpoint_makes_the_way_to_the_next_longer(store: Store) -> None:
    with store.frozen() as connection:
        numbers = connection.execute(select(schema.checkpoint.c.seq).order_by(schema.checkpoint.c.seq)).scalars().all()
    with store.transaction() as connection:
        connection.execute(delete(schema.checkpoint).where(schema.checkpoint.c.seq == numbers[1]))
    assert played(store).good
