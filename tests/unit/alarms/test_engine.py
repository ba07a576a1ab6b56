"""The way in: time and events, deadlines, refusals, snapshots; the same is said however time is driven (§6)."""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import NURSE, STREAMED, Bench, monitor
from vitalwatch.alarms import ChairSpec, Engine, Output, State, Transition
from vitalwatch.alarms.events import (
    CLINIC,
    Acknowledge,
    CuffRead,
    Event,
    Heard,
    LinkChanged,
    PauseAudio,
    Sampled,
    Screens,
    SelfCheck,
    SetPhase,
    Shelve,
    StatusChanged,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import Status, Validity, Vital

SPO2, HEART = Vital.SPO2, Vital.HEART_RATE


def sampled(vital: Vital, value: float | None, chair: str = "1", device: str = "mon") -> Sampled:
    if value is None:
        return Sampled(chair, device, vital, None, Validity.UNAVAILABLE)
    return Sampled(chair, device, vital, float(value), Validity.VALID)


def visit() -> list[tuple[float, Event]]:
    """A quarter of an hour with a bit of everything, at odd moments."""
    events: list[tuple[float, Event]] = [
        (0, LinkChanged("1", "mon", True)),
        (0, SetPhase("1", "infusion", NURSE)),
        (0.7, CuffRead("1", "mon", 120.0, 80.0)),
        (30.1, StatusChanged("1", "mon", Status.BATTERY_LOW, True)),
        (70.25, CuffRead("1", "mon", 184.0, 100.0)),
        (90.9, Acknowledge("1", "SPO2-DESAT", NURSE)),
        (120.3, PauseAudio("1", NURSE)),
        (300.5, StatusChanged("1", "mon", Status.SENSOR_OFF, True)),
        (330.5, StatusChanged("1", "mon", Status.SENSOR_OFF, False)),
        (400.01, Shelve("1", "HR-HIGH", NURSE, "exercise", 100)),
        (520.5, CuffRead("1", "mon", 130.0, 80.0)),
        (600.0, LinkChanged("1", "mon", False, "unplugged")),
        (640.0, LinkChanged("1", "mon", True)),
    ]
    for k in range(800):
        t = round(1.0 + k * 1.1, 6)
        off = 300.5 <= t < 330.5
        if not 600 <= t < 640:
            events.append((t, sampled(SPO2, None if off else 80 if 80 <= t < 110 else 97)))
            events.append((t, sampled(HEART, 130 if 380 <= t < 560 else 70)))
    return sorted(events, key=lambda pair: pair[0])


def new() -> Engine:
    return Engine([ChairSpec("1", (monitor(),), nibp_interval_s=300)], 0)


def by_arrivals() -> list[Output]:
    engine, said = new(), list[Output]()
    for at, event in visit():
        said += engine.step(event, at)
    return said + engine.advance(1200)


def test_the_visit_that_the_next_tests_drive_has_all_states_in_it() -> None:
    said = by_arrivals()
    assert {o.target for o in said if isinstance(o, Transition)} == set(State)


def test_driven_by_deadlines_the_same_is_said() -> None:
    engine, said = new(), list[Output]()
    for at, event in visit():
        while (due := engine.next_deadline()) is not None and due <= at:
            said += engine.advance(due)
        said += engine.step(event, at)
    while (due := engine.next_deadline()) is not None and due <= 1200:
        said += engine.advance(due)
    assert said == by_arrivals()


def test_driven_in_steps_of_a_tenth_of_a_second_the_same_is_said() -> None:
    engine, said = new(), list[Output]()
    tenth = 0
    for at, event in visit():
        while tenth / 10 < at:
            said += engine.advance(tenth / 10)
            tenth += 1
        said += engine.step(event, at)
    for k in range(tenth, 12_001):
        said += engine.advance(k / 10)
    assert said == by_arrivals()


def test_with_a_restart_before_each_event_the_same_is_said() -> None:
    engine, said = new(), list[Output]()
    for at, event in visit():
        engine = Engine.restore(engine.snapshot())
        said += engine.step(event, at)
    engine = Engine.restore(engine.snapshot())
    assert said + engine.advance(1200) == by_arrivals()


def test_said_times_never_run_backwards_and_no_change_is_from_a_state_to_itself() -> None:
    said = by_arrivals()
    assert [o.at for o in said] == sorted(o.at for o in said)
    changes = [o for o in said if isinstance(o, Transition)]
    assert all(change.source != change.target for change in changes)


def test_each_change_begins_where_the_one_before_ended() -> None:
    """None is lost and none is doubled."""
    at: dict[str, State] = {}
    for change in by_arrivals():
        if isinstance(change, Transition):
            assert change.source == at.get(change.condition, State.IDLE), change
            at[change.condition] = change.target


def test_a_snapshot_of_a_restored_engine_is_the_same_snapshot() -> None:
    engine = new()
    for at, event in visit()[:400]:
        engine.step(event, at)
    assert Engine.restore(engine.snapshot()).snapshot() == engine.snapshot()


# --- time ---------------------------------------------------------------------------------------------------------


def test_what_is_due_in_between_is_done_at_its_own_moment() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=4)
    said = bench.run_to(1000)
    (active,) = [o for o in said if isinstance(o, Transition) and o.target == "active" and o.condition == "SPO2-DESAT"]
    assert active.at == 5


