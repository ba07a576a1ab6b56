"""The rules that are compared on the injected cases, and how each is judged against the truth. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.injections import HR, PR, SPO2, SYS, TREND, Case, Truth
from vitalwatch.alarms import ChairSpec, DeviceSpec, Engine, Priority, Profile
from vitalwatch.alarms.conditions import CATALOGUE
from vitalwatch.alarms.events import Event, LinkChanged, Sampled, SetPhase, StatusChanged, TakeBaseline
from vitalwatch.model import Status, Vital
from vitalwatch.replay import Recording, Report, end_of
from vitalwatch.replay.report import Stretch
from vitalwatch.replay.run import DEVICE, events_of, pass_time

TAIL_S: Final = 15.0
"""An alarm belongs to an event up to this long after its end."""

HORIZON_S: Final = 900.0
"""A line towards a limit is right when the limit is crossed within a quarter of an hour."""

TRUE_RISE: Final = 16.0
"""A rise alarm is right when the injected rise, systolic or diastolic, is at least this; mmHg (0.8 of the step)."""


class Outcome(msgspec.Struct, frozen=True):
    """How one rule did on one case.

    Attributes:
        found_s: seconds from onset to the alarm; ``None`` when it was missed or there was no event.
        missed_depth: points below the SpO2 limit x seconds before the alarm; 0 where SpO2 is not the matter.
        false: limit alarms on a patient who was as usual.
        technical: technical alarms that are not the event.
        trends: trend alarms; ``false_trends`` of them were wrong.
        lead_s: seconds from the first right trend alarm to the crossing of the crisis limit.
        silent: whether nothing alarmed at all.
    """

    found_s: float | None
    missed_depth: float
    false: int
    technical: int
    trends: int
    false_trends: int
    lead_s: float | None
    silent: bool


# --- the rules --------------------------------------------------------------------------------------------------------


def ours(case: Case, profile: Profile) -> list[Stretch]:
    """What the engine says."""
    vitals = tuple(dict.fromkeys(vital for row in case.rows for vital in row.values))
    spec = ChairSpec(
        "1", (DeviceSpec(DEVICE, vitals, case.period_s),), profile, bool(case.cuff_inflating), nibp_interval_s=300
    )
    engine, report = Engine([spec], 0.0), Report("ours")
    recording = Recording(Path(), vitals, len(case.rows), 0.0, case.rows[-1].at, case.period_s, ())
    report.begin(recording, "1")
    for at, events in _moments(case):
        for output in pass_time(engine, at):
            report.take(output)
        for event in events:
            for output in engine.step(event, at):
                report.take(output)
    for output in pass_time(engine, end_of(recording)):
        report.take(output)
    report.finish(end_of(recording))
    return report.stretches


def _moments(case: Case) -> Iterator[tuple[float, list[Event]]]:
    yield 0.0, [LinkChanged("1", DEVICE, True), SetPhase("1", "infusion", "bench")]
    before = None
    for row in case.rows:
        events: list[Event] = [TakeBaseline("1", "bench")] if row.at == case.baseline_at else []
        for start, end in case.cuff_inflating:
            if row.at in (start, end):
                events.append(StatusChanged("1", DEVICE, Status.CUFF_INFLATING, row.at == start))
        events += [_stamped(case, event, row.at) for event in events_of(row, before, "1")]
        yield row.at, events
        before = row


def _stamped(case: Case, event: Event, at: float) -> Event:
    """Give a sample the device's own time, where the case is about that."""
    if not isinstance(event, Sampled) or (case.frozen_from is None and case.clock_rate is None):
        return event
    told = min(at, math.inf if case.frozen_from is None else case.frozen_from) * (case.clock_rate or 1.0)
    whole = int(told)
    stamp = f"2026-03-02T10:{whole // 60:02d}:{whole % 60:02d}"
    return msgspec.structs.replace(event, device_time=stamp)


