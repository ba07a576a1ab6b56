"""The limits, delays and options that are in force at one chair, and where each came from. Pure values.

Numbers default to the built-in profile ``adult-default``; a clinic's files are read elsewhere and turned into this.
Units are fixed: mmHg, %, bpm, seconds. ``None`` switches a rule off where the type allows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from vitalwatch.errors import UsageError


class Limits(msgspec.Struct, frozen=True):
    """Absolute limits. A value alarms strictly beyond its limit; crisis pressures alarm at or above it."""

    spo2_low: float = 90.0
    spo2_very_low: float = 85.0
    heart_rate_low: float = 50.0
    heart_rate_very_low: float = 40.0
    heart_rate_high: float = 120.0
    heart_rate_very_high: float = 150.0
    systolic_high: float = 160.0
    systolic_crisis: float = 180.0
    systolic_at_once: float = 200.0
    diastolic_high: float = 100.0
    diastolic_crisis: float = 120.0
    diastolic_at_once: float = 130.0
    mean_low: float = 60.0
    systolic_low: float = 90.0
    systolic_very_low: float = 80.0
    respiration_low: float = 8.0


class Delays(msgspec.Struct, frozen=True):
    """Condition delays in seconds. The SpO2 delay is graded by depth below the limit."""

    spo2_low: float = 15.0
    spo2_low_deep: float = 10.0
    spo2_low_deeper: float = 5.0
    spo2_very_low: float = 5.0
    heart_rate_high: float = 10.0
    heart_rate_very_high: float = 5.0
    heart_rate_low: float = 10.0
    heart_rate_very_low: float = 5.0
    respiration_low: float = 30.0
    apnea: float = 20.0


class Options(msgspec.Struct, frozen=True):
    """Choices of the profile.

    Attributes:
        sat_seconds: 0 for the graded delay, else the integral (points below the limit x seconds) that alarms.
        sat_seconds_counting: ``mindray`` counts ``limit - value``, ``ge`` one point more.
        reaction: whether the infusion-reaction rule is on.
        nibp_interval_min: minutes between cuff readings.
    """

    sat_seconds: float = 0.0
    sat_seconds_counting: str = "mindray"
    reaction: bool = False
    nibp_interval_min: float = 15.0


class Trends(msgspec.Struct, frozen=True):
    """Changes from this patient's baseline that count, in % or mmHg; ``None`` = off."""

    rise_systolic_percent: float | None = 20.0
    rise_systolic: float | None = 30.0
    rise_diastolic: float | None = 20.0
    rise_medium_systolic: float | None = None
    rise_medium_diastolic: float | None = None
    fall_low_percent: float | None = None
    fall_medium_percent: float | None = None


class Profile(msgspec.Struct, frozen=True):
    """Everything that decides alarms at one chair.

    Attributes:
        name: the profile's name, shown on the tile and in the record.
        version: the profile file's own version.
        signed_by: who answers for the limits; empty for the unsigned built-in defaults.
        sources: where each value in force was set, by dotted name, for example
            ``{"limits.spo2_low": "ketamine-iv.toml:9"}``; what is missing here came from the built-in defaults.
    """

    name: str = "adult-default"
    version: str = "1"
    signed_by: str = ""
    limits: Limits = Limits()
    delays: Delays = Delays()
    options: Options = Options()
    trends: Trends = Trends()
    sources: dict[str, str] = {}

    def source(self, key: str) -> str:
        """Where the value called ``key`` (``limits.spo2_low``) was set, as ``file:line`` or plain words."""
        return self.sources.get(key, f"{self.name} (built in)")


HARD_RANGES: Final[dict[str, tuple[float, float]]] = {
    # Upper ends of SpO2, and mean and respiration, are ours: an SpO2 limit above 98 could never clear again, since it
    # clears 2 above the limit; a mean or respiration limit outside its range is a slip of the pen.
    "limits.spo2_low": (80, 98),
    "limits.spo2_very_low": (75, 97),
    "limits.heart_rate_low": (30, 180),
    "limits.heart_rate_very_low": (30, 180),
    "limits.heart_rate_high": (30, 180),
    "limits.heart_rate_very_high": (30, 180),
    "limits.systolic_high": (70, 220),
    "limits.systolic_crisis": (70, 220),
    "limits.systolic_at_once": (70, 220),
    "limits.diastolic_high": (30, 130),
    "limits.diastolic_crisis": (30, 130),
    "limits.diastolic_at_once": (30, 130),
    "limits.mean_low": (40, 100),
    "limits.systolic_low": (70, 220),
    "limits.systolic_very_low": (70, 220),
    "limits.respiration_low": (4, 20),
    "delays.spo2_low": (0, 30),
    "delays.spo2_low_deep": (0, 30),
    "delays.spo2_low_deeper": (0, 30),
    "delays.spo2_very_low": (0, 10),
    "delays.heart_rate_high": (0, 60),
    "delays.heart_rate_very_high": (0, 10),
    "delays.heart_rate_low": (0, 60),
    "delays.heart_rate_very_low": (0, 10),
    "delays.respiration_low": (0, 30),
    "delays.apnea": (0, 30),
}
"""The widest that a profile or a patient's own limits may go, in the unit of each value."""

