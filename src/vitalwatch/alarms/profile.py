"""The limits, delays and options that are in force at one chair, and where each came from. Pure values.

Numbers default to the built-in profile ``adult-default``; a clinic's files are read elsewhere and turned into this.
Units are fixed: mmHg, %, bpm, seconds. ``None`` switches a rule off where the type allows it.
"""

from __future__ import annotations

import msgspec


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
