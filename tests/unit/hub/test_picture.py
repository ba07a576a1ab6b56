"""What screens are shown: what changes goes out once, in batches; an alarm at once; nothing of a chair that is gone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine
from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.events import (
    CLINIC,
    CuffRead,
    Event,
    Heard,
    LinkChanged,
    Note,
    Sampled,
    SelfCheck,
    SetChairState,
    Shelve,
)
from vitalwatch.alarms.view import AlarmView
from vitalwatch.hub import frames
from vitalwatch.hub.frames import ChairFace, ChairView
from vitalwatch.hub.picture import Picture
from vitalwatch.model import CUFF_VITALS, Validity, Vital

START = 1_772_452_800.0


class Room:
    """A chair with a monitor and one without, and their picture."""

    def __init__(self) -> None:
        self.now = START
        device = DeviceSpec("ox", (Vital.SPO2, *CUFF_VITALS), 1.0)
        self.engine = Engine((ChairSpec("1", (device,)), ChairSpec("2", ())), START)
        self.picture = Picture(self.engine, self.engine.chairs, self._view_of)
        self.alarms: list[AlarmView] = []
        self.tell(LinkChanged("1", "ox", True))
        self.batch()

    def _view_of(self, chair_id: str, now: float) -> ChairView:
        chair: Chair = self.engine.chair(chair_id)
        return frames.chair_view(chair, ChairFace(chair_id, chair_id, ""), [], now)

    def tell(self, event: Event) -> None:
        """Tell the engine, as the hub does."""
        self.picture.mark(event)
        for output in self.engine.step(event, self.now):
            alarm = self.picture.take(output, self.now)
            self.alarms += [] if alarm is None else [alarm]

    def saturation(self, value: float, seconds: int = 1) -> None:
        """Let an SpO2 come each second."""
        for _ in range(seconds):
            self.tell(Sampled("1", "ox", Vital.SPO2, value, Validity.VALID))
            self.now += 1.0

    def batch(self) -> dict[str, Any]:
        """The next batch, by type of frame; as it is sent."""
        found: dict[str, Any] = {}
        for frame in self.picture.batch(self.now):
            body = msgspec.json.decode(msgspec.json.encode(frame.body))
            assert frame.alarm == (body["type"] == "alarms")
            found.setdefault(body["type"], []).append(body)
        return found


@pytest.fixture
def room() -> Room:
    return Room()


def test_values_that_came_several_times_go_once_with_the_newest(room: Room) -> None:
    room.saturation(97)
    room.saturation(96)
    (frame,) = room.batch()["vitals"]
    assert [(value["chair"], value["vital"], value["value"]) for value in frame["values"]] == [("1", "spo2", 96.0)]
    assert room.batch() == {}


def test_a_cuff_reading_is_all_its_parts(room: Room) -> None:
    room.tell(CuffRead("1", "ox", 124.0, 78.0, mean=93.0, pulse=66.0))
    (frame,) = room.batch()["vitals"]
    assert {value["vital"] for value in frame["values"]} == {str(vital) for vital in CUFF_VITALS}


def test_a_message_without_news_is_no_news(room: Room) -> None:
    room.tell(Heard("1", "ox"))
    room.tell(SelfCheck(True))
    assert room.batch() == {}


def test_a_chair_at_which_something_was_done_goes_whole(room: Room) -> None:
    room.tell(Note("2", "cannula moved", "Ada"))
    (frame,) = room.batch()["chair"]
    assert frame["chair"]["id"] == "2"


def test_with_its_state_all_values_of_a_chair_are_told_anew(room: Room) -> None:
    room.saturation(97)
    room.batch()
    room.tell(SetChairState("1", "standby", "Ada"))
    found = room.batch()
    assert [frame["chair"]["state"] for frame in found["chair"]] == ["standby"]
    assert "spo2" in {value["vital"] for value in found["vitals"][0]["values"]}


def test_an_alarm_is_there_at_once_and_a_text_that_changes_follows(room: Room) -> None:
    room.saturation(97)
    room.saturation(88, 16)
    assert [str(alarm.state) for alarm in room.alarms] == ["pending", "active"]
    assert [alarm.chair for alarm in room.picture.alarms(room.now)] == ["1"]
    room.batch()
    assert "alarms" not in room.batch()
    room.saturation(87)
    (frame,) = room.batch()["alarms"]
    assert ["87" in alarm["text"] for alarm in frame["alarms"]] == [True]
    assert "alarms" not in room.batch()


def test_who_begins_to_look_knows_the_alarms_that_there_are(room: Room) -> None:
    room.saturation(88, 16)
    later = Picture(room.engine, room.engine.chairs, room._view_of)
    assert [alarm.condition for alarm in later.alarms(room.now)] == ["SPO2-LOW"]
    shown = {chair["id"]: [alarm.condition for alarm in chair["alarms"]] for chair in later.chairs(room.now)}
    assert shown == {"1": ["SPO2-LOW"], "2": []}
    assert later.batch(room.engine.now) == []


def test_what_is_shelved_changes_how_the_chair_is_shown(room: Room) -> None:
    room.saturation(88, 16)
    room.batch()
    room.tell(Shelve("1", "SPO2-LOW", "Ada", "cold fingers", 60.0))
    (frame,) = room.batch()["chair"]
    assert frame["chair"]["id"] == "1"


def test_nothing_is_told_of_a_chair_that_is_not_shown_any_more(room: Room) -> None:
    room.saturation(88, 16)
    room.tell(Note("1", "cannula moved", "Ada"))
    room.picture.show(["2"])
    assert room.batch() == {}
    assert [chair["id"] for chair in room.picture.chairs(room.now)] == ["2"]
    assert list(room.picture.alarms(room.now)) == []
    before = len(room.alarms)
    room.saturation(97, 20)
    assert len(room.alarms) == before
    assert room.batch() == {}


def test_the_clinics_own_alarm_is_shown_and_is_no_chair(room: Room) -> None:
    room.tell(SelfCheck(False, why="the disk is gone"))
    assert [alarm.chair for alarm in room.alarms] == [CLINIC]
    assert [alarm.chair for alarm in room.picture.alarms(room.now)] == [CLINIC]
    assert "chair" not in room.batch()


def test_what_nobody_looked_at_does_not_come_later(room: Room) -> None:
    room.saturation(97)
    room.tell(Note("1", "cannula moved", "Ada"))
    room.picture.skip()
    assert room.batch() == {}
