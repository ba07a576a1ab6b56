"""What happens to a simulated person, whoever asks and in whatever order."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitalwatch.errors import UsageError
from vitalwatch_simulators.patient import KEPT_S, SEARCH_S, Happening, Patient, Pull, Span
from vitalwatch_simulators.physiology.drugs import Dose
from vitalwatch_simulators.physiology.episodes import KINDS, episode

happenings: st.SearchStrategy[Happening] = st.one_of(
    st.builds(Dose, st.sampled_from(["iv", "im", "nasal"]), st.floats(0.0, 200.0)),
    st.builds(episode, st.sampled_from(sorted(KINDS)), st.floats(0.0, 200.0)),
    st.builds(Pull, st.just("spo2"), st.floats(70.0, 99.0), st.floats(0.0, 200.0), st.floats(0.0, 60.0)),
    st.builds(Span, st.sampled_from(["off", "motion", "cuff_leak"]), st.floats(0.0, 100.0), st.floats(100.0, 200.0)),
)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.lists(happenings, max_size=4), st.lists(st.floats(0.0, 300.0), min_size=2, max_size=20))
def test_whoever_asks_and_in_whatever_order_the_vitals_are_the_same(
    seed: int, befall: list[Happening], times: list[float]
):
    one, other = Patient(seed, befall), Patient(seed, befall)
    straight = {t: one.vitals(t) for t in sorted(times)}
    assert {t: other.vitals(t) for t in times} == straight


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), happenings)
def test_what_is_told_in_time_is_as_if_it_had_been_known(seed: int, happening: Happening):
    known, told = Patient(seed, [happening]), Patient(seed)
    told.happen(happening)
    assert [told.vitals(t) for t in range(0, 300, 7)] == [known.vitals(t) for t in range(0, 300, 7)]


def test_what_is_long_over_is_forgotten_and_says_so():
    patient = Patient(1)
    patient.vitals(KEPT_S + 100.0)
    assert patient.vitals(150.0).spo2 > 90.0
    with pytest.raises(UsageError):
        patient.vitals(50.0)


def test_a_pulled_value_is_there_stays_and_comes_back():
    calm, patient = Patient(1), Patient(1, [Pull("spo2", 84.0, at=100.0, over=20.0, lasts=30.0)])
    assert patient.vitals(99.0).spo2 == calm.vitals(99.0).spo2
    assert patient.vitals(120.0).spo2 == pytest.approx(84.0)
    assert patient.vitals(150.0).spo2 == pytest.approx(84.0)
    assert patient.vitals(171.0).spo2 == pytest.approx(calm.vitals(171.0).spo2)


def test_a_sensor_that_was_off_looks_for_the_pulse_when_it_is_back():
    patient = Patient(1, [Span("off", 10.0, 20.0)])
    seen = [patient.vitals(t).sensor for t in (9.9, 10.0, 19.9, 20.0, 20.0 + SEARCH_S)]
    assert seen == ["on", "off", "off", "searching", "on"]


def test_what_a_sensor_cannot_see_the_body_still_has():
    assert Patient(1, [Span("off", 0.0, 50.0)]).vitals(20.0).spo2 == Patient(1).vitals(20.0).spo2


@pytest.mark.parametrize("what", ["motion", "cuff_leak"])
def test_an_arm_that_moves_and_a_cuff_that_leaks_spoil_a_reading(what: str):
    patient = Patient(1, [Span(what, 10.0, 20.0)])  # type: ignore[arg-type]
    assert [patient.vitals(t).spoils_cuff for t in (9.0, 10.0, 19.0, 20.0)] == [False, True, True, False]


def test_a_refitted_sensor_and_cuff_are_right_again_and_what_is_to_come_still_comes():
    patient = Patient(
        1, [Span("off", 10.0, math.inf), Span("cuff_leak", 10.0, math.inf), Span("unplugged", 60.0, 70.0)]
    )
    assert (patient.vitals(29.0).sensor, patient.vitals(29.0).spoils_cuff) == ("off", True)
    patient.refit(30.0)
    assert (patient.vitals(30.0).sensor, patient.vitals(30.0).spoils_cuff) == ("searching", False)
    assert patient.vitals(30.0 + SEARCH_S).sensor == "on"
    assert patient.vitals(65.0).sensor == "unplugged"


def test_nobody_stops_an_arm_from_moving_by_refitting_the_sensor():
    patient = Patient(1, [Span("motion", 10.0, 40.0)])
    patient.refit(20.0)
    assert patient.vitals(30.0).motion


def test_a_stopped_infusion_lets_the_pressure_go_back():
    going, stopped = Patient(1, [Dose("iv", 0.0)]), Patient(1, [Dose("iv", 0.0)])
    stopped.vitals(600.0)
    stopped.stop_infusions(600.0)
    assert stopped.vitals(2400.0).systolic < going.vitals(2400.0).systolic - 5.0


def test_the_heart_beats_as_often_as_its_rate_says():
    patient = Patient(1)
    beats = patient.vitals(60.0).beats - patient.vitals(0.0).beats
    rates = [patient.vitals(float(second)).heart_rate for second in range(1, 61)]
    assert abs(sum(rates) / 60.0 - beats) < 1e-6


def test_a_whole_dose_is_divided_by_the_persons_weight() -> None:
    person = Patient(3).person
    whole, by_weight = Patient(3, [Dose("nasal", 0.0, mg=84.0)]), Patient(3, [Dose("nasal", 0.0, 84.0 / person.weight)])
    assert whole.vitals(2400.0) == by_weight.vitals(2400.0)
    assert whole.vitals(2400.0) != Patient(3, [Dose("nasal", 0.0, mg=56.0)]).vitals(2400.0)
