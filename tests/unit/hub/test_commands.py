"""A person has a device do something: only what the config allows, at a watched chair, and never in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from vitalwatch.alarms.events import SetChairState
from vitalwatch.driver import Command
from vitalwatch.errors import LinkError, UsageError

InRoom = Callable[..., Any]
START = Command.START_NIBP


def sent_to(room: Any, device: str) -> list[bytes]:
    """What the device was sent since the last call."""
    loop = room.links.loop(device)
    sent = list(loop.sent)
    loop.sent.clear()
    return sent


def test_an_allowed_command_reaches_the_device_at_once_and_once(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        room.hub.command("1", "d1", START, "Ada")
        assert sent_to(room, "d1") == [b"start"]
        room.say("d1", "frame")
        await room.after(5)
        assert sent_to(room, "d1") == []

    in_room(story)


def test_the_screens_know_what_may_be_asked_for(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        chairs = (await room.screen().next("snapshot"))["chairs"]
        assert [chair["devices"][0]["commands"] for chair in chairs] == [["start_nibp"], []]

    in_room(story, chairs=2)


@pytest.mark.parametrize(
    ("chair", "device", "actor", "why"),
    [
        ("2", "d2", "Ada", "the config does not allow start_nibp for the monitor d2"),
        ("1", "d2", "Ada", "has no monitor d2"),
        ("9", "d1", "Ada", "has no monitor d1"),
        ("1", "d1", " ", "say who you are"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(
    in_room: InRoom, chair: str, device: str, actor: str, why: str
) -> None:
    async def story(room: Any) -> None:
        with pytest.raises(UsageError, match=why):
            room.hub.command(chair, device, START, actor)
        assert sent_to(room, "d1") == sent_to(room, "d2") == []

    in_room(story, chairs=2)


def test_no_cuff_starts_at_an_empty_chair(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        room.hub.act(SetChairState("1", "empty", "Ada", ""))
        with pytest.raises(UsageError, match="not watched"):
            room.hub.command("1", "d1", START, "Ada")
        assert sent_to(room, "d1") == []

    in_room(story)


def test_no_cuff_starts_while_it_measures(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        room.say("d1", "+cuff_inflating")
        with pytest.raises(UsageError, match="measuring already"):
            room.hub.command("1", "d1", START, "Ada")
        room.say("d1", "-cuff_inflating")
        room.hub.command("1", "d1", START, "Ada")
        assert sent_to(room, "d1") == [b"start"]

    in_room(story)


def test_a_lost_device_is_not_started_later_by_surprise(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        supervisor = room.hub.supervisors["d1"]
        supervisor.lost(LinkError("unplugged", url="loop://d1"))
        with pytest.raises(UsageError, match="cannot be reached now: unplugged"):
            room.hub.command("1", "d1", START, "Ada")
        supervisor.opened()
        await room.after(5)
        assert sent_to(room, "d1") == []

    in_room(story)


def test_a_driver_that_cannot_do_it_now_says_why_and_is_not_at_fault(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        def not_now(command: Command, now: float) -> None:
            raise UsageError("it only sends, and cannot be told to start")

        room.drivers["d1"].command = not_now
        with pytest.raises(UsageError, match="it only sends"):
            room.hub.command("1", "d1", START, "Ada")
        assert room.hub.supervisors["d1"].state == "up"

    in_room(story)


def test_a_driver_that_fails_at_it_is_told_to_the_person(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        def broken(command: Command, now: float) -> None:
            raise ZeroDivisionError("a bug")

        room.drivers["d1"].command = broken
        with pytest.raises(UsageError, match="was not told: fault in the words driver"):
            room.hub.command("1", "d1", START, "Ada")
        assert room.hub.supervisors["d1"].faults == 1

    in_room(story)
