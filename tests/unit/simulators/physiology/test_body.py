"""How rate, pressure, breathing and oxygen hang together."""

from __future__ import annotations

import math
from statistics import mean

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitalwatch_simulators.physiology.body import FASTEST_HEART, LEAST_PULSE_PRESSURE, SLOWEST_HEART, Body, State
from vitalwatch_simulators.physiology.drugs import Dose
from vitalwatch_simulators.physiology.episodes import KINDS, Episode, episode
from vitalwatch_simulators.physiology.person import person

AT = 300.0


def course(seed: int, seconds: int, episodes: list[Episode], doses: list[Dose] | None = None) -> list[State]:
    body = Body(person(seed))
    given_doses = [(dose, math.inf) for dose in doses or []]
    return [body.step(float(t), given_doses, episodes) for t in range(seconds)]


def around(states: list[State], t: float, name: str) -> float:
    return mean(getattr(state, name) for state in states[int(t) - 15 : int(t) + 15])


many_episodes = st.lists(
    st.builds(episode, st.sampled_from(sorted(KINDS)), st.floats(0.0, 300.0), strength=st.floats(0.1, 3.0)), max_size=4
)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), many_episodes, st.floats(0.0, 3.0))
def test_whatever_befalls_a_body_its_vitals_are_finite_and_possible(seed: int, befall: list[Episode], size: float):
    before = None
    for state in course(seed, 700, befall, [Dose("im", 10.0, size)]):
        assert all(math.isfinite(value) for value in msgspec.structs.astuple(state))
        assert 1.0 <= state.spo2 <= 100.0
        assert 20.0 <= state.diastolic < state.systolic
        assert 0.8 * SLOWEST_HEART < state.heart_rate < 1.2 * FASTEST_HEART
        assert state.respiration_rate == 0.0 or state.respiration_rate >= 1.0
        assert (state.etco2 == 0.0) == (state.respiration_rate == 0.0)
        if before is not None:
            assert before.beats < state.beats < before.beats + 5.0
            assert before.breaths <= state.breaths
        before = state


def test_the_same_person_and_episodes_give_the_same_body():
    befall = [episode("anaphylaxis", 30.0)]
    assert course(7, 200, befall) == course(7, 200, befall)


@pytest.mark.parametrize("seed", range(1, 6))
def test_at_rest_nothing_happens(seed: int):
    states = course(seed, 1200, [])
    who = person(seed)
    assert abs(mean(s.systolic for s in states) - who.systolic) < 6.0
    assert min(s.spo2 for s in states) > 94.0
    assert all(s.systolic - s.diastolic > 0.6 * LEAST_PULSE_PRESSURE for s in states)


@pytest.mark.parametrize("seed", range(1, 6))
def test_an_anaphylaxis_takes_pressure_and_oxygen_and_drives_the_heart(seed: int):
    states = course(seed, 700, [episode("anaphylaxis", AT)])
    assert around(states, 660, "systolic") < 0.80 * around(states, 280, "systolic")
    assert around(states, 660, "heart_rate") > 1.25 * around(states, 280, "heart_rate")
    assert 4.0 < around(states, 280, "spo2") - around(states, 660, "spo2") < 6.0


@pytest.mark.parametrize("seed", range(1, 6))
def test_in_a_faint_pressure_and_heart_fall_together(seed: int):
    states = course(seed, 500, [episode("vasovagal", AT)])
    assert around(states, 470, "systolic") < 0.85 * around(states, 280, "systolic")
    assert around(states, 470, "heart_rate") < 0.80 * around(states, 280, "heart_rate")


def test_spo2_still_falls_after_breathing_is_back():
    apnoea = episode("apnoea", AT)
    states = course(3, 700, [apnoea])
    ends = AT + apnoea.onset + apnoea.lasts
    lowest = min(range(700), key=lambda t: states[t].spo2)
    assert states[int(AT) + 25].spo2 > 94.0, "the finger knows nothing yet"
    assert states[int(AT) + 10].respiration_rate == 0.0
    assert 15.0 < lowest - ends < 45.0
    assert states[lowest].spo2 < 90.0
    assert states[-1].spo2 > 95.0


def test_a_longer_pause_goes_deeper():
    depths = [min(s.spo2 for s in course(3, 600, [episode("apnoea", 100.0, lasts=lasts)])) for lasts in (30, 60, 90)]
    assert depths == sorted(depths, reverse=True)
    assert depths[0] - depths[-1] > 10.0


def test_carbon_dioxide_rises_while_breathing_is_shallow():
    states = course(3, 900, [episode("shallow_breathing", 100.0)])
    assert states[690].etco2 > states[90].etco2 + 8.0


def test_a_nasal_dose_acts_by_this_persons_nose():
    who = person(5)
    strong, weak = Body(msgspec.structs.replace(who, nasal=1.0)), Body(msgspec.structs.replace(who, nasal=0.1))
    dose = [(Dose("nasal", 0.0), math.inf)]
    for t in range(2400):
        high, low = strong.step(float(t), dose, []), weak.step(float(t), dose, [])
    assert high.systolic - low.systolic == pytest.approx(0.9 * who.systolic_rise, abs=0.5)
