"""When the service ran and what it watched, on both databases: the hours by which alarms are counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import URL

from tests.integration.journal.diary import Diary, at_us, spec, us
from vitalwatch.alarms.events import SetChairState
from vitalwatch.journal.history.stretch import Stretch
from vitalwatch.journal.history.watching import Run, watching
from vitalwatch.journal.store import Store

END = 100_000


@pytest.fixture
def diary(place: URL) -> Iterator[Diary]:
    with Store.open(place, write=True) as store:
        yield Diary(store, ("1", "2"))


def seconds(diary: Diary, since: float, until: float) -> dict[str, float]:
    """Seconds for which each chair was watched."""
    found: dict[str, float] = {}
    for span in watching(Stretch(diary.store, us(since), us(until)))[1]:
        found[span.chair] = found.get(span.chair, 0) + (span.until - span.at) / 1e6
    return found


def runs(diary: Diary, since: float = 0, until: float = END) -> list[Run]:
    return watching(Stretch(diary.store, us(since), us(until)))[0]


def test_a_chair_counts_while_somebody_sits_in_it(diary: Diary) -> None:
    diary.tell(SetChairState("2", "empty", "Ada"), 600)
    diary.tell(SetChairState("2", "watched", "Ada"), 1600)
    diary.stopped(3600)
    assert seconds(diary, 0, END) == {"1": 3600, "2": 2600}
    assert seconds(diary, 1000, 2000) == {"1": 1000, "2": 400}
    assert runs(diary) == [Run(at_us(0), at_us(3600), "stopped")]


def test_a_run_that_goes_on_counts_to_the_end_of_what_is_asked_or_of_the_record(diary: Diary) -> None:
    for minute in range(1, 31):
        diary.checkpoint(60 * minute)
    assert runs(diary, 0, END) == [Run(at_us(0), at_us(1800), "")]
    assert runs(diary, 600, 1000) == [Run(at_us(600), at_us(1000), "")]
    assert seconds(diary, 600, 1000) == {"1": 400, "2": 400}


def test_nobody_watches_while_the_service_is_away(diary: Diary) -> None:
    for minute in range(1, 11):
        diary.checkpoint(60 * minute)
    diary.back(1630, away_s=1000)
    diary.stopped(2630)
    assert runs(diary) == [Run(at_us(0), at_us(630), "broken off"), Run(at_us(1630), at_us(2630), "stopped")]
    assert seconds(diary, 0, END) == {"1": 1630, "2": 1630}
    assert seconds(diary, 0, 1000) == {"1": 630, "2": 630}  # ends within the time away
    assert runs(diary, 700, 1500) == []
    assert seconds(diary, 700, 2000) == {"1": 370, "2": 370}


def test_after_a_stop_the_same_chairs_are_watched_again(diary: Diary) -> None:
    diary.tell(SetChairState("2", "empty", "Ada"), 0)
    diary.stopped(100)
    diary.back(1100, away_s=1000)
    diary.stopped(1200)
    assert seconds(diary, 0, END) == {"1": 200}


def test_chairs_come_and_go_with_the_config(diary: Diary) -> None:
    diary.configured(100, [spec("1"), spec("3")])
    diary.configured(300, [spec("3"), spec("4", start="empty")])
    diary.stopped(1000)
    assert seconds(diary, 0, END) == {"1": 300, "2": 100, "3": 900}


def test_a_service_that_began_anew_watched_until_it_last_wrote(diary: Diary) -> None:
    diary.checkpoint(60)
    diary.anew(1000, ("1",))
    diary.stopped(1100)
    assert seconds(diary, 0, END) == {"1": 160, "2": 60}
    assert [run.how for run in runs(diary)] == ["broken off", "stopped"]


def test_before_the_record_nothing_was_watched(diary: Diary) -> None:
    diary.stopped(100)
    assert seconds(diary, -5000, 50) == {"1": 50, "2": 50}
    assert runs(diary, -5000, -100) == []
    assert seconds(diary, 200, END) == {}
