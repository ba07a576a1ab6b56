"""MEWS: the published table at every boundary, and the two readings of a heart rate of exactly 40."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import UsageError
from vitalwatch.visits.scores import Avpu, HeartRate40, Mews, score_mews

NORMAL: dict[str, Any] = {
    "systolic": 120,
    "heart_rate": 70,
    "respiration_rate": 12,
    "temperature": 37.0,
    "consciousness": Avpu.ALERT,
}


def scored(**values: Any) -> Mews:
    return score_mews(**values)


def points(score: Mews, name: str) -> int | None:
    return next(item.points for item in score.items if item.name == name)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("systolic", {70: 3, 71: 2, 80: 2, 81: 1, 100: 1, 101: 0, 199: 0, 200: 2, 300: 2}),
        ("heart_rate", {0: 2, 39: 2, 41: 1, 50: 1, 51: 0, 100: 0, 101: 1, 110: 1, 111: 2, 129: 2, 130: 3}),
        ("respiration_rate", {0: 2, 8: 2, 9: 0, 14: 0, 15: 1, 20: 1, 21: 2, 29: 2, 30: 3}),
        ("temperature", {34.9: 2, 34.94: 2, 34.95: 0, 35.0: 0, 38.4: 0, 38.44: 0, 38.45: 2, 38.5: 2}),
    ],
)
@pytest.mark.parametrize("variant", HeartRate40)
def test_each_band_starts_and_ends_where_the_table_says(
    name: str, table: dict[float, int], variant: HeartRate40
) -> None:
    assert {value: points(scored(**{name: value}, variant=variant), name) for value in table} == table


@pytest.mark.parametrize(("variant", "expected"), [(HeartRate40.SCORES_2, 2), (HeartRate40.SCORES_1, 1)])
def test_a_heart_rate_of_40_follows_the_variant_that_the_result_names(variant: HeartRate40, expected: int) -> None:
    score = scored(heart_rate=40, variant=variant)
    assert (points(score, "heart_rate"), score.variant) == (expected, variant.value)


def test_the_more_careful_reading_of_40_is_the_default() -> None:
    assert points(scored(heart_rate=40), "heart_rate") == 2


def test_consciousness_runs_from_alert_to_unresponsive() -> None:
    assert [points(scored(consciousness=level), "consciousness") for level in Avpu] == [0, 1, 2, 3]


def test_a_normal_set_is_zero_and_the_worst_is_fourteen() -> None:
    assert str(scored(**NORMAL)) == "MEWS 0"
    worst = scored(systolic=60, heart_rate=140, respiration_rate=35, temperature=34, consciousness=Avpu.UNRESPONSIVE)
    assert worst.total == 14


@pytest.mark.parametrize(("changes", "critical"), [({"systolic": 75}, False), ({"systolic": 65}, True)])
def test_five_is_critical_and_four_is_not(changes: dict[str, Any], critical: bool) -> None:
    score = scored(**NORMAL | {"heart_rate": 120} | changes)
    assert (score.total, score.critical) == (5 if critical else 4, critical)


def test_a_partial_score_is_no_number_and_never_uncritical() -> None:
    score = scored(systolic=95, heart_rate=70)
    assert (score.total, score.critical) == (None, None)
    assert str(score) == "MEWS partial (2 of 5), >= 1"
    assert scored(systolic=65, heart_rate=120).critical is True


@pytest.mark.parametrize("name", ["systolic", "heart_rate", "respiration_rate", "temperature"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, 1000])
def test_an_implausible_value_is_refused_not_scored(name: str, value: float) -> None:
    with pytest.raises(UsageError):
        scored(**{name: value})


def test_new_confusion_has_no_place_in_mews() -> None:
    with pytest.raises(UsageError):
        scored(consciousness="new_confusion")


@given(
    st.sampled_from(
        [
            ("systolic", 30, 101, 199, 300),
            ("heart_rate", 10, 51, 100, 350),
            ("respiration_rate", 1, 9, 14, 150),
            ("temperature", 20, 35.0, 38.4, 45),
        ]
    ),
    st.sampled_from(HeartRate40),
    st.data(),
)
def test_moving_away_from_normal_never_lowers_the_score(
    vital: tuple[str, float, float, float, float], variant: HeartRate40, data: st.DataObject
) -> None:
    name, lowest, low, high, highest = vital

    def points_of(value: float) -> int:
        return scored(**{name: value}, variant=variant).at_least

    near, far = sorted(data.draw(st.tuples(st.floats(high, highest), st.floats(high, highest))))
    assert points_of(near) <= points_of(far)
    far, near = sorted(data.draw(st.tuples(st.floats(lowest, low), st.floats(lowest, low))))
    assert points_of(near) <= points_of(far)
