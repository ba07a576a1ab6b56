"""When the watching itself is at fault: link, silence, clock, battery, cuff; and the monitor's own alarms."""

from __future__ import annotations

import re
from typing import Final

from vitalwatch.alarms.chair import CUFF_HOLD_S, Chair
from vitalwatch.alarms.conditions.base import (
    CLOCK_NEWS,
    CUFF_NEWS,
    HEARD_NEWS,
    LINK_NEWS,
    STATUS_NEWS,
    Condition,
    found_words,
)
from vitalwatch.alarms.conditions.sensors import while_infusing
from vitalwatch.alarms.track import CLEAR, PRESENT, UNKNOWN, Finding, Side, Track
from vitalwatch.alarms.transition import Priority
from vitalwatch.alarms.words import span
from vitalwatch.model import Status, Vital

LINK_DELAY_S: Final = 5.0
OPENING_S: Final = 10.0
"""A link of which nothing has been heard for this long, not even that it failed, counts as lost."""

CLOCK_STANDS_S: Final = 120.0
CUFF_TRIES: Final = 2

_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)?")

_WE_ALARM: Final = frozenset(
    {
        Vital.SPO2,
        Vital.HEART_RATE,
        Vital.PULSE_RATE,
        Vital.SYSTOLIC,
        Vital.DIASTOLIC,
        Vital.MEAN_PRESSURE,
        Vital.RESPIRATION_RATE,
    }
)


def look_silent(chair: Chair, now: float) -> Finding:
    """Beyond when a device whose link is open has sent no whole frame for three of its periods, at least 10 s.

    One that has not been heard since its link opened is not known to speak: a link that was made anew, or a service
    that was, ends no silence.
    """
    silent_at: dict[str, float] = {}
    speaks = True
    for device in chair.devices.values():
        if device.up is True and device.heard_at is not None:
            silent_at[device.spec.id] = device.heard_at + device.spec.silent_after_s
            speaks = speaks and device.heard
    silent = tuple(name for name, at in silent_at.items() if now >= at)
    until = min((at for at in silent_at.values() if now < at), default=None)
    if silent:
        return Finding(Side.BEYOND, causes=silent, until=until, text="No data from monitor")
    return Finding(Side.CLEAR if silent_at and speaks else Side.UNKNOWN, until=until)


def _silent_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    text, _ = found_words(chair, track, now)
    names = track.finding.causes if track.finding.side is Side.BEYOND else track.causes
    heard = [(name, device.heard_at) for name in names if (device := chair.devices.get(name)) is not None]
    return text, "; ".join(f"{name}: {span(now - at)}" for name, at in heard if at is not None)


def look_link(chair: Chair, now: float) -> Finding:
    """Beyond while the link to any device is lost; of high priority when a patient alarm was there."""
    lost = {device.spec.id: device.reason for device in chair.devices.values() if device.up is False}
    unopened = {d.spec.id: d.changed_at + OPENING_S for d in chair.devices.values() if d.up is None}
    lost |= dict.fromkeys((name for name, at in unopened.items() if now >= at), "not opened yet")
    until = min((at for at in unopened.values() if now < at), default=None)
    if lost:
        patient = [track for name, track in chair.tracks.items() if not name.startswith(("T-", "S-"))]
        return Finding(
            Side.BEYOND,
            delay_s=LINK_DELAY_S,
            priority=Priority.HIGH if any(track.state in PRESENT for track in patient) else None,
            causes=tuple(lost),
            until=until,
            text="Monitor link lost",
            note="; ".join(f"{name}: {reason}" for name, reason in lost.items()),
        )
    return Finding(Side.CLEAR if chair.devices else Side.UNKNOWN, until=until)


def look_clock(chair: Chair, now: float) -> Finding:
    """Beyond when a device goes on sending while its own clock stands still or runs backwards."""
    until: float | None = None
    for device in chair.devices.values():
        if device.clock is None or not device.speaking(now):
            continue
        stands_at = device.clock_moved_at + CLOCK_STANDS_S
        if now >= stands_at:
            return Finding(Side.BEYOND, text="Monitor frozen?", note=f"{device.spec.id}: its clock stands still")
        until = stands_at if until is None else min(until, stands_at)
    return UNKNOWN if until is None else Finding(Side.CLEAR, until=until)


def look_battery(chair: Chair, now: float) -> Finding:
    """Beyond while a device says that its battery is low; medium when it says critical."""
    told = {device.spec.id: device.statuses.get(Status.BATTERY_LOW) for device in chair.devices.values()}
    low = {name: standing.detail for name, standing in told.items() if standing is not None}
    if low:
        priority = Priority.MEDIUM if any("critical" in detail for detail in low.values()) else None
        return Finding(Side.BEYOND, priority=priority, causes=tuple(low), text="Battery low", note=", ".join(low))
    return _clear_if_all_heard(chair, now)


