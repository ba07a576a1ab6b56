"""The limits of streamed vitals against a plain second telling of their rule, and what must hold of them always."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.driving import new, run, take
from tests.property.limit_model import LIMITS, SECOND, Limit, Model
from tests.property.strategies import (
    NEWS_MOVES,
    PROFILES,
    SILENCES,
    SPO2_MOVES,
    VALUES,
    VISIT_MOVES,
    ClinicPlan,
    Happening,
    Kind,
    chair_specs,
    clinic_plans,
    examples,
    sample,
)
from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine, Output, State, Transition
from vitalwatch.alarms.events import Acknowledge, Event, Sampled
from vitalwatch.model import USABLE, Mode, Validity, Vital

LIMIT_IDS = {limit.condition for limit in LIMITS} | {"RR-LOW"}
ALARMING = {State.ACTIVE, State.ACKNOWLEDGED, State.LATCHED}
PRESENT = {State.ACTIVE, State.ACKNOWLEDGED}


def _of_limits(outputs: Sequence[Output]) -> list[Transition]:
    return [o for o in outputs if isinstance(o, Transition) and o.condition in LIMIT_IDS]


# --- a condition past its delay always signals, at its very moment ------------------------------------------------

Told = tuple[int, str, float | None]
"""Ticks after the one before, what happens (``sample``, ``acknowledge``), and the sample's value."""


def told(vital: Vital) -> st.SearchStrategy[list[Told]]:
    """Samples near the limits of one vital at irregular times, and answers to whatever alarm is there."""
    gaps = st.sampled_from((0, 1, 5, 9, 10, 10, 10, 10, 11, 19, 20, 29, 30, 31, 40, 49, 50, 51, 99, 100, 101, 305, 610))
    one = st.tuples(gaps, st.just("sample"), st.sampled_from((*VALUES[vital], None)))
    run_of = st.builds(
        lambda first, every, count: [first, *[(every, "sample", first[2])] * count],
        one,
        st.sampled_from((10, 10, 7, 20, 40)),
        st.sampled_from((1, 2, 3, 4, 5, 9, 14, 16, 31, 125, 310)),
    )
    answer = st.tuples(gaps, st.just("acknowledge"), st.none()).map(lambda act: [act])
    moves = st.lists(st.one_of(run_of, run_of, one.map(lambda told: [told]), answer), min_size=1, max_size=14)
    return moves.map(lambda runs: [told for one_run in runs for told in one_run])


def model_says(limit: Limit, story: list[Told]) -> list[tuple[int, str, str]]:
    """The steps of one limit's alarm, each with its tick."""
    model = Model(limit, stands=5 * SECOND)
    for gap, what, value in [*story, (60 * SECOND, "end", None)]:
        for _ in range(gap):
            model.pass_tick()
        if what == "sample":
            model.take(value)
        elif what == "acknowledge":
            model.acknowledge()
    return model.steps


def engine_says(vital: Vital, limits: tuple[Limit, ...], story: list[Told]) -> dict[str, list[tuple[int, str, str]]]:
    """The same from the engine, for each of the limits."""
    engine = Engine([ChairSpec("a", (DeviceSpec("m", (vital,), 1.0),))], 0.0)
    outputs, tick = [], 0
    for gap, what, value in story:
        tick += gap
        outputs += engine.advance(tick / SECOND)
        if what == "sample":
            validity = Validity.UNAVAILABLE if value is None else Validity.VALID
            outputs += engine.step(Sampled("a", "m", vital, value, validity), tick / SECOND)
        else:
            for limit in reversed(limits):  # the worse first: answering it answers the milder
                outputs += take(engine, Acknowledge("a", limit.condition, "Ada"), tick / SECOND)
    outputs += engine.advance(tick / SECOND + 60)
    return {
        limit.condition: [
            (round(o.at * SECOND), str(o.source), str(o.target))
            for o in outputs
            if isinstance(o, Transition) and o.condition == limit.condition
        ]
        for limit in limits
    }


PAIRS = {
    "SpO2": (Vital.SPO2, LIMITS[:2]),
    "heart rate high": (Vital.HEART_RATE, LIMITS[2:4]),
    "heart rate low": (Vital.HEART_RATE, LIMITS[4:]),
}


@pytest.mark.parametrize("pair", PAIRS)
@examples(1.5)
@given(st.data())
def test_limits_alarm_and_end_at_exactly_the_moments_of_the_delay_rule(pair: str, data: st.DataObject) -> None:
    vital, limits = PAIRS[pair]
    story = data.draw(told(vital))
    said = engine_says(vital, limits, story)
    for limit in limits:
        assert said[limit.condition] == model_says(limit, story)


# --- worse is never later -----------------------------------------------------------------------------------------

# Not with the SpO2 integral: its net counts falls below the limit, and a value that stays below falls only once.
_WITHOUT_INTEGRAL = [profile for profile in PROFILES if not profile.options.sat_seconds]


