"""What the record is given beside what the engine is told and says: checkpoints, minutes, curves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine
from vitalwatch.alarms.events import LinkChanged, NewVisit, Sampled, SetChairState
from vitalwatch.hub import keeper as keepers
from vitalwatch.hub.history import History
from vitalwatch.hub.keeper import Keeper
from vitalwatch.journal.minutes import whole
from vitalwatch.journal.packing import PASSING, Packer
from vitalwatch.journal.record import Minute, Wave
from vitalwatch.journal.recorder import Recorder
from vitalwatch.journal.spool import Spool
from vitalwatch.journal.store import Store
from vitalwatch.model import Validity, Vital, Waveform

NOON = 1_772_452_800.0
"""A whole minute of the service's axis."""


class HandClock:
    """Time that stands until it is moved; reading it costs what ``reading_s`` says."""

    speed = 1.0

    def __init__(self) -> None:
        self.at = NOON
        self.reading_s = 0.0

    def now(self) -> float:
        self.at += self.reading_s
        return self.at

    def wall(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


class Desk:
    """A keeper of some chairs, and what it gave the record: nothing of that is written anywhere."""

    def __init__(self, folder: Path, chairs: int) -> None:
        def never() -> Store:
            raise AssertionError("nothing is written here")

        self.clock = HandClock()
        spec = DeviceSpec("ox", (Vital.SPO2, Vital.PULSE_RATE), 1.0)
        self.engine = Engine((ChairSpec(str(n), (spec,)) for n in range(1, chairs + 1)), NOON)
        self.history = History(self.engine)
        self.record = Recorder(self.clock, never, None, Packer(), Spool(folder / "spool"))
        self.keeper = Keeper(self.record, self.engine, self.history, self.clock)
        for chair in self.engine.chairs:
            self.engine.step(LinkChanged(chair, "ox", True), NOON)

    def sample(self, chair: str, value: float | None) -> None:
        """Let an SpO2 arrive now."""
        validity = Validity.VALID if value is not None else Validity.UNAVAILABLE
        event = Sampled(chair, "ox", Vital.SPO2, value, validity)
        self.engine.step(event, self.clock.at)
        self.record.told(event, self.clock.at)
        self.history.take([event], self.clock.at)

    def second(self, value: float | None = 97.0) -> None:
        """Let a second pass: a sample at each chair, and a tick."""
        for chair in self.engine.chairs:
            self.sample(chair, value)
        self.clock.at += 1.0
        self.keeper.tick()

    def given(self) -> list[Any]:
        """What the record was given since this was last asked, samples left out: bodies, in order."""
        items = [item for item in self.record.writer.queue if not isinstance(item.body, Sampled)]
        self.record.writer.queue.clear()
        return [PASSING if item.name == PASSING else item.body for item in items]


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    return lambda chairs=1: Desk(tmp_path, chairs)


def test_each_minute_is_kept_with_its_least_its_most_and_its_mean(desk: Callable[..., Desk]) -> None:
    here = desk()
    for second in range(60):
        here.second(90.0 + second % 3)
    minute, checkpoint = here.given()
    assert isinstance(minute, Minute)
    assert (minute.chair, minute.vital, minute.minute) == ("1", "spo2", int(NOON // 60))
    assert (minute.n, minute.low, minute.high, minute.mean) == (60, 90.0, 92.0, 91.0)
    assert isinstance(checkpoint, bytes)


def test_a_checkpoint_comes_after_the_minutes_that_are_older(desk: Callable[..., Desk]) -> None:
    """A restart tells again what came after the checkpoint; all that is older must be in a minute by then."""
    here = desk(keepers.CHAIRS_AT_ONCE + 10)
    for _ in range(61):
        here.second()
    given = here.given()
    assert [isinstance(body, Minute) for body in given] == [True] * (keepers.CHAIRS_AT_ONCE + 10) + [False]
    assert {body.chair for body in given[:-1]} == set(here.engine.chairs)


def test_minutes_of_many_chairs_are_made_a_part_at_a_time(desk: Callable[..., Desk]) -> None:
    here = desk(keepers.CHAIRS_AT_ONCE + 10)
    for _ in range(60):
        here.second()
    assert len(here.given()) == keepers.CHAIRS_AT_ONCE


def test_the_snapshot_of_a_checkpoint_is_the_engine_as_it_is(desk: Callable[..., Desk]) -> None:
    here = desk()
    for _ in range(60):
        here.second()
    assert here.given()[-1] == here.engine.snapshot()


def test_a_minute_in_which_nothing_came_is_not_kept(desk: Callable[..., Desk]) -> None:
    here = desk()
    here.second()
    for _ in range(119):
        here.clock.at += 1.0
        here.keeper.tick()
    assert [body.minute for body in here.given() if isinstance(body, Minute)] == [int(NOON // 60)]


def test_so_many_events_bring_a_checkpoint_of_their_own(
    desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keepers, "AGAIN", 20)
    here = desk()
    for _ in range(25):
        here.second()
    minute, checkpoint = here.given()
    assert isinstance(minute, Minute)
    assert minute.n == 20  # as far as it has come
    assert checkpoint == PASSING
    for _ in range(10):
        here.second()
    assert here.given() == []  # the next is 20 events later


def test_the_whole_minute_takes_the_place_of_its_part(
    desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keepers, "AGAIN", 50)
    here = desk()
    for _ in range(60):
        here.second()
    part, passing, whole, lasting = here.given()
    assert (part.n, whole.n) == (50, 60)
    assert (part.chair, part.vital, part.minute) == (whole.chair, whole.vital, whole.minute)
    assert (passing == PASSING, isinstance(lasting, bytes)) == (True, True)


def test_an_engine_that_is_dear_to_copy_is_copied_less_often(desk: Callable[..., Desk]) -> None:
    here = desk()
    here.clock.reading_s = 0.05  # a snapshot takes that long: at a thousandth of the time, one in 50 s
    here.keeper.checkpoint()
    here.given()
    here.clock.reading_s = 0.0
    here.clock.at = NOON + 55
    while here.clock.at < NOON + 60:
        here.second()
    assert [type(body) for body in here.given()] == [Minute, bytes]
    here.clock.reading_s = 0.15
    here.keeper.checkpoint()
    here.clock.reading_s = 0.0
    here.given()
    while here.clock.at < NOON + 130:
        here.second()
    assert [type(body) for body in here.given()] == [Minute]


def test_a_minute_in_which_somebody_leaves_is_kept_before_it_is_forgotten(desk: Callable[..., Desk]) -> None:
    here = desk()
    for _ in range(20):
        here.second(90.0)
    here.history.hear(here.engine.step(NewVisit("1", "Ada"), here.clock.at))
    (part,) = here.given()
    assert (part.minute, part.n, part.mean) == (int(NOON // 60), 20, 90.0)
    for _ in range(40):
        here.second(95.0)
    rest, _ = here.given()
    assert (rest.minute, rest.n, rest.mean) == (int(NOON // 60), 40, 95.0)
    joined = whole(part, rest)
    assert (joined.n, joined.low, joined.high) == (60, 90.0, 95.0)


def test_whoever_leaves_before_the_last_minute_was_made_is_in_that_and_in_this_one(desk: Callable[..., Desk]) -> None:
    here = desk(keepers.CHAIRS_AT_ONCE + 10)
    for _ in range(60):
        here.second()
    last = here.engine.chairs[-1]
    here.sample(last, 93.0)
    here.given()
    here.history.hear(here.engine.step(NewVisit(last, "Ada"), here.clock.at))
    assert [(row.minute, row.n, row.mean) for row in here.given()] == [
        (int(NOON // 60), 60, 97.0),
        (int(NOON // 60) + 1, 1, 93.0),
    ]


def test_what_came_of_a_chair_that_the_config_has_no_more_is_kept(desk: Callable[..., Desk]) -> None:
    here = desk(2)
    here.second()
    here.history.keep_only(["2"])
    assert [(row.chair, row.n) for row in here.given()] == [("1", 1)]
    here.history.keep_only(["2"])
    assert here.given() == []


def test_at_the_end_the_begun_minute_is_kept(desk: Callable[..., Desk]) -> None:
    here = desk(2)
    for _ in range(10):
        here.second()
    here.keeper.end()
    assert [(row.chair, row.n) for row in here.given()] == [("1", 10), ("2", 10)]


def test_a_curve_is_kept_by_the_second_while_the_chair_is_watched(desk: Callable[..., Desk]) -> None:
    here = desk()
    for quarter in range(6):
        here.keeper.curve("1", Waveform("ox", "pleth", 40.0, (1.0,) * 10, NOON + quarter / 4))
    (wave,) = here.given()
    assert isinstance(wave, Wave)
    assert (wave.chair, wave.device, wave.name, wave.hz) == ("1", "ox", "pleth", 40.0)
    here.engine.step(SetChairState("1", "standby", "Ada"), here.clock.at)
    for quarter in range(6):
        here.keeper.curve("1", Waveform("ox", "pleth", 40.0, (1.0,) * 10, NOON + 2 + quarter / 4))
    assert here.given() == []


def test_a_curve_that_changes_its_rate_begins_another_piece(desk: Callable[..., Desk]) -> None:
    here = desk()
    here.keeper.curve("1", Waveform("ox", "pleth", 40.0, (1.0,) * 10, NOON))
    here.keeper.curve("1", Waveform("ox", "pleth", 75.0, (2.0,) * 75, NOON + 1))
    assert [wave.hz for wave in here.given()] == [40.0, 75.0]
