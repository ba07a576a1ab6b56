"""Every scenario that comes with VitalWatch does what it says, through the real drivers, hub and alarms."""

from __future__ import annotations

import math

import pytest

from vitalwatch_simulators.clinic import DEVICES
from vitalwatch_simulators.rehearse import rehearse
from vitalwatch_simulators.scenario import Scenario, Step, expectation, load_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_alarms_as_it_says(name: str) -> None:
    came = rehearse(load_scenario(name))
    assert [verdict.expected for verdict in came.verdicts if not verdict.met] == [], came.alarms


@pytest.mark.parametrize("name", ["desaturation", "noisy-line", "silent-monitor", "vasovagal"])
def test_the_same_scenario_gives_the_same_alarms_at_the_same_moments(name: str) -> None:
    assert rehearse(load_scenario(name)) == rehearse(load_scenario(name))


@pytest.mark.parametrize("kind", [kind for kind in DEVICES if kind not in ("dinamap-pro1000", "bluetooth-strap")])
def test_every_kind_of_device_is_read_with_the_driver_and_the_options_that_are_wired(kind: str) -> None:
    """Nothing technical is the matter with it, and a value that is missing for long would be."""
    quiet = Scenario(summary="One device.", length="3m", devices=[kind])  # type: ignore[arg-type]
    assert [alarm.condition for alarm in rehearse(quiet).alarms if alarm.condition.startswith("T-")] == []


def test_an_expectation_that_is_not_met_is_told() -> None:
    expected = [expectation("SPO2-LOW within 10s"), expectation("no *")]
    step = Step.model_construct(at=1.0, expect=expected)
    came = rehearse(load_scenario("desaturation").model_copy(update={"step": [step], "length": 60.0, "again": 0.0}))
    assert [verdict.met for verdict in came.verdicts] == [False, True]
    assert not came.met
    assert came.verdicts[0].seen_at is None


def test_a_patient_is_who_the_seed_says() -> None:
    scenario = load_scenario("hypertensive-response")
    assert rehearse(scenario, seed=1).alarms != rehearse(scenario, seed=2).alarms
    assert all(math.isfinite(alarm.at) for alarm in rehearse(scenario).alarms)
