"""The simulated person: repeatable, quiet unless the story says otherwise, and each story does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_simulators.patient import KETAMINE_END_S, KETAMINE_PEAK_S, STORIES, Patient

SEEDS = st.integers(min_value=0, max_value=2**32)
TIMES = st.floats(min_value=0, max_value=12 * 3600)
STORY = st.sampled_from(sorted(STORIES))


@given(SEEDS, STORY, st.lists(TIMES, min_size=1, max_size=5))
def test_the_same_seed_and_time_give_the_same_vitals_in_any_order(seed: int, story: str, times: list[float]) -> None:
    forwards, backwards = Patient(seed, story), Patient(seed, story)
    seen = {t: forwards.vitals(t) for t in times}
    assert {t: backwards.vitals(t) for t in reversed(times)} == seen


def test_other_seeds_are_other_people() -> None:
    assert len({Patient(seed).vitals(0.0).heart_rate for seed in range(20)}) == 20


@given(SEEDS, TIMES)
def test_a_quiet_person_stays_well_inside_the_usual_limits(seed: int, t: float) -> None:
    body = Patient(seed).vitals(t)
    assert 55 < body.heart_rate < 95
    assert 94 < body.spo2 <= 100
    assert 0.5 < body.perfusion_index < 8
    assert 95 < body.systolic < 140
    assert 55 < body.diastolic < 90
    assert (body.sensor, body.motion) == ("on", False)


@given(SEEDS, STORY, TIMES)
def test_everybody_is_possible_in_every_story(seed: int, story: str, t: float) -> None:
    body = Patient(seed, story).vitals(t)
    assert body.systolic - 15 > body.mean_pressure > body.diastolic > 10
    assert 80 < body.spo2 <= 100


@given(SEEDS, TIMES)
def test_nothing_jumps_from_one_second_to_the_next(seed: int, t: float) -> None:
    for story in STORIES:
        one, next_ = Patient(seed, story).vitals(t), Patient(seed, story).vitals(t + 1.0)
        assert abs(one.spo2 - next_.spo2) < 2.0
        assert abs(one.heart_rate - next_.heart_rate) < 9.0


def extra(story: str, t: float, seed: int = 3) -> tuple[float, float]:
    """What the story adds to systolic and diastolic at ``t``."""
    rest, body = Patient(seed).vitals(t), Patient(seed, story).vitals(t)
    return round(body.systolic - rest.systolic, 6), round(body.diastolic - rest.diastolic, 6)


def test_ketamine_raises_the_pressure_by_16_over_11_at_40_min_and_is_over_at_90_min() -> None:
    assert extra("ketamine", 0.0) == (0.0, 0.0)
    assert extra("ketamine", KETAMINE_PEAK_S) == (16.0, 11.0)
    assert extra("ketamine", KETAMINE_PEAK_S / 2) == (8.0, 5.5)
    assert extra("ketamine", KETAMINE_END_S) == (0.0, 0.0)
    assert extra("ketamine", 3 * 3600.0) == (0.0, 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_desaturation_gives_an_alarm_within_the_first_minute_and_recovers(seed: int) -> None:
    patient = Patient(seed, "desaturation")
    assert patient.vitals(15.0).spo2 > 94
    assert all(patient.vitals(t).spo2 < 85 for t in range(35, 70))
    assert patient.vitals(90.0).spo2 > 94
    assert patient.vitals(360.0 + 50.0).spo2 < 85


def test_the_probe_comes_off_for_35_s_and_then_searches() -> None:
    patient = Patient(1, "probe_off")
    sensors = [patient.vitals(float(t)).sensor for t in (39, 40, 74, 75, 82, 83, 400)]
    assert sensors == ["on", "off", "off", "searching", "searching", "on", "off"]


@pytest.mark.parametrize("seed", range(5))
def test_pressure_rise_is_calm_at_the_first_cuff_reading_and_a_crisis_at_the_second(seed: int) -> None:
    patient = Patient(seed, "pressure_rise")
    assert patient.vitals(8.0).systolic < 140
    for interval_s in (30.0, 120.0, 300.0):
        second = patient.vitals(8.0 + interval_s)
        assert second.systolic > 180
        assert second.diastolic > 110
    assert patient.vitals(1800.0).systolic < 140


def test_fast_heart_and_motion() -> None:
    assert Patient(1, "fast_heart").vitals(10.0).heart_rate < 95
    assert Patient(1, "fast_heart").vitals(60.0).heart_rate > 125
    assert [Patient(1, "motion").vitals(t).motion for t in (19.0, 20.0, 59.0, 60.0)] == [False, True, True, False]


def test_there_is_no_unknown_story() -> None:
    with pytest.raises(KeyError):
        Patient(1, "holiday")


@pytest.mark.parametrize("story", STORIES)
def test_every_story_is_in_the_readme(story: str, project: Path) -> None:
    readme = (project / "simulators/vitalwatch_simulators/README.md").read_text(encoding="utf-8")
    assert f"| `{story}` |" in readme
