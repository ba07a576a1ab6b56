"""Limits on cuff pressures. Rules judge whole readings, and the readings before them.

A raised pressure is confirmed by a repeat before it alarms, since one reading may be a moved arm; waiting for the
repeat never lasts longer than three minutes. A low pressure, or one at the top limit, alarms at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.conditions.base import CUFF_NEWS, Condition
from vitalwatch.alarms.facts import CuffReading
from vitalwatch.alarms.profile import Limits
from vitalwatch.alarms.track import CUFF, UNKNOWN, Finding, Side, Track
from vitalwatch.alarms.transition import Priority, State
from vitalwatch.alarms.words import number
from vitalwatch.model import Vital

REPEAT_WAIT_S: Final = 180.0
"""How long a first raised reading waits for its repeat."""

_HYSTERESIS: Final = 5.0
_PRESSURES: Final = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)

_Bound = tuple[float | None, float, str]
"""A pressure of the reading (or none), the limit it is judged by, and that limit's name in the profile."""


def _high(reading: CuffReading, limits: Limits) -> list[_Bound]:
    return [
        (reading.systolic, limits.systolic_high, "limits.systolic_high"),
        (reading.diastolic, limits.diastolic_high, "limits.diastolic_high"),
    ]


def _crisis(reading: CuffReading, limits: Limits) -> list[_Bound]:
    return [
        (reading.systolic, limits.systolic_crisis, "limits.systolic_crisis"),
        (reading.diastolic, limits.diastolic_crisis, "limits.diastolic_crisis"),
    ]


def _at_once(reading: CuffReading, limits: Limits) -> list[_Bound]:
    return [
        (reading.systolic, limits.systolic_at_once, "limits.systolic_at_once"),
        (reading.diastolic, limits.diastolic_at_once, "limits.diastolic_at_once"),
    ]


def _low(reading: CuffReading, limits: Limits) -> list[_Bound]:
    return [
        (reading.systolic, limits.systolic_low, "limits.systolic_low"),
        (reading.mean, limits.mean_low, "limits.mean_low"),
    ]


def _very_low(reading: CuffReading, limits: Limits) -> list[_Bound]:
    return [(reading.systolic, limits.systolic_very_low, "limits.systolic_very_low")]


def _above(bounds: list[_Bound]) -> _Bound | None:
    return next((bound for bound in bounds if bound[0] is not None and bound[0] > bound[1]), None)


def _at_or_above(bounds: list[_Bound]) -> _Bound | None:
    return next((bound for bound in bounds if bound[0] is not None and bound[0] >= bound[1]), None)


def _below(bounds: list[_Bound]) -> _Bound | None:
    return next((bound for bound in bounds if bound[0] is not None and bound[0] < bound[1]), None)


def _found(side: Side, bound: _Bound, delay_s: float = 0.0) -> Finding:
    return Finding(side, bound[0], bound[1], bound[2], delay_s)


def _inside(bounds: list[_Bound], *, low: bool) -> Finding:
    """Clear when every pressure of the reading is inside its limit by the hysteresis, else between."""
    far = all(value is None or (value - limit if low else limit - value) >= _HYSTERESIS for value, limit, _ in bounds)
    return _found(Side.CLEAR if far else Side.BETWEEN, bounds[0])


def look_high(chair: Chair, now: float) -> Finding:
    """Raised pressure: two readings in a row, or one that stands three minutes; a crisis reading at once."""
    if not chair.cuff:
        return UNKNOWN
    limits = chair.profile.limits
    newest = chair.cuff[-1]
    bound = _above(_high(newest, limits))
    if bound is None:
        return _inside(_high(newest, limits), low=False)
    repeated = len(chair.cuff) > 1 and _above(_high(chair.cuff[-2], limits)) is not None
    at_once = repeated or _at_or_above(_crisis(newest, limits)) is not None
    return _found(Side.BEYOND, bound, 0.0 if at_once else REPEAT_WAIT_S)