BELOW: Final = (
    ("limits.spo2_very_low", "limits.spo2_low"),
    ("limits.heart_rate_very_low", "limits.heart_rate_low"),
    ("limits.heart_rate_low", "limits.heart_rate_high"),
    ("limits.heart_rate_high", "limits.heart_rate_very_high"),
    ("limits.systolic_very_low", "limits.systolic_low"),
    ("limits.systolic_low", "limits.systolic_high"),
    ("limits.systolic_high", "limits.systolic_crisis"),
    ("limits.diastolic_high", "limits.diastolic_crisis"),
    ("trends.rise_systolic", "trends.rise_medium_systolic"),
    ("trends.rise_diastolic", "trends.rise_medium_diastolic"),
    ("trends.fall_low_percent", "trends.fall_medium_percent"),
)
"""Pairs of which the first must lie below the second: worse lies beyond less bad, low below high."""

NOT_ABOVE: Final = (
    ("limits.systolic_crisis", "limits.systolic_at_once"),
    ("limits.diastolic_crisis", "limits.diastolic_at_once"),
    ("delays.spo2_low_deep", "delays.spo2_low"),
    ("delays.spo2_low_deeper", "delays.spo2_low_deep"),
)
"""Pairs of which the first may at most equal the second."""


def crossed(values: Mapping[str, float]) -> Iterator[tuple[str, str, str]]:
    """Pairs that stand the wrong way round, with the words that say how they should stand.

    Args:
        values: by dotted name; a pair of which one is missing is left out.
    """
    for first, second in BELOW:
        if first in values and second in values and not values[first] < values[second]:
            yield first, "below", second
    for first, second in NOT_ABOVE:
        if first in values and second in values and not values[first] <= values[second]:
            yield first, "at or below", second


def changed(profile: Profile, key: str, value: float, actor: str, reason: str) -> Profile:
    """A patient's own profile: one limit or delay set to another value.

    Tightening is free; loosening needs a reason and stays inside :data:`HARD_RANGES`.

    Raises:
        UsageError: if the name is unknown, the value out of range or crossed, or the reason missing.
    """
    if key not in HARD_RANGES:
        raise UsageError(f'"{key}" is not a limit or delay that can be changed')
    section_name, name = key.split(".")
    section: Limits | Delays = getattr(profile, section_name)
    old: float = getattr(section, name)
    if not reason.strip() and looser(key, old, value):
        raise UsageError(f"{key} {value:g} is looser than {old:g}: give a reason")
    low, high = HARD_RANGES[key]
    if not low <= value <= high:
        raise UsageError(f"{key} must be from {low:g} to {high:g}, not {value:g}")
    section = msgspec.structs.replace(section, **{name: float(value)})
    new = msgspec.structs.replace(
        profile,
        **{section_name: section},
        sources={**profile.sources, key: f"set for this patient by {actor}" + (f": {reason}" if reason else "")},
    )
    wrong = list(crossed(numbers(new)))
    if wrong:
        raise UsageError("; ".join(f"{first} must be {words} {second}" for first, words, second in wrong))
    return new


def looser(key: str, old: float, new: float) -> bool:
    """Whether the change makes alarms rarer or later."""
    low_side = key.startswith("limits.") and key.endswith("_low")
    return new < old if low_side else new > old


def numbers(profile: Profile) -> dict[str, float]:
    """Every limit, delay and trend figure in force by its dotted name; what is off is left out."""
    return {
        f"{section}.{name}": value
        for section in ("limits", "delays", "trends")
        for name, value in msgspec.structs.asdict(getattr(profile, section)).items()
        if value is not None
    }
