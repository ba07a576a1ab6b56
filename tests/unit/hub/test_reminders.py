"""What is kept quiet is told to every screen: as it is, and once a minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from vitalwatch.alarms.events import ChangeLimit, Note, PauseAudio, Shelve

InRoom = Callable[..., Any]

PAUSE = PauseAudio("1", "Ada")
SHELVE = Shelve("1", "HR-HIGH", "Ada", "exercise bike", 200.0)
LOOSER = ChangeLimit("1", "limits.spo2_low", 88, "Ada", "known lung disease", "Ben")


@pytest.mark.parametrize(
    ("act", "texts", "heard"),
    [
        (PAUSE, ["sound paused for 60 s more"], True),
        (SHELVE, ["HR high put aside"] * 3, True),
        (LOOSER, ["limits looser than the profile"] * 4, False),
    ],
    ids=["paused", "put aside", "looser"],
)
def test_every_screen_is_reminded_each_minute_and_only_of_what_is_off_by_sound(
    in_room: InRoom, act: Any, texts: list[str], heard: bool
) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        room.hub.act(act)
        for _ in range(245):
            room.say("d1", "spo2=97")
            await room.after(1.0)
        return await screen.seen()

    reminders = [frame for frame in in_room(story) if frame["type"] == "reminder"]
    assert [(frame["chair"], frame["text"], frame["heard"]) for frame in reminders] == [
        ("1", text, heard) for text in texts
    ]
    assert [round(frame["now"] - 1000) for frame in reminders] == [60 * (n + 1) for n in range(len(texts))]


def test_a_chair_names_what_is_put_aside_until_its_time_is_over(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        room.hub.act(SHELVE)
        for _ in range(205):
            room.say("d1", "spo2=97")
            await room.after(1.0)
        frames = [frame for frame in await screen.seen() if frame["type"] in ("snapshot", "chair")]
        return [(frame.get("chair") or frame["chairs"][0])["kept_quiet"] for frame in frames]

    told = in_room(story)
    assert told[:2] == [[], ["HR high put aside"]]
    assert told[-1] == []


def test_a_dose_is_marked_as_one(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        room.hub.act(Note("1", "ketamine 40 mg", "Ada", "dose"))
        room.hub.act(Note("1", "feels dizzy", "Ada"))
        return room.hub.questions.chair_history("1", 60).marks

    assert [(mark.kind, mark.text, mark.actor) for mark in in_room(story)] == [
        ("dose", "ketamine 40 mg", "Ada"),
        ("note", "feels dizzy", "Ada"),
    ]


def test_a_mark_of_a_looser_limit_names_both_people(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        room.hub.act(LOOSER)
        return room.hub.questions.chair_history("1", 60).marks

    (mark,) = in_room(story)
    assert (mark.text, mark.actor, mark.reason) == (
        "limits.spo2_low 90 -> 88, agreed by Ben",
        "Ada",
        "known lung disease",
    )
