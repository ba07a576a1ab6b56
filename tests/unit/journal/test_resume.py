"""Going on from a record: which checkpoint is taken, and what is told of how the run before ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine
from vitalwatch.alarms.events import Event, LinkChanged, Note, Sampled
from vitalwatch.journal.database import parsed
from vitalwatch.journal.packing import PASSING, Item, Packer
from vitalwatch.journal.record import US, Kind
from vitalwatch.journal.resume import resume
from vitalwatch.journal.store import Store
from vitalwatch.model import Validity, Vital

NOON = 1_772_452_800.0
CHAIR = ChairSpec("1", (DeviceSpec("ox", (Vital.SPO2,), 1.0),))
WALL_AHEAD_US = 3600 * US
"""The clock on the wall is an hour ahead of the service's axis."""


class Record:
    """A record that is written as the hub would, a list of items at a time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.engine = Engine([CHAIR], NOON)
        self._packer = Packer()

    def keep(self, *items: Item) -> None:
        """Keep these after what is there."""
        before = self._packer.hash
        self.store.write(self._packer.pack(items, lambda at: at + WALL_AHEAD_US), before)

    def checkpoint(self, name: str = "") -> None:
        """Keep the engine as it is."""
        self.keep(Item(None, self.engine.now, self.engine.snapshot(), name))

    def tell(self, event: Event, at: float) -> None:
        """Tell the engine, and keep what it was told; what it says is lost."""
        self.engine.step(event, at)
        self.keep(Item(None if isinstance(event, Sampled) else Kind.NEWS, at, event))

    @property
    def checkpoints(self) -> list[int]:
        """The numbers of all checkpoints."""
        found = []
        newest = self.store.checkpoint()
        while newest is not None:
            found.insert(0, newest.seq)
            newest = self.store.checkpoint(at_or_before=newest.seq - 1)
        return found


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Store.open(parsed(f"sqlite:///{tmp_path}/record.db"), write=True) as store:
        yield Record(store)


def low(value: float = 80.0) -> Sampled:
    """An SpO2."""
    return Sampled("1", "ox", Vital.SPO2, value, Validity.VALID)


def test_an_empty_record_has_nothing_to_go_on_from(record: Record) -> None:
    assert resume(record.store) is None


def test_a_record_without_a_checkpoint_has_nothing_either(record: Record) -> None:
    record.tell(LinkChanged("1", "ox", True), NOON)
    assert resume(record.store) is None


def test_the_newest_checkpoint_is_taken_and_what_came_after_it_is_told_again(record: Record) -> None:
    record.checkpoint()
    record.tell(LinkChanged("1", "ox", True), NOON)
    record.checkpoint()
    record.tell(low(), NOON + 1)
    begun: list[int] = []
    told: list[tuple[Event, float]] = []
    resume(record.store, lambda _, since: begun.append(since), lambda event, at: told.append((event, at)))
    assert begun == record.checkpoints[-1:]
    assert told == [(low(), NOON + 1)]


def test_a_checkpoint_in_passing_is_taken_and_goes_with_the_next(record: Record) -> None:
    record.checkpoint()
    first = record.checkpoints
    record.tell(LinkChanged("1", "ox", True), NOON)
    record.checkpoint(PASSING)
    begun: list[int] = []
    resume(record.store, lambda _, since: begun.append(since))
    assert begun == record.checkpoints[-1:] != first
    record.checkpoint(PASSING)
    record.checkpoint()
    assert len(record.checkpoints) == 2
    assert record.checkpoints[:1] == first


def test_what_was_said_and_not_kept_is_said_again(record: Record) -> None:
    record.checkpoint()
    record.tell(LinkChanged("1", "ox", True), NOON)
    record.tell(low(), NOON + 1)
    said: list[str] = []
    resumed = resume(record.store, said=lambda outputs: said.extend(o.condition for o in outputs))
    assert resumed is not None
    assert [output.condition for output in resumed.again] == said
    assert "SPO2-LOW" in said


def test_an_engine_goes_as_far_as_the_record_and_no_farther(record: Record) -> None:
    record.checkpoint()
    record.tell(LinkChanged("1", "ox", True), NOON)
    record.keep(Item(Kind.COMMAND, NOON + 7, {}))
    resumed = resume(record.store)
    assert resumed is not None
    assert resumed.engine.now == NOON + 7


@pytest.mark.parametrize("stopped", [True, False])
def test_whether_the_run_before_was_told_to_end_is_known(record: Record, stopped: bool) -> None:
    record.checkpoint()
    record.keep(Item(Kind.STOPPED, NOON + 1, {}))
    if not stopped:
        record.tell(Note("1", "somebody else has begun", "Ada"), NOON + 2)
    resumed = resume(record.store)
    assert resumed is not None
    assert resumed.stopped is stopped


def test_the_end_of_a_record_has_the_time_of_day_beside_its_own(record: Record) -> None:
    """Of a block it is that of its last sample: else nobody would have been watching for up to a flush more."""
    record.checkpoint()
    record.keep(Item(None, NOON + 1, low()), Item(None, NOON + 1.12, low()))
    tail = record.store.tail()
    assert (tail.at, tail.wall) == ((NOON + 1.12) * US, (NOON + 1.12) * US + WALL_AHEAD_US)
    record.keep(Item(Kind.STOPPED, NOON + 2, {}))
    assert record.store.tail().wall == (NOON + 2) * US + WALL_AHEAD_US


def test_samples_after_a_number_are_found_wherever_their_block_begins(record: Record) -> None:
    record.keep(*(Item(None, NOON + n, low()) for n in range(5)))
    record.keep(*(Item(None, NOON + n, low()) for n in range(5, 10)))
    for after in range(11):
        assert [told.seq for told in record.store.inputs(after=after)] == list(range(after + 1, 11))
