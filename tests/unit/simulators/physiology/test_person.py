"""Who is in the chair."""

from __future__ import annotations

from statistics import mean

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_simulators.physiology.person import NASAL, person


@given(st.integers())
def test_every_person_may_start_and_has_a_pulse_pressure(seed: int):
    who = person(seed)
    assert who.diastolic + 14.0 <= who.systolic <= 140.0
    assert who.diastolic <= 90.0
    assert 60.0 <= who.heart_rate <= 90.0
    assert 0.0 <= who.shunt <= 1.2
    assert who.nasal > 0.0


@given(st.integers())
def test_the_same_seed_is_the_same_person(seed: int):
    assert person(seed) == person(seed)


def test_another_seed_is_another_person():
    assert person(1) != msgspec.structs.replace(person(2), seed=1)


def test_a_nasal_dose_acts_half_as_strongly_on_average():
    assert abs(mean(person(seed).nasal for seed in range(2000)) - NASAL[0]) < 0.03