@examples()
@given(
    clinic_plans(
        st.one_of(SPO2_MOVES, SPO2_MOVES, SILENCES, NEWS_MOVES),
        specs=st.builds(
            msgspec.structs.replace,
            chair_specs(start=("watched",)),
            profile=st.sampled_from(_WITHOUT_INTEGRAL),
        ),
    ),
    st.sampled_from((0.5, 1.0, 2.0, 5.0, 12.0)),
)
def test_a_worse_spo2_never_alarms_later(plan: ClinicPlan, worse_by: float) -> None:
    worse = plan._replace(happenings=tuple(Happening(at, _lower(event, worse_by)) for at, event in plan.happenings))
    for condition in ({"SPO2-LOW", "SPO2-DESAT"}, {"SPO2-DESAT"}):
        assert _first_alarm(worse, condition) <= _first_alarm(plan, condition)


def _lower(event: Event, by: float) -> Event:
    if isinstance(event, Sampled) and event.vital is Vital.SPO2 and event.value is not None:
        return msgspec.structs.replace(event, value=event.value - by)
    return event


def _first_alarm(plan: ClinicPlan, conditions: set[str]) -> float:
    alarms = [o.at for o in _of_limits(run(plan, after_s=30)) if o.target is State.ACTIVE and o.condition in conditions]
    return min(alarms, default=float("inf"))


# --- unknown and questionable -------------------------------------------------------------------------------------

BLACKOUT = st.lists(
    st.tuples(
        st.sampled_from((0.0, 1.0, 3.0, 9.9, 30.0, 200.0)),
        st.builds(
            sample,
            st.just("a"),
            st.sampled_from(("m", "o")),
            st.sampled_from((Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE, Vital.RESPIRATION_RATE)),
            st.sampled_from((60.0, 98.0)),
            st.sampled_from(
                (
                    Kind(Validity.UNAVAILABLE, Mode.REAL),
                    Kind(Validity.INVALID, Mode.REAL),
                    Kind(Validity.VALID, Mode.DEMO),
                    Kind(Validity.VALID, Mode.TEST),
                )
            ),
        ),
    ),
    max_size=8,
)


@examples()
@given(clinic_plans(VISIT_MOVES, specs=chair_specs(start=("watched",))), BLACKOUT)
def test_unknown_data_neither_raise_nor_end_an_alarm_of_a_limit(
    plan: ClinicPlan, blackout: list[tuple[float, Sampled]]
) -> None:
    """Once the last samples have grown too old: only an answer that was given runs out, and nothing else moves."""
    engine = new(plan)
    for at, event in plan.happenings:
        engine.advance(at)
        take(engine, event, at)
    now = plan.end + 8.0
    engine.advance(now)
    outputs = []
    devices = {device.id for device in plan.chairs[0].devices}
    for gap, event in blackout:
        now += gap
        outputs += engine.step(
            msgspec.structs.replace(event, device=event.device if event.device in devices else "m"), now
        )
    outputs += engine.advance(now + 400)
    for step in _of_limits(outputs):
        assert (step.source, step.target) != (State.PENDING, State.ACTIVE), step
        assert step.source not in PRESENT or (step.source, step.target) == (State.ACKNOWLEDGED, State.ACTIVE), step


@examples()
@given(clinic_plans(VISIT_MOVES))
def test_demo_values_do_to_limits_what_missing_ones_do(plan: ClinicPlan) -> None:
    """Device in demo mode: whatever it shows is not a patient's."""
    demo = [_with(event, mode=Mode.DEMO) for _, event in plan.happenings]
    missing = [_with(event, value=None, validity=Validity.UNAVAILABLE) for _, event in plan.happenings]
    assert _limits_said(plan, demo) == _limits_said(plan, missing) == []


@examples()
@given(clinic_plans(VISIT_MOVES))
def test_questionable_values_alarm_like_valid_ones(plan: ClinicPlan) -> None:
    valid = [_with_validity(event, Validity.VALID) for _, event in plan.happenings]
    questionable = [_with_validity(event, Validity.QUESTIONABLE) for _, event in plan.happenings]
    assert _limits_said(plan, questionable) == _limits_said(plan, valid)


def _with(event: Event, **changes: object) -> Event:
    return msgspec.structs.replace(event, **changes) if isinstance(event, Sampled) else event


def _with_validity(event: Event, validity: Validity) -> Event:
    return _with(event, validity=validity) if isinstance(event, Sampled) and event.validity in USABLE else event


def _limits_said(plan: ClinicPlan, events: list[Event]) -> list[Transition]:
    happenings = tuple(Happening(was.at, event) for was, event in zip(plan.happenings, events, strict=True))
    return [
        step for step in _of_limits(run(plan._replace(happenings=happenings), after_s=60)) if step.target in ALARMING
    ]
