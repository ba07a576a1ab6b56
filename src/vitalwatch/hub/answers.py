"""What the service answers about a chair when asked: its history, its alarms, its limits. The forms of ``/api/v1``.

Ages are seconds before ``now`` of the answer, as on the live socket.
"""

from __future__ import annotations

import msgspec
import numpy as np

from vitalwatch.alarms import WouldChange
from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.facts import Baseline
from vitalwatch.alarms.profile import HARD_RANGES, looser, numbers
from vitalwatch.alarms.records import AlarmRecord
from vitalwatch.alarms.transition import Priority
from vitalwatch.hub.history import ChairHistory
from vitalwatch.hub.seconds import Seconds
from vitalwatch.model import Vital


class Series(msgspec.Struct, frozen=True):
    """One streamed vital: ages ``t`` and values, oldest first; ``None`` begins a gap."""

    t: list[float]
    value: list[float | None]


class CuffView(msgspec.Struct, frozen=True):
    """One cuff reading; mmHg and bpm."""

    age_s: float
    systolic: float | None
    diastolic: float | None
    mean: float | None
    pulse: float | None


class MarkView(msgspec.Struct, frozen=True):
    """Something that was done."""

    age_s: float
    kind: str
    text: str
    actor: str
    reason: str


class AlarmRecordView(msgspec.Struct, frozen=True):
    """One alarm that is there or was.

    Attributes:
        chair: chair id; empty for the clinic as a whole.
        label: the chair's name.
        condition: id in the catalogue.
        priority: the highest that it had.
        text: what it said when it began.
        age_s: since it began.
        lasted_s: how long it was there, or has been until now.
        over: whether it has ended.
        over_why: why, in plain words.
        value: what decided.
        peak: the value farthest beyond the limit.
        limit: in force then.
        limit_source: where that was set.
        delay_s: the condition delay that was used.
        seen_after_s: how long after its beginning somebody acknowledged it; ``None`` = nobody.
        seen_by: who.
        vitals: the values that it is about.
    """

    chair: str
    label: str
    condition: str
    priority: Priority
    text: str
    age_s: float
    lasted_s: float
    over: bool
    over_why: str
    value: float | None
    peak: float | None
    limit: float | None
    limit_source: str
    delay_s: float
    seen_after_s: float | None
    seen_by: str
    vitals: tuple[Vital, ...]


class BaselineView(msgspec.Struct, frozen=True):
    """This patient's values before the drug."""

    age_s: float
    actor: str
    spo2: float | None
    heart_rate: float | None
    systolic: float | None
    diastolic: float | None


class HistoryView(msgspec.Struct, frozen=True):
    """What a chair's curves are drawn from; everything oldest first.

    Attributes:
        now: service seconds.
        vitals: streams by vital.
        cuff: readings.
        alarms: alarms that were there in this time.
        marks: what was done.
        limits: every limit in force, by its name without ``limits.``.
        baseline: where one was taken.
        visit_age_s: since the visit began, as far as it is known.
        phase_age_s: since the phase began; ``None`` when nobody set one.
        end_in_s: until the planned end of the infusion; negative when that is over.
    """

    now: float
    vitals: dict[Vital, Series]
    cuff: list[CuffView]
    alarms: list[AlarmRecordView]
    marks: list[MarkView]
    limits: dict[str, float]
    baseline: BaselineView | None
    visit_age_s: float
    phase_age_s: float | None
    end_in_s: float | None


class LimitView(msgspec.Struct, frozen=True):
    """One limit or delay that people may set for a patient.

    Attributes:
        key: dotted name, ``limits.spo2_low``.
        value: in force.
        own: the profile's, before any change for this patient.
        low: the least that may be set.
        high: the most that may be set.
        source: where the value in force was set.
    """

    key: str
    value: float
    own: float
    low: float
    high: float
    source: str


class Trial(msgspec.Struct, frozen=True):
    """What a limit would do, were it set now.

    Attributes:
        key: dotted name.
        value: the value that was tried.
        looser: whether it makes alarms rarer or later, which needs a reason.
        needs_second: whether it would be looser than the profile has it, which takes two people.
        error: why it cannot be set, or empty.
        changes: alarms that would start or stop.
    """

    key: str
    value: float
    looser: bool
    needs_second: bool
    error: str
    changes: list[WouldChange]


def history_view(
    chair: Chair, label: str, known: ChairHistory, now: float, seconds: float, before_s: float
) -> HistoryView:
    """The history of a chair from ``seconds`` ago until ``before_s`` ago."""
    since, until = now - seconds, now - before_s
    return HistoryView(
        round(now, 3),
        {vital: _series(series, now, since, until) for vital, series in known.vitals.items()},
        [
            CuffView(_age(each.at, now), each.systolic, each.diastolic, each.mean, each.pulse)
            for each in sorted(known.cuff, key=lambda each: each.at)
            if since <= each.at <= until
        ],
        [
            record_view(record, label, now)
            for record in known.alarms
            if record.at <= until and (record.over_at is None or record.over_at >= since)
        ],
        [
            MarkView(_age(mark.at, now), mark.kind, mark.text, mark.actor, mark.reason)
            for mark in known.marks
            if since <= mark.at <= until
        ],
        msgspec.structs.asdict(chair.profile.limits),
        None if chair.baseline is None else _baseline(chair.baseline, now),
        _age(chair.visit_since, now),
        None if known.phase_since is None else _age(known.phase_since, now),
        None if chair.end_due_at is None else round(chair.end_due_at - now, 3),
    )


def _age(at: float, now: float) -> float:
    return round(max(0.0, now - at), 3)


def _series(series: Seconds, now: float, since: float, until: float) -> Series:
    seconds, values = series.points(since, until)
    ages: list[float] = np.round(np.maximum(now - seconds, 0.0), 1).tolist()
    return Series(ages, values)


def _baseline(baseline: Baseline, now: float) -> BaselineView:
    return BaselineView(
        _age(baseline.at, now),
        baseline.actor,
        baseline.spo2,
        baseline.heart_rate,
        baseline.systolic,
        baseline.diastolic,
    )


def record_view(record: AlarmRecord, label: str, now: float) -> AlarmRecordView:
    """One alarm as it stands at ``now``."""
    return AlarmRecordView(
        record.chair,
        label,
        record.condition,
        record.priority,
        record.text,
        _age(record.at, now),
        round((now if record.over_at is None else record.over_at) - record.at, 3),
        record.over_at is not None,
        record.over_why,
        record.value,
        record.peak,
        record.limit,
        record.limit_source,
        record.delay_s,
        None if record.seen_at is None else round(record.seen_at - record.at, 3),
        record.seen_by,
        record.vitals,
    )


def limit_views(chair: Chair) -> list[LimitView]:
    """Every limit and delay of a chair that people may set."""
    own, in_force = numbers(chair.own_profile or chair.profile), numbers(chair.profile)
    return [
        LimitView(key, in_force[key], own[key], low, high, chair.profile.source(key))
        for key, (low, high) in HARD_RANGES.items()
    ]


def is_looser(chair: Chair, key: str, value: float) -> bool:
    """Whether a value makes alarms rarer or later than the one in force; false for a name that there is not."""
    return is_known(key) and looser(key, numbers(chair.profile)[key], value)


def is_known(key: str) -> bool:
    """Whether there is a limit or delay of this name that people may set."""
    return key in HARD_RANGES