def _clear_if_all_heard(chair: Chair, now: float) -> Finding:
    """A state is known to have ended only when every device can be heard: the one that told of it may be lost."""
    heard = bool(chair.devices) and all(device.speaking(now) for device in chair.devices.values())
    return CLEAR if heard else UNKNOWN


def look_monitor(chair: Chair, now: float) -> Finding:
    """Beyond while a monitor reports an alarm of its own; its limit alarms on what we alarm ourselves are marks."""
    alarms = [
        standing
        for device in chair.devices.values()
        if (standing := device.statuses.get(Status.MONITOR_ALARM)) is not None
        and not (standing.limit_of and _WE_ALARM.issuperset(standing.limit_of))
    ]
    if alarms:
        priorities = [Priority(a.priority) if a.priority in set(Priority) else Priority.MEDIUM for a in alarms]
        worst = max(priorities, key=lambda priority: priority.rank)
        details = tuple(alarm.detail or "alarm" for alarm in alarms)
        causes = tuple(_NUMBERS.sub("#", detail) for detail in details)  # 134 becoming 135 is no other alarm
        return Finding(Side.BEYOND, priority=worst, causes=causes, text=f"Monitor: {'; '.join(details)}")
    return _clear_if_all_heard(chair, now)


def _counts_from(chair: Chair) -> float:
    return max(chair.state_since, chair.visit_since, chair.cuff_measured_at or 0.0)


def look_overdue(chair: Chair, now: float) -> Finding:
    """Beyond when no valid cuff reading came for the interval and a half, at least the interval and 2 minutes."""
    if not any(device.spec.gives_cuff for device in chair.devices.values()):
        return UNKNOWN
    late_at = _counts_from(chair) + chair.cuff_late_s
    if now < late_at:
        return Finding(Side.CLEAR, until=late_at)
    return Finding(Side.BEYOND, priority=while_infusing(chair))


def _overdue_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    late_s = now - _counts_from(chair) - chair.nibp_interval_s
    return f"BP overdue {max(0, int(late_s // 60))} min", ""


def look_cuff(chair: Chair, now: float) -> Finding:
    """Beyond after two tries without a reading, or when a cuff on the oximeter's arm stays inflated over a minute."""
    if chair.cuff_failures >= CUFF_TRIES:
        note = f"{chair.cuff_failures} tries"
        return Finding(Side.BEYOND, priority=while_infusing(chair), text="NIBP failed", note=note)
    if not chair.same_limb:
        return CLEAR
    until: float | None = None
    for device in chair.devices.values():
        inflating = device.statuses.get(Status.CUFF_INFLATING)
        if inflating is None:
            continue
        until = inflating.since + CUFF_HOLD_S
        if now >= until:
            note = "inflating for over a minute"
            return Finding(Side.BEYOND, priority=while_infusing(chair), text="NIBP failed", note=note)
    return Finding(Side.CLEAR, until=until)


TECHNICAL: Final = (
    Condition(
        id="MON-ALARM",
        name="Monitor",
        kind="P",
        priority=Priority.MEDIUM,
        latching=False,
        latching_when_high=True,
        action="Go to the chair",
        look=look_monitor,
        words=found_words,
        news=frozenset({STATUS_NEWS, LINK_NEWS, HEARD_NEWS}),
    ),
    Condition(
        id="T-CUFF",
        name="NIBP failed",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Refit the cuff, measure by hand",
        look=look_cuff,
        words=found_words,
        news=frozenset({CUFF_NEWS, STATUS_NEWS}),
        vitals=(Vital.SYSTOLIC, Vital.DIASTOLIC),
    ),
    Condition(
        id="T-NIBP-LATE",
        name="BP overdue",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Measure the pressure",
        look=look_overdue,
        words=_overdue_words,
        news=frozenset({CUFF_NEWS}),
        vitals=(Vital.SYSTOLIC, Vital.DIASTOLIC),
    ),
    Condition(
        id="T-SILENT",
        name="No data from monitor",
        kind="T",
        priority=Priority.MEDIUM,
        latching=False,
        action="Check cable and monitor",
        look=look_silent,
        words=_silent_words,
        news=frozenset({LINK_NEWS, HEARD_NEWS}),
    ),
    Condition(
        id="T-LINK",
        name="Monitor link lost",
        kind="T",
        priority=Priority.MEDIUM,
        latching=True,
        action="Go to the chair, watch the bedside monitor",
        look=look_link,
        words=found_words,
        news=frozenset({LINK_NEWS}),
    ),
    Condition(
        id="T-STALE",
        name="Monitor frozen?",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Check the monitor",
        look=look_clock,
        words=found_words,
        news=frozenset({LINK_NEWS, CLOCK_NEWS}),
    ),
    Condition(
        id="T-BATT",
        name="Battery low",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Plug the monitor in",
        look=look_battery,
        words=found_words,
        news=frozenset({STATUS_NEWS, LINK_NEWS, HEARD_NEWS}),
    ),
)
