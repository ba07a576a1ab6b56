"""What a chair remembers of its last two hours, after a restart as before it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine
from vitalwatch.alarms.events import (
    Acknowledge,
    Act,
    CuffRead,
    Event,
    LinkChanged,
    NewVisit,
    Note,
    Sampled,
    SetChairState,
    SetPhase,
)
from vitalwatch.driver import Command
from vitalwatch.errors import JournalError
from vitalwatch.hub import answers, keeper, recollection
from vitalwatch.hub.history import History, Mark
from vitalwatch.hub.keeper import Keeper
from vitalwatch.hub.past import Past, past_of
from vitalwatch.hub.recollection import recollect
from vitalwatch.journal.database import parsed
from vitalwatch.journal.opening import open_record
from vitalwatch.journal.recorder import Recorder
from vitalwatch.journal.store import Store
from vitalwatch.model import Validity, Vital

NOON = 1_772_452_800.0
ADA = "Ada"
VITALS = (Vital.SPO2, Vital.SYSTOLIC)


class Ward:
    """A chair whose history is kept and whose service can be killed; time is moved by hand."""

    speed = 1.0

    def __init__(self, folder: Path, at: float = NOON) -> None:
        self.at = at
        self._folder = folder
        self._url = parsed(f"sqlite:///{folder}/record.db")
        self.opened = open_record(self._url, folder / "spool", "damaged")
        self.past, _ = past_of(self.opened, partial(Store.open, self._url))
        if self.past is None:
            self.engine = Engine([ChairSpec("1", (DeviceSpec("d", VITALS, 1.0),))], at)
            self.history = History(self.engine)
        else:
            self.engine, self.history = self.past.engine, self.past.history
        self.record = Recorder(self, self.opened.open, self.opened.store, self.opened.packer, self.opened.spool)
        self.keeper = Keeper(self.record, self.engine, self.history, self)
        self.keeper.begin(self.past)
        if self.past is None:
            self.tell(LinkChanged("1", "d", True))

    def now(self) -> float:
        return self.at

    def wall(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def tell(self, event: Event | Act) -> None:
        """Something happens now."""
        outputs = self.engine.step(event, self.at)
        self.record.told(event, self.at)
        self.record.said(outputs)
        self.history.take([event], self.at)
        self.history.hear(outputs)

    def second(self, spo2: float | None) -> None:
        """An SpO2, and a second."""
        validity = Validity.VALID if spo2 is not None else Validity.UNAVAILABLE
        self.tell(Sampled("1", "d", Vital.SPO2, spo2, validity))
        self.at = round(self.at + 1.0, 6)
        self.keeper.tick()

    def saying(self, spo2: float | None, seconds: int) -> None:
        """The same SpO2 for so long."""
        for _ in range(seconds):
            self.second(spo2)

    def end(self) -> None:
        """Keep everything, and end without a word."""
        self.record.writer.start()
        assert self.record.writer.end(10.0)

    def seen(self) -> Any:
        """What the page would draw of the chair's last two hours."""
        outputs = self.engine.advance(self.at)
        self.record.said(outputs)
        self.history.hear(outputs)
        chair = self.engine.chair("1")
        return answers.history_view(chair, "Chair 1", self.history.of("1"), self.at, 7200.0, 0.0)


@pytest.fixture
def wards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], Ward]]:
    """Makes one service after the other on one record; the one before is killed, and the new one recollects."""
    monkeypatch.setattr(recollection, "PAUSE_S", 0.0)
    made: list[Ward] = []

    def begin(at: float = NOON) -> Ward:
        if made:
            made[-1].end()
        made.append(Ward(tmp_path, at))
        return made[-1]

    yield begin
    made[-1].end()


def recollected(ward: Ward) -> Ward:
    """The same ward, with everything brought back that is to be brought back."""
    past = ward.past
    assert past is not None
    asyncio.run(recollect(past, lambda chair: ward.engine.chair(chair), ward))
    return ward


def test_after_a_restart_a_chair_remembers_what_it_would_have_without(wards: Callable[..., Ward]) -> None:
    ward = wards()
    ward.tell(SetPhase("1", "infusion", ADA))
    ward.saying(97.0, 100)
    ward.tell(CuffRead("1", "d", 124.0, 78.0, 93.0, 70.0, age_s=30.0))
    ward.saying(None, 7)
    ward.saying(87.0, 40)
    ward.tell(Acknowledge("1", "SPO2-LOW", ADA))
    ward.tell(Note("1", "cold hands", ADA))
    ward.saying(84.5, 20)
    ward.saying(98.0, 63)
    before = ward.seen()
    assert [alarm.condition for alarm in before.alarms] == ["SPO2-LOW", "SPO2-DESAT"]
    after = recollected(wards(ward.at)).seen()
    assert after.vitals == before.vitals
    assert after.cuff == before.cuff
    assert after.marks == before.marks
    assert after.phase_age_s == before.phase_age_s
    assert after.alarms == before.alarms
    assert [alarm.peak for alarm in before.alarms] == [84.5, 84.5]


def test_two_hours_are_remembered_and_no_more(wards: Callable[..., Ward]) -> None:
    ward = wards()
    ward.saying(91.0, 70)
    ward.at = NOON + 7200.0
    ward.saying(97.0, 125)
    known = recollected(wards(ward.at)).seen().vitals[Vital.SPO2]
    assert set(known.value) == {97.0}
    assert max(known.t) == 125.0


