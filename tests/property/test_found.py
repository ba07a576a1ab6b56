"""Faults that the properties, or their making, brought to light: each as the shortest story that shows it."""

from __future__ import annotations

import pytest

from tests.property.driving import take
from tests.property.strategies import CONDITION_IDS
from vitalwatch.alarms import AlarmEvent, ChairSpec, DeviceSpec, Engine, Output, Priority, State, Transition
from vitalwatch.alarms.events import (
    CLINIC,
    Acknowledge,
    ChangeLimit,
    CuffRead,
    LinkChanged,
    Plan,
    Sampled,
    SetChairState,
    Shelve,
    StatusChanged,
    Unshelve,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import Status, Validity, Vital


def _engine(*, start: str = "watched") -> Engine:
    return Engine([ChairSpec("a", (DeviceSpec("m", (Vital.SPO2, Vital.SYSTOLIC), 1.0),), start=start)], 0.0)


def _begun(outputs: list[Output]) -> list[str]:
    return [o.condition for o in outputs if isinstance(o, Transition) and o.target is State.ACTIVE]


def test_a_refused_act_loses_no_alarm_that_came_due_before_it() -> None:
    """A nurse answers what is over, while the delay of another alarm runs out: that alarm reaches no screen."""
    engine = _engine()
    for second in range(5):
        engine.step(Sampled("a", "m", Vital.SPO2, 80.0, Validity.VALID), float(second))
    said: list[Output] = []
    try:
        said += engine.step(Acknowledge("a", "HR-HIGH", "Ada"), 5.0)
    except UsageError:
        said += engine.advance(5.0)
    assert engine.chair("a").tracks["SPO2-DESAT"].state is State.ACTIVE
    assert _begun(said) == ["SPO2-LOW", "SPO2-DESAT"]


@pytest.mark.parametrize("state", ["empty", "standby"])
def test_the_clinic_itself_cannot_be_put_on_standby(state: str) -> None:
    """Nobody watching and a failed self-check would raise no alarm any more, until somebody says "watched"."""
    with pytest.raises(UsageError):
        _engine().step(SetChairState(CLINIC, state, "Ada"), 1.0)


def test_a_condition_taken_off_the_shelf_raises_no_alarm_at_a_chair_on_standby() -> None:
    engine = _engine(start="standby")
    engine.step(StatusChanged("a", "m", Status.BATTERY_LOW, True), 0.0)
    outputs = engine.step(Shelve("a", "T-BATT", "Ada", "old battery", 20.0), 1.0) + engine.advance(100.0)
    assert _begun(outputs) == []


def test_loose_limits_are_still_reminded_of_after_a_standby() -> None:
    engine = _engine()
    engine.step(ChangeLimit("a", "limits.spo2_low", 86.0, "Ada", "known", "Ben"), 0.0)
    engine.step(SetChairState("a", "standby", "Ada"), 10.0)
    engine.step(SetChairState("a", "watched", "Ada"), 20.0)
    assert engine.chair("a").looser
    assert "reminder" in {o.event for o in engine.advance(130.0) if isinstance(o, AlarmEvent)}


def test_nothing_is_reminded_of_once_the_time_on_the_shelf_is_over() -> None:
    """And no "Alarms off 5 min" comes when none is."""
    engine = _engine()
    engine.step(Shelve("a", "SPO2-LOW", "Ada", "probe moved", 90.0), 0.0)
    outputs = engine.advance(600.0)
    assert [o.at for o in outputs if isinstance(o, AlarmEvent) and o.event == "reminder"] == [60.0]
    assert "S-LIMITS" not in _begun(outputs)


@pytest.mark.parametrize("chair", ["a", CLINIC])
@pytest.mark.parametrize("act", ["shelve", "unshelve"])
def test_any_condition_that_is_named_in_an_act_is_taken_or_refused(chair: str, act: str) -> None:
    """KeyError, and not a reason that a person can read."""
    engine = _engine()
    for name in CONDITION_IDS:
        event = Shelve(chair, name, "Ada", "why", 60.0) if act == "shelve" else Unshelve(chair, name, "Ada")
        take(engine, event, 1.0)  # lets nothing pass but UsageError


def test_a_lost_link_is_not_high_for_a_charted_check_that_is_due() -> None:
    engine = _engine()
    engine.step(LinkChanged("a", "m", True), 0.0)
    engine.step(Plan("a", "Ada", check_in_s=1.0), 0.0)
    engine.step(LinkChanged("a", "m", False, "unplugged"), 2.0)
    outputs = engine.advance(10.0)
    priorities = [o.priority for o in outputs if isinstance(o, Transition) and o.condition == "T-LINK"]
    assert set(priorities) == {Priority.MEDIUM}


def test_the_next_deadline_after_an_event_is_never_in_the_past() -> None:
    engine = _engine()
    engine.step(CuffRead("a", "m", 204.0, 95.0), 0.0)
    engine.advance(400.0)
    engine.step(CuffRead("a", "m", 172.0, 95.0), 400.0)  # no crisis any more: BP-HIGH is seen again
    due = engine.next_deadline()
    assert due is not None
    assert due >= 400.0