def test_time_does_not_run_backwards() -> None:
    engine = new()
    engine.advance(10)
    with pytest.raises(UsageError):
        engine.advance(9.9)
    with pytest.raises(UsageError):
        engine.step(Heard("1", "mon"), 5)


def test_the_same_moment_twice_is_no_mistake_and_does_nothing_twice() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=4)
    bench.run_to(5)
    assert bench.run_to(5) == []


def test_the_next_deadline_is_when_the_running_delay_ends() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=2)
    assert bench.engine.next_deadline() == 5


def test_an_engine_without_chairs_waits_for_nothing() -> None:
    engine = Engine([], 0)
    assert engine.next_deadline() is None
    assert engine.advance(1e6) == []


def test_a_deadline_is_never_in_the_past() -> None:
    engine = new()
    for at, event in visit():
        engine.step(event, at)
        due = engine.next_deadline()
        assert due is None or due > at


# --- what cannot be -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        Heard("9", "mon"),
        Heard("1", "none"),
        sampled(SPO2, 97, device="none"),
        LinkChanged("1", "none", True),
        Screens(1, chair="1"),
        SelfCheck(True, chair="1"),
        Acknowledge("1", "T-NOVIEW", NURSE),
    ],
    ids=["no chair", "no device", "value of no device", "link of no device", "screens", "self-check", "clinic's alarm"],
)
def test_an_event_that_cannot_be_is_refused_and_changes_nothing(event: Event) -> None:
    engine = new()
    engine.step(LinkChanged("1", "mon", True), 0)
    before = engine.snapshot()
    with pytest.raises(UsageError):
        engine.step(event, 0)
    assert engine.snapshot() == before


@pytest.mark.parametrize(("chair", "condition"), [("1", "T-FLOOD"), (CLINIC, "HR-HIGH")])
def test_shelving_what_is_not_there_is_refused(chair: str, condition: str) -> None:
    with pytest.raises(UsageError):
        new().step(Shelve(chair, condition, NURSE, "known", 60), 0)


def test_a_chair_needs_an_id() -> None:
    with pytest.raises(UsageError):
        Engine([ChairSpec("", ())], 0)


# --- many chairs --------------------------------------------------------------------------------------------------


def test_chairs_know_nothing_of_each_other() -> None:
    engine = Engine([ChairSpec(i, (monitor("mon", STREAMED),)) for i in ("1", "2")], 0)
    said: list[Output] = []
    for i in ("1", "2"):
        said += engine.step(LinkChanged(i, "mon", True), 0)
    for t in range(10):
        said += engine.step(sampled(SPO2, 80, "1"), t)
        said += engine.step(sampled(SPO2, 97, "2"), t)
    assert {o.chair for o in said if isinstance(o, Transition)} == {"1"}
    assert engine.chairs == ["1", "2"]


def test_equal_moments_are_decided_in_the_same_order_each_time() -> None:
    def run() -> list[Output]:
        engine = Engine([ChairSpec(i, (monitor("mon"),)) for i in ("b", "a", "c")], 0)
        for i in ("c", "a", "b"):
            engine.step(LinkChanged(i, "mon", True), 0)
        return engine.advance(3600)

    assert run() == run()