def test_a_value_stays_in_its_own_second_however_long_nobody_was_watching(wards: Callable[..., Ward]) -> None:
    ward = wards()
    ward.saying(97.0, 70)
    later = recollected(wards(ward.at + 600.0))
    known = later.seen().vitals[Vital.SPO2]
    assert (known.t[0], known.value[0]) == (670.0, 97.0)
    assert known.t[-2:] == [601.0, 596.0]  # it stood for 5 s; since then there is a gap
    assert known.value[-2:] == [97.0, None]


def test_an_alarm_that_goes_on_is_one_alarm(wards: Callable[..., Ward]) -> None:
    ward = wards()
    ward.saying(97.0, 70)
    ward.saying(88.0, 60)  # a checkpoint lies in the middle of it
    ward = wards(ward.at)
    ward.saying(88.0, 5)
    ward.saying(98.0, 10)
    (alarm,) = recollected(ward).seen().alarms
    assert (alarm.condition, alarm.age_s, alarm.over) == ("SPO2-LOW", 60.0, True)


def test_how_far_a_value_went_is_not_forgotten_in_the_while_in_which_it_was_told_again(
    wards: Callable[..., Ward],
) -> None:
    ward = wards()
    ward.saying(97.0, 70)
    ward.saying(88.0, 20)
    ward.second(86.5)
    ward.saying(88.0, 2)
    (alarm,) = recollected(wards(ward.at)).seen().alarms
    assert alarm.peak == 86.5


def test_of_the_patient_before_nothing_comes_back(wards: Callable[..., Ward]) -> None:
    ward = wards()
    ward.saying(88.0, 70)
    ward.tell(CuffRead("1", "d", 124.0, 78.0))
    ward.tell(NewVisit("1", ADA))
    ward.saying(97.0, 130)
    seen = recollected(wards(ward.at)).seen()
    assert set(seen.vitals[Vital.SPO2].value) == {97.0}
    assert (seen.cuff, seen.alarms) == ([], [])
    assert [mark.kind for mark in seen.marks] == ["visit"]


@pytest.mark.parametrize("meanwhile", [NewVisit("1", ADA), SetChairState("1", "empty", ADA)])
def test_nor_when_the_next_one_comes_just_before_the_end(wards: Callable[..., Ward], meanwhile: Act) -> None:
    ward = wards()
    ward.saying(88.0, 70)
    ward.tell(CuffRead("1", "d", 124.0, 78.0))
    ward.tell(meanwhile)
    seen = recollected(wards(ward.at)).seen()
    assert (seen.vitals, seen.cuff, seen.alarms) == ({}, [], [])
    assert len(seen.marks) == 1


def test_nor_when_the_next_one_comes_while_the_record_is_read(wards: Callable[..., Ward]) -> None:
    ward = wards()
    ward.saying(88.0, 70)
    ward = wards(ward.at)
    past = ward.past
    assert past is not None

    def chair_of(name: str) -> Any:
        if name == "1" and not ward.history.of("1").marks:
            found = ward.engine.chair("1").visit_since
            ward.tell(NewVisit("1", ADA))
            ward.at += 1
            assert ward.engine.chair("1").visit_since != found
        return ward.engine.chair(name)

    asyncio.run(recollect(past, chair_of, ward))
    assert ward.seen().vitals == {}
    assert [mark.kind for mark in ward.seen().marks] == ["visit"]


def test_cuff_readings_of_an_empty_chair_are_nobodys(wards: Callable[..., Ward]) -> None:
    ward = wards()
    ward.tell(SetChairState("1", "empty", ADA))
    ward.tell(CuffRead("1", "d", 124.0, 78.0))
    ward.at += 70
    ward.keeper.tick()
    ward.at += 1
    assert recollected(wards(ward.at)).seen().cuff == []


def test_what_a_device_was_told_to_do_is_remembered(wards: Callable[..., Ward]) -> None:
    ward = wards()
    ward.record.commanded("1", "d", Command.START_NIBP, ADA, ward.at)
    ward.history.of("1").mark(Mark(ward.at, "command", "start_nibp", ADA))
    ward.saying(97.0, 70)
    before = ward.seen().marks
    assert recollected(wards(ward.at)).seen().marks == before
    assert [(mark.kind, mark.text, mark.actor) for mark in before] == [("command", "start_nibp", ADA)]


def test_a_minute_in_which_the_service_was_started_anew_is_kept_whole(
    wards: Callable[..., Ward], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "AGAIN", 20)
    ward = wards(NOON + 10)
    ward.saying(97.0, 25)  # in its middle a checkpoint, and the part of the minute that is older
    ward = recollected(wards(ward.at))
    ward.saying(95.0, 26)
    ward = wards(ward.at)
    assert ward.past is not None
    with ward.past.open() as store:
        minutes = {minute.minute: minute.n for minute in store.minutes_from("1", 0)}
    assert minutes[int(NOON // 60)] == 50


def test_nothing_is_listened_to_any_more_when_all_is_there_or_nothing_can_be(wards: Callable[..., Ward]) -> None:
    ward = wards()
    ward.saying(97.0, 70)
    ward = wards(ward.at)
    assert ward.history.heard == []
    recollected(ward)
    assert ward.history.heard is None

    def gone() -> Store:
        raise JournalError("The disk is gone.", url="", hint="")

    past = Past(ward.engine, 1, gone)
    with pytest.raises(JournalError):
        asyncio.run(recollect(past, lambda _: None, ward))
    assert past.history.heard is None
