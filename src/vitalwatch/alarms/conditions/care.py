"""What people chart and plan, and what concerns the whole clinic: sedation, checks due, floods, screens, self-check."""

from __future__ import annotations

from typing import Final

from vitalwatch.alarms.chair import Chair
from vitalwatch.alarms.conditions.base import ALARM_NEWS, CARE_NEWS, Condition, found_words
from vitalwatch.alarms.track import CHATTER_COUNT, CLEAR, UNKNOWN, Finding, Side, Timing, Track
from vitalwatch.alarms.transition import Priority
from vitalwatch.errors import UsageError

MOAAS_DEEP: Final = 3
MOAAS_DEEPEST: Final = 1
RASS_DEEP: Final = -3
RASS_DEEPEST: Final = -5
"""Unrousable: as deep as MOAA/S 0, so of the same priority."""

CHATTER_S: Final = 180.0
FLOOD_S: Final = 600.0
FLOOD_BEGINS: Final = 10
FLOOD_ENDS: Final = 5
KEPT_QUIET_S: Final = 300.0
CHECK_OVERDUE_S: Final = 300.0
NOBODY_DELAY_S: Final = 3.0
SELF_CHECK_DELAY_S: Final = 5.0

UNDELIVERED_DELAY_S: Final = 4.0
"""On top of the second that the service gives a screen to draw an alarm before it calls it undelivered: 5 s in all."""

SCALES: Final = {"moaas": (0, 5), "rass": (-5, 4)}


def check_score(scale: str, score: int) -> None:
    """Refuse a score that its scale does not have.

    Raises:
        UsageError: if scale or score is unknown.
    """
    if scale not in SCALES:
        raise UsageError(f'"{scale}" is not a sedation scale; there are: {", ".join(SCALES)}')
    low, high = SCALES[scale]
    if not low <= score <= high:
        raise UsageError(f"{scale} goes from {low} to {high}, not {score}")


def look_sedation(chair: Chair, now: float) -> Finding:
    """Beyond while the score last charted is one of deep sedation."""
    charted = chair.sedation
    if charted is None:
        return UNKNOWN
    if charted.scale == "moaas":
        deep, deepest, name = charted.score <= MOAAS_DEEP, charted.score <= MOAAS_DEEPEST, "MOAA/S"
    else:
        deep, deepest, name = charted.score <= RASS_DEEP, charted.score <= RASS_DEEPEST, "RASS"
    if not deep:
        return Finding(Side.CLEAR, float(charted.score))
    return Finding(
        Side.BEYOND,
        float(charted.score),
        priority=Priority.HIGH if deepest else None,
        text="Deep sedation",
        note=f"{name} {charted.score}",
    )


def look_check_due(chair: Chair, now: float) -> Finding:
    """Beyond from the moment at which a charted check is due."""
    if chair.check_due_at is None:
        return CLEAR
    if now < chair.check_due_at:
        return Finding(Side.CLEAR, until=chair.check_due_at)
    overdue_at = chair.check_due_at + CHECK_OVERDUE_S
    if now < overdue_at:
        return Finding(Side.BEYOND, until=overdue_at, text="Check due")
    return Finding(Side.BEYOND, text="Check overdue")


def look_time(chair: Chair, now: float) -> Finding:
    """Beyond from the planned end of the infusion or observation."""
    if chair.end_due_at is None:
        return CLEAR
    if now < chair.end_due_at:
        return Finding(Side.CLEAR, until=chair.end_due_at)
    return Finding(Side.BEYOND, text="Infusion end due")


def look_kept_quiet(chair: Chair, now: float) -> Finding:
    """Beyond when a condition has been shelved, or a limit looser than the profile, for five minutes."""
    since = chair.kept_quiet_since
    if since is None:
        return CLEAR
    if now < since + KEPT_QUIET_S:
        return Finding(Side.CLEAR, until=since + KEPT_QUIET_S)
    return Finding(Side.BEYOND)


def _quiet_words(chair: Chair, track: Track, now: float) -> tuple[str, str]:
    since = chair.kept_quiet_since
    return ("Alarms off" if since is None else f"Alarms off {int((now - since) // 60)} min"), ""


def look_chatter(chair: Chair, now: float) -> Finding:
    """Beyond while one condition has become active three times within three minutes."""
    for name, track in chair.tracks.items():
        if (
            name != "T-CHATTER"
            and len(track.activations) == CHATTER_COUNT
            and track.activations[-1] - track.activations[0] <= CHATTER_S
        ):
            ends_at = track.activations[0] + CHATTER_S
            if now < ends_at:
                note = f"{name} {CHATTER_COUNT} times in 3 min"
                return Finding(Side.BEYOND, until=ends_at, text="Review limits", note=note)
    return CLEAR


