"""However time passes and whatever happens, the alarm engine decides the same, loses nothing and doubles nothing."""

from __future__ import annotations

from collections import defaultdict

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.driving import as_bytes, by_deadlines, in_one_jump, in_small_steps, moments, new, play, run, take
from tests.property.strategies import (
    ALL_MOVES,
    SAMPLE_MOVES,
    ClinicPlan,
    Happening,
    chair_specs,
    clinic_plans,
    examples,
)
from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine, State, Transition
from vitalwatch.alarms.events import (
    CLINIC,
    Acknowledge,
    Sampled,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import Vital

# --- one decision, however it is asked for ------------------------------------------------------------------------


@examples(0.5)
@given(clinic_plans(chairs=3, clinic_news=True))
def test_the_same_events_give_the_same_bytes_every_time(plan: ClinicPlan) -> None:
    assert as_bytes(run(plan, after_s=400)) == as_bytes(run(plan, after_s=400))


@examples()
@given(clinic_plans(chairs=2, clinic_news=True))
def test_it_makes_no_difference_in_what_steps_time_passes(plan: ClinicPlan) -> None:
    jumping = as_bytes(run(plan, in_one_jump, after_s=400))
    assert as_bytes(run(plan, by_deadlines, after_s=400)) == jumping
    assert as_bytes(run(plan, in_small_steps, after_s=400)) == jumping


@examples()
@given(clinic_plans(chairs=2, clinic_news=True))
def test_a_restart_between_any_two_events_loses_nothing_and_doubles_nothing(plan: ClinicPlan) -> None:
    through, restarted = new(plan), new(plan)
    for happening in plan.happenings:
        restarted = Engine.restore(restarted.snapshot())
        assert restarted.snapshot() == through.snapshot()
        assert restarted.next_deadline() == through.next_deadline()
        ours, theirs = (next(play(engine, [happening])) for engine in (through, restarted))
        assert as_bytes(theirs) == as_bytes(ours)
    restarted = Engine.restore(restarted.snapshot())
    assert as_bytes(restarted.advance(plan.end + 400)) == as_bytes(through.advance(plan.end + 400))
    assert restarted.snapshot() == through.snapshot()


@examples(0.5)
@given(clinic_plans(chairs=3), st.data())
def test_what_happens_at_one_chair_changes_nothing_at_another(plan: ClinicPlan, data: st.DataObject) -> None:
    chair = data.draw(st.sampled_from([spec.id for spec in plan.chairs]))
    alone = ClinicPlan(
        tuple(spec for spec in plan.chairs if spec.id == chair),
        plan.start,
        (*(h for h in plan.happenings if h.event.chair == chair), Happening(plan.end, _nothing(chair))),
    )
    together = [output for output in run(plan, after_s=400) if output.chair == chair]
    assert as_bytes(together) == as_bytes([output for output in run(alone, after_s=400) if output.chair == chair])


def _nothing(chair: str) -> Acknowledge:
    """An act that is always refused: only its time counts."""
    return Acknowledge(chair, "S-TIME", "")


@examples(0.3)
@given(clinic_plans(chairs=2, most=8))
def test_a_config_that_says_the_same_changes_nothing_at_any_chair(plan: ClinicPlan) -> None:
    engine = new(plan)
    for happening in plan.happenings:
        for _ in play(engine, [happening]):
            before = engine.snapshot()
            engine.preview(plan.chairs)
            assert engine.snapshot() == before
            assert engine.reconfigure(plan.chairs, happening.at) == []
            assert _of_chairs(engine) == _of_chairs(Engine.restore(before))


def _of_chairs(engine: Engine) -> dict[str, object]:
    chairs: dict[str, object] = msgspec.json.decode(engine.snapshot())["chairs"]
    del chairs[CLINIC]
    return chairs


# --- deadlines ----------------------------------------------------------------------------------------------------


@examples(0.6)
@given(clinic_plans(chairs=2, clinic_news=True))
def test_nothing_changes_before_the_next_deadline(plan: ClinicPlan) -> None:
    """Neither in what is said nor in what is known: the hub may sleep until then."""
    for engine, _ in moments(plan, after_s=30):
        due = engine.next_deadline()
        assert due is None or due > engine._now
        sleeper = Engine.restore(engine.snapshot())
        until = engine._now + 10_000 if due is None else (engine._now + due) / 2
        assert sleeper.advance(until) == []
        assert _without_now(sleeper) == _without_now(engine)


def _without_now(engine: Engine) -> dict[str, object]:
    known: dict[str, object] = msgspec.json.decode(engine.snapshot())
    del known["now"]
    return known


@pytest.mark.parametrize("state", ["empty", "standby"])
def test_an_unwatched_chair_without_news_has_no_deadline_and_stays_quiet(state: str) -> None:
    engine = Engine([ChairSpec("a", (DeviceSpec("m", (Vital.SPO2,), 1.0),), start=state)], 0.0)
    assert engine.next_deadline() is None
    assert engine.advance(10_000.0) == []


# --- the record ---------------------------------------------------------------------------------------------------

EDGES = {
    State.IDLE: {State.PENDING, State.SHELVED},
    State.PENDING: {State.ACTIVE, State.ACKNOWLEDGED, State.IDLE, State.LATCHED, State.SHELVED},
    State.ACTIVE: {State.ACKNOWLEDGED, State.LATCHED, State.IDLE, State.SHELVED},
    State.ACKNOWLEDGED: {State.ACTIVE, State.IDLE, State.SHELVED},
    State.LATCHED: {State.PENDING, State.IDLE, State.SHELVED},
    State.SHELVED: {State.IDLE},
}
"""The only steps there are. Every alarm has been pending, if only for a moment."""


@examples()
@given(clinic_plans(chairs=2, clinic_news=True))
def test_transitions_form_one_unbroken_chain_of_allowed_steps(plan: ClinicPlan) -> None:
    stands: dict[tuple[str, str], State] = defaultdict(lambda: State.IDLE)
    at = plan.start
    for engine, outputs in moments(plan, after_s=400):
        for output in outputs:
            assert at <= output.at <= engine._now
            at = output.at
            if isinstance(output, Transition):
                key = (output.chair, output.condition)
                assert output.source is stands[key]
                assert output.target in EDGES[output.source], output
                stands[key] = output.target
        for chair in [*engine.chairs, CLINIC]:
            for name, track in engine.chair(chair).tracks.items():
                assert track.state is stands[chair, name]


# --- acts ---------------------------------------------------------------------------------------------------------


@examples()
@given(clinic_plans(chairs=1))
def test_a_refused_act_changes_nothing(plan: ClinicPlan) -> None:
    engine = new(plan)
    for at, event in plan.happenings:
        engine.advance(at)
        before = engine.snapshot()
        try:
            engine.step(event, at)
        except UsageError:
            assert engine.snapshot() == before


# --- chairs -------------------------------------------------------------------------------------------------------


@examples()
@given(clinic_plans(ALL_MOVES, chairs=1))
def test_no_alarm_begins_at_a_chair_that_is_not_watched(plan: ClinicPlan) -> None:
    for engine, outputs in moments(plan, after_s=400):
        begun = [o for o in outputs if isinstance(o, Transition) and o.target not in (State.IDLE, State.SHELVED)]
        if engine.chair("a").state != "watched" and not any(_is_turn(output) for output in outputs):
            assert begun == []


def _is_turn(output: object) -> bool:
    return getattr(output, "event", "") == "chair_state"


@examples()
@given(clinic_plans(SAMPLE_MOVES, specs=chair_specs(start=("standby", "empty")), most=6))
def test_a_chair_becomes_watched_by_itself_only_after_ten_seconds_of_valid_values(plan: ClinicPlan) -> None:
    """Valid means: at each moment of the ten seconds some sample of one vital of one device spoke for the present."""
    engine = new(plan)
    runs: dict[tuple[str, Vital], tuple[float, float]] = {}
    periods = {device.id: device.period_s for device in plan.chairs[0].devices}
    for at, event in [*plan.happenings, Happening(plan.end + 60, _nothing("a"))]:
        watched = [output for output in engine.advance(at) if _is_turn(output)]
        for turn in watched:
            assert any(began + 10 <= turn.at <= until for began, until in runs.values()), f"{turn}, {runs}"
        if watched:
            return
        if isinstance(event, Sampled):
            key, until = (event.device, event.vital), at + max(5.0, 2 * periods[event.device])
            if event.value is None or event.mode != "real":
                runs.pop(key, None)
            else:
                began, was_until = runs.get(key, (at, at))
                runs[key] = (began if at < was_until or began == at else at, until)
        take(engine, event, at)
