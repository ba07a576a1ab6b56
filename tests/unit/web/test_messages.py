"""What a screen may say: the documented frames, and a plain refusal for the rest."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.alarms.events import Acknowledge, PauseAudio, ResumeAudio, SetChairState, SetPhase
from vitalwatch.driver import Command
from vitalwatch.errors import UsageError
from vitalwatch.web.messages import ActFrame, CommandDevice, Drew, Hello, State, Waves, read


def act(**fields: Any) -> str:
    return json.dumps({"type": "act", "id": 7, "chair": "1", "actor": "Ada", **fields})


def test_a_screen_says_who_it_is_and_what_it_drew() -> None:
    assert read('{"type":"hello","screen":"wall","kind":"kiosk"}') == Hello("wall", "kiosk")
    assert read('{"type":"hello","screen":"desk"}') == Hello("desk", "viewer")
    assert read('{"type":"state","sound":"blocked","visible":false}') == State("blocked", False)
    assert read('{"type":"state","sound":"on","visible":true,"awake":false}') == State("on", True, awake=False)
    assert read('{"type":"drew","seq":12}') == Drew(12)
    assert read('{"type":"waves","on":true}') == Waves(True)


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"act": "acknowledge", "condition": "SPO2-LOW"}, Acknowledge("1", "SPO2-LOW", "Ada")),
        ({"act": "pause_audio"}, PauseAudio("1", "Ada", 120.0)),
        ({"act": "resume_audio"}, ResumeAudio("1", "Ada")),
        ({"act": "set_state", "state": "standby", "reason": "walk"}, SetChairState("1", "standby", "Ada", "walk")),
        ({"act": "set_phase", "phase": "infusion"}, SetPhase("1", "infusion", "Ada")),
        (
            {"act": "command", "device": "nibp-1", "command": "start_nibp"},
            CommandDevice("1", "nibp-1", Command.START_NIBP, "Ada"),
        ),
    ],
)
def test_each_act_becomes_its_event(fields: dict[str, str], event: Any) -> None:
    frame = read(act(**fields))
    assert isinstance(frame, ActFrame)
    assert (frame.id, frame.act) == (7, event)


def test_fields_of_a_newer_page_are_passed_over() -> None:
    assert read('{"type":"drew","seq":1,"frames_per_second":60}') == Drew(1)


@pytest.mark.parametrize(
    "text",
    [
        *("", "no json", "[]", "1", "{}", '{"type":"stop"}', '{"type":"hello","screen":"a","kind":"admin"}'),
        *(
            '{"type":"drew","seq":"1"}',
            act(act="discharge"),
            act(act="acknowledge", chair=1),
            act(act="acknowledge", id=None),
        ),
        '{"type":"act","id":1,"act":"acknowledge","chair":"1","condition":"SPO2-LOW"}',
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read(text)


@given(
    st.text()
    | st.recursive(st.none() | st.integers() | st.text(), lambda x: st.dictionaries(st.text(), x)).map(json.dumps)
)
def test_nothing_that_a_socket_can_bring_does_more_than_be_refused(text: str) -> None:
    with contextlib.suppress(UsageError):
        read(text)
