"""What the writer does by and by: when, how much at a time, and what happens when it fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vitalwatch.errors import JournalError
from vitalwatch.journal.database import parsed
from vitalwatch.journal.packing import Item
from vitalwatch.journal.pages import Steps
from vitalwatch.journal.record import US, Kind, Pruned
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep import chores as module
from vitalwatch.journal.upkeep.chores import EVERY_S, FIRST_S, SLICE_S, Chores
from vitalwatch.journal.upkeep.compact import Policy, Saved


class HandClock:
    """Both clocks of the computer, set by hand."""

    speed = 1.0

    def __init__(self) -> None:
        self.real_s = 1000.0
        self.today = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)

    def now(self) -> float:
        return self.real_s

    def wall(self) -> dt.datetime:
        return self.today

    def monotonic(self) -> float:
        return self.real_s

    def pass_by(self, seconds: float) -> None:
        self.real_s += seconds
        self.today += dt.timedelta(seconds=seconds)


Work = Callable[[int], Steps[Saved]]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(parsed(f"sqlite:///{tmp_path}/record.db"), write=True) as opened:
        yield opened


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Work]:
    """Put another work in the place of compaction; it is told by which time of day it has to go."""
    work: dict[str, Work] = {}

    def compact(_store: Store, _policy: Policy, now: int, _at: object) -> Steps[Saved]:
        return work["is"](now)

    monkeypatch.setattr(module, "compact", compact)
    return work


def test_nothing_is_done_in_the_first_minutes_then_each_hour(
    clock: HandClock, store: Store, told: dict[str, Work]
) -> None:
    done: list[float] = []

    def work(_now: int) -> Steps[Saved]:
        done.append(clock.real_s)
        yield None
        return Saved()

    told["is"] = work
    chores = Chores(Policy(), clock, clock.monotonic)
    begun = clock.real_s
    for _ in range(3 * 60):
        chores.step(store)
        clock.pass_by(60)
    assert done == [begun + FIRST_S, begun + FIRST_S + EVERY_S, begun + FIRST_S + 2 * EVERY_S]


def test_a_slice_ends_when_its_time_is_over(clock: HandClock, store: Store, told: dict[str, Work]) -> None:
    steps = 0

    def work(_now: int) -> Steps[Saved]:
        nonlocal steps
        for _ in range(100):
            steps += 1
            clock.pass_by(SLICE_S / 4)
            yield None
        return Saved()

    told["is"] = work
    chores = Chores(Policy(), clock, clock.monotonic)
    clock.pass_by(FIRST_S)
    assert chores.step(store) is None
    assert steps == 4
    chores.step(store)
    assert steps == 8


def test_what_the_record_must_hold_ends_a_slice(clock: HandClock, store: Store, told: dict[str, Work]) -> None:
    said = Item(Kind.PRUNED, 1.0, Pruned("waves", 0, 1))
    after = False

    def work(_now: int) -> Steps[Saved]:
        nonlocal after
        yield None
        yield said
        after = True
        yield None
        return Saved()

    told["is"] = work
    chores = Chores(Policy(), clock, clock.monotonic)
    clock.pass_by(FIRST_S)
    assert chores.step(store) == said
    assert not after
    assert chores.step(store) is None
    assert after


def test_a_failure_is_told_until_it_goes_well_again(clock: HandClock, store: Store, told: dict[str, Work]) -> None:
    fails = True

    def work(_now: int) -> Steps[Saved]:
        yield None
        if fails:
            raise JournalError("The disk is full.", url="here", hint="Make room.")
        return Saved()

    told["is"] = work
    chores = Chores(Policy(), clock, clock.monotonic)
    clock.pass_by(FIRST_S)
    chores.step(store)
    assert "The disk is full. Make room." in chores.trouble
    fails = False
    clock.pass_by(EVERY_S)
    chores.step(store)
    assert chores.trouble == ""


def test_a_bug_ends_the_work_and_not_the_writer(clock: HandClock, store: Store, told: dict[str, Work]) -> None:
    def work(_now: int) -> Steps[Saved]:
        yield None
        raise ZeroDivisionError

    told["is"] = work
    chores = Chores(Policy(), clock, clock.monotonic)
    clock.pass_by(FIRST_S)
    assert chores.step(store) is None
    assert chores.trouble == "Internal fault of the record: ZeroDivisionError: . Old parts of it stay."
    assert chores.step(store) is None  # until the next hour


def test_with_another_store_it_begins_anew(clock: HandClock, store: Store, told: dict[str, Work]) -> None:
    begun, closed = 0, 0

    def work(_now: int) -> Steps[Saved]:
        nonlocal begun, closed
        begun += 1
        try:
            for _ in range(100):
                clock.pass_by(SLICE_S)
                yield None
        finally:
            closed += 1
        return Saved()

    told["is"] = work
    chores = Chores(Policy(), clock, clock.monotonic)
    chores.drop()
    clock.pass_by(FIRST_S)
    chores.step(store)
    chores.drop()
    assert (begun, closed) == (1, 1)
    chores.step(store)
    assert begun == 2


@pytest.mark.parametrize(
    ("set_by", "believed_by"),
    [(dt.timedelta(days=400), dt.timedelta()), (dt.timedelta(days=-2), dt.timedelta(days=-2))],
)
def test_a_clock_that_is_set_ahead_makes_nothing_old(
    clock: HandClock, store: Store, told: dict[str, Work], set_by: dt.timedelta, believed_by: dt.timedelta
) -> None:
    days: list[int] = []

    def work(now: int) -> Steps[Saved]:
        days.append(now)
        yield None
        return Saved()

    told["is"] = work
    chores = Chores(Policy(), clock, clock.monotonic)
    clock.pass_by(FIRST_S)
    right = clock.today
    clock.today += set_by
    chores.step(store)
    assert days == [round((right + believed_by).timestamp() * US)]
