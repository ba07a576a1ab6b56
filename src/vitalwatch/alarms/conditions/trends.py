"""Trend alarms: change from this patient's baseline, lines towards a limit, and signs of an infusion reaction.

They are advice, of low priority unless a figure is already past a limit, and never hold back a limit alarm. Each says
direction, size and horizon. Each needs its evidence: a baseline, three cuff readings over five minutes, or values in
60 % of the window; with less it is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Final

import numpy as np

from vitalwatch.alarms.chair import TICK_S, Chair
from vitalwatch.alarms.conditions.base import CARE_NEWS, CUFF_NEWS, STATUS_NEWS, TICK_NEWS, Condition, found_words
from vitalwatch.alarms.series import repeated_median, theil_sen
from vitalwatch.alarms.track import CUFF, STREAM, TREND_HOLD_OFF_S, UNKNOWN, Finding, Side, Timing, Track
from vitalwatch.alarms.transition import Priority
from vitalwatch.alarms.words import number, span
from vitalwatch.model import Vital

WINDOW_TICKS: Final = 60
"""Five minutes of history."""

MINUTE_TICKS: Final = 12
LEVEL: Final = 0.5
"""A series that has moved by less than this over five minutes, in its own unit, is level."""

EVIDENCE: Final = 0.6
"""Share of the window that must hold values."""

TREND_DELAY_S: Final = 60.0
DROP: Final = 4.0
SPO2_NOISE: Final = 0.2
"""An SpO2 slope of less than this, in % a minute, is no trend."""

SPO2_HORIZON_MIN: Final = 5.0
PRESSURE_NOISE: Final = 0.5
"""A pressure slope of less than this, in mmHg a minute, is no trend."""

PRESSURE_HORIZON_MIN: Final = 10.0
PRESSURE_SPAN_MIN: Final = 5.0
PRESSURE_WINDOW_MIN: Final = 30.0
HEART_SLOPE: Final = 4.0
HEART_CHANGE: Final = 20.0

_MMHG_BACK: Final = 5.0


def _held_off(timing: Timing, step: float) -> Timing:
    return Timing(timing.clear_s, timing.inside_s, timing.reset_s, TREND_HOLD_OFF_S, step)


# --- SpO2 ---------------------------------------------------------------------------------------------------------


def look_drop(chair: Chair, now: float) -> Finding:
    """Beyond while SpO2 is 4 % or more under this patient's baseline and not yet under the low limit."""
    sample = chair.spo2(now)
    baseline = chair.baseline.spo2 if chair.baseline is not None else None
    if sample is None or sample.value is None or not sample.speaks(now) or baseline is None:
        return UNKNOWN
    fall = baseline - sample.value
    if sample.value < chair.profile.limits.spo2_low:
        return Finding(Side.BETWEEN, sample.value, baseline, until=sample.until)  # SPO2-LOW has the word
    side = Side.BEYOND if fall >= DROP else Side.CLEAR if fall <= DROP - 1 else Side.BETWEEN
    return Finding(
        side,
        sample.value,
        baseline,
        delay_s=TREND_DELAY_S,
        depth=fall,
        until=sample.until,
        text=f"SpO2 falling {number(sample.value)}, was {number(baseline)}",
    )


def _spo2_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    """The rule's words while it is beyond; never a number that is not current without its age."""
    finding = track.finding
    if finding.side is Side.BEYOND:
        return finding.text, ""
    if finding.side is Side.UNKNOWN:
        last = chair.last_usable(Vital.SPO2)
        return "SpO2 falling", "" if last is None else f"last {number(last[0])}, {span(now - last[1])} ago"
    return f"SpO2 {number(finding.value)}, was falling to {number(track.beyond_value)}", ""


def _slope(chair: Chair, vital: Vital) -> tuple[float, float] | None:
    """Slope a minute and present level of the last five minutes; ``None`` without enough values.

    A series whose last minute stands where its first did, to half a unit, has no slope: the line is only drawn for
    the others, since drawing it is what a tick costs.
    """
    entries = chair.history.get(vital, [])[-WINDOW_TICKS:]
    there = sum(entry is not None for entry in entries)
    if len(entries) < WINDOW_TICKS or there < EVIDENCE * WINDOW_TICKS:
        return None
    known = [entry for entry in entries if entry is not None]
    end = median(known[-MINUTE_TICKS:])
    if abs(end - median(known[:MINUTE_TICKS])) < LEVEL:
        return 0.0, end
    minutes = np.arange(len(entries), dtype=np.float64) * (TICK_S / 60)
    return repeated_median(minutes, np.array([np.nan if e is None else e for e in entries], dtype=np.float64))


