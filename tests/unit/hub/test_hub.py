"""The hub in virtual time: what screens are told, when, and whom a fault costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from vitalwatch.alarms.events import Acknowledge, SetChairState
from vitalwatch.errors import UsageError

InRoom = Callable[..., Any]


async def desaturate(room: Any, device: str = "d1", seconds: int = 7, value: int = 80) -> None:
    """Let an oximeter send a low value each second."""
    for _ in range(seconds):
        room.say(device, f"spo2={value}")
        await room.after(1.0)


def test_the_snapshot_shows_every_chair_with_its_devices_values_and_alarms(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        room.say("d1", "spo2=97 +motion noise")
        room.say("d2", "bp=210/100")
        await room.after(4.0)
        return json.loads(room.hub.snapshot())

    shot = in_room(story, chairs=2)
    assert (shot["type"], shot["clinic"], shot["speed"], shot["notices"]) == (
        *("snapshot", "Test clinic"),
        *(1.0, ["a notice"]),
    )
    assert shot["wall"] == "2026-03-02T10:15:00+00:00"
    assert shot["now"] == pytest.approx(1004.01)
    first, second = shot["chairs"]
    (device,) = first["devices"]
    assert (device["id"], device["driver"], device["link"], device["reason"]) == ("d1", "words", "up", "")
    assert (device["frames"], device["bad_frames"], device["heard_age_s"]) == (2, 1, 4.0)
    assert [(s["device"], s["status"], s["since_age_s"]) for s in first["statuses"]] == [("d1", "motion", 4.0)]
    assert [(v["vital"], v["value"], v["age_s"]) for v in first["values"]] == [("spo2", 97.0, 4.0)]
    values = {v["vital"]: (v["value"], v["validity"], v["episodic"]) for v in second["values"]}
    assert values["systolic"] == (210.0, "valid", True)
    assert values["mean_pressure"] == (None, "unavailable", True)
    assert "BP-CRISIS" in [alarm["condition"] for alarm in second["alarms"]]


def test_values_go_out_at_most_four_times_a_second_and_the_newest_wins(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        for number in range(80):
            room.say("d1", f"spo2={90 + number % 10}")
            await room.after(0.025)
        return [frame for frame in await screen.seen() if frame["type"] == "vitals"]

    frames = in_room(story)
    assert len(frames) == 8
    assert all(len(frame["values"]) == 1 for frame in frames)


def test_a_value_that_is_refreshed_without_changing_goes_out_with_a_new_age(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        ages = []
        for _ in range(3):
            room.say("d1", "spo2=97")
            ages.append((await screen.next("vitals"))["values"][0]["age_s"])
        return ages

    assert all(age <= 0.25 for age in in_room(story))


def test_heartbeats_come_each_real_second_at_any_speed(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        await screen.next("heartbeat")  # the first comes with the first batch
        return [(await screen.next("heartbeat"))["now"] for _ in range(4)]

    for speed in (1.0, 10.0):
        beats = in_room(story, speed=speed)
        assert [after - before for before, after in pairwise(beats)] == pytest.approx([speed] * 3)


def test_an_alarm_goes_out_in_the_moment_it_is_decided_ahead_of_waiting_values(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        await desaturate(room)
        frames = await screen.seen()
        active = next(
            f
            for f in frames
            if f["type"] == "alarm" and (f["alarm"]["condition"], f["transition"]["to"]) == ("SPO2-LOW", "active")
        )
        return active, [frame["type"] for frame in frames]

    active, types = in_room(story)
    assert types[0] == "snapshot"
    assert active["now"] == pytest.approx(1005.01)
    assert active["transition"]["at"] == pytest.approx(1005.01)
    assert active["alarm"]["text"] == "SpO2 low 80 < 90"
    assert active["alarm"]["vitals"] == ["spo2"]
    first_value = types.index("vitals")
    assert "alarm" not in types[first_value:]


def test_a_text_that_changes_with_the_value_goes_out_with_the_values(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        await desaturate(room)
        screen = room.screen()
        room.say("d1", "spo2=79")
        return (await screen.next("alarms", 0.3))["alarms"]

    assert {alarm["condition"]: alarm["text"] for alarm in in_room(story)}["SPO2-LOW"] == "SpO2 low 79 < 90"


def test_screens_learn_that_a_milder_alarm_steps_back_behind_a_worse_one(in_room: InRoom) -> None:
    """The milder alarm makes no transition of its own, and its text may stay: it was once forgotten here."""

    async def story(room: Any) -> Any:
        for value in [88] * 16 + [84] * 3:
            room.say("d1", f"spo2={value}")
            await room.after(1.0)
        screen = room.screen()
        alarms = json.loads(room.hub.snapshot())["chairs"][0]["alarms"]
        before = {alarm["condition"]: (alarm["state"], alarm["masked"]) for alarm in alarms}
        await desaturate(room, seconds=4, value=84)
        after: dict[str, tuple[str, bool]] = {}
        for frame in await screen.seen():
            told = [*frame.get("alarms", []), *([frame["alarm"]] if "alarm" in frame else [])]
            after.update({alarm["condition"]: (alarm["state"], alarm["masked"]) for alarm in told})
        return before, after

    before, after = in_room(story)
    assert before == {"SPO2-LOW": ("active", False), "SPO2-DESAT": ("pending", False)}
    assert after == {"SPO2-LOW": ("active", True), "SPO2-DESAT": ("active", False)}


def test_an_old_refresh_of_a_text_never_follows_the_end_of_its_alarm(in_room: InRoom) -> None:
    """Were it overtaken by the end, the page would show an alarm that is over."""

    async def story(room: Any) -> Any:
        await desaturate(room)
        screen = room.screen()
        room.say("d1", "spo2=79")
        await room.after(0.5)
        room.hub.act(SetChairState("1", "standby", "Ada"))
        return [frame for frame in await screen.seen() if frame["type"] in ("alarm", "alarms")]

    frames = in_room(story)
    kinds = [frame["type"] for frame in frames]
    assert kinds.index("alarms") < kinds.index("alarm")
    assert all(frame["alarm"]["state"] == "idle" for frame in frames if frame["type"] == "alarm")


def test_an_act_changes_the_alarm_and_every_screen_is_told_who(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        await desaturate(room, seconds=6)
        screen = room.screen()
        room.hub.act(Acknowledge("1", "SPO2-LOW", "Ada"))
        return await screen.next("alarm")

    frame = in_room(story)
    assert (frame["transition"]["to"], frame["alarm"]["state"], frame["alarm"]["actor"]) == (
        *("acknowledged", "acknowledged"),
        "Ada",
    )


@pytest.mark.parametrize(
    "act",
    [
        *(Acknowledge("9", "SPO2-LOW", "Ada"), Acknowledge("1", "SPO2-LOW", "Ada"), Acknowledge("1", "NO-SUCH", "Ada")),
        *(SetChairState("1", "asleep", "Ada"), SetChairState("1", "empty", " ")),
    ],
    ids=["no such chair", "nothing to acknowledge", "no such condition", "no such state", "no name"],
)
def test_an_impossible_act_is_refused_with_a_sentence_and_tells_the_screens_nothing(in_room: InRoom, act: Any) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        await room.after(1.0)
        await screen.seen()
        with pytest.raises(UsageError) as refusal:
            room.hub.act(act)
        await room.after(0.9)
        return str(refusal.value), {frame["type"] for frame in await screen.seen()}

    sentence, types = in_room(story)
    assert " " in sentence
    assert types <= {"heartbeat"}


def test_emptying_a_chair_takes_its_values_from_the_next_snapshot(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        room.say("d1", "spo2=97")
        room.hub.act(SetChairState("1", "empty", "Ada", "gone home"))
        return json.loads(room.hub.snapshot())["chairs"][0]

    chair = in_room(story)
    assert (chair["state"], chair["values"]) == ("empty", [])


def test_a_lost_link_is_an_alarm_on_its_own_chair_and_a_chair_frame_with_the_reason(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        room.links.loop("d1").cut()
        chair = (await screen.next("chair"))["chair"]
        alarm = await screen.next("alarm")
        while alarm["transition"]["to"] != "active":
            alarm = await screen.next("alarm")
        room.say("d2", "spo2=97")
        return chair, alarm, json.loads(room.hub.snapshot())["chairs"][1]

    chair, alarm, other = in_room(story, chairs=2)
    assert (chair["id"], chair["devices"][0]["link"]) == ("1", "lost")
    assert "cut" in chair["devices"][0]["reason"]
    assert (alarm["alarm"]["chair"], alarm["alarm"]["condition"]) == ("1", "T-LINK")
    assert alarm["now"] == pytest.approx(1005.01)
    assert other["alarms"] == []
    assert other["values"][0]["value"] == 97.0


def test_a_faulty_driver_costs_its_own_chair_only_and_shows_as_a_lost_link(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        for _ in range(12):
            room.say("d1", "boom")
            room.say("d2", "spo2=97")
            await room.after(0.5)
        return json.loads(room.hub.snapshot())["chairs"]

    broken, sound = in_room(story, chairs=2)
    assert broken["devices"][0]["link"] == "lost"
    assert "fault in the words driver" in broken["devices"][0]["reason"]
    assert [alarm["condition"] for alarm in broken["alarms"]] == ["T-LINK"]
    assert (sound["devices"][0]["link"], sound["alarms"]) == ("up", [])


def test_a_bug_on_a_devices_way_costs_that_device_and_it_is_taken_up_again(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        reset = room.drivers["d1"].reset

        def broken() -> None:
            room.drivers["d1"].reset = reset
            raise ZeroDivisionError("a bug in reset")

        room.drivers["d1"].reset = broken
        room.say("d1", "boom")
        await room.after(1.0)
        lost = json.loads(room.hub.snapshot())["chairs"]
        await room.after(5.0)
        room.say("d1", "spo2=97")
        return lost, json.loads(room.hub.snapshot())["chairs"][0]

    lost, back = in_room(story, chairs=2)
    assert "internal fault" in lost[0]["devices"][0]["reason"]
    assert [chair["devices"][0]["link"] for chair in lost] == ["lost", "up"]
    assert back["devices"][0]["link"] == "up"
    assert back["values"][0]["value"] == 97.0


def test_with_no_screen_connected_alarms_are_decided_all_the_same(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        await desaturate(room)
        return room.hub.transitions, [alarm.condition for alarm in room.hub.present_alarms()]

    transitions, present = in_room(story)
    assert transitions["SPO2-LOW", "active", "medium"] == 1
    assert {"SPO2-LOW", "SPO2-DESAT"} <= set(present)


def test_samples_and_cuff_readings_are_counted_one_each(in_room: InRoom) -> None:
    async def story(room: Any) -> int:
        room.say("d1", "spo2=97 noise bp=120/80 +motion")
        return int(room.hub.observations)

    assert in_room(story) == 2


@pytest.mark.parametrize(
    ("owner", "name", "part"),
    [
        *(("history", "take", "history"), ("history", "hear", "history"), ("waves", "take", "waves")),
        *(("", "flush", "values"), ("_pulse", "beat", "self-check")),
    ],
)
def test_a_bug_in_what_no_alarm_needs_costs_no_alarm_and_is_told(
    in_room: InRoom, monkeypatch: pytest.MonkeyPatch, owner: str, name: str, part: str
) -> None:
    async def story(room: Any) -> None:
        def bug(*_: Any, **__: Any) -> None:
            raise ZeroDivisionError("a bug")

        monkeypatch.setattr(getattr(room.hub, owner) if owner else room.hub, name, bug)
        screen = room.screen()
        for _ in range(20):
            room.say("d1", "spo2=80 wave")
            await room.after(1)
        alarms = [frame["transition"] for frame in await screen.seen() if frame["type"] == "alarm"]
        assert ("SPO2-DESAT", "active") in [(each["condition"], each.get("to")) for each in alarms]
        assert room.hub.supervisors["d1"].state == "up"
        notices = json.loads(room.hub.snapshot())["notices"]
        (told,) = [text for text in notices if "a bug" in text]
        assert told.startswith(f"Internal fault ({part}): ZeroDivisionError: a bug. Alarms go on; restart")

    in_room(story)