def plain(case: Case, profile: Profile, delay_s: float, integral: float = 0.0) -> list[Stretch]:
    """Plain limits on the raw rows, held for a delay; with an ``integral``, SpO2 by points below it x seconds."""
    limits = profile.limits
    checks = (
        ("SPO2-LOW", Priority.MEDIUM, (SPO2,), limits.spo2_low, True),
        ("SPO2-DESAT", Priority.HIGH, (SPO2,), limits.spo2_very_low, True),
        ("HR-HIGH", Priority.MEDIUM, (HR, PR), limits.heart_rate_high, False),
        ("HR-XHIGH", Priority.HIGH, (HR, PR), limits.heart_rate_very_high, False),
        ("HR-LOW", Priority.MEDIUM, (HR, PR), limits.heart_rate_low, True),
        ("HR-XLOW", Priority.HIGH, (HR, PR), limits.heart_rate_very_low, True),
        ("BP-HIGH", Priority.MEDIUM, (SYS,), limits.systolic_high, False),
        ("BP-CRISIS", Priority.HIGH, (SYS,), limits.systolic_crisis - 1, False),
        ("BP-LOW", Priority.MEDIUM, (SYS,), limits.systolic_low, True),
        ("BP-XLOW", Priority.HIGH, (SYS,), limits.systolic_very_low, True),
    )
    found: list[Stretch] = []
    for condition, priority, vitals, limit, low in checks:
        cuff = SYS in vitals
        held = 0.0 if cuff else delay_s
        points = integral if SPO2 in vitals else 0.0
        found += _one_limit(case, condition, priority, vitals, limit, low, held, points)
    return found


def _one_limit(
    case: Case,
    condition: str,
    priority: Priority,
    vitals: tuple[Vital, ...],
    limit: float,
    low: bool,
    delay_s: float,
    integral: float,
) -> Iterator[Stretch]:
    since: float | None = None
    area = 0.0
    alarm: Stretch | None = None
    for row in case.rows:
        value = next((row.values[v] for v in vitals if row.values.get(v) is not None), None)
        if value is None:
            if SYS not in vitals:
                since, area = None, 0.0
            continue
        depth = limit - value if low else value - limit
        if depth <= 0:
            if alarm is not None:
                alarm.end = row.at
                yield alarm
            since, area, alarm = None, 0.0, None
            continue
        since = row.at if since is None else since
        full = area >= integral if integral else row.at - since >= delay_s
        if alarm is None and full:
            alarm = Stretch("1", condition, priority, row.at, row.at, True, "")
        area += depth * case.period_s
    if alarm is not None:
        alarm.end = case.rows[-1].at
        yield alarm


# --- judging ----------------------------------------------------------------------------------------------------------


def judge(case: Case, stretches: list[Stretch]) -> Outcome:
    """Set a rule's alarms beside the truth."""
    truth = case.truth
    alarm = _match(truth, stretches) if truth is not None else None
    usual = [s for s in stretches if not _within(s.start, case.disturbed)]
    trends = [s for s in stretches if s.condition in TREND]
    right = [s for s in trends if _right_trend(case, s)]
    lead = None
    if case.crossing is not None:
        lead = max((case.crossing - s.start for s in right), default=0.0)
    told = truth.conditions if truth is not None else frozenset()
    return Outcome(
        found_s=None if alarm is None or truth is None else max(0.0, alarm.start - truth.onset),
        missed_depth=_missed_depth(case, alarm),
        false=sum(CATALOGUE[s.condition].kind == "P" and s.condition not in TREND for s in usual),
        technical=sum(CATALOGUE[s.condition].kind == "T" and s.condition not in told for s in stretches),
        trends=len(trends),
        false_trends=len(trends) - len(right),
        lead_s=lead,
        silent=not stretches,
    )


def _match(truth: Truth, stretches: list[Stretch]) -> Stretch | None:
    fitting = [
        s
        for s in stretches
        if s.condition in truth.conditions
        and s.priority.rank >= truth.priority.rank
        and s.end >= truth.onset  # one that the real unrest brought on a little before counts as found at the onset
        and s.start <= truth.end + TAIL_S
    ]
    return min(fitting, key=lambda s: s.start, default=None)


def _within(at: float, span: tuple[float, float] | None) -> bool:
    return span is not None and span[0] <= at <= span[1] + TAIL_S


def _right_trend(case: Case, alarm: Stretch) -> bool:
    if not case.rise:
        return _within(alarm.start, case.disturbed)
    if alarm.condition == "BP-TTL":
        return case.crossing is not None and alarm.start >= case.crossing - HORIZON_S
    if alarm.condition == "BP-RISE":
        index = min(len(case.rise) - 1, int(alarm.start / case.period_s))
        return max(case.rise[index]) >= TRUE_RISE
    return False


def _missed_depth(case: Case, alarm: Stretch | None) -> float:
    truth = case.truth
    if truth is None or not any(condition.startswith("SPO2") for condition in truth.conditions):
        return 0.0
    limit = 85.0 if truth.priority is Priority.HIGH else 90.0
    until = truth.end if alarm is None else alarm.start
    values = [row.values[SPO2] for row in case.rows if truth.onset <= row.at < until]
    return sum(max(0.0, limit - value) for value in values if value is not None)
