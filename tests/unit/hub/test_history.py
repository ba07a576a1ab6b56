"""What the hub remembers of a chair: bounded, by whom, and nothing of the patient before."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec
import pytest

from vitalwatch.alarms.events import (
    Acknowledge,
    ChangeLimit,
    NewVisit,
    Note,
    PauseAudio,
    SetChairState,
    SetPhase,
    TakeBaseline,
)
from vitalwatch.alarms.facts import CuffReading
from vitalwatch.alarms.transition import Priority, State, Transition
from vitalwatch.driver import Command
from vitalwatch.errors import UsageError
from vitalwatch.hub.history import CUFF_KEPT, MARKS_KEPT, TEXT_KEPT, ChairHistory, Mark
from vitalwatch.hub.seconds import KEPT_S, Seconds
from vitalwatch.model import CUFF_VITALS, Vital

InRoom = Callable[..., Any]


async def say_each_second(room: Any, words: list[str]) -> None:
    for word in words:
        room.say("d1", word)
        await room.after(1)


async def desaturate(room: Any) -> None:
    """97 for 3 s, then 88, 82, 88 …: SPO2-LOW, its worst 82."""
    await say_each_second(room, ["spo2=97"] * 3 + ["spo2=88"] * 16 + ["spo2=82"] * 2 + ["spo2=88"] * 5)


def test_samples_readings_and_acts_come_back_with_their_ages(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await say_each_second(room, ["spo2=97", "spo2=96", "spo2="])
        room.say("d1", "bp=124/78")
        await room.after(1)
        room.hub.act(SetPhase("1", "infusion", "Ada"))
        room.hub.act(Note("1", "  feels \n dizzy ", "Ada"))
        room.hub.command("1", "d1", Command.START_NIBP, "Bo")
        await room.after(2)
        found = room.hub.questions.chair_history("1", 60)
        assert found.vitals[Vital.SPO2].value == [97.0, 96.0, None]
        ages = found.vitals[Vital.SPO2].t
        assert ages == sorted(ages, reverse=True)
        assert ages[-1] == pytest.approx(4, abs=1.1)
        (reading,) = found.cuff
        assert (reading.systolic, reading.diastolic, reading.age_s) == (124.0, 78.0, pytest.approx(3, abs=0.1))
        assert [(mark.kind, mark.text, mark.actor, mark.age_s) for mark in found.marks] == [
            ("phase", "infusion", "Ada", 2.0),
            ("note", "feels dizzy", "Ada", 2.0),
            ("command", "start_nibp", "Bo", 2.0),
        ]
        assert (found.phase_age_s, found.limits["spo2_low"]) == (2.0, 90.0)
        assert room.hub.questions.chair_history("1", 60, before_s=3.5).marks == []

    in_room(story)


def test_an_alarm_is_remembered_with_its_worst_value_and_who_answered_when(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room)
        room.hub.act(Acknowledge("1", "SPO2-LOW", "Ada"))
        await say_each_second(room, ["spo2=97"] * 5)
        (record,) = [each for each in room.hub.questions.alarm_records("1", KEPT_S) if each.condition == "SPO2-LOW"]
        assert (record.label, record.value, record.peak, record.limit) == ("Chair 1", 88.0, 82.0, 90.0)
        assert (record.over, record.seen_by, record.priority) == (True, "Ada", Priority.MEDIUM)
        assert record.seen_after_s is not None
        assert 0 < record.seen_after_s < record.lasted_s < record.age_s
        assert record.vitals == (Vital.SPO2,)
        assert room.hub.questions.chair_history("1", 600).alarms == [
            each for each in room.hub.questions.alarm_records("1", 600) if each.chair == "1"
        ]
        await room.after(100)
        assert [each.condition for each in room.hub.questions.alarm_records("1", 60) if each.over] == []

    in_room(story)


@pytest.mark.parametrize("act", [NewVisit("1", "Ada"), SetChairState("1", "empty", "Ada")], ids=["new visit", "empty"])
def test_nothing_of_the_patient_before_is_left(in_room: InRoom, act: Any) -> None:
    async def story(room: Any) -> None:
        await desaturate(room)
        room.say("d1", "bp=124/78")
        await room.after(1)
        room.hub.act(TakeBaseline("1", "Ada"))
        room.hub.act(SetPhase("1", "infusion", "Ada"))
        room.hub.act(act)
        found = room.hub.questions.chair_history("1", KEPT_S)
        assert (found.vitals, found.cuff, found.alarms, found.baseline) == ({}, [], [], None)
        assert found.phase_age_s is None
        assert next(mark.kind for mark in found.marks) in ("visit", "chair_state")

    in_room(story)


def test_an_empty_chair_remembers_no_value(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        room.hub.act(SetChairState("1", "empty", "Ada"))
        await say_each_second(room, ["spo2=97"] * 3)
        room.say("d1", "bp=124/78")
        found = room.hub.questions.chair_history("1", 60)
        assert (found.vitals, found.cuff) == ({}, [])

    in_room(story)


def test_a_note_changes_no_alarm_and_must_say_something(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room)
        before = room.hub.present_alarms()
        room.hub.act(Note("1", "x" * 200, "Ada"))
        assert room.hub.present_alarms() == before
        for text in ("", "  \n", "x" * 201):
            with pytest.raises(UsageError, match="1 to 200 letters"):
                room.hub.act(Note("1", text, "Ada"))
        with pytest.raises(UsageError, match="name of who"):
            room.hub.act(Note("1", "words", " "))

    in_room(story)


def test_a_limit_is_tried_without_a_change_and_the_refusal_is_the_acts_own(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await say_each_second(room, ["spo2=93"] * 3)
        room.hub.questions.limits("1")  # lets the engine's time pass to now
        state = room.hub._engine.snapshot()
        tried = room.hub.questions.try_limit("1", "limits.spo2_low", 95)
        assert [(each.condition, each.starts, each.delay_s) for each in tried.changes] == [("SPO2-LOW", True, 15.0)]
        assert (tried.looser, tried.error) == (False, "")
        assert not tried.needs_second
        looser = room.hub.questions.try_limit("1", "limits.spo2_low", 88)
        assert (looser.looser, looser.needs_second, looser.error) == (True, True, "")
        assert "from 80 to 98" in room.hub.questions.try_limit("1", "limits.spo2_low", 99).error
        assert "not a limit" in room.hub.questions.try_limit("1", "limits.nonsense", 1).error
        assert room.hub._engine.snapshot() == state
        assert not room.hub.history.of("1").marks

    in_room(story)


def test_a_changed_limit_is_told_with_the_profiles_own(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        screen = room.screen()
        room.hub.act(ChangeLimit("1", "limits.spo2_low", 93, "Ada"))
        frame = await screen.next("chair")
        assert frame["chair"]["changed_limits"] == ["limits.spo2_low"]
        (limit,) = [each for each in room.hub.questions.limits("1") if each.key == "limits.spo2_low"]
        assert (limit.value, limit.own, limit.low, limit.high) == (93.0, 90.0, 80, 98)
        assert limit.source == "set for this patient by Ada"

    in_room(story)


def test_an_unknown_chair_is_refused_whatever_is_asked(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        hub = room.hub
        asked = (
            (hub.questions.chair_history, (60,)),
            (hub.questions.alarm_records, (60,)),
            (hub.questions.limits, ()),
            (hub.questions.try_limit, ("limits.spo2_low", 90)),
        )
        for question, more in asked:
            with pytest.raises(UsageError, match='no chair "9"'):
                question("9", *more)

    in_room(story)


def test_a_paused_sound_is_marked_when_it_begins_and_when_it_ends(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        room.hub.act(PauseAudio("1", "Ada"))
        await room.after(121)
        marks = room.hub.questions.chair_history("1", 600).marks
        assert [(mark.kind, mark.actor) for mark in marks] == [("audio_paused", "Ada"), ("audio_resumed", "")]

    in_room(story)


def weight(value: Any, known: set[int]) -> int:
    """Bytes of a value with everything in it, each object once."""
    if id(value) in known or isinstance(value, Enum | type):
        return 0
    known.add(id(value))
    parts: list[Any] = []
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    elif isinstance(value, msgspec.Struct):
        parts = [getattr(value, name) for name in value.__struct_fields__]
    elif isinstance(value, deque):
        parts = list(value)
    elif hasattr(value, "__dict__"):
        parts = [vars(value)]
    return sys.getsizeof(value) + sum(weight(part, known) for part in parts)


def test_a_chair_with_everything_full_weighs_at_most_200_kb() -> None:
    known = ChairHistory()
    for vital in set(Vital) - CUFF_VITALS:
        known.vitals[vital] = Seconds()
    for n in range(3 * KEPT_S):
        for series in known.vitals.values():
            series.put(n, 97.25, 5)
    for n in range(3 * CUFF_KEPT):
        known.cuff.append(CuffReading("nibp-1", n + 0.5, n + 0.75, 120.5, 80.5, 93.5, 66.5))
    for n in range(3 * MARKS_KEPT):
        known.mark(Mark(n + 0.5, "note", f"{n:0{TEXT_KEPT}}", f"{n:080}", f"{n + 1:0{TEXT_KEPT}}"))
        for states in (
            (State.PENDING, State.ACTIVE),
            (State.ACTIVE, State.ACKNOWLEDGED),
            (State.ACKNOWLEDGED, State.IDLE),
        ):
            known.alarms.take(
                Transition(
                    "1",
                    "SPO2-LOW",
                    *states,
                    Priority.MEDIUM,
                    n + 0.25,
                    88.5,
                    90.5,
                    "profile.toml:9",
                    15.5,
                    f"SpO2 low {n} < 90",
                    "",
                    "acknowledged",
                    f"{n:080}",
                )
            )
    assert len(list(known.alarms)) == 64
    assert sum(weight(series._cells, set()) for series in known.vitals.values()) > 90_000
    assert weight(known, set()) <= 200_000
