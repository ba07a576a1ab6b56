"""Modified Aldrete: each choice, both circulation variants at their boundaries, and the threshold of 9."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import UsageError
from vitalwatch.visits.scores import (
    Activity,
    Aldrete,
    Breathing,
    CirculationVariant,
    Oxygenation,
    Wakefulness,
    score_aldrete,
)

BEST: dict[str, Any] = {
    "activity": Activity.FOUR_LIMBS,
    "breathing": Breathing.DEEP_AND_COUGHS,
    "systolic": 120,
    "systolic_before_dose": 120,
    "wakefulness": Wakefulness.FULLY_AWAKE,
    "oxygenation": Oxygenation.GOOD_ON_AIR,
}


def points(score: Aldrete, name: str) -> int | None:
    return next(item.points for item in score.items if item.name == name)


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("activity", [Activity.FOUR_LIMBS, Activity.TWO_LIMBS, Activity.NO_LIMBS]),
        ("breathing", [Breathing.DEEP_AND_COUGHS, Breathing.LIMITED, Breathing.APNOEIC]),
        ("wakefulness", [Wakefulness.FULLY_AWAKE, Wakefulness.ROUSED_BY_CALLING, Wakefulness.NOT_RESPONDING]),
        ("oxygenation", [Oxygenation.GOOD_ON_AIR, Oxygenation.NEEDS_OXYGEN, Oxygenation.LOW_ON_OXYGEN]),
    ],
)
def test_each_choice_scores_two_one_or_none(name: str, levels: list[Any]) -> None:
    assert [points(score_aldrete(**{name: level}), name) for level in levels] == [2, 1, 0]


@pytest.mark.parametrize(
    ("variant", "before", "table"),
    [
        # 150 mmHg before: 20 % is 30 mmHg, 50 % is 75 mmHg, in either direction.
        (CirculationVariant.PERCENT, 150, {150: 2, 180: 2, 181: 1, 225: 1, 226: 0, 120: 2, 119: 1, 75: 1, 74: 0}),
        (CirculationVariant.MMHG, 150, {150: 2, 170: 2, 171: 1, 200: 1, 201: 0, 130: 2, 129: 1, 100: 1, 99: 0}),
    ],
)
def test_circulation_bands_end_at_20_and_50(
    variant: CirculationVariant, before: float, table: dict[float, int]
) -> None:
    got = {
        now: points(score_aldrete(systolic=now, systolic_before_dose=before, variant=variant), "circulation")
        for now in table
    }
    assert got == table


def test_the_circulation_variant_is_kept_and_is_percent_by_default() -> None:
    assert score_aldrete().variant == "circulation_percent"
    assert score_aldrete(variant=CirculationVariant.MMHG).variant == "circulation_mmhg"


def test_circulation_is_unknown_without_the_pre_dose_pressure() -> None:
    assert "circulation" in score_aldrete(systolic=120).missing
    assert "circulation" in score_aldrete(systolic_before_dose=120).missing


@pytest.mark.parametrize(
    ("changes", "total", "may_leave"),
    [
        ({}, 10, True),
        ({"systolic": 150}, 9, True),
        ({"systolic": 150, "oxygenation": Oxygenation.NEEDS_OXYGEN}, 8, False),
    ],
)
def test_nine_is_enough_to_leave_recovery(changes: dict[str, Any], total: int, may_leave: bool) -> None:
    score = score_aldrete(**BEST | changes)
    assert (score.total, score.may_leave_recovery, str(score)) == (total, may_leave, f"Aldrete {total}")


def test_a_partial_score_is_no_number_and_lets_nobody_leave() -> None:
    score = score_aldrete(**BEST | {"oxygenation": None})
    assert (score.total, score.may_leave_recovery) == (None, None)
    assert str(score) == "Aldrete partial (4 of 5), >= 8"


@pytest.mark.parametrize("name", ["systolic", "systolic_before_dose"])
@pytest.mark.parametrize("value", [0, 301, float("nan")])
def test_an_implausible_pressure_is_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError):
        score_aldrete(**BEST | {name: value})


@given(st.integers(30, 300), st.integers(30, 300), st.integers(30, 300), st.sampled_from(CirculationVariant))
def test_a_larger_change_never_raises_the_score(
    before: int, first: int, second: int, variant: CirculationVariant
) -> None:
    near, far = sorted((first, second), key=lambda now: abs(now - before))
    near_points, far_points = (
        score_aldrete(systolic=now, systolic_before_dose=before, variant=variant).at_least for now in (near, far)
    )
    assert far_points <= near_points


@given(st.integers(30, 300), st.integers(30, 300))
def test_percent_bands_are_exact_for_every_whole_pressure(before: int, now: int) -> None:
    hundredfold = 100 * abs(now - before)
    expected = 2 if hundredfold <= 20 * before else 1 if hundredfold <= 50 * before else 0
    assert score_aldrete(systolic=now, systolic_before_dose=before).at_least == expected
