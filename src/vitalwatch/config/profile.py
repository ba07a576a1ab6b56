"""Alarm profiles: the limits, delays and rules for one kind of treatment, each value with the line that set it.

A profile is a TOML file. It inherits from another (at the end always from ``adult-default``) and states only what
differs. Values and hard ranges: the clinical notes of this project, built-in profiles and config rules; a value
may be tighter than the built-in one at will, but looser only inside the ranges given here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from vitalwatch.alarms.profile import HARD_RANGES, Profile, crossed
from vitalwatch.config.section import CuffInterval, Id, Section

BASE_PROFILE = "adult-default"
"""The profile that all others build on; the only one that inherits from none."""


def _range(key: str, unit: str) -> Any:
    """The hard range of one value, which the alarm core owns, as a pydantic field."""
    low, high = HARD_RANGES[key]
    return Field(ge=low, le=high, json_schema_extra={"unit": unit})


Saturation = Annotated[float, _range("limits.spo2_low", "%")]
VeryLowSaturation = Annotated[float, _range("limits.spo2_very_low", "%")]
HeartRate = Annotated[float, _range("limits.heart_rate_low", "bpm")]
Systolic = Annotated[float, _range("limits.systolic_high", "mmHg")]
Diastolic = Annotated[float, _range("limits.diastolic_high", "mmHg")]
Mean = Annotated[float, _range("limits.mean_low", "mmHg")]
Respiration = Annotated[float, _range("limits.respiration_low", "/min")]
Delay = Annotated[float, _range("delays.spo2_low", "s")]
HeartRateDelay = Annotated[float, _range("delays.heart_rate_high", "s")]
UrgentDelay = Annotated[float, _range("delays.spo2_very_low", "s")]
Percent = Annotated[float, Field(gt=0, le=100, json_schema_extra={"unit": "%"})]
Rise = Annotated[float, Field(gt=0, le=100, json_schema_extra={"unit": "mmHg"})]


class Limits(Section):
    """Where an alarm begins: below a low limit, above a high one, at or above ``crisis`` and ``at_once``."""

    spo2_low: Saturation = Field(description="SpO2 in % below which the patient is looked at")
    spo2_very_low: VeryLowSaturation = Field(description="SpO2 in % below which someone goes now")
    heart_rate_low: HeartRate = Field(description="heart rate in bpm below which the patient is looked at")
    heart_rate_very_low: HeartRate = Field(description="heart rate in bpm below which someone goes now")
    heart_rate_high: HeartRate = Field(description="heart rate in bpm above which the patient is looked at")
    heart_rate_very_high: HeartRate = Field(description="heart rate in bpm above which someone goes now")
    systolic_high: Systolic = Field(description="systolic pressure in mmHg above which, twice, it is too high")
    systolic_crisis: Systolic = Field(description="systolic pressure in mmHg from which, twice, it is a crisis")
    systolic_at_once: Systolic = Field(description="systolic pressure in mmHg from which one reading is a crisis")
    diastolic_high: Diastolic = Field(description="diastolic pressure in mmHg above which, twice, it is too high")
    diastolic_crisis: Diastolic = Field(description="diastolic pressure in mmHg from which, twice, it is a crisis")
    diastolic_at_once: Diastolic = Field(description="diastolic pressure in mmHg from which one reading is a crisis")
    mean_low: Mean = Field(description="mean pressure in mmHg below which one reading is too low")
    systolic_low: Systolic = Field(description="systolic pressure in mmHg below which one reading is too low")
    systolic_very_low: Systolic = Field(description="systolic pressure in mmHg below which someone goes now")
    respiration_low: Respiration = Field(description="breaths a minute below which the patient is looked at")


class Delays(Section):
    """Seconds that a value must stay beyond its limit before the alarm begins."""

    spo2_low: Delay = Field(description="seconds for SpO2 up to 2 below its low limit")
    spo2_low_deep: Delay = Field(description="seconds for SpO2 more than 2 below its low limit")
    spo2_low_deeper: Delay = Field(description="seconds for SpO2 more than 4 below its low limit")
    spo2_very_low: UrgentDelay = Field(description="seconds for SpO2 below the very low limit")
    heart_rate_high: HeartRateDelay = Field(description="seconds for a high heart rate")
    heart_rate_very_high: UrgentDelay = Field(description="seconds for a very high heart rate")
    heart_rate_low: HeartRateDelay = Field(description="seconds for a low heart rate")
    heart_rate_very_low: UrgentDelay = Field(description="seconds for a very low heart rate")
    respiration_low: Delay = Field(description="seconds for slow breathing")
    apnea: Delay = Field(description="seconds without a breath, from a device that measures breathing")


class Options(Section):
    """How alarms are decided, beside limits and delays."""

    sat_seconds: Literal[0, 10, 25, 50, 100] = Field(
        description="points below the SpO2 low limit, times seconds, that make the alarm; 0 uses the delays"
    )
    sat_seconds_counting: Literal["mindray", "ge"] = Field(
        description="whether a value exactly at the limit counts no point (mindray) or one (ge)"
    )
    reaction: bool = Field(description="whether the signs of an infusion reaction are looked for together")
    nibp_interval_min: CuffInterval = Field(
        description="minutes from one cuff reading to the next at the start of a visit, 1 to 60"
    )


class Trends(Section):
    """Changes of the cuff pressure against the visit's baseline that are worth a look."""

    rise_systolic_percent: Percent = Field(description="rise of the systolic pressure in % that is noted")
    rise_systolic: Rise = Field(description="rise of the systolic pressure in mmHg that is noted")
    rise_diastolic: Rise = Field(description="rise of the diastolic pressure in mmHg that is noted")
    rise_medium_systolic: Rise | None = Field(
        default=None, description="rise of the systolic in mmHg that is a medium alarm"
    )
    rise_medium_diastolic: Rise | None = Field(
        default=None, description="rise of the diastolic in mmHg that is a medium alarm"
    )
    fall_low_percent: Percent | None = Field(default=None, description="fall of the systolic in % that is a low alarm")
    fall_medium_percent: Percent | None = Field(
        default=None, description="fall of the systolic in % that is a medium alarm"
    )


