"""The service's check of itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from vitalwatch.hub.pulse import HELD_S, OVERDUE_S, STOOD_S, Pulse

WELL = {"late_s": 0.0, "overdue_s": 0.0, "faults": 0}


def test_a_service_that_beats_in_time_is_well() -> None:
    pulse = Pulse()
    assert [pulse.beat(float(second), **WELL) for second in range(5)] == [""] * 5


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"late_s": STOOD_S}, "the service stood still for 3 s"),
        ({"overdue_s": OVERDUE_S}, "alarms are decided late"),
        ({"faults": 1}, "an error inside the deciding of alarms"),
    ],
)
def test_each_fault_has_its_words_and_counts_for_ten_seconds(told: dict[str, Any], why: str) -> None:
    pulse = Pulse()
    assert pulse.beat(100.0, **{**WELL, **told}) == why
    after = {**WELL, "faults": told.get("faults", 0)}
    assert pulse.beat(100.0 + HELD_S - 0.1, **after) == why
    assert pulse.beat(100.0 + HELD_S, **after) == ""


@pytest.mark.parametrize("told", [{"late_s": STOOD_S - 0.1}, {"overdue_s": OVERDUE_S - 0.1}])
def test_a_little_late_is_no_fault(told: dict[str, float]) -> None:
    assert Pulse().beat(100.0, **{**WELL, **told}) == ""


def engine_alarm(room: Any) -> tuple[str, str]:
    """How T-ENGINE stands, and its note."""
    alarms = json.loads(room.hub.snapshot())["clinic_alarms"]
    return next(((a["state"], a["note"]) for a in alarms if a["condition"] == "T-ENGINE"), ("idle", ""))


def test_a_bug_in_the_alarm_engine_is_an_alarm_and_the_next_deadline_is_met_all_the_same(
    in_room: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deadline that raised once stopped the engine's timer until something arrived."""

    async def story(room: Any) -> None:
        faults: list[type] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: faults.append(type(context["exception"])))
        engine = room.hub._engine
        advance, bugs = engine.advance, [ZeroDivisionError("a bug")]

        def failing_once(now: float) -> Any:
            if bugs:
                raise bugs.pop()
            return advance(now)

        room.say("d1", "spo2=80")
        await room.after(0.5)
        monkeypatch.setattr(engine, "advance", failing_once)
        await room.after(11.0)
        assert faults == [ZeroDivisionError]
        assert engine_alarm(room) == ("active", "an error inside the deciding of alarms")

    in_room(story)


def test_a_service_that_stood_still_says_so_afterwards(in_room: Callable[..., Any]) -> None:
    async def story(room: Any) -> None:
        await room.after(3.5)
        asyncio.get_running_loop()._jumping.jumped_s += 6.0  # type: ignore[attr-defined]
        await room.after(7.0)
        assert engine_alarm(room) == ("active", "the service stood still for 6 s")
        await room.after(10.0)
        assert engine_alarm(room)[0] == "latched"

    in_room(story)
