"""Rows with a story in them, and what the record must hold of them afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from vitalwatch.alarms.events import Acknowledge, Event, Heard, Sampled
from vitalwatch.journal.packing import Item, Packer
from vitalwatch.journal.record import (
    GENESIS,
    US,
    Kind,
    Minute,
    Row,
    Seal,
    Told,
    Wave,
    chained,
    line_of,
    to_us,
)
from vitalwatch.journal.store import Store
from vitalwatch.model import Validity, Vital

BEGIN_S = 1_800_000_000.0
"""Service seconds at which the stories begin, in 2027."""


def sample(value: float, chair: str = "1") -> Sampled:
    """An oximeter's value."""
    return Sampled(chair, f"ox-{chair}", Vital.SPO2, value, Validity.VALID)


def act(number: int, chair: str = "1") -> Acknowledge:
    """What a person did; each is another."""
    return Acknowledge(chair, "SPO2-LOW", f"Nurse {number}")


def item(event: Event, at: float) -> Item:
    """An event as the hub tells it."""
    if isinstance(event, Sampled):
        return Item(None, at, event)
    return Item(Kind.ACT, at, event, str(event.__struct_config__.tag), event.chair)


def story(seconds: int, begin: float = BEGIN_S) -> list[Item]:
    """A sample each second, an act each fifth, a checkpoint, a minute and a curve each tenth."""
    found: list[Item] = []
    for second in range(round(begin), round(begin) + seconds):
        at = float(second)
        found.append(item(sample(90 + second % 10), at))
        if second % 5 == 4:
            found.append(item(act(second), at))
        if second % 10 == 9:
            found.append(Item(None, at, f"state at {second}".encode()))
            found.append(Item(None, at, Minute("1", "spo2", second, 0, 1, 90.0, 99.0, 94.5, bytes(120))))
            found.append(Item(None, at, Wave("1", "ox-1", "pleth", round(at * US), 0, 75.0, b"curve")))
    return found


def told_in(items: Sequence[Item]) -> list[tuple[float, Event]]:
    """What the engine was told in a story."""
    return [(item.at, item.body) for item in items if isinstance(item.body, Event)]


def same(at: int) -> int:
    """A wall clock that shows the axis."""
    return at


def keep(store: Store, items: Sequence[Item], packer: Packer | None = None) -> tuple[list[Row], Packer]:
    """Write a story at the end of a record; the rows, and where the record ends now."""
    packer = packer or Packer()
    before = packer.hash
    rows = packer.pack(items, same)
    store.write(rows, before)
    return rows, packer


def inputs(store: Store) -> list[tuple[float, Event | None]]:
    """What a record says that the engine was told."""
    return [(told.at, told.event) for told in store.inputs()]


def numbers(store: Store) -> list[int]:
    """Every number of a record, in its order."""
    return [item.seq for item in store.told()]


def assert_whole(store: Store) -> None:
    """See that a record has every number once, an unbroken chain, and samples as they were sealed."""
    found = numbers(store)
    assert found == list(range(1, len(found) + 1))
    before = GENESIS
    for entry, hash_ in store.hashes():
        before = chained(before, entry)
        assert hash_ == before
    for seal in (msgspec.json.decode(entry.body, type=Seal) for entry in store.entries(kinds=[Kind.SEAL])):
        lines = [
            line_of(told.event, to_us(told.at))
            for told in store.told(after=seal.first, last=seal.last, kinds=[])
            if isinstance(told, Told) and isinstance(told.event, Sampled | Heard)
        ]
        assert (len(lines), hashlib.sha256(b"".join(lines)).hexdigest()) == (seal.items, seal.sha256)
