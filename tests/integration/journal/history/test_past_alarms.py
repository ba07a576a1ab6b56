"""The alarms of any time, on both databases: as they were, whole, and none twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from tests.integration.journal.diary import BEGIN_S, Diary, at_us, us
from vitalwatch.alarms.events import Acknowledge
from vitalwatch.alarms.records import AlarmRecords
from vitalwatch.alarms.transition import Priority, State, Transition
from vitalwatch.journal.history.past_alarms import BROKE_OFF, PastAlarm, alarms
from vitalwatch.journal.history.stretch import Stretch
from vitalwatch.journal.store import Store

END = 100_000


@pytest.fixture
def store(place: URL) -> Iterator[Store]:
    with Store.open(place, write=True) as store:
        yield store


@pytest.fixture
def diary(store: Store) -> Diary:
    """Fifteen minutes of two chairs: SpO2 is low at 300 s and at 600 s; the second time somebody answers."""
    diary = Diary(store, ("1", "2"))
    diary.spo2(97, 1, 300)
    diary.spo2(86, 300, 420)
    diary.spo2(97, 420, 600)
    diary.spo2(86, 600, 640)
    diary.tell(Acknowledge("1", "SPO2-LOW", "Ada"), 640)
    diary.spo2(86, 641, 700)
    diary.spo2(97, 700, 900)
    diary.checkpoint(900)
    return diary


def found(store: Store, since: float, until: float, chair: str | None = None) -> list[PastAlarm]:
    return alarms(Stretch(store, us(since), us(until)), chair)


def low(of: list[PastAlarm]) -> list[PastAlarm]:
    return [alarm for alarm in of if alarm.condition == "SPO2-LOW"]


def test_every_alarm_is_told_with_its_times_and_its_answer(diary: Diary) -> None:
    first, second = low(found(diary.store, 0, END))
    begins = [
        change.at
        for change in diary.said
        if isinstance(change, Transition) and change.condition == "SPO2-LOW" and change.target is State.ACTIVE
    ]
    assert [first.began, second.began] == begins
    assert (first.priority, first.value, first.limit, first.technical) == (Priority.MEDIUM, 86.0, 90.0, False)
    assert (first.seen_after_s, first.seen_by) == (None, "")
    assert (second.seen_by, second.seen_after_s) == ("Ada", round(BEGIN_S + 640 - second.began, 3))
    assert first.ended is not None
    assert first.lasted_s == pytest.approx(first.ended - first.began)
    assert 422 < first.ended - BEGIN_S < 425


def test_the_list_is_what_the_page_has_had_in_its_memory(diary: Diary) -> None:
    memory = AlarmRecords()
    for said in diary.said:
        if said.chair == "1":
            memory.take(said) if isinstance(said, Transition) else memory.hear(said)
    told = found(diary.store, 0, END, "1")
    assert [(each.condition, each.began, each.ended, each.seen_by) for each in told] == [
        (each.condition, each.at, each.over_at, each.seen_by) for each in memory
    ]


def test_any_stretch_of_time_tells_of_the_same_alarms_in_the_same_words(diary: Diary) -> None:
    whole = found(diary.store, 0, END)
    assert len(whole) >= 2
    for since in range(10, 900, 110):
        for until in (since + 1, since + 45, since + 200, since + 700):
            begun = [each for each in whole if each.began < at_us(until)]
            there = [each for each in begun if each.ended is None or each.ended >= at_us(since)]
            assert found(diary.store, since, until) == there


def test_of_one_chair_only_its_own_are_told(diary: Diary) -> None:
    diary.spo2(86, 901, 1000, "2")
    assert {each.chair for each in found(diary.store, 0, END, "2")} == {"2"}
    assert low(found(diary.store, 850, END, "1")) == []
    assert len(low(found(diary.store, 850, END))) == 1
    assert all(each.chair == "" for each in found(diary.store, 0, END, ""))


def test_an_alarm_that_is_still_there_has_no_end(diary: Diary) -> None:
    diary.spo2(86, 900, 1000)
    (alarm,) = low(found(diary.store, 950, END))
    assert (alarm.ended, alarm.lasted_s) == (None, None)


def test_an_alarm_goes_on_over_a_restart_and_is_one(diary: Diary) -> None:
    diary.spo2(86, 900, 1000)
    diary.back(1100, away_s=100)
    diary.spo2(86, 1101, 1160)
    diary.spo2(97, 1160, 1200)
    (alarm,) = low(found(diary.store, 901, END))
    assert alarm.ended is not None
    assert 1162 < alarm.ended - BEGIN_S < 1165
    assert low(found(diary.store, 1120, 1130)) == [alarm]


def test_what_became_of_an_alarm_before_the_service_began_anew_is_not_known(diary: Diary) -> None:
    diary.spo2(86, 900, 1000)
    diary.checkpoint(1000)
    diary.anew(2000)
    diary.spo2(86, 2001, 2100)
    lost, fresh = low(found(diary.store, 901, END))
    assert (lost.ended, lost.over_why) == (at_us(1000), BROKE_OFF)
    assert fresh.began > at_us(2000)
    assert low(found(diary.store, 901, 1500)) == [lost]


def test_an_alarm_that_is_over_and_answered_later_tells_by_whom(diary: Diary) -> None:
    diary.spo2(80, 900, 1000)
    diary.spo2(97, 1000, 1030)
    diary.tell(Acknowledge("1", "SPO2-DESAT", "Bea"), 1030)
    for until in (1010, END):  # answered after the stretch, or within it
        (alarm,) = [each for each in found(diary.store, 1001, until) if each.condition == "SPO2-DESAT"]
        assert alarm.seen_by == "Bea"
    assert alarm.ended is not None
    assert alarm.ended < at_us(1030)


def test_an_empty_record_has_no_alarms(store: Store) -> None:
    assert found(store, 0, END) == []
