"""Values, deeds, statuses and limits at any time, on both databases."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import parquet
from sqlalchemy import update
from sqlalchemy.engine import URL

from tests.integration.journal.diary import BEGIN_S, Diary, at_us, us
from vitalwatch.alarms.events import (
    Acknowledge,
    ChangeLimit,
    CuffRead,
    LinkChanged,
    Note,
    PauseAudio,
    SetPhase,
    Shelve,
    StatusChanged,
)
from vitalwatch.journal import schema
from vitalwatch.journal.database import parsed
from vitalwatch.journal.history import export
from vitalwatch.journal.history.curves import curves
from vitalwatch.journal.history.deeds import LINK_LOST, deeds, statuses
from vitalwatch.journal.history.past_alarms import alarms
from vitalwatch.journal.history.questions import PastChair, alarm_burden, chairs, has_chair, timeline
from vitalwatch.journal.history.stretch import Stretch
from vitalwatch.journal.store import Store
from vitalwatch.model import Mode

END = 100_000
HOUR = 3600


@pytest.fixture
def diary(place: URL) -> Iterator[Diary]:
    with Store.open(place, write=True) as store:
        yield Diary(store, ("1", "2"))


# --- values ---------------------------------------------------------------------------------------------------------


def test_up_to_two_hours_every_second_is_told(diary: Diary) -> None:
    diary.minute(0, [97.0] * 60)
    diary.minute(1, [97.0] * 30 + [71.5] + [97.0] * 29)
    told = curves(diary.store, "1", us(10), us(130))
    assert told.step_s == 1
    curve = told.vitals["spo2"]
    assert curve.t == [at_us(second) for second in range(10, 120)]
    assert curve.low == curve.high == curve.mean
    assert curve.mean[curve.t.index(at_us(90))] == 71.5
    assert not curve.episodic


def test_a_gap_stays_a_gap_and_a_short_silence_is_none(diary: Diary) -> None:
    diary.minute(0, [97.0, None, None, 96.0] + [None] * 56)  # three seconds between two samples: one line
    diary.minute(1, [None] * 30 + [95.0] * 30)
    curve = curves(diary.store, "1", us(0), us(120)).vitals["spo2"]
    assert curve.mean[:4] == [97.0, 96.0, None, 95.0]
    assert curve.t[2] < curve.t[3]


def test_a_dip_of_one_second_is_in_every_picture_of_a_month(diary: Diary) -> None:
    dip = 20 * 1440 + 77
    for number in range(dip - 3, dip + 3):
        diary.minute(number, [97.0] * 41 + [60.0 if number == dip else 97.0] + [97.0] * 18)
    month = 30 * 24 * HOUR
    for points in (10, 100, 2000):
        told = curves(diary.store, "1", us(0), us(month), points)
        curve = told.vitals["spo2"]
        assert len(curve.t) <= points
        assert min(value for value in curve.low if value is not None) == 60.0
        assert told.step_s >= month / points
    assert curves(diary.store, "1", us(60 * dip), us(60 * dip + 7200), 100).vitals["spo2"].low[0] == 60.0


def test_groups_of_minutes_have_the_extremes_and_the_mean_of_their_seconds(diary: Diary) -> None:
    for number in range(300):
        diary.minute(number, [80.0 + number % 20] * (60 if number % 2 else 30))
    told = curves(diary.store, "1", us(0), us(300 * 60), 60)
    assert told.step_s == 300
    curve = told.vitals["spo2"]
    first = range(5 - int(BEGIN_S // 60) % 5)  # groups begin at whole fives of the axis
    assert curve.low[0] == 80.0
    assert curve.high[0] == 80.0 + first[-1]
    weights = [(80.0 + number, 60 if number % 2 else 30) for number in first]
    assert curve.mean[0] == pytest.approx(sum(v * n for v, n in weights) / sum(n for _, n in weights), abs=0.01)
    assert None not in curve.mean


def test_a_missing_hour_is_a_gap_between_groups_too(diary: Diary) -> None:
    for number in [*range(60), *range(120, 180)]:
        diary.minute(number, [97.0] * 60)
    curve = curves(diary.store, "1", us(0), us(180 * 60)).vitals["spo2"]
    assert curve.mean.count(None) == 1
    assert curve.mean[60] is None


def test_minutes_whose_seconds_were_compacted_away_keep_their_extremes(diary: Diary) -> None:
    diary.minute(0, [97.0] * 59 + [70.0])
    with diary.store.transaction() as connection:
        connection.execute(update(schema.minute).values(seconds=None))
    curve = curves(diary.store, "1", us(0), us(60)).vitals["spo2"]
    assert (curve.t, curve.low, curve.high) == ([at_us(0)], [70.0], [97.0])


def test_the_minute_that_is_not_written_yet_comes_from_memory(diary: Diary, tmp_path: Path) -> None:
    diary.minute(0, [97.0] * 60)
    with Store.open(parsed(f"sqlite:///{tmp_path}/memory.db"), write=True) as elsewhere:
        newest = [Diary(elsewhere).minute(number, [96.0] * 20 + [None] * 40) for number in (0, 1)]
    for since, step_s in ((0, 1), (-3 * HOUR, 60)):
        told = curves(diary.store, "1", us(since), us(120), newest=newest)
        assert told.step_s == step_s
        values = [value for value in told.vitals["spo2"].mean if value is not None]
        assert values[-1] == 96.0
    assert len(curves(diary.store, "1", us(0), us(60), newest=newest).vitals["spo2"].t) == 60  # with what is written


def test_a_cuff_reading_stands_at_the_time_at_which_it_was_measured(diary: Diary) -> None:
    diary.tell(CuffRead("1", "ox-1", 124.0, 78.0, mean=93.0, age_s=30.0), 600)
    diary.tell(CuffRead("1", "ox-1", 201.0, 99.0, mode=Mode.DEMO), 700)
    diary.tell(CuffRead("2", "ox-2", 99.0, 60.0), 800)
    told = curves(diary.store, "1", us(0), us(HOUR)).vitals
    assert (told["systolic"].t, told["systolic"].mean) == ([at_us(570)], [124.0])
    assert (told["diastolic"].mean, told["mean_pressure"].mean, "cuff_pulse_rate" in told) == ([78.0], [93.0], False)
    assert told["systolic"].episodic


def test_of_very_many_cuff_readings_the_extremes_stay(diary: Diary) -> None:
    for number in range(200):
        diary.tell(CuffRead("1", "ox-1", 82.0 if number == 77 else 120.0 + number % 3, 70.0), 60 * number)
    systolic = curves(diary.store, "1", us(0), us(200 * 60), 20).vitals["systolic"]
    assert len(systolic.t) <= 21
    assert min(value for value in systolic.low if value is not None) == 82.0
    assert max(value for value in systolic.high if value is not None) == 122.0


def test_the_chairs_of_the_record_are_those_with_values(diary: Diary) -> None:
    diary.minute(0, [97.0] * 60)
    diary.minute(5, [97.0] * 60)
    diary.minute(3, [97.0] * 60, chair="old chair")
    assert chairs(diary.store) == [
        PastChair("1", at_us(0), at_us(360)),
        PastChair("old chair", at_us(180), at_us(240)),
    ]
    assert has_chair(diary.store, "old chair")
    assert not has_chair(diary.store, "2")


# --- what was done, and what the monitors said ----------------------------------------------------------------------


def test_what_was_done_is_told_with_its_words_and_its_name(diary: Diary) -> None:
    diary.tell(SetPhase("1", "infusion", "Ada"), 10)
    diary.spo2(80, 20, 60)
    diary.tell(Acknowledge("1", "SPO2-DESAT", "Bea"), 61)
    diary.tell(Note("1", "ketamine 40 mg", "Ada", "dose"), 62)
    diary.tell(ChangeLimit("1", "limits.spo2_low", 92.0, "Ada", "asked for"), 63)
    diary.tell(PauseAudio("1", "Ada", 60.0), 64)
    diary.tell(Shelve("2", "SPO2-LOW", "Ada", "exercise", 600.0), 65)
    told = [(each.kind, each.text, each.actor, each.reason) for each in deeds(diary.store, us(0), us(100), "1")]
    assert ("phase", "infusion", "Ada", "") in told
    assert ("acknowledge", "SPO2-DESAT", "Bea", "") in told
    assert ("dose", "ketamine 40 mg", "Ada", "") in told
    assert ("audio_paused", "60 s", "Ada", "") in told
    (limit,) = [each for each in told if each[0] == "limit_changed"]
    assert "92" in limit[1]
    assert limit[3] == "asked for"
    assert len(told) == 5  # each thing once, though the record holds the act and what the engine said of it
    (shelved,) = deeds(diary.store, us(65), us(66), "2")
    assert (shelved.kind, shelved.text, shelved.reason, shelved.t) == (
        "shelve",
        "SPO2-LOW 600 s",
        "exercise",
        at_us(65),
    )


def test_a_monitors_states_are_told_with_their_beginning_also_from_before(diary: Diary) -> None:
    diary.tell(LinkChanged("1", "ox-1", True), 5)
    diary.tell(StatusChanged("1", "ox-1", "sensor_off", True, "code 4"), 10)
    diary.checkpoint(60)
    diary.tell(StatusChanged("1", "ox-1", "sensor_off", False), 100)
    diary.tell(LinkChanged("1", "ox-1", False, "cable"), 200)
    diary.checkpoint(300)

    def told(since: float, until: float) -> list[tuple[str, float, float | None, str]]:
        stretch = Stretch(diary.store, us(since), us(until))
        return [(each.status, each.began, each.ended, each.detail) for each in statuses(stretch, "1")]

    off, lost = ("sensor_off", at_us(10), at_us(100), "code 4"), (LINK_LOST, at_us(200), None, "cable")
    assert told(0, 400) == [off, lost]
    assert told(70, 150) == [off]
    assert told(70, 90) == [(*off[:2], None, off[3])]
    assert told(350, 400) == [lost]
    assert told(120, 150) == []


# --- all of it ------------------------------------------------------------------------------------------------------


def test_a_timeline_has_everything_of_its_chair_and_nothing_of_another(diary: Diary) -> None:
    diary.minute(0, [86.0] * 60)
    diary.minute(0, [86.0] * 60, chair="2")
    diary.spo2(86, 1, 60)
    diary.tell(Note("2", "not here", "Ada"), 60)
    diary.tell(StatusChanged("2", "ox-2", "motion", True), 61)
    diary.checkpoint(120)
    told = timeline(diary.store, "1", us(0), us(120), 100)
    assert (told.chair, told.since, told.until, told.step_s) == ("1", at_us(0), at_us(120), 2)
    assert "SPO2-LOW" in {alarm.condition for alarm in told.alarms}
    assert {alarm.chair for alarm in told.alarms} == {"1"}
    assert (told.deeds, told.statuses) == ([], [])
    assert [run.began for run in told.runs] == [at_us(0)]
    assert told.limits["spo2_low"] == 90.0
    assert not told.limits_changed


def test_limits_are_those_of_the_end_and_a_change_is_said(diary: Diary) -> None:
    diary.tell(ChangeLimit("1", "limits.spo2_low", 92.0, "Ada"), 90)
    diary.checkpoint(120)
    diary.checkpoint(600)

    def told(since: float, until: float) -> tuple[float, bool]:
        found = timeline(diary.store, "1", us(since), us(until), 100)
        return found.limits["spo2_low"], found.limits_changed

    assert told(10, 60) == (90.0, False)
    assert told(10, 600) == (92.0, True)
    assert told(300, 600) == (92.0, False)
    assert timeline(diary.store, "3", us(0), us(60), 100).limits == {}


def test_the_burden_counts_by_the_hours_that_were_watched(diary: Diary) -> None:
    diary.spo2(97, 1, 60)
    for begin in (60, 160, 1000):  # the second comes back within a minute of the first's end
        diary.spo2(86, begin, begin + 80)
        diary.spo2(97, begin + 80, begin + 100)
    for number in range(20):
        diary.minute(number, [97.0] * 45 + [None] * 15)
    diary.stopped(1800)
    told = alarm_burden(diary.store, us(0), us(END))
    (low,) = [count for count in told.by_rule if count.name == "SPO2-LOW"]
    assert (low.raw, low.merged) == (3, 2)
    assert (told.watched_h, told.running_h, told.monitored_h) == (1.0, 0.5, 0.25)
    assert low.per_hour == 2.0
    assert {count.name: count.watched_h for count in told.by_chair} == {"1": 0.5, "2": 0.5}


# --- tables ---------------------------------------------------------------------------------------------------------


def test_tables_hold_what_the_record_does(diary: Diary, tmp_path: Path) -> None:
    diary.minute(0, [97.0] * 59 + [None])
    diary.tell(CuffRead("1", "ox-1", 124.0, 78.0), 600)
    diary.spo2(86, 601, 660)
    diary.tell(Note("1", "=cmd()", "Ada"), 660)
    place = diary.store

    def rows(columns: dict[str, type], parts: Iterator[list[export.Row]]) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO("".join(export.as_csv(columns, parts)))))

    class Lent:
        """The diary's store, which nobody closes."""

        def __enter__(self) -> Store:
            return place

        def __exit__(self, *_: object) -> None: ...

    def values(*, by_second: bool) -> Iterator[list[export.Row]]:
        return export.values(Lent, ["1", "2"], us(0), us(24 * HOUR), by_second=by_second)  # type: ignore[arg-type]

    minute, *cuff = rows(dict(export.VALUES), values(by_second=False))
    assert (minute["vital"], minute["unit"], minute["span_s"], minute["seconds"]) == ("spo2", "%", "60", "59")
    assert minute["time_utc"] == "2027-01-15T08:00:00Z"
    assert "+" in minute["time_local"] or "-" in minute["time_local"][10:]
    assert [(row["vital"], row["mean"], row["span_s"]) for row in cuff] == [
        ("systolic", "124.0", "0"),
        ("diastolic", "78.0", "0"),
    ]
    assert len(rows(dict(export.VALUES), values(by_second=True))) == 59 + 2

    (act,) = rows(dict(export.ACTS), iter([list(export.act_rows(deeds(place, us(0), us(END))))]))
    assert (act["act"], act["text"], act["actor"]) == ("note", "'=cmd()", "Ada")

    low = [each for each in alarms(Stretch(place, us(0), us(END)), "1") if each.condition == "SPO2-LOW"]
    found = list(export.alarm_rows(low))
    file = tmp_path / "alarms.parquet"
    export.write_parquet(export.ALARMS, [found], file)
    table = parquet.read_table(file).to_pydict()
    assert table["condition"] == ["SPO2-LOW"]
    assert (table["ended_utc"], table["value"]) == ([None], [86.0])
    assert list(table) == list(export.ALARMS)