def look_crisis(chair: Chair, now: float) -> Finding:
    """Pressure crisis: at the top limit at once; at the crisis limit on a repeat, or after three minutes without."""
    if not chair.cuff:
        return UNKNOWN
    limits = chair.profile.limits
    newest = chair.cuff[-1]
    top = _at_or_above(_at_once(newest, limits))
    if top is not None:
        return _found(Side.BEYOND, top)
    bound = _at_or_above(_crisis(newest, limits))
    if bound is None:
        return _inside(_crisis(newest, limits), low=False)
    repeated = len(chair.cuff) > 1 and _at_or_above(_crisis(chair.cuff[-2], limits)) is not None
    return _found(Side.BEYOND, bound, 0.0 if repeated else REPEAT_WAIT_S)


def _look_low(bounds_of: Callable[[CuffReading, Limits], list[_Bound]]) -> Callable[[Chair, float], Finding]:
    def look(chair: Chair, now: float) -> Finding:
        if not chair.cuff:
            return UNKNOWN
        bounds = bounds_of(chair.cuff[-1], chair.profile.limits)
        bound = _below(bounds)
        return _inside(bounds, low=True) if bound is None else _found(Side.BEYOND, bound)

    return look


def _words(name: str, sign: str) -> Callable[[Chair, Track, float], tuple[str, str]]:
    def words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
        reading = chair.cuff[-1].text if chair.cuff else "--"
        if track.state is State.LATCHED:
            return f"{name}, was {number(track.beyond_value)} {sign} {number(track.beyond_limit)}", ""
        if track.finding.side is not Side.BEYOND:
            return f"BP {reading}, was {number(track.beyond_value)} {sign} {number(track.beyond_limit)}", ""
        if track.state is State.PENDING:
            return f"{reading} repeat", ""
        limits = chair.profile.limits
        if sign == ">" and chair.cuff and _at_or_above(_crisis(chair.cuff[-1], limits)) is not None:
            return f"{name} {reading}", "repeat now"
        if sign == ">=":
            return f"{name} {reading}", f"{number(track.finding.value)} >= {number(track.finding.limit)}"
        return f"{name} {reading}", ""

    return words


PRESSURES: Final = (
    Condition(
        id="BP-HIGH",
        name="BP high",
        kind="P",
        priority=Priority.MEDIUM,
        latching=False,
        action="Repeat, symptoms? Slow or hold as ordered",
        look=look_high,
        words=_words("BP high", ">"),
        news=frozenset({CUFF_NEWS}),
        vitals=_PRESSURES[:2],
        timing=CUFF,
        worse="BP-CRISIS",
        hysteresis=_HYSTERESIS,
    ),
    Condition(
        id="BP-CRISIS",
        name="BP very high",
        kind="P",
        priority=Priority.HIGH,
        latching=True,
        action="Stop the infusion, clinician, treat as ordered",
        look=look_crisis,
        words=_words("BP very high", ">="),
        news=frozenset({CUFF_NEWS}),
        vitals=_PRESSURES[:2],
        timing=CUFF,
        hysteresis=_HYSTERESIS,
    ),
    Condition(
        id="BP-LOW",
        name="BP low",
        kind="P",
        priority=Priority.MEDIUM,
        latching=False,
        action="Repeat, lay flat, stop the infusion, fluids as ordered",
        look=_look_low(_low),
        words=_words("BP low", "<"),
        news=frozenset({CUFF_NEWS}),
        vitals=_PRESSURES,
        timing=CUFF,
        worse="BP-XLOW",
        hysteresis=_HYSTERESIS,
    ),
    Condition(
        id="BP-XLOW",
        name="BP very low",
        kind="P",
        priority=Priority.HIGH,
        latching=True,
        action="Anaphylaxis? Adrenaline plan, call",
        look=_look_low(_very_low),
        words=_words("BP very low", "<"),
        news=frozenset({CUFF_NEWS}),
        vitals=_PRESSURES[:1],
        timing=CUFF,
        hysteresis=_HYSTERESIS,
    ),
)
