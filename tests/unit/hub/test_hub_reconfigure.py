"""Another config under a running hub, in virtual time: devices that go on, begin anew or end, and what screens see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
import structlog

from vitalwatch.alarms import ChairSpec, DeviceSpec, Profile
from vitalwatch.alarms.events import Acknowledge, PauseAudio
from vitalwatch.alarms.profile import Limits
from vitalwatch.driver import Due
from vitalwatch.errors import LinkError, UsageError
from vitalwatch.hub import ChairFace, ChairSetup, DeviceSetup, Viewer
from vitalwatch.hub.viewers import BYTES_HELD

InRoom = Callable[..., Any]


def setup(
    room: Any, chair: str, *devices: str, key: str = "", profile: Profile | None = None, link: Any = None
) -> ChairSetup:
    """What a config says of a chair: as ``Room`` made it at the start, unless told otherwise."""
    made = []
    for name in devices or (f"d{chair}",):
        driver = type(room.drivers["d1"])(name)
        made.append((driver, DeviceSetup(name, driver, "words", link or room.links.open(f"loop://{name}"), key)))
    specs = tuple(DeviceSpec(device.id, driver.vitals, driver.period_s) for driver, device in made)
    spec = ChairSpec(chair, specs, profile or Profile())
    return ChairSetup(spec, ChairFace(chair, f"Chair {chair}", ""), tuple(device for _, device in made))


def apply(room: Any, *setups: ChairSetup, notices: Sequence[str] = ("a notice",)) -> None:
    room.hub.reconfigure("Test clinic", setups, notices)


def kept(room: Any, chair: str) -> bytes:
    return msgspec.json.encode(room.hub._engine.chair(chair))


def shot(room: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(room.hub.snapshot())
    found["chairs"] = {chair["id"]: chair for chair in found["chairs"]}
    return found


async def in_alarm(room: Any, *devices: str) -> None:
    """Let oximeters send 80 % each second until their alarm is active."""
    for _ in range(7):
        for device in devices:
            room.say(device, "spo2=80")
        await room.after(1.0)


# Devices


def test_a_device_that_is_the_same_keeps_its_link_open_and_its_drivers_memory(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        room.say("d1", "spo2=97 +motion frame")
        await room.after(1.0)
        supervisor, before, counts = room.hub.supervisors["d1"], kept(room, "1"), room.drivers["d1"].counts.frames
        apply(room, setup(room, "1"), setup(room, "3"))
        await room.after(0.5)
        assert room.hub.supervisors["d1"] is supervisor
        assert kept(room, "1") == before
        room.say("d1", "spo2=96")
        return room.drivers["d1"].resets, room.drivers["d1"].counts.frames - counts, shot(room)["chairs"]["1"]

    resets, frames, chair = in_room(story, chairs=2)
    assert (resets, frames) == (1, 1)
    assert (chair["devices"][0]["link"], chair["devices"][0]["frames"]) == ("up", 4)
    assert [status["status"] for status in chair["statuses"]] == ["motion"]


def test_a_chair_in_alarm_answered_and_paused_is_not_touched_when_others_change(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        await in_alarm(room, "d1", "d2")
        room.hub.act(Acknowledge("1", "SPO2-LOW", "Ada"))
        room.hub.act(PauseAudio("1", "Ada"))
        before = kept(room, "1")
        apply(room, setup(room, "1"), setup(room, "2", key="another port"), setup(room, "3"))
        return before, kept(room, "1"), shot(room)["chairs"]["1"]

    before, after, chair = in_room(story, chairs=2)
    assert after == before
    assert chair["audio_paused_until"] is not None
    assert "acknowledged" in {alarm["state"] for alarm in chair["alarms"]}


def test_only_the_device_that_changed_begins_anew(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        first, second = room.hub.supervisors["d1"], room.hub.supervisors["d2"]
        apply(room, setup(room, "1"), setup(room, "2", key="another port"))
        await room.after(0.1)
        assert room.hub.supervisors["d1"] is first
        assert room.hub.supervisors["d2"] is not second
        room.say("d2", "spo2=91")
        return shot(room)["chairs"]["2"], room.drivers["d1"].resets, room.drivers["d2"].counts.frames

    chair, resets, heard_by_the_old = in_room(story, chairs=2)
    assert (resets, heard_by_the_old) == (1, 0)
    assert chair["devices"][0]["link"] == "up"
    assert chair["values"][0]["value"] == 91.0


def test_a_device_at_another_chair_speaks_for_that_chair_only(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        room.say("d2", "spo2=97")
        apply(room, setup(room, "1", "d1", "d2"))
        await room.after(0.1)
        room.say("d2", "spo2=93 bp=120/80")
        return shot(room)["chairs"]

    chairs = in_room(story, chairs=2)
    assert list(chairs) == ["1"]
    assert [device["id"] for device in chairs["1"]["devices"]] == ["d1", "d2"]
    assert {value["vital"]: value["value"] for value in chairs["1"]["values"]}["spo2"] == 93.0


def test_a_device_that_was_taken_out_is_not_heard_nor_asked_any_more(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        polls: list[float] = []

        def poll(now: float) -> Due:
            polls.append(now)
            return Due((b"?",), now + 1.0)

        room.drivers["d2"].plan = poll
        supervisor = room.hub.supervisors["d2"]
        supervisor.opened()
        await room.after(2.5)
        apply(room, setup(room, "1"))
        asked, heard = len(polls), room.hub.observations
        supervisor.opened()  # what may still come until its link has closed
        supervisor.received(b"spo2=80 boom")
        supervisor.lost(LinkError("gone", url="loop://d2"))
        await room.after(30.0)
        room.say("d2", "spo2=80")
        await room.after(1.0)
        return asked, len(polls), heard, room.hub.observations, shot(room)["chairs"]

    asked, later, heard, observed, chairs = in_room(story, chairs=2)
    assert later == asked >= 3
    assert observed == heard
    assert list(chairs) == ["1"]


class StickyLink:
    """A port that only one may hold, and that takes its time to close."""

    holder: StickyLink | None = None

    def __init__(self, url: Any, closes_s: float, fault: Exception | None = None) -> None:
        self.url = url
        self.ignored = 0
        self._closes_s = closes_s
        self._fault = fault

    async def run(self, sink: Any) -> None:
        if StickyLink.holder is not None:
            raise AssertionError("the port was still in use")
        StickyLink.holder = self
        try:
            sink.opened()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(self._closes_s)
            StickyLink.holder = None
            if self._fault is not None:
                raise self._fault

    def send(self, data: bytes) -> None:
        pass


@pytest.mark.parametrize("fault", [None, ZeroDivisionError("a bug in closing")])
def test_a_port_is_opened_anew_only_after_it_was_given_up_whatever_happens_there(
    in_room: InRoom, fault: Exception | None
) -> None:
    async def story(room: Any) -> Any:
        url = room.links.open("loop://port").url
        room.hub.reconfigure("x", [setup(room, "1"), setup(room, "2", "a", link=StickyLink(url, 2.0, fault))], [])
        await room.after(0.1)
        room.hub.reconfigure("x", [setup(room, "1"), setup(room, "2", "b", link=StickyLink(url, 0.0))], [])
        waiting = shot(room)["chairs"]["2"]["devices"][0]["link"]
        await room.after(2.1)
        return waiting, shot(room)["chairs"]["2"]["devices"][0]["link"], len(room.hub._devices._running)

    StickyLink.holder = None
    assert in_room(story) == ("opening", "up", 2)


def test_a_link_that_never_closes_holds_another_back_for_some_seconds_only(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        url = room.links.open("loop://port").url
        room.hub.reconfigure("x", [setup(room, "1", "a", link=StickyLink(url, 3600.0))], [])
        await room.after(0.1)
        apply(room, setup(room, "1", "d1"))
        await room.after(5.1)
        return shot(room)["chairs"]["1"]["devices"][0]["link"]

    StickyLink.holder = None
    assert in_room(story) == "up"


# Chairs and screens


def test_screens_get_a_new_snapshot_and_nothing_of_a_chair_that_was_taken_out_after_it(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        await in_alarm(room, "d1", "d2")
        await screen.seen()
        room.say("d2", "spo2=79 +motion")  # waits for the next batch
        apply(room, setup(room, "1"), setup(room, "3"), notices=["another notice"])
        room.say("d2", "spo2=78")
        for _ in range(40):
            room.say("d1", "spo2=80")
            room.say("d3", "spo2=98")
            await room.after(0.5)
        return await screen.seen(), screen.viewer.cut.is_set()

    frames, cut = in_room(story, chairs=2)
    kinds = [frame["type"] for frame in frames]
    at = kinds.index("snapshot")
    assert kinds.count("snapshot") == 1
    assert not {"vitals", "chair", "alarms"} & set(kinds[:at])
    snapshot, after = frames[at], frames[at + 1 :]
    assert ([chair["id"] for chair in snapshot["chairs"]], snapshot["notices"]) == (["1", "3"], ["another notice"])
    assert [frame["seq"] for frame in frames] == list(range(frames[0]["seq"], frames[0]["seq"] + len(frames)))
    spoken_of = {frame["chair"]["id"] for frame in after if frame["type"] == "chair"}
    spoken_of |= {value["chair"] for frame in after if frame["type"] == "vitals" for value in frame["values"]}
    spoken_of |= {frame["alarm"]["chair"] for frame in after if frame["type"] == "alarm"}
    assert spoken_of == {"1", "3"}
    assert not cut


def test_a_chair_in_alarm_can_be_taken_out_and_its_alarms_are_counted_as_ended(in_room: InRoom) -> None:
    """The end of an alarm at a chair that was not there any more once stopped the whole service."""

    async def story(room: Any) -> Any:
        await in_alarm(room, "d2")
        apply(room, setup(room, "1"))
        await room.after(60.0)
        with pytest.raises(UsageError):
            room.hub.act(PauseAudio("2", "Ada"))
        return room.hub.transitions["SPO2-LOW", "idle", "medium"], room.hub.present_alarms(), shot(room)["chairs"]

    ended, present, chairs = in_room(story, chairs=2)
    assert ended == 1
    assert {alarm.chair for alarm in present} <= {"1"}
    assert list(chairs) == ["1"]


def test_a_chair_that_was_added_is_watched_and_alarms(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        apply(room, setup(room, "1"), setup(room, "9"))
        await room.after(0.1)
        await in_alarm(room, "d9")
        frames = [f for f in await screen.seen() if f["type"] == "alarm" and f["transition"].get("to") == "active"]
        return {(frame["alarm"]["chair"], frame["alarm"]["condition"]) for frame in frames}

    assert ("9", "SPO2-LOW") in in_room(story)


def test_a_stricter_limit_alarms_at_the_value_that_is_there_and_the_change_is_in_the_log(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        room.say("d1", "spo2=93")
        with structlog.testing.capture_logs() as log:
            apply(room, setup(room, "1", profile=Profile(name="stricter", limits=Limits(spo2_low=95.0))))
        pending = [f["transition"] for f in await screen.seen() if f["type"] == "alarm"]
        return log, pending, shot(room)["chairs"]["1"]

    log, pending, chair = in_room(story)
    (told,) = [line for line in log if line["event"] == "chair reconfigured"]
    assert (told["chair"], told["changes"]) == (
        "1",
        "profile adult-default -> stricter; limits.spo2_low 90 -> 95",
    )
    assert [(change["condition"], change["to"]) for change in pending] == [("SPO2-LOW", "pending")]
    assert (chair["profile"], chair["limits"]["spo2"]) == ("stricter", "95–")


def test_names_and_rooms_change_without_the_chair_or_its_device_noticing(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        same = setup(room, "1")
        before, supervisor = kept(room, "1"), room.hub.supervisors["d1"]
        moved = ChairSetup(same.spec, ChairFace("1", "Window", "Garden room", "SIMULATED"), same.devices)
        room.hub.reconfigure("Another name", [moved], [])
        assert kept(room, "1") == before
        assert room.hub.supervisors["d1"] is supervisor
        return shot(room)

    found = in_room(story)
    chair = found["chairs"]["1"]
    assert found["clinic"] == "Another name"
    assert (chair["label"], chair["room"], chair["mark"]) == ("Window", "Garden room", "SIMULATED")


def test_a_hub_that_does_not_run_yet_runs_the_newest_config(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        hub = type(room.hub)("Test clinic", [setup(room, "1")], room.clock)
        hub.reconfigure("Test clinic", [setup(room, "5", "d5")], [])
        running = asyncio.create_task(hub.run())
        await room.after(0.1)
        links = {name: supervisor.state for name, supervisor in hub.supervisors.items()}
        running.cancel()
        await asyncio.wait({running})
        return links

    assert in_room(story) == {"d5": "up"}


# A look ahead, and sentences at the foot


def test_a_look_ahead_changes_nothing_and_tells_no_screen(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        await in_alarm(room, "d1")
        screen = room.screen()
        room.hub._engine.advance(room.clock.now())
        before = room.hub._engine.snapshot()
        found = room.hub.preview([setup(room, "2", profile=Profile(limits=Limits(spo2_low=95.0)))])
        assert room.hub._engine.snapshot() == before
        assert list(room.hub.supervisors) == ["d1", "d2"]
        return [(c.chair, c.condition, c.starts) for c in found], [frame["type"] for frame in await screen.seen()]

    found, frames = in_room(story, chairs=2)
    assert ("1", "SPO2-LOW", False) in found
    assert frames == ["snapshot"]


def test_other_sentences_at_the_foot_reach_every_screen_at_once(in_room: InRoom) -> None:
    async def story(room: Any) -> Any:
        screen = room.screen()
        await screen.next("snapshot")
        room.hub.say(["the config file has a mistake"])
        return (await screen.next("snapshot", 0.1))["notices"], shot(room)["notices"]

    assert in_room(story) == (["the config file has a mistake"],) * 2


def test_a_viewer_is_not_cut_by_a_new_snapshot_that_is_far_larger_than_its_first() -> None:
    viewer = Viewer(b"{}")
    viewer.put(b"{}")
    viewer.renew(b"{" + b" " * 3 * BYTES_HELD + b"}")
    assert not viewer.cut.is_set()