def look_spo2_line(chair: Chair, now: float) -> Finding:
    """Beyond when the line through five minutes of SpO2 meets the low limit within five more."""
    found = _slope(chair, Vital.SPO2)
    sample = chair.spo2(now)
    if found is None or sample is None or not sample.speaks(now):
        return UNKNOWN
    slope, level = found
    limit = chair.profile.limits.spo2_low
    room = level - limit
    if slope > -SPO2_NOISE or room < 0 or room / -slope > SPO2_HORIZON_MIN:
        return Finding(Side.CLEAR, level, limit, "limits.spo2_low")
    return Finding(
        Side.BEYOND,
        level,
        limit,
        "limits.spo2_low",
        TREND_DELAY_S,
        depth=-slope,
        text=f"SpO2 {level:.0f}, {slope:+.1f}/min, {number(limit)} in about {max(1, round(room / -slope))} min",
    )


def look_heart_line(chair: Chair, now: float) -> Finding:
    """Beyond when the rate moves by over 4 bpm a minute for five minutes and is 20 or more from the baseline."""
    baseline = chair.baseline.heart_rate if chair.baseline is not None else None
    found = None if baseline is None else _slope(chair, Vital.HEART_RATE)
    if found is None or baseline is None:
        return UNKNOWN
    slope, level = found
    away = level - baseline
    if abs(slope) <= HEART_SLOPE or abs(away) < HEART_CHANGE or (slope > 0) != (away > 0):
        return Finding(Side.CLEAR, level, baseline)
    word = "rising" if slope > 0 else "falling"
    return Finding(
        Side.BEYOND,
        level,
        baseline,
        delay_s=TREND_DELAY_S,
        depth=abs(slope),
        text=f"HR {word} fast {level:.0f}, {slope:+.1f}/min, was {number(baseline)}",
    )


# --- cuff pressures -----------------------------------------------------------------------------------------------


def _rises(chair: Chair, index: int, back: float = 0.0) -> bool:
    """Whether a reading (counted from the end) is past the rise from baseline, ``back`` mmHg before it counting."""
    base, reading, trends = chair.baseline, chair.pressures[index], chair.profile.trends
    if base is None or base.systolic is None:
        return False
    systolic = reading.systolic + back
    bounds = [base.systolic + trends.rise_systolic] if trends.rise_systolic is not None else []
    if trends.rise_systolic_percent is not None:
        bounds.append(base.systolic * (1 + trends.rise_systolic_percent / 100))
    if any(systolic >= bound for bound in bounds):
        return True
    return (
        trends.rise_diastolic is not None
        and base.diastolic is not None
        and reading.diastolic is not None
        and reading.diastolic + back >= base.diastolic + trends.rise_diastolic
    )


def _rises_much(chair: Chair, index: int) -> bool:
    base, reading, trends = chair.baseline, chair.pressures[index], chair.profile.trends
    if base is None or base.systolic is None:
        return False
    systolic = trends.rise_medium_systolic is not None and (
        reading.systolic >= base.systolic + trends.rise_medium_systolic
    )
    diastolic = (
        trends.rise_medium_diastolic is not None
        and base.diastolic is not None
        and reading.diastolic is not None
        and reading.diastolic >= base.diastolic + trends.rise_medium_diastolic
    )
    return systolic or diastolic


def look_rise(chair: Chair, now: float) -> Finding:
    """Beyond when two cuff readings in a row are well above this patient's baseline."""
    readings = chair.pressures
    if not readings or chair.baseline is None or chair.baseline.systolic is None:
        return UNKNOWN
    systolic, was = readings[-1].systolic, chair.baseline.systolic
    if not _rises(chair, -1):
        return Finding(Side.BETWEEN if _rises(chair, -1, _MMHG_BACK) else Side.CLEAR, systolic, was)
    if len(readings) < 2 or not _rises(chair, -2):
        return Finding(Side.BETWEEN, systolic, was)
    much = _rises_much(chair, -1) and _rises_much(chair, -2)
    return Finding(
        Side.BEYOND,
        systolic,
        was,
        priority=Priority.MEDIUM if much else None,
        depth=systolic - was,
        text=_rise_text(chair),
    )


def _rise_text(chair: Chair) -> str:
    """Which pressure rose, with where it was: the systolic, unless only the diastolic did."""
    reading, base = chair.pressures[-1], chair.baseline
    if base is None or base.systolic is None:
        return "BP rising"
    if reading.systolic <= base.systolic + _MMHG_BACK and reading.diastolic is not None and base.diastolic is not None:
        return f"BP rising, DIA {number(reading.diastolic)}, was {number(base.diastolic)}"
    return f"BP rising {number(reading.systolic)}, was {number(base.systolic)}"


def look_fall(chair: Chair, now: float) -> Finding:
    """Beyond when one cuff reading is well under this patient's baseline."""
    low, medium = chair.profile.trends.fall_low_percent, chair.profile.trends.fall_medium_percent
    readings = chair.pressures
    if low is None or not readings or chair.baseline is None or chair.baseline.systolic is None:
        return UNKNOWN
    systolic, was = readings[-1].systolic, chair.baseline.systolic
    fall = (was - systolic) / was * 100
    if fall < low:
        back = systolic >= was * (1 - low / 100) + _MMHG_BACK
        return Finding(Side.CLEAR if back else Side.BETWEEN, systolic, was)
    return Finding(
        Side.BEYOND,
        systolic,
        was,
        priority=Priority.MEDIUM if medium is not None and fall >= medium else None,
        depth=fall,
        text=f"BP falling {number(systolic)}, was {number(was)}",
    )


