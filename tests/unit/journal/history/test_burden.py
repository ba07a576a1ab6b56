"""The burden of alarms: what counts once, what counts twice, and by which hours."""

from __future__ import annotations

from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.alarms.transition import Priority
from vitalwatch.journal.history.burden import FLOOD, Burden, burden
from vitalwatch.journal.history.past_alarms import PastAlarm
from vitalwatch.journal.history.watching import Run, Watched
from vitalwatch.journal.record import US

BEGIN = 1_800_000_000  # 2027-01-15 08:00 UTC
HOUR = 3600
INDIA = timezone(timedelta(hours=5, minutes=30))


def alarm(
    began: float,
    lasted: float | None = 20.0,
    *,
    chair: str = "1",
    rule: str = "SPO2-LOW",
    seen: float | None = None,
    priority: Priority = Priority.MEDIUM,
) -> PastAlarm:
    """An alarm that began so many seconds after the beginning."""
    at = BEGIN + began
    ended = None if lasted is None else at + lasted
    who = "" if seen is None else "Ada"
    values = (86.0, 84.0, 90.0, "a.toml:3", 15.0, seen, who, ())
    return PastAlarm(chair, rule, False, priority, "SpO2 low 86 < 90", at, ended, lasted, "", *values)


def watched(chair: str, since: float, until: float) -> Watched:
    """A chair that was watched between so many seconds after the beginning."""
    at, end = round((BEGIN + since) * US), round((BEGIN + until) * US)
    return Watched(chair, at, end, at, end)


def counted(alarms: list[PastAlarm], hours: float = 2.0, spans: list[Watched] | None = None) -> Burden:
    spans = [watched("1", 0, hours * HOUR)] if spans is None else spans
    run = Run(BEGIN, BEGIN + hours * HOUR, "stopped")
    return burden(BEGIN * US, round((BEGIN + 24 * HOUR) * US), alarms, [run], spans, {"1": 1800.0}, INDIA)


def test_one_that_comes_back_within_a_minute_of_its_end_is_the_same_in_the_merged_count() -> None:
    told = counted([alarm(100, 20), alarm(179, 20), alarm(258, 20), alarm(338, 20)])
    assert (told.all.raw, told.all.merged) == (4, 2)  # the last came 60 s after an end
    assert told.all.per_hour == 1.0


def test_another_chair_or_another_rule_is_another_alarm() -> None:
    told = counted([alarm(100), alarm(125, chair="2"), alarm(130, rule="HR-HIGH")])
    assert told.all.merged == 3
    assert [(count.name, count.merged) for count in told.by_rule] == [("SPO2-LOW", 2), ("HR-HIGH", 1)]
    assert [(count.name, count.merged) for count in told.by_chair] == [("1", 2), ("2", 1)]
    assert told.worst[0].share == 0.333


def test_one_that_is_still_there_has_no_length_and_nothing_joins_it() -> None:
    told = counted([alarm(100, None), alarm(200, 5)])
    assert (told.all.ended, told.all.short, told.all.median_s) == (1, 1, 5.0)


def test_what_began_before_and_what_is_the_clinics_own_is_not_counted_with_the_chairs() -> None:
    told = counted([alarm(-10, 100), alarm(100, chair="")])
    assert (told.all.raw, told.clinic) == (0, 1)


def test_rates_go_by_what_was_watched_and_nothing_watched_gives_no_rate() -> None:
    spans = [watched("1", 0, HOUR), watched("1", 2 * HOUR, 3 * HOUR), watched("2", 0, 2 * HOUR)]
    told = counted([alarm(10), alarm(500), alarm(800, chair="2")], spans=spans)
    assert (told.watched_h, told.all.per_hour) == (4.0, 0.75)
    assert {count.name: count.per_hour for count in told.by_chair} == {"1": 1.0, "2": 0.5}
    assert (told.running_h, told.monitored_h) == (2.0, 0.5)
    nothing = counted([alarm(10)], spans=[])
    assert (nothing.watched_h, nothing.all.per_hour) == (0.0, None)


def test_hours_of_the_day_are_the_clinics_own() -> None:
    told = counted([alarm(10), alarm(1900)], spans=[watched("1", 0, HOUR)])  # from 13:30 in India
    assert {count.name: (count.merged, count.watched_h) for count in told.by_hour if count.watched_h} == {
        "13": (1, 0.5),
        "14": (1, 0.5),
    }
    assert [count.name for count in told.by_hour] == [str(hour) for hour in range(24)]


def test_answers_are_told_with_those_that_nobody_gave() -> None:
    alarms = [alarm(100 * n, seen=float(after)) for n, after in enumerate((5, 29, 30, 31, 120))]
    told = counted([*alarms, alarm(900), alarm(1000, priority=Priority.HIGH, seen=8.0)])
    assert (told.answering.alarms, told.answering.answered, told.answering.within_30_s) == (7, 6, 4)
    assert (told.answering.median_s, told.answering.p90_s) == (29.5, 75.5)
    assert (told.answering_high.alarms, told.answering_high.median_s, told.answering_high.p90_s) == (1, 8.0, 8.0)
    assert [(count.name, count.raw) for count in told.by_priority] == [("high", 1), ("medium", 6), ("low", 0)]


def test_ten_in_ten_minutes_are_a_flood() -> None:
    many = [alarm(n, rule=f"RULE-{n}") for n in range(FLOOD)]
    told = counted([*many, alarm(2 * HOUR)])
    assert (told.busiest, told.floods) == (FLOOD, 1)


def test_of_nothing_there_is_nothing_to_tell() -> None:
    told = counted([], spans=[])
    assert (told.all.raw, told.all.median_s, told.answering.median_s, told.worst, told.busiest) == (
        0,
        None,
        None,
        [],
        0,
    )


moments = st.lists(
    st.tuples(st.integers(0, 20_000), st.none() | st.integers(0, 300), st.sampled_from(["1", "2", ""])), max_size=40
)


@given(moments)
def test_every_alarm_is_counted_once_in_each_table(of: list[tuple[int, int | None, str]]) -> None:
    told = counted([alarm(at, None if lasted is None else float(lasted), chair=chair) for at, lasted, chair in of])
    assert told.all.raw + told.clinic == len(of)
    assert told.all.merged <= told.all.raw
    for table in (told.by_rule, told.by_chair, told.by_hour, told.by_priority):
        assert sum(count.raw for count in table) == told.all.raw
        assert sum(count.merged for count in table) == told.all.merged
