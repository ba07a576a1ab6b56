"""Limits on streamed vitals: SpO2 and heart rate, each a milder and a worse condition.

A value alarms strictly beyond its limit. The SpO2 delay is graded: the deeper the fall, the sooner the alarm.
Questionable values (motion, low perfusion) alarm like any other: a fall during motion must not be hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.conditions.base import STATUS_NEWS, Condition
from vitalwatch.alarms.facts import Sample
from vitalwatch.alarms.profile import Delays
from vitalwatch.alarms.track import UNKNOWN, Finding, Side, Track
from vitalwatch.alarms.transition import Priority, State
from vitalwatch.alarms.words import number, span
from vitalwatch.model import Vital

_HEART: Final = (Vital.HEART_RATE, Vital.PULSE_RATE)

SAT_DIPS: Final = 3
SAT_DIPS_S: Final = 60.0
"""The net under the integral: so many falls below the limit within so many seconds alarm whatever the integral."""

DEEP: Final = 2.0
DEEPER: Final = 4.0
"""How many % below the SpO2 limit a value must be (strictly more) for the shorter delays."""


def spo2_low_delay(delays: Delays, depth: float) -> float:
    """Delay in seconds for a value ``depth`` % below the limit."""
    if depth > DEEPER:
        return delays.spo2_low_deeper
    if depth > DEEP:
        return delays.spo2_low_deep
    return delays.spo2_low


def sat_ready_at(chair: Chair, now: float) -> float:
    """When the SpO2 integral reaches its setting if the value stays as it is: now at the third dip in a minute."""
    sat, setting = chair.sat, chair.profile.options.sat_seconds
    if len(sat.dips) == SAT_DIPS and sat.dips[-1] - sat.dips[0] <= SAT_DIPS_S:
        return sat.dips[-1]
    missing = setting - sat.count(now)
    return now if missing <= 0 or sat.rate <= 0 else round(now + missing / sat.rate, 6)


def _limit(
    *,
    id: str,  # noqa: A002 - the field's own name
    name: str,
    priority: Priority,
    latching: bool,
    action: str,
    sample_of: Callable[[Chair, float], Sample | None],
    vitals: tuple[Vital, ...],
    key: str,
    low: bool,
    hysteresis: float,
    delay_of: Callable[[Delays, float], float],
    worse: str = "",
) -> Condition:
    """Make the condition of one limit. ``key`` names it in the profile; ``low`` says on which side it lies."""
    sign = "<" if low else ">"
    limit_key = f"limits.{key}"
    short = {Vital.SPO2: "SpO2", Vital.HEART_RATE: "HR", Vital.RESPIRATION_RATE: "RR"}[vitals[0]]

    def look(chair: Chair, now: float) -> Finding:
        sample = sample_of(chair, now)
        if sample is None or sample.value is None or not sample.speaks(now):
            again = chair.cuff_hold_ends(now)
            if again is None and len(chair.devices) > 1:
                again = min((at for v in vitals if (at := chair.next_source_at(v, now)) is not None), default=None)
            return UNKNOWN if again is None else Finding(Side.UNKNOWN, until=again)
        value, limit = sample.value, getattr(chair.profile.limits, key)
        depth = limit - value if low else value - limit
        if depth > 0:
            if key == "spo2_low" and chair.profile.options.sat_seconds:
                ready_at = sat_ready_at(chair, now)
                return Finding(Side.BEYOND, value, limit, limit_key, ready_at=ready_at, until=sample.until)
            delay = delay_of(chair.profile.delays, depth)
            return Finding(Side.BEYOND, value, limit, limit_key, delay, until=sample.until)
        side = Side.CLEAR if -depth >= hysteresis else Side.BETWEEN
        return Finding(side, value, limit, limit_key, until=sample.until)

    def words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
        finding = track.finding
        limit = number(track.beyond_limit)
        was = number(track.beyond_value)
        if finding.side is Side.BEYOND and track.state is not State.LATCHED:
            return f"{name} {number(finding.value)} {sign} {limit}", ""
        if track.state is State.LATCHED:
            return f"{name}, was {was} {sign} {limit}", ""
        if finding.side is Side.UNKNOWN:
            last = chair.last_usable(*vitals)
            note = "" if last is None else f"last {number(last[0])}, {span(now - last[1])} ago"
            return f"{name} {sign} {limit}", note
        return f"{short} {number(finding.value)}, was {was} {sign} {limit}", ""

    return Condition(
        id=id,
        name=name,
        kind="P",
        priority=priority,
        latching=latching,
        action=action,
        look=look,
        words=words,
        news=frozenset({*vitals, STATUS_NEWS}),
        vitals=vitals,
        worse=worse,
        hysteresis=hysteresis,
    )


LIMITS: Final = (
    _limit(
        id="SPO2-LOW",
        name="SpO2 low",
        priority=Priority.MEDIUM,
        latching=False,
        action="Look at the patient, rouse, reposition, check the probe, oxygen",
        sample_of=Chair.spo2,
        vitals=(Vital.SPO2,),
        key="spo2_low",
        low=True,
        hysteresis=2,
        delay_of=spo2_low_delay,
        worse="SPO2-DESAT",
    ),
    _limit(
        id="SPO2-DESAT",
        name="SpO2 very low",
        priority=Priority.HIGH,
        latching=True,
        action="Go now: stop the infusion, airway, oxygen, call",
        sample_of=Chair.spo2,
        vitals=(Vital.SPO2,),
        key="spo2_very_low",
        low=True,
        hysteresis=2,
        delay_of=lambda delays, _: delays.spo2_very_low,
    ),
    _limit(
        id="HR-HIGH",
        name="HR high",
        priority=Priority.MEDIUM,
        latching=False,
        action="Check the patient, pain or anxiety, BP now",
        sample_of=Chair.heart,
        vitals=_HEART,
        key="heart_rate_high",
        low=False,
        hysteresis=5,
        delay_of=lambda delays, _: delays.heart_rate_high,
        worse="HR-XHIGH",
    ),
    _limit(
        id="HR-XHIGH",
        name="HR very high",
        priority=Priority.HIGH,
        latching=True,
        action="Stop the infusion, ECG, call",
        sample_of=Chair.heart,
        vitals=_HEART,
        key="heart_rate_very_high",
        low=False,
        hysteresis=5,
        delay_of=lambda delays, _: delays.heart_rate_very_high,
    ),
    _limit(
        id="HR-LOW",
        name="HR low",
        priority=Priority.MEDIUM,
        latching=False,
        action="Check the patient and the pulse, BP now",
        sample_of=Chair.heart,
        vitals=_HEART,
        key="heart_rate_low",
        low=True,
        hysteresis=3,
        delay_of=lambda delays, _: delays.heart_rate_low,
        worse="HR-XLOW",
    ),
    _limit(
        id="HR-XLOW",
        name="HR very low",
        priority=Priority.HIGH,
        latching=True,
        action="Go now, call",
        sample_of=Chair.heart,
        vitals=_HEART,
        key="heart_rate_very_low",
        low=True,
        hysteresis=3,
        delay_of=lambda delays, _: delays.heart_rate_very_low,
    ),
    _limit(
        id="RR-LOW",
        name="RR low",
        priority=Priority.MEDIUM,
        latching=False,
        action="Rouse, airway",
        sample_of=lambda chair, now: chair.newest(Vital.RESPIRATION_RATE, now),
        vitals=(Vital.RESPIRATION_RATE,),
        key="respiration_low",
        low=True,
        hysteresis=2,
        delay_of=lambda delays, _: delays.respiration_low,
    ),
)
