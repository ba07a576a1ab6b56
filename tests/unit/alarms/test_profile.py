"""Limits and delays in force: the figures of the clinical notes (§8), what may be changed, and what may not."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from vitalwatch.alarms import Profile
from vitalwatch.alarms.profile import HARD_RANGES, changed, crossed, looser, numbers
from vitalwatch.config.profile import alarm_profile
from vitalwatch.config.profile_files import load_profile
from vitalwatch.errors import UsageError

WHO, WHY = "Nurse on duty", "known lung disease"


class Figures(NamedTuple):
    """One column of the table of profiles. Pairs and triples are in the order of the table: the worse comes later."""

    spo2: tuple[float, float] = (90, 85)
    heart_low: tuple[float, float] = (50, 40)
    heart_high: tuple[float, float] = (120, 150)
    heart_high_delay: float = 10
    systolic: tuple[float, float, float] = (160, 180, 200)
    diastolic: tuple[float, float, float] = (100, 120, 130)
    mean_low: float = 60
    systolic_low: tuple[float, float] = (90, 80)
    interval_min: float = 15
    reaction: bool = False


KETAMINE = Figures(
    spo2=(92, 88), heart_high_delay=60, systolic=(170, 180, 200), diastolic=(105, 110, 120), interval_min=5
)
IRON = Figures(
    heart_high=(120, 140),
    systolic=(170, 200, 200),
    diastolic=(105, 120, 130),
    systolic_low=(95, 85),
    interval_min=5,
    reaction=True,
)
TABLE = {
    "adult-default": Figures(),
    "ketamine-iv": KETAMINE,
    "ketamine-im": KETAMINE,
    "esketamine-nasal": KETAMINE._replace(interval_min=20),
    "iron": IRON,
    "biologic": IRON._replace(interval_min=15),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_built_in_profiles_have_the_figures_of_the_clinical_notes(name: str) -> None:
    profile = alarm_profile(load_profile(name))
    limits, delays = profile.limits, profile.delays
    assert TABLE[name] == Figures(
        spo2=(limits.spo2_low, limits.spo2_very_low),
        heart_low=(limits.heart_rate_low, limits.heart_rate_very_low),
        heart_high=(limits.heart_rate_high, limits.heart_rate_very_high),
        heart_high_delay=delays.heart_rate_high,
        systolic=(limits.systolic_high, limits.systolic_crisis, limits.systolic_at_once),
        diastolic=(limits.diastolic_high, limits.diastolic_crisis, limits.diastolic_at_once),
        mean_low=limits.mean_low,
        systolic_low=(limits.systolic_low, limits.systolic_very_low),
        interval_min=profile.options.nibp_interval_min,
        reaction=profile.options.reaction,
    )
    assert (delays.spo2_low, delays.spo2_low_deep, delays.spo2_low_deeper, delays.spo2_very_low) == (15, 10, 5, 5)


@pytest.mark.parametrize(
    ("name", "rises", "falls"),
    [
        ("adult-default", (None, None), (None, None)),
        ("ketamine-iv", (40, 25), (None, None)),
        ("iron", (None, None), (20, 30)),
    ],
)
def test_relative_pressures(
    name: str, rises: tuple[float | None, float | None], falls: tuple[float | None, float | None]
) -> None:
    trends = alarm_profile(load_profile(name)).trends
    assert (trends.rise_systolic_percent, trends.rise_systolic, trends.rise_diastolic) == (20, 30, 20)
    assert (trends.rise_medium_systolic, trends.rise_medium_diastolic) == rises
    assert (trends.fall_low_percent, trends.fall_medium_percent) == falls


def test_the_file_of_adult_default_and_the_built_in_one_are_the_same() -> None:
    assert numbers(alarm_profile(load_profile("adult-default"))) == numbers(Profile())


def test_a_value_from_a_file_tells_its_file_and_line() -> None:
    source = alarm_profile(load_profile("ketamine-iv")).source("limits.spo2_low")
    assert source.startswith("ketamine-iv.toml:")


# --- one patient's own limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("limits.spo2_low", 80),
        ("limits.spo2_very_low", 75),
        ("limits.heart_rate_very_low", 30),
        ("limits.heart_rate_very_high", 180),
        ("limits.systolic_at_once", 220),
        ("limits.systolic_very_low", 70),
        ("delays.spo2_low", 30),
        ("delays.heart_rate_high", 60),
        ("delays.heart_rate_low", 60),
        ("delays.spo2_very_low", 10),
        ("delays.heart_rate_very_high", 10),
        ("delays.heart_rate_very_low", 10),
    ],
)
def test_loosening_goes_to_the_hard_range_and_no_further(key: str, value: float) -> None:
    beyond = math.copysign(0.5, value - numbers(Profile())[key])
    base = Profile()
    if key == "limits.spo2_low":
        base = changed(base, "limits.spo2_very_low", 75, WHO, WHY)
    assert numbers(changed(base, key, value, WHO, WHY))[key] == value
    with pytest.raises(UsageError):
        changed(base, key, value + beyond, WHO, WHY)


@pytest.mark.parametrize(
    ("key", "tighter", "wider"),
    [
        ("limits.spo2_low", 93, 88),
        ("limits.heart_rate_low", 55, 45),
        ("limits.heart_rate_high", 110, 130),
        ("limits.systolic_high", 150, 170),
        ("limits.systolic_low", 95, 85),
        ("limits.mean_low", 65, 55),
        ("limits.diastolic_crisis", 115, 125),
        ("limits.respiration_low", 10, 6),
        ("delays.spo2_low", 12, 20),
        ("delays.apnea", 15, 25),
    ],
)
def test_tightening_is_free_and_loosening_needs_a_reason(key: str, tighter: float, wider: float) -> None:
    assert numbers(changed(Profile(), key, tighter, WHO, ""))[key] == tighter
    with pytest.raises(UsageError, match="reason"):
        changed(Profile(), key, wider, WHO, "  ")
    assert numbers(changed(Profile(), key, wider, WHO, WHY))[key] == wider


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("key", ["limits.spo2_low", "limits.systolic_high", "delays.spo2_low"])
def test_what_is_no_number_is_refused(key: str, value: float) -> None:
    with pytest.raises(UsageError):
        changed(Profile(), key, value, WHO, WHY)


@pytest.mark.parametrize("key", ["limits.no_such", "options.sat_seconds", "trends.rise_systolic", "spo2_low", ""])
def test_an_unknown_name_is_refused(key: str) -> None:
    with pytest.raises(UsageError):
        changed(Profile(), key, 90, WHO, WHY)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("limits.spo2_low", 85),  # not above "very low"
        ("limits.spo2_very_low", 90),
        ("limits.heart_rate_very_high", 120),
        ("limits.systolic_very_low", 90),
        ("limits.systolic_crisis", 201),  # above "at once"
        ("delays.spo2_low_deep", 16),  # a deeper fall would wait longer
    ],
)
def test_worse_stays_beyond_less_bad(key: str, value: float) -> None:
    with pytest.raises(UsageError, match="must be"):
        changed(Profile(), key, value, WHO, WHY)


def test_a_change_is_a_new_profile_and_says_whose_it_is() -> None:
    before = Profile()
    after = changed(before, "limits.spo2_low", 88, WHO, WHY)
    assert (before.limits.spo2_low, after.limits.spo2_low) == (90, 88)
    assert after.source("limits.spo2_low") == f"set for this patient by {WHO}: {WHY}"
    assert after.source("limits.spo2_very_low") == "adult-default (built in)"


def test_every_limit_and_delay_has_its_hard_range() -> None:
    assert {key for key in numbers(Profile()) if not key.startswith("trends.")} == set(HARD_RANGES)


def test_the_built_in_profiles_are_within_the_hard_ranges_and_not_crossed() -> None:
    for name in TABLE:
        values = numbers(alarm_profile(load_profile(name)))
        assert [key for key, (low, high) in HARD_RANGES.items() if not low <= values[key] <= high] == []
        assert list(crossed(values)) == []


@pytest.mark.parametrize(("old", "new", "is_looser"), [(90, 89, True), (90, 91, False), (90, 90, False)])
def test_lower_is_looser_on_the_low_side(old: float, new: float, is_looser: bool) -> None:
    assert looser("limits.spo2_low", old, new) is is_looser


def test_the_hard_ranges_are_those_of_the_clinical_notes() -> None:
    heart, systolic, diastolic, very = (30, 180), (70, 220), (30, 130), (0, 10)
    assert {
        "limits.spo2_low": (80, 98),
        "limits.spo2_very_low": (75, 97),
        "limits.heart_rate_low": heart,
        "limits.heart_rate_very_low": heart,
        "limits.heart_rate_high": heart,
        "limits.heart_rate_very_high": heart,
        "limits.systolic_high": systolic,
        "limits.systolic_crisis": systolic,
        "limits.systolic_at_once": systolic,
        "limits.diastolic_high": diastolic,
        "limits.diastolic_crisis": diastolic,
        "limits.diastolic_at_once": diastolic,
        "limits.mean_low": (40, 100),
        "limits.systolic_low": systolic,
        "limits.systolic_very_low": systolic,
        "limits.respiration_low": (4, 20),
        "delays.spo2_low": (0, 30),
        "delays.spo2_low_deep": (0, 30),
        "delays.spo2_low_deeper": (0, 30),
        "delays.spo2_very_low": very,
        "delays.heart_rate_high": (0, 60),
        "delays.heart_rate_very_high": very,
        "delays.heart_rate_low": (0, 60),
        "delays.heart_rate_very_low": very,
        "delays.respiration_low": (0, 30),
        "delays.apnea": (0, 30),
    } == HARD_RANGES