def look_flood(clinic: Chair, now: float) -> Finding:
    """Beyond from ten new alarms within ten minutes until there are fewer than five."""
    if clinic.clinic is None:
        return UNKNOWN
    recent = [at for at in clinic.clinic.new_alarms if now < at + FLOOD_S]
    until = recent[0] + FLOOD_S if recent else None
    side = Side.BEYOND if len(recent) >= FLOOD_BEGINS else Side.CLEAR if len(recent) < FLOOD_ENDS else Side.BETWEEN
    note = f"{len(recent)} new alarms in 10 min"
    return Finding(side, float(len(recent)), until=until, text="Alarm flood", note=note)


def look_nobody(clinic: Chair, now: float) -> Finding:
    """Beyond while a chair is watched and no screen that can alarm is alive."""
    facts = clinic.clinic
    if facts is None or facts.alarm_grade is None:
        return UNKNOWN
    if not facts.watched or facts.alarm_grade:
        return CLEAR
    if facts.silent:
        text, note = "No screen sounds", "touch a screen, and see that its sound is on"
    else:
        text, note = "Nobody watching", "no screen is open, or none draws"
    return Finding(Side.BEYOND, delay_s=NOBODY_DELAY_S, text=text, note=note)


def look_self_check(clinic: Chair, now: float) -> Finding:
    """Beyond while the service's check of itself fails."""
    if clinic.clinic is None:
        return UNKNOWN
    if clinic.clinic.check_failed:
        note = clinic.clinic.check_why
        return Finding(Side.BEYOND, delay_s=SELF_CHECK_DELAY_S, text="Alarm system fault", note=note)
    return CLEAR


def look_undelivered(chair: Chair, now: float) -> Finding:
    """Beyond while a high alarm has reached no screen that can alarm."""
    if not chair.undelivered:
        return CLEAR
    if chair.drawn_silently:
        text, note = "Alarm not heard", "it is shown, but no screen that shows it sounds"
    else:
        text, note = "Alarm not delivered", "no screen has shown it"
    return Finding(Side.BEYOND, delay_s=UNDELIVERED_DELAY_S, text=text, note=note)


CARE: Final = (
    Condition(
        id="SED-DEEP",
        name="Deep sedation",
        kind="P",
        priority=Priority.MEDIUM,
        latching=True,
        action="Airway, rouse, stop",
        look=look_sedation,
        words=found_words,
        news=frozenset({CARE_NEWS}),
    ),
    Condition(
        id="T-UNDELIVERED",
        name="Alarm not delivered",
        kind="T",
        priority=Priority.HIGH,
        latching=True,
        action="Go and look; check the screens",
        look=look_undelivered,
        words=found_words,
        news=frozenset({CARE_NEWS}),
    ),
    Condition(
        id="T-CHATTER",
        name="Review limits",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Adjust the limit or fix the probe",
        look=look_chatter,
        words=found_words,
        news=frozenset({ALARM_NEWS}),
    ),
    Condition(
        id="S-OBS-DUE",
        name="Check due",
        kind="O",
        priority=Priority.LOW,
        latching=False,
        action="Chart the check",
        look=look_check_due,
        words=found_words,
        news=frozenset({CARE_NEWS}),
    ),
    Condition(
        id="S-TIME",
        name="Infusion end due",
        kind="O",
        priority=Priority.LOW,
        latching=False,
        action="Confirm the end",
        look=look_time,
        words=found_words,
        news=frozenset({CARE_NEWS}),
    ),
    Condition(
        id="S-LIMITS",
        name="Alarms off",
        kind="O",
        priority=Priority.LOW,
        latching=False,
        action="Restore the alarms",
        look=look_kept_quiet,
        words=_quiet_words,
        news=frozenset({CARE_NEWS}),
    ),
)

CLINIC_WIDE: Final = (
    Condition(
        id="T-NOVIEW",
        name="Nobody watching",
        kind="T",
        priority=Priority.HIGH,
        latching=True,
        action="Open a dashboard",
        look=look_nobody,
        words=found_words,
        news=frozenset({CARE_NEWS}),
        scope="clinic",
    ),
    Condition(
        id="T-ENGINE",
        name="Alarm system fault",
        kind="T",
        priority=Priority.HIGH,
        latching=True,
        action="Use the bedside alarms",
        look=look_self_check,
        words=found_words,
        news=frozenset({CARE_NEWS}),
        scope="clinic",
    ),
    Condition(
        id="T-FLOOD",
        name="Alarm flood",
        kind="T",
        priority=Priority.LOW,
        latching=False,
        action="Call help",
        look=look_flood,
        words=found_words,
        news=frozenset({ALARM_NEWS}),
        timing=Timing(inside_s=FLOOD_S),  # between five and ten it goes on
        scope="clinic",
    ),
)