class ProfileFile(Section):
    """Everything that a profile file, together with those it inherits from, may say."""

    name: Id = Field(description="short name of the profile: 1 to 32 letters, digits, . _ or -")
    version: str = Field(min_length=1, max_length=40, description="version of this file, changed with every change")
    signed_by: str = Field(default="", max_length=80, description="who approved this version; empty while nobody has")
    inherits: str | None = Field(default=None, description="profile that this one builds on; default: adult-default")
    description: str = Field(
        default="", max_length=400, description="one or two sentences for the people who choose it"
    )
    limits: Limits = Field(description="where alarms begin")
    delays: Delays = Field(description="seconds that a value must stay beyond its limit")
    options: Options = Field(description="how alarms are decided")
    trends: Trends = Field(description="changes against the baseline")

    @model_validator(mode="after")
    def _nothing_is_crossed(self) -> ProfileFile:
        crossed = list(_crossed(self))
        if crossed:
            text = "; ".join(f"{first} must be {words} {second}" for first, words, second in crossed)
            raise PydanticCustomError("crossed", "{text}", {"text": text, "crossed": crossed})
        return self


class ProfileConfig(ProfileFile):
    """A complete profile. Made by :func:`vitalwatch.config.load_profile`."""

    sources: dict[str, str] = Field(
        description='where each value in force was set: "limits.spo2_low" to "adult-default.toml:12"'
    )

    @property
    def signature(self) -> str:
        """Who approved it, in words for people."""
        return f"signed by {self.signed_by}" if self.signed_by else "unsigned default"


def alarm_profile(profile: ProfileConfig) -> Profile:
    """A profile as the alarm core takes it."""
    return msgspec.convert(profile.model_dump(), Profile, strict=False)


def _crossed(profile: ProfileFile) -> Iterator[tuple[str, str, str]]:
    """Pairs of values that stand the wrong way round, with the words that say how they should."""
    return crossed(
        {
            f"{section}.{key}": value
            for section in ("limits", "delays", "trends")
            for key, value in getattr(profile, section)
            if value is not None
        }
    )
