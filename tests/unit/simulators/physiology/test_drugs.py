"""How strongly a dose acts, and when."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch_simulators.physiology.drugs import Dose, Route

MINUTE = 60.0
ROUTES: tuple[Route, ...] = ("iv", "im", "nasal")
times = st.floats(0.0, 6 * 3600.0)
routes = st.sampled_from(ROUTES)


@given(routes, times, st.floats(0.05, 3.0))
def test_a_dose_never_acts_less_than_nothing_and_nothing_before_it_is_given(route: Route, t: float, size: float):
    dose = Dose(route, 600.0, size)
    assert dose.strength(t) >= 0.0
    assert dose.strength(600.0) == 0.0


@given(routes, times)
def test_the_usual_dose_acts_with_1_at_most(route: Route, t: float):
    assert Dose(route, 0.0).strength(t) <= 1.0 + 1e-9


@given(routes, st.floats(1.0, 6 * 3600.0))
def test_twice_the_dose_acts_twice(route: Route, t: float):
    one, two = Dose(route, 0.0, 0.5), Dose(route, 0.0, 1.0)
    assert two.strength(t) == pytest.approx(2.0 * one.strength(t))


@pytest.mark.parametrize(("route", "earliest", "latest"), [("iv", 40, 40), ("im", 10, 20), ("nasal", 35, 45)])
def test_each_route_has_its_peak_at_its_minute(route: Route, earliest: int, latest: int):
    dose = Dose(route, 0.0)
    peak = max(range(1, 240), key=lambda minute: dose.strength(minute * MINUTE))
    assert earliest <= peak <= latest
    assert dose.strength(peak * MINUTE) == pytest.approx(1.0, abs=0.01)


def test_an_infusion_is_gone_by_90_minutes_and_a_nasal_dose_is_not():
    assert Dose("iv", 0.0).strength(90 * MINUTE) < 0.06
    assert 0.3 < Dose("nasal", 0.0).strength(120 * MINUTE) < 0.7


def test_an_infusion_that_is_stopped_decays_from_there():
    dose = Dose("iv", 0.0)
    stopped = [dose.strength(minute * MINUTE, stopped_at=20 * MINUTE) for minute in range(20, 60, 5)]
    assert stopped == sorted(stopped, reverse=True)
    assert stopped[0] == dose.strength(20 * MINUTE)


@given(st.floats(0.0, 7200.0), st.floats(0.0, 7200.0))
def test_stopping_an_infusion_never_makes_it_stronger(t: float, stopped_at: float):
    dose = Dose("iv", 0.0)
    assert dose.strength(t, stopped_at) <= dose.strength(t, math.inf) + 1e-9


def test_an_injection_cannot_be_stopped():
    dose = Dose("im", 0.0)
    assert dose.strength(1800.0, stopped_at=60.0) == dose.strength(1800.0)
