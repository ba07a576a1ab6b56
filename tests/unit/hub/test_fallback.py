"""The service's own calls: for what, how often, and what is told when one fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from vitalwatch.alarms import ChairSpec
from vitalwatch.alarms.events import Acknowledge
from vitalwatch.hub import ChairFace, ChairSetup
from vitalwatch.hub.fallback import Fallback, Reason
from vitalwatch.hub.screens import GRACE_S

InRoom = Callable[..., Any]
FIRST_S = GRACE_S + 3.0
"""When nobody is there from the start: when that becomes an alarm."""


class Bell:
    """A means that keeps when it was called, in virtual time."""

    def __init__(self, name: str = "bell", every_s: float = 60.0, *, per_alarm: bool = True) -> None:
        self.name, self.every_s, self.per_alarm = name, every_s, per_alarm
        self.calls: list[tuple[float, str, str]] = []
        self.failure = ""
        self.stopped = False

    def call(self, reason: Reason) -> str:
        self.calls.append((round(asyncio.get_running_loop().time()), reason.condition, reason.chair))
        return self.failure

    def stop(self) -> None:
        self.stopped = True

    @property
    def moments(self) -> list[float]:
        return [at for at, _, _ in self.calls]


async def at_once(call: Callable[..., str], *arguments: Any) -> str:
    """In place of a thread."""
    return call(*arguments)


def fallback(*bells: Bell) -> Fallback:
    return Fallback(bells, at_once)


def notices(room: Any) -> list[str]:
    return list(json.loads(room.hub.snapshot())["notices"])


def test_it_is_called_when_nobody_watches_and_again_each_minute_until_somebody_answers(in_room: InRoom) -> None:
    bell = Bell()

    async def story(room: Any) -> None:
        await room.after(FIRST_S + 61)
        assert bell.calls == [(FIRST_S, "T-NOVIEW", ""), (FIRST_S + 60, "T-NOVIEW", "")]
        room.hub.act(Acknowledge("", "T-NOVIEW", "Ada"))
        await room.after(119)
        assert len(bell.calls) == 2
        await room.after(1)  # nobody is there still: the answer holds two minutes
        assert len(bell.calls) == 3

    in_room(story, unattended=True, fallback=fallback(bell))


def test_it_ends_when_somebody_watches_again(in_room: InRoom) -> None:
    bell = Bell()

    async def story(room: Any) -> None:
        await room.after(FIRST_S + 1)
        screen = room.screen()
        screen.says()
        screen.draw()
        await room.after(300)
        await screen.freeze()

    in_room(story, unattended=True, fallback=fallback(bell))
    assert bell.moments == [FIRST_S]


def test_other_alarms_call_nobody(in_room: InRoom) -> None:
    bell = Bell()

    async def story(room: Any) -> None:
        for _ in range(20):
            room.say("d1", "spo2=80")
            await room.after(1)
        assert room.hub.transitions["SPO2-DESAT", "active", "high"] == 1

    in_room(story, fallback=fallback(bell))
    assert bell.calls == []


def test_each_alarm_has_its_own_call_with_its_chair_and_a_sound_serves_all(in_room: InRoom) -> None:
    pager, siren = Bell("pager"), Bell("siren", every_s=10.0, per_alarm=False)

    async def story(room: Any) -> None:
        for _ in range(30):
            room.say("d1", "spo2=80")
            room.say("d2", "spo2=80")
            await room.after(1)

    in_room(story, chairs=2, unattended=True, fallback=fallback(pager, siren))
    assert pager.calls == [(10, "T-UNDELIVERED", "1"), (10, "T-UNDELIVERED", "2")]
    assert siren.moments == [10, 20, 30]


def test_a_call_that_fails_is_told_on_every_screen_until_one_succeeds(in_room: InRoom) -> None:
    bell = Bell()
    bell.failure = "bell ended with code 1."

    async def story(room: Any) -> None:
        screen = room.screen()
        assert (await screen.next("snapshot"))["fallback"]
        await room.after(FIRST_S + 1)
        told = await screen.next("snapshot")
        assert told["notices"] == ["The fallback has failed (bell): bell ended with code 1.", "a notice"]
        assert not told["fallback"]
        bell.failure = ""
        await room.after(60)
        assert (await screen.next("snapshot"))["notices"] == ["a notice"]
        assert (room.hub.fallback.works, room.hub.fallback.calls, room.hub.fallback.failed_calls) == (True, 2, 1)

    in_room(story, unattended=True, fallback=fallback(bell))


def test_one_that_fails_leaves_the_others(in_room: InRoom) -> None:
    broken, bell = Bell("broken"), Bell("bell")
    broken.failure = "broken is broken."

    async def story(room: Any) -> None:
        await room.after(FIRST_S + 1)
        assert room.hub.fallback.works
        assert len(notices(room)) == 2

    in_room(story, unattended=True, fallback=fallback(broken, bell))
    assert (broken.moments, bell.moments) == ([FIRST_S], [FIRST_S])


def test_a_means_that_breaks_is_a_failure_and_costs_nothing_else(in_room: InRoom) -> None:
    """A full disk, say, on which the sound cannot be written: the service used to end by it."""

    class Broken(Bell):
        def call(self, reason: Reason) -> str:
            super().call(reason)
            raise OSError(28, "No space left on device")

    broken, sound = Broken("broken"), Bell("sound")

    async def story(room: Any) -> None:
        await room.after(FIRST_S + 61)
        assert "The fallback has failed (broken): OSError: [Errno 28] No space left on device" in notices(room)
        room.say("d1", "spo2=80")
        await room.after(6)
        room.say("d1", "spo2=80")
        assert room.hub.transitions["SPO2-DESAT", "active", "high"] == 1

    in_room(story, unattended=True, fallback=fallback(broken, sound))
    assert broken.moments == sound.moments == [FIRST_S, FIRST_S + 60]


def test_a_chair_that_was_taken_out_calls_no_more(in_room: InRoom) -> None:
    """Its alarm ends unseen, since the screens forget the chair first; the calls once went on for ever."""
    bell = Bell()

    async def story(room: Any) -> None:
        for _ in range(11):
            room.say("d1", "spo2=80")
            await room.after(1)
        assert len(bell.calls) == 1
        others = [ChairSetup(ChairSpec("9", (), start="empty"), ChairFace("9", "Chair 9", ""), ())]
        room.hub.reconfigure("Test clinic", others, [])
        await room.after(200)

    in_room(story, unattended=True, fallback=fallback(bell))
    assert [condition for _, condition, _ in bell.calls] == ["T-UNDELIVERED"]


def test_without_any_means_nothing_works_and_nothing_fails(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await room.after(FIRST_S + 1)
        assert not room.hub.fallback.works
        assert notices(room) == ["a notice"]

    in_room(story, unattended=True)


def test_a_call_that_runs_when_the_service_ends_is_ended_with_it(in_room: InRoom) -> None:
    bell = Bell()

    async def story(room: Any) -> None:
        await room.after(1)

    in_room(story, fallback=fallback(bell))
    assert bell.stopped
