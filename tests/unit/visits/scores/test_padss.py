"""PADSS: the change bands at their boundaries, the joined findings, and the threshold of 9."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import UsageError
from vitalwatch.visits.scores import Padss, Severity, score_padss

BEST: dict[str, Any] = {
    "systolic": 120,
    "systolic_baseline": 120,
    "pulse": 70,
    "pulse_baseline": 70,
    "oriented": True,
    "steady_gait": True,
    "pain_nausea_vomiting": Severity.MINIMAL,
    "iv_site_bleeding": Severity.MINIMAL,
    "drank": True,
    "voided": True,
}


def scored(**values: Any) -> Padss:
    return score_padss(**values)


def points(score: Padss, name: str) -> int | None:
    return next(item.points for item in score.items if item.name == name)


BANDS = {100: 2, 120: 2, 121: 1, 140: 1, 141: 0, 80: 2, 79: 1, 60: 1, 59: 0}


def test_pressure_bands_end_at_20_and_40_percent() -> None:
    got = {now: points(scored(**BEST | {"systolic": now, "systolic_baseline": 100}), "vital_signs") for now in BANDS}
    assert got == BANDS


def test_pulse_bands_end_at_20_and_40_percent() -> None:
    got = {now: points(scored(**BEST | {"pulse": now, "pulse_baseline": 100}), "vital_signs") for now in BANDS}
    assert got == BANDS


@pytest.mark.parametrize("name", ["systolic", "systolic_baseline", "pulse", "pulse_baseline"])
def test_vital_signs_need_both_values_and_both_baselines(name: str) -> None:
    assert scored(**BEST | {name: None}).missing == ("vital_signs",)


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [("activity_and_mind", "oriented", "steady_gait"), ("intake_and_output", "drank", "voided")],
)
def test_joined_findings_score_both_either_neither_and_nothing_while_one_is_unknown(
    name: str, first: str, second: str
) -> None:
    table = {
        (True, True): 2,
        (True, False): 1,
        (False, True): 1,
        (False, False): 0,
        (True, None): None,
        (None, False): None,
    }
    assert {both: points(scored(**{first: both[0], second: both[1]}), name) for both in table} == table


@pytest.mark.parametrize("name", ["pain_nausea_vomiting", "iv_site_bleeding"])
def test_complaints_score_minimal_moderate_severe(name: str) -> None:
    got = {severity: points(scored(**{name: severity}), name) for severity in Severity}
    assert got == {Severity.MINIMAL: 2, Severity.MODERATE: 1, Severity.SEVERE: 0}


@pytest.mark.parametrize(
    ("changes", "total", "fit"),
    [({}, 10, True), ({"voided": False}, 9, True), ({"voided": False, "systolic": 150}, 8, False)],
)
def test_nine_is_fit_for_discharge(changes: dict[str, Any], total: int, fit: bool) -> None:
    score = scored(**BEST | changes)
    assert (score.total, score.fit_for_discharge, str(score)) == (total, fit, f"PADSS {total}")


def test_a_partial_score_is_no_number_and_finds_nobody_fit() -> None:
    score = scored(**BEST | {"voided": None})
    assert (score.total, score.fit_for_discharge) == (None, None)
    assert str(score) == "PADSS partial (4 of 5), >= 8"


@pytest.mark.parametrize("name", ["systolic", "systolic_baseline", "pulse", "pulse_baseline"])
@pytest.mark.parametrize("value", [0, 400, float("nan")])
def test_an_implausible_value_is_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError):
        scored(**BEST | {name: value})


@given(st.integers(30, 300), st.integers(30, 300), st.integers(30, 300))
def test_a_larger_change_of_pressure_never_raises_the_score(baseline: int, first: int, second: int) -> None:
    near, far = sorted((first, second), key=lambda now: abs(now - baseline))
    near_score, far_score = (
        scored(**BEST | {"systolic": now, "systolic_baseline": baseline}).at_least for now in (near, far)
    )
    assert far_score <= near_score
