"""Which screens count, and what follows when none does: in virtual time, so every moment is exact."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from vitalwatch.alarms.events import Acknowledge, SetChairState
from vitalwatch.hub.glass import ALIVE_S
from vitalwatch.hub.screens import GRACE_S, KIOSKS_KEPT

InRoom = Callable[..., Any]

NOBODY_S = 3.0
UNDELIVERED_S = 5.0


def alarm(room: Any, condition: str, chair: str = "") -> dict[str, Any] | None:
    """An alarm as a screen would get it now; none when it is idle. Those of the clinic have an empty chair."""
    shot = json.loads(room.hub.snapshot())
    alarms = [*shot["clinic_alarms"], *(alarm for each in shot["chairs"] for alarm in each["alarms"])]
    return next((a for a in alarms if (a["chair"], a["condition"]) == (chair, condition)), None)


def state(room: Any, condition: str, chair: str = "") -> str:
    found = alarm(room, condition, chair)
    return found["state"] if found else "idle"


def words(room: Any, condition: str, chair: str = "") -> tuple[str, str]:
    found = alarm(room, condition, chair)
    assert found
    return found["text"], found["note"]


async def until_active(room: Any, condition: str, chair: str = "", limit_s: float = 100.0) -> float:
    """Let time pass until an alarm is active; give how long that took, to 10 ms."""
    for hundredth in range(int(limit_s * 100)):
        if state(room, condition, chair) == "active":
            return hundredth / 100
        await room.after(0.01)
    raise AssertionError(f"{condition} did not come in {limit_s} s")


def attended(room: Any, **told: Any) -> Any:
    """A screen that draws everything."""
    screen = room.screen()
    screen.says(**told)
    screen.draw()
    return screen


async def desaturate(room: Any, chair: str = "1", seconds: int = 6) -> None:
    """A high alarm, active after five seconds."""
    for _ in range(seconds):
        room.say(f"d{chair}", "spo2=80")
        await room.after(1.0)


# --- which screens count ----------------------------------------------------------------------------------------


def test_a_screen_that_draws_is_visible_and_sounds_can_alarm(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        screen = attended(room, name="wall", kind="kiosk")
        await room.after(1.5)
        (view,) = room.hub.screens.views()
        assert (view.screen, view.kind, view.alive, view.sound, view.visible) == ("wall", "kiosk", True, "on", True)
        assert view.heard_age_s == 0.5
        assert (room.hub.screens.alive, room.hub.screens.alarm_grade) == (1, 1)
        await screen.freeze()

    in_room(story, unattended=True)


@pytest.mark.parametrize("told", [{"sound": "off"}, {"sound": "blocked"}, {"visible": False}])
def test_one_that_is_silent_or_hidden_cannot(in_room: InRoom, told: dict[str, Any]) -> None:
    async def story(room: Any) -> None:
        screen = attended(room, **told)
        await room.after(1.5)
        assert (room.hub.screens.alive, room.hub.screens.alarm_grade) == (1, 0)
        await screen.freeze()

    in_room(story, unattended=True)


def test_a_program_that_only_listens_is_not_alive_and_not_listed(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        room.screen()
        await room.after(1.5)
        assert (room.hub.screens.alive, room.hub.screens.views()) == (0, [])

    in_room(story, unattended=True)


def test_a_frozen_screen_is_not_alive_as_soon_as_its_last_drawn_frame_is_too_old(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        screen = attended(room)
        await room.after(1.2)  # it drew the heartbeat of a fifth of a second ago
        await screen.freeze()
        await room.after(ALIVE_S - 0.25)
        assert room.hub.screens.alive == 1
        await room.after(0.1)
        assert room.hub.screens.alive == 0

    in_room(story, unattended=True)


def test_the_other_screens_are_told_of_each_change(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        watcher = room.screen()
        screen = attended(room, name="desk", sound="blocked")
        told = await watcher.next("screens")
        assert [(s["screen"], s["alive"], s["sound"]) for s in told["screens"]] == [("desk", False, "blocked")]
        assert (await watcher.next("screens"))["screens"][0]["alive"]
        screen.says("on")
        assert (await watcher.next("screens"))["screens"][0]["sound"] == "on"
        await screen.freeze()
        assert not (await watcher.next("screens", ALIVE_S + 0.01))["screens"][0]["alive"]
        screen.leave()
        assert (await watcher.next("screens"))["screens"] == []

    in_room(story, unattended=True)


def test_nothing_is_told_while_nothing_changes(in_room: InRoom) -> None:
    async def story(room: Any) -> list[str]:
        screen = attended(room, name="desk")
        watcher = room.screen()
        await room.after(30)
        await screen.freeze()
        return [frame["type"] for frame in await watcher.seen()]

    assert in_room(story, unattended=True).count("screens") == 1  # that it draws


def test_a_kiosk_that_has_gone_is_missed_until_it_is_back_and_a_viewer_is_not(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        for name, kind in [("wall", "kiosk"), ("desk", "viewer")]:
            screen = room.screen()
            screen.says(name=name, kind=kind)
            screen.leave()
        assert [(view.screen, view.alive) for view in room.hub.screens.views()] == [("wall", False)]
        back = attended(room, name="wall", kind="kiosk")
        await room.after(0.1)
        assert [(view.screen, view.alive) for view in room.hub.screens.views()] == [("wall", True)]
        await back.freeze()

    in_room(story, unattended=True)


def test_only_so_many_kiosks_that_have_gone_are_remembered(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        for number in range(KIOSKS_KEPT + 5):
            screen = room.screen()
            screen.says(name=f"wall-{number}", kind="kiosk")
            screen.leave()
        assert len(room.hub.screens.views()) == KIOSKS_KEPT

    in_room(story, unattended=True)


# --- nobody watching --------------------------------------------------------------------------------------------


def test_after_a_start_without_any_screen_somebody_is_missed_when_the_grace_is_over(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        assert await until_active(room, "T-NOVIEW") == pytest.approx(GRACE_S + NOBODY_S, abs=0.02)
        assert words(room, "T-NOVIEW") == ("Nobody watching", "no screen is open, or none draws")

    in_room(story, unattended=True)


def test_a_silent_screen_alone_is_told_as_such(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        screen = attended(room, sound="blocked")
        assert await until_active(room, "T-NOVIEW") == pytest.approx(GRACE_S + NOBODY_S, abs=0.02)
        assert words(room, "T-NOVIEW")[0] == "No screen sounds"
        screen.says("on")
        await room.after(NOBODY_S)
        assert state(room, "T-NOVIEW") == "latched"
        await screen.freeze()

    in_room(story, unattended=True)


def test_a_page_that_is_touched_within_the_grace_is_no_alarm(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        screen = attended(room, sound="blocked")
        await room.after(GRACE_S - 1)
        screen.says("on")
        await room.after(GRACE_S)
        assert state(room, "T-NOVIEW") == "idle"
        await screen.freeze()

    in_room(story, unattended=True)


@pytest.mark.parametrize("how", ["left", "hidden", "silenced", "frozen"])
def test_once_somebody_watched_the_loss_is_an_alarm_within_five_seconds(in_room: InRoom, how: str) -> None:
    async def story(room: Any) -> float:
        screen = attended(room)
        await room.after(2.3)
        if how == "left":
            screen.leave()
        elif how == "hidden":
            screen.says("on", visible=False)
        elif how == "silenced":
            screen.says("off")
        else:
            await screen.freeze()
        took = await until_active(room, "T-NOVIEW")
        await screen.freeze()
        return took

    took = in_room(story, unattended=True)
    assert took == pytest.approx(ALIVE_S - 0.3 + NOBODY_S if how == "frozen" else NOBODY_S, abs=0.06)
    assert took <= 5


def test_a_second_screen_makes_good_for_the_first(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        first, second = attended(room), attended(room)
        await room.after(2)
        await first.freeze()
        await room.after(30)
        assert state(room, "T-NOVIEW") == "idle"
        await second.freeze()

    in_room(story, unattended=True)


def test_a_page_that_is_loaded_anew_within_three_seconds_is_no_alarm(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        screen = attended(room)
        await room.after(2)
        await screen.freeze()
        screen.leave()
        await room.after(2.5)
        again = attended(room)
        await room.after(30)
        assert state(room, "T-NOVIEW") == "idle"
        await again.freeze()

    in_room(story, unattended=True)


def test_a_silent_wall_beside_a_sounding_desk_is_right(in_room: InRoom) -> None:
    """The quiet room: light on the wall, sound where the nurse sits."""

    async def story(room: Any) -> None:
        wall = attended(room, sound="off", name="wall", kind="kiosk")
        desk = attended(room, name="desk")
        await room.after(2 * GRACE_S)
        assert state(room, "T-NOVIEW") == "idle"
        await wall.freeze()
        await desk.freeze()

    in_room(story, unattended=True)


def test_in_a_fast_replay_people_still_have_their_real_seconds(in_room: InRoom) -> None:
    async def story(room: Any) -> float:
        screen = attended(room)
        await room.after(2)
        screen.leave()
        took = await until_active(room, "T-NOVIEW")
        await screen.freeze()
        return took

    assert in_room(story, unattended=True, speed=10.0) == pytest.approx(NOBODY_S, abs=0.03)


# --- undelivered ------------------------------------------------------------------------------------------------


def test_a_high_alarm_without_any_screen_is_undelivered_after_five_seconds(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room, seconds=5)
        assert await until_active(room, "SPO2-DESAT", "1") <= 0.01
        assert await until_active(room, "T-UNDELIVERED", "1") == pytest.approx(UNDELIVERED_S, abs=0.03)
        assert words(room, "T-UNDELIVERED", "1") == ("Alarm not delivered", "no screen has shown it")

    in_room(story, unattended=True)


def test_one_that_is_drawn_where_it_sounds_is_delivered(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room, seconds=20)
        assert state(room, "SPO2-DESAT", "1") == "active"
        assert state(room, "T-UNDELIVERED", "1") == "idle"
        assert room.hub.transitions["T-UNDELIVERED", "pending", "high"] == 0  # not even begun: a receipt is quick

    in_room(story)


def test_a_frozen_screen_that_still_reads_delivers_nothing(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        screen = attended(room)
        await room.after(3)
        await screen.freeze()
        await desaturate(room, seconds=5)
        assert await until_active(room, "SPO2-DESAT", "1") <= 0.01
        assert await until_active(room, "T-UNDELIVERED", "1") == pytest.approx(UNDELIVERED_S, abs=0.03)

    in_room(story, unattended=True)


def test_one_that_is_drawn_in_silence_is_not_heard_until_the_sound_is_on(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        screen = attended(room, sound="blocked")
        await desaturate(room, seconds=11)
        assert state(room, "T-UNDELIVERED", "1") == "active"
        assert words(room, "T-UNDELIVERED", "1")[0] == "Alarm not heard"
        screen.says("on")
        await room.after(NOBODY_S)
        assert state(room, "T-UNDELIVERED", "1") == "latched"
        await screen.freeze()

    in_room(story, unattended=True)


def test_a_screen_that_comes_later_delivers_by_its_first_snapshot(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room, seconds=7)
        screen = attended(room)
        await room.after(10)
        assert state(room, "T-UNDELIVERED", "1") == "idle"
        await screen.freeze()

    in_room(story, unattended=True)


def test_a_person_who_answers_must_have_heard_of_it(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room, seconds=7)
        room.hub.act(Acknowledge("1", "SPO2-DESAT", "Ada"))
        await room.after(20)
        assert state(room, "T-UNDELIVERED", "1") == "idle"

    in_room(story, unattended=True)


def test_an_alarm_that_is_over_unseen_is_still_undelivered(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room, seconds=6)
        for _ in range(4):
            room.say("d1", "spo2=97")
            await room.after(1)
        assert state(room, "SPO2-DESAT", "1") == "latched"
        assert state(room, "T-UNDELIVERED", "1") == "active"

    in_room(story, unattended=True)


def test_a_chair_that_nobody_watches_any_more_owes_no_alarm(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room, seconds=6)
        room.hub.act(SetChairState("1", "empty", "Ada"))
        await room.after(20)
        assert state(room, "T-UNDELIVERED", "1") == "idle"

    in_room(story, unattended=True)


def test_each_chair_has_its_own(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room, "2", seconds=11)
        assert (state(room, "T-UNDELIVERED", "1"), state(room, "T-UNDELIVERED", "2")) == ("idle", "active")

    in_room(story, chairs=2, unattended=True)


def test_the_alarms_about_screens_need_no_screen_to_prove_them(in_room: InRoom) -> None:
    async def story(room: Any) -> None:
        await desaturate(room, seconds=11)
        assert {key[1] for key in room.hub.screens.awaited} == {"SPO2-DESAT"}
        await room.after(GRACE_S)
        assert state(room, "T-NOVIEW") == "active"
        assert {key[0] for key in room.hub.screens.awaited} == {"1"}

    in_room(story, unattended=True)


def test_an_alarm_that_calls_again_has_to_be_drawn_again(in_room: InRoom) -> None:
    """Half a minute unanswered calls further people: by then the screen may be another."""

    async def story(room: Any) -> None:
        screen = attended(room)
        await desaturate(room, seconds=34)
        await screen.freeze()
        assert room.hub.screens.awaited == ()
        await desaturate(room, seconds=8)
        assert room.hub.screens.awaited == (("1", "SPO2-DESAT"),)
        assert state(room, "T-UNDELIVERED", "1") == "active"

    in_room(story, unattended=True)
