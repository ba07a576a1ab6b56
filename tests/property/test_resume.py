"""Going on from a record: wherever it is cut, nothing is lost, nothing comes twice, nothing is decided otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from tests.property.driving import as_bytes, new
from tests.property.strategies import ClinicPlan, clinic_plans, examples
from vitalwatch.alarms import Engine, Output
from vitalwatch.alarms.events import CLINIC, Acknowledge, Heard, Resumed, Sampled
from vitalwatch.alarms.transition import State, Transition
from vitalwatch.errors import UsageError
from vitalwatch.journal import schema
from vitalwatch.journal.database import parsed
from vitalwatch.journal.packing import PASSING, Item, Packer
from vitalwatch.journal.record import INPUTS, Kind, Told, to_s, to_us
from vitalwatch.journal.resume import feed, resume
from vitalwatch.journal.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One record for all examples; each begins by taking everything out."""
    with Store.open(parsed(f"sqlite:///{tmp_path_factory.mktemp('resume')}/record.db"), write=True) as store:
        yield store


class Kept(NamedTuple):
    """What a service puts into its record, in order, and all that its engine says."""

    items: list[Item]
    said: list[Output]


def service(plan: ClinicPlan, checkpoints: set[int]) -> Kept:
    """Run a plan as the hub does: what the engine is told and says is put down in the order in which it happens.

    Args:
        plan: what happens.
        checkpoints: before which happenings a checkpoint is made; every second one is in passing.
    """
    engine = new(plan)
    kept = Kept([Item(None, engine.now, engine.snapshot())], [])

    def say(outputs: list[Output]) -> None:
        for output in outputs:
            kind = Kind.TRANSITION if isinstance(output, Transition) else Kind.EVENT
            kept.items.append(Item(kind, output.at, output))
        kept.said.extend(outputs)

    for number, (at, event) in enumerate(plan.happenings):
        while (due := engine.next_deadline()) is not None and due < at:
            say(engine.advance(due))
        if number in checkpoints:
            kept.items.append(Item(None, engine.now, engine.snapshot(), PASSING if number % 2 else ""))
        try:
            outputs = engine.step(event, at)
        except UsageError:
            say(engine.advance(at))
            continue
        kept.items.append(Item(None if isinstance(event, Sampled | Heard) else Kind.NEWS, engine.now, event))
        say(outputs)
    return kept


def keep(store: Store, items: list[Item]) -> None:
    """Make a record of these and nothing else."""
    with store.transaction() as connection:
        for table in schema.tables.sorted_tables:
            connection.execute(delete(table))
    packer = Packer()
    store.write(packer.pack(items, lambda at: at), packer.hash)


def told_in(items: list[Item]) -> list[Item]:
    """Those that the engine was told."""
    return [item for item in items if isinstance(item.body, Sampled | Heard) or item.kind in INPUTS]


def never_interrupted(plan: ClinicPlan, items: list[Item]) -> Engine:
    """The engine that was told just these, at the end of them."""
    engine = new(plan)
    for item in told_in(items):
        engine.step(item.body, item.at)
    engine.advance(max(item.at for item in items))
    return engine


cut_plans = st.tuples(clinic_plans(chairs=2, clinic_news=True), st.integers(0, 10_000), st.sets(st.integers(0, 60)))


@examples(0.6)
@given(cut_plans)
def test_a_record_cut_anywhere_gives_the_engine_that_was_never_interrupted(
    store: Store, made: tuple[ClinicPlan, int, set[int]]
) -> None:
    plan, where, checkpoints = made
    items = service(plan, checkpoints).items
    items = items[: 1 + where % len(items)]
    keep(store, items)
    resumed = resume(store)
    assert resumed is not None
    assert resumed.engine.snapshot() == never_interrupted(plan, items).snapshot()


@examples(0.6)
@given(cut_plans)
def test_what_was_kept_what_is_said_again_and_what_follows_are_all_that_was_said(
    store: Store, made: tuple[ClinicPlan, int, set[int]]
) -> None:
    plan, where, checkpoints = made
    whole = service(plan, checkpoints)
    cut = 1 + where % len(whole.items)
    keep(store, whole.items[:cut])
    resumed = resume(store)
    assert resumed is not None
    said = [item.body for item in whole.items[:cut] if item.kind in (Kind.TRANSITION, Kind.EVENT)]
    said += resumed.again
    for item in told_in(whole.items[cut:]):
        said += resumed.engine.step(item.body, item.at)
    said += resumed.engine.advance(max([resumed.engine.now, *(output.at for output in whole.said)]))
    assert as_bytes(said) == as_bytes(whole.said)


@examples(0.6)
@given(cut_plans, st.sampled_from([0.0, 1.0, 30.0, 7200.0]))
def test_a_break_begins_no_alarm_anew_and_takes_no_answer_back(
    store: Store, made: tuple[ClinicPlan, int, set[int]], away_s: float
) -> None:
    plan, where, checkpoints = made
    items = service(plan, checkpoints).items
    items = items[: 1 + where % len(items)]
    keep(store, items)
    resumed = resume(store)
    assert resumed is not None
    engine = resumed.engine
    before = {
        (chair, name): (track.state, track.count, track.since, track.actor)
        for chair in [*engine.chairs, CLINIC]
        for name, track in engine.chair(chair).tracks.items()
        if track.state in (State.ACTIVE, State.ACKNOWLEDGED, State.SHELVED)
    }
    said = engine.step(Resumed(away_s), engine.now)
    changed = {(one.chair, one.condition) for one in said if isinstance(one, Transition)}
    for (chair, name), was in before.items():
        track = engine.chair(chair).tracks[name]
        if (chair, name) not in changed:
            assert (track.state, track.count, track.since, track.actor) == was
    begun = [one for one in said if isinstance(one, Transition) and one.target is State.ACTIVE]
    assert [one for one in begun if (one.chair, one.condition) in before] == []


@given(st.integers(0, 2_000_000_000_000_000))
def test_a_time_comes_back_from_the_record_as_the_very_same_number(at_us: int) -> None:
    """Else deadlines would move by a rounding when they are told again."""
    at = round(at_us / 1e6, 6)
    assert to_s(to_us(at)) == at


def test_feeding_gives_nothing_for_what_is_impossible_now(store: Store) -> None:
    """A newer version may refuse an act that the older one took: that is logged, and time still passes."""
    engine = Engine((), 0.0)
    assert feed(engine, Told(1, 5.0, Acknowledge("no such chair", "SPO2-LOW", "Ada"))) == []
    assert engine.now == 5.0
