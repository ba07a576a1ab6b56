"""The burden of alarms: how many, how short, how soon answered, by rule, hour and chair. Pure; ``docs/history.md``
tells the definitions to people.

An alarm is one stay of one condition at one chair; what is only pending does not count. *Raw* counts every one;
*merged* counts one that comes back within 60 s of its end with the one before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from statistics import median, quantiles
from typing import Final

import msgspec

from vitalwatch.alarms.transition import Priority
from vitalwatch.journal.history.past_alarms import PastAlarm
from vitalwatch.journal.history.watching import Run, Watched
from vitalwatch.journal.record import US

MERGE_S: Final = 60.0
"""One that comes back within this time of its end is the same alarm in the merged count."""

SHORT_S: Final = 10.0
ANSWER_S: Final = 30.0
WINDOW_S: Final = 600
FLOOD: Final = 10
"""So many alarms in ten minutes are a flood (the grid of EEMUA 191)."""

WORST: Final = 10
_HOUR: Final = 3600


class Count(msgspec.Struct, frozen=True):
    """How many alarms of one kind there were.

    Attributes:
        name: what they have in common: a condition, a chair, an hour of the day (``0`` to ``23``), a priority.
        raw: every one.
        merged: those that came back within a minute counted once.
        watched_h: chair-hours watched in which they came.
        per_hour: merged for each chair-hour watched; ``None`` when nothing was watched.
        short: of the raw ones that have ended, those that lasted less than ten seconds.
        ended: of the raw ones, those that have ended.
        answered: of the raw ones, those that somebody acknowledged.
        median_s: median of how long those that have ended lasted, seconds.
    """

    name: str
    raw: int
    merged: int
    watched_h: float
    per_hour: float | None
    short: int
    ended: int
    answered: int
    median_s: float | None


class Offender(msgspec.Struct, frozen=True):
    """One rule at one chair that alarmed often; ``share`` is its part of all merged alarms."""

    chair: str
    condition: str
    merged: int
    share: float


class Answering(msgspec.Struct, frozen=True):
    """How soon alarms were acknowledged. Those that nobody answered are not in the median: read it with the counts.

    Attributes:
        alarms: raw alarms.
        answered: of these, how many somebody acknowledged.
        within_30_s: of all, how many within 30 s.
        median_s: of the answered ones, seconds.
        p90_s: of the answered ones, seconds.
    """

    alarms: int
    answered: int
    within_30_s: int
    median_s: float | None
    p90_s: float | None


class Burden(msgspec.Struct, frozen=True):
    """The alarms of all chairs between two times of day. Those of the clinic as a whole are counted apart.

    Attributes:
        since: seconds since 1970.
        until: seconds since 1970.
        running_h: hours that the service ran.
        watched_h: chair-hours watched.
        monitored_h: chair-hours in which the vital that was there most had a value: an upper bound for what
            alarms could rest on.
        all: of all chairs together.
        clinic: raw alarms of the clinic as a whole.
        by_priority: of each priority, the highest first.
        by_rule: of each condition, the most frequent first.
        by_hour: of each hour of the day, local time of the service.
        by_chair: of each chair, the most alarmed first.
        worst: rules at chairs, the most frequent first, at most ten.
        answering: all priorities together.
        answering_high: high priority only.
        busiest: merged alarms in the busiest ten minutes by the clock.
        floods: how many of these ten minutes had ten alarms or more.
    """

    since: float
    until: float
    running_h: float
    watched_h: float
    monitored_h: float
    all: Count
    clinic: int
    by_priority: list[Count]
    by_rule: list[Count]
    by_hour: list[Count]
    by_chair: list[Count]
    worst: list[Offender]
    answering: Answering
    answering_high: Answering
    busiest: int
    floods: int


def burden(
    since: int,
    until: int,
    alarms: Sequence[PastAlarm],
    runs: Sequence[Run],
    watched: Sequence[Watched],
    monitored_s: Mapping[str, float],
    zone: tzinfo | None = None,
) -> Burden:
    """Count the alarms that began between two times of day.

    Args:
        since: µs since 1970.
        until: µs since 1970.
        alarms: all that were there; those that began before are left out.
        runs: of the service.
        watched: when which chair was watched.
        monitored_s: seconds with a value, by chair.
        zone: of the hours of the day; the computer's own with ``None``.
    """
    began = [alarm for alarm in alarms if since / US <= alarm.began < until / US]
    of_chairs = [alarm for alarm in began if alarm.chair]
    first = _merged(of_chairs)
    hours = sum(span.hours for span in watched)
    by_chair, by_hour = _watched_by_chair(watched), _watched_by_hour(watched, zone)

    def counts(key: Callable[[PastAlarm], str], names: Iterable[str], watched_h: Callable[[str], float]) -> list[Count]:
        raw = _grouped(of_chairs, key)
        merged = Counter(key(alarm) for alarm in first)
        return [_count(name, raw.get(name, []), merged[name], watched_h(name)) for name in names]

    rules, chairs = {alarm.condition for alarm in of_chairs}, {alarm.chair for alarm in of_chairs} | by_chair.keys()
    worst = Counter((alarm.chair, alarm.condition) for alarm in first)
    windows = Counter(int(alarm.began // WINDOW_S) for alarm in first)
    return Burden(
        since / US,
        until / US,
        _rounded(sum(run.ended - run.began for run in runs) / _HOUR),
        _rounded(hours),
        _rounded(sum(monitored_s.values()) / _HOUR),
        _count("", of_chairs, len(first), hours),
        len(began) - len(of_chairs),
        counts(lambda alarm: alarm.priority, [Priority.HIGH, Priority.MEDIUM, Priority.LOW], lambda _: hours),
        _most_first(counts(lambda alarm: alarm.condition, rules, lambda _: hours)),
        counts(lambda alarm: str(_hour(alarm.began, zone)), map(str, range(24)), lambda name: by_hour[int(name)]),
        _most_first(counts(lambda alarm: alarm.chair, chairs, lambda name: by_chair.get(name, 0.0))),
        [Offender(chair, rule, n, round(n / len(first), 3)) for (chair, rule), n in sorted(worst.items(), key=_most)][
            :WORST
        ],
        _answering(of_chairs),
        _answering([alarm for alarm in of_chairs if alarm.priority is Priority.HIGH]),
        max(windows.values(), default=0),
        sum(n >= FLOOD for n in windows.values()),
    )


def _merged(alarms: Iterable[PastAlarm]) -> list[PastAlarm]:
    """The first of each row of alarms that came back within :data:`MERGE_S`."""
    last_end: dict[tuple[str, str], float | None] = {}
    first = []
    for alarm in sorted(alarms, key=lambda each: each.began):
        key = (alarm.chair, alarm.condition)
        end = last_end.get(key, float("-inf"))
        if end is not None and alarm.began - end >= MERGE_S:
            first.append(alarm)
        last_end[key] = alarm.ended
    return first


def _count(name: str, alarms: Sequence[PastAlarm], merged: int, watched_h: float) -> Count:
    lasted = [alarm.lasted_s for alarm in alarms if alarm.lasted_s is not None]
    return Count(
        name,
        len(alarms),
        merged,
        _rounded(watched_h),
        round(merged / watched_h, 3) if watched_h > 0 else None,
        sum(seconds < SHORT_S for seconds in lasted),
        len(lasted),
        sum(alarm.seen_after_s is not None for alarm in alarms),
        round(median(lasted), 1) if lasted else None,
    )


def _answering(alarms: Sequence[PastAlarm]) -> Answering:
    after = sorted(alarm.seen_after_s for alarm in alarms if alarm.seen_after_s is not None)
    return Answering(
        len(alarms),
        len(after),
        sum(seconds <= ANSWER_S for seconds in after),
        round(median(after), 1) if after else None,
        round(quantiles(after, n=10, method="inclusive")[8] if len(after) > 1 else after[0], 1) if after else None,
    )


def _grouped(alarms: Iterable[PastAlarm], key: Callable[[PastAlarm], str]) -> dict[str, list[PastAlarm]]:
    groups: dict[str, list[PastAlarm]] = defaultdict(list)
    for alarm in alarms:
        groups[key(alarm)].append(alarm)
    return groups


def _most_first(counts: Iterable[Count]) -> list[Count]:
    return sorted(counts, key=lambda count: (-count.merged, count.name))


def _most(item: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -item[1], item[0]


def _rounded(hours: float) -> float:
    return round(hours, 2)


def _hour(at: float, zone: tzinfo | None) -> int:
    return datetime.fromtimestamp(at, zone).astimezone(zone).hour


def _watched_by_chair(watched: Iterable[Watched]) -> dict[str, float]:
    hours: dict[str, float] = defaultdict(float)
    for span in watched:
        hours[span.chair] += span.hours
    return hours


def _watched_by_hour(watched: Iterable[Watched], zone: tzinfo | None) -> list[float]:
    """Chair-hours watched in each hour of the day. The hours of every zone begin at a quarter hour of UTC."""
    hours = [0.0] * 24
    for span in watched:
        begun, end = span.wall / US, span.wall_until / US
        while begun < end:
            until = min(end, (begun // 900 + 1) * 900)
            hours[_hour(begun, zone)] += span.hours * (until - begun) / (span.wall_until - span.wall) * US
            begun = until
    return hours
