"""Signs of an infusion reaction taken together: falling pressure, rising rate, falling SpO2 (iron, biologics).

Each sign alone may be small; two of them within ten minutes are an alarm. A sign compares the present with the best of
the ten minutes before it.
"""

from __future__ import annotations

from statistics import median
from typing import Final

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.conditions.base import CUFF_NEWS, TICK_NEWS, Condition, found_words
from vitalwatch.alarms.track import UNKNOWN, Finding, Side
from vitalwatch.alarms.transition import Priority
from vitalwatch.alarms.words import number
from vitalwatch.model import Vital

REACTION_WINDOW_S: Final = 600.0
REACTION_PRESSURE: Final = 0.20
REACTION_HEART: Final = 0.20
REACTION_SPO2: Final = 3.0


def look_reaction(chair: Chair, now: float) -> Finding:
    """Beyond while two or more signs of an infusion reaction came within ten minutes (iron, biologics)."""
    if not chair.profile.options.reaction:
        return UNKNOWN
    signs = [sign for sign in (_pressure_fell(chair, now), _heart_rose(chair), _spo2_fell(chair)) if sign]
    if len(signs) < 2:
        return Finding(Side.CLEAR, float(len(signs)))
    return Finding(
        Side.BEYOND,
        float(len(signs)),
        priority=Priority.HIGH if _past_a_limit(chair, now) else None,
        text="Possible infusion reaction",
        note=", ".join(signs),
    )


def _pressure_fell(chair: Chair, now: float) -> str:
    """The newest systolic against the highest of the ten minutes before it, else the baseline or reading before."""
    readings = chair.pressures
    if not readings or now - readings[-1].at > REACTION_WINDOW_S:
        return ""
    newest, *before = reversed(readings)
    recent = [r.systolic for r in before if newest.at - r.at <= REACTION_WINDOW_S]
    if recent:
        was = max(recent)
    elif chair.baseline is not None and chair.baseline.systolic is not None:
        was = chair.baseline.systolic
    elif before:
        was = before[0].systolic
    else:
        return ""
    fell = newest.systolic <= was * (1 - REACTION_PRESSURE)
    return f"SYS {number(newest.systolic)}, was {number(was)}" if fell else ""


def _now_and_before(chair: Chair, vital: Vital) -> tuple[float, list[float]] | None:
    """The median of the last half minute, and medians of the half minutes before it in the ten-minute window."""
    entries = chair.history.get(vital, [])
    halves = [
        [entry for entry in entries[max(0, end - 6) : end] if entry is not None] for end in range(len(entries), 0, -6)
    ]
    medians = [median(half) if len(half) >= 3 else None for half in halves]
    if not medians or medians[0] is None:
        return None
    return medians[0], [value for value in medians[1:] if value is not None]


def _heart_rose(chair: Chair) -> str:
    found = _now_and_before(chair, Vital.HEART_RATE)
    if found is None or not found[1]:
        return ""
    present, was = found[0], min(found[1])
    return f"HR {number(present)}, was {number(was)}" if present >= was * (1 + REACTION_HEART) else ""


def _spo2_fell(chair: Chair) -> str:
    found = _now_and_before(chair, Vital.SPO2)
    if found is None or not found[1]:
        return ""
    present, was = found[0], max(found[1])
    return f"SpO2 {number(present)}, was {number(was)}" if present <= was - REACTION_SPO2 else ""


def _past_a_limit(chair: Chair, now: float) -> bool:
    limits = chair.profile.limits
    spo2, heart = chair.spo2(now), chair.heart(now)
    return (
        (spo2 is not None and spo2.value is not None and spo2.speaks(now) and spo2.value < limits.spo2_low)
        or (
            heart is not None
            and heart.value is not None
            and heart.speaks(now)
            and not limits.heart_rate_low <= heart.value <= limits.heart_rate_high
        )
        or any(reading.systolic < limits.systolic_low for reading in chair.pressures[-1:])
    )


REACTION: Final = Condition(
    id="REACTION",
    name="Possible infusion reaction",
    kind="P",
    priority=Priority.MEDIUM,
    latching=True,
    action="Stop, reaction protocol",
    look=look_reaction,
    words=found_words,
    news=frozenset({TICK_NEWS, CUFF_NEWS}),
)