def _pressure_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    """The horizon as it is now, not as it was at the last reading."""
    found = look_pressure_line(chair, now)
    return (found.text if found.side is Side.BEYOND else "SYS trend, measure again"), ""


def look_pressure_line(chair: Chair, now: float) -> Finding:
    """Beyond when the line through three or more cuff readings meets a limit within ten minutes."""
    readings = chair.pressures
    if not readings:
        return UNKNOWN
    end = readings[-1].at
    points = [r for r in readings if end - r.at <= PRESSURE_WINDOW_MIN * 60]
    if len(points) < 3 or end - points[0].at < PRESSURE_SPAN_MIN * 60:
        return UNKNOWN
    minutes = np.array([(r.at - end) / 60 for r in points], dtype=np.float64)
    if len(set(minutes.tolist())) < len(minutes):
        return UNKNOWN  # two readings of one moment: from two cuffs
    slope, level = theil_sen(minutes, np.array([r.systolic for r in points], dtype=np.float64))
    limits = chair.profile.limits
    key = "systolic_crisis" if slope > 0 else "systolic_low"
    limit: float = getattr(limits, key)
    room = limit - level
    in_min = room / slope if abs(slope) >= PRESSURE_NOISE else -1.0
    if not 0 < in_min <= PRESSURE_HORIZON_MIN:
        return Finding(Side.CLEAR, level, limit, f"limits.{key}")
    meets_at = round(end + in_min * 60, 6)
    if now >= meets_at:
        return UNKNOWN  # the line has run out: only a new reading can tell
    left_min = (meets_at - now) / 60
    return Finding(
        Side.BEYOND,
        level,
        limit,
        f"limits.{key}",
        depth=abs(slope),
        until=meets_at,
        text=f"SYS {slope:+.1f}/min, {number(limit)} in about {max(1, round(left_min))} min",
    )


_Words = Callable[[Chair, Track, float], tuple[str, str]]


def _trend(
    id: str,  # noqa: A002 - the field's own name
    name: str,
    look: Callable[[Chair, float], Finding],
    action: str,
    news: set[str],
    timing: Timing,
    vitals: tuple[Vital, ...],
    hidden_by: tuple[str, ...],
    words: _Words = found_words,
) -> Condition:
    return Condition(
        id=id,
        name=name,
        kind="P",
        priority=Priority.LOW,
        latching=False,
        action=action,
        look=look,
        words=words,
        news=frozenset({*news, CARE_NEWS}),
        timing=timing,
        vitals=vitals,
        hidden_by=hidden_by,
    )


_HEART: Final = (Vital.HEART_RATE, Vital.PULSE_RATE)

TRENDS: Final = (
    _trend(
        "SPO2-DROP",
        "SpO2 falling",
        look_drop,
        "Look, deep breaths",
        {Vital.SPO2, STATUS_NEWS},
        _held_off(STREAM, DROP),
        (Vital.SPO2,),
        ("SPO2-LOW", "SPO2-DESAT"),
        _spo2_words,
    ),
    _trend(
        "SPO2-TTL",
        "SpO2 falling",
        look_spo2_line,
        "Look, rouse",
        {TICK_NEWS, STATUS_NEWS},
        _held_off(STREAM, 1.0),
        (Vital.SPO2,),
        ("SPO2-LOW", "SPO2-DESAT", "SPO2-DROP"),
        _spo2_words,
    ),
    _trend(
        "HR-TREND",
        "HR changing fast",
        look_heart_line,
        "Look",
        {TICK_NEWS},
        _held_off(STREAM, HEART_SLOPE),
        _HEART,
        ("HR-HIGH", "HR-XHIGH", "HR-LOW", "HR-XLOW"),
    ),
    _trend(
        "BP-RISE",
        "BP rising",
        look_rise,
        "Shorten the cuff interval",
        {CUFF_NEWS},
        _held_off(CUFF, 20.0),
        (Vital.SYSTOLIC, Vital.DIASTOLIC),
        ("BP-HIGH", "BP-CRISIS"),
    ),
    _trend(
        "BP-FALL",
        "BP falling",
        look_fall,
        "Look, repeat",
        {CUFF_NEWS},
        _held_off(CUFF, 10.0),
        (Vital.SYSTOLIC,),
        ("BP-LOW", "BP-XLOW"),
    ),
    _trend(
        "BP-TTL",
        "SYS trend",
        look_pressure_line,
        "Repeat now",
        {CUFF_NEWS},
        _held_off(CUFF, 2.0),
        (Vital.SYSTOLIC,),
        ("BP-HIGH", "BP-CRISIS", "BP-LOW", "BP-XLOW"),
        _pressure_words,
    ),
)
