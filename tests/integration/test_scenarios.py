"""Every scenario that comes with VitalWatch does what it says, through the real drivers, hub and alarms."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pytest

from tests.integration.recorded import Recorded
from vitalwatch.errors import UsageError
from vitalwatch.hub import Hub
from vitalwatch_simulators.clinic import DEVICES
from vitalwatch_simulators.rehearse import Rehearsal, rehearse
from vitalwatch_simulators.scenario import Scenario, Step, expectation, load_scenario, scenario_names


@pytest.fixture
def first(recorded: Callable[[str], Recorded]) -> Callable[[str], Rehearsal]:
    """What came of a scenario the first time that it was played, in a service that keeps a record."""
    return lambda name: recorded(name).came


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_alarms_as_it_says(name: str, first: Callable[[str], Rehearsal]) -> None:
    came = first(name)
    assert [verdict.expected for verdict in came.verdicts if not verdict.met] == [], came.alarms


@pytest.mark.parametrize("name", ["desaturation", "noisy-line", "silent-monitor", "vasovagal"])
def test_the_same_scenario_gives_the_same_alarms_at_the_same_moments(
    name: str, first: Callable[[str], Rehearsal]
) -> None:
    assert rehearse(load_scenario(name)) == first(name)


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


def test_a_patient_is_who_the_seed_says(first: Callable[[str], Rehearsal]) -> None:
    scenario = load_scenario("hypertensive-response")
    own, other = first("hypertensive-response"), rehearse(scenario, seed=scenario.seed + 1)
    assert own.alarms != other.alarms
    assert all(math.isfinite(alarm.at) for alarm in (*own.alarms, *other.alarms))


def own(length: float, again: float, *steps: Mapping[str, object]) -> Scenario:
    """A scenario as a file would give it."""
    read = Scenario.model_validate({"summary": "Ours.", "length": "1s", "step": list(steps)})
    return read.model_copy(update={"length": length, "again": again})


def test_a_fault_of_a_scenario_that_repeats_is_there_in_each_round() -> None:
    silent = {"at": "60s", "fault": "silence", "device": "masimo", "lasts": "60s", "expect": ["T-SILENT within 30s"]}
    came = rehearse(own(480.0, 240.0, silent))
    assert [(verdict.at, verdict.met) for verdict in came.verdicts] == [(60.0, True), (300.0, True)], came.alarms


def test_a_wire_stays_cut_until_the_last_of_its_faults_is_over() -> None:
    short = {"at": "60s", "fault": "unplug", "device": "masimo", "lasts": "20s"}
    long = {"at": "70s", "fault": "unplug", "device": "masimo", "lasts": "100s"}
    lost = [alarm for alarm in rehearse(own(300.0, 0.0, short, long)).alarms if alarm.condition == "T-LINK"]
    assert len(lost) == 1
    assert 60.0 < lost[0].at < 70.0
    assert lost[0].ended_at > 170.0


def test_what_the_nurse_cannot_do_ends_the_rehearsal_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_hub: Hub, _act: object) -> None:
        raise UsageError("the chair is not watched")

    monkeypatch.setattr(Hub, "act", refused)
    with pytest.raises(UsageError, match="not watched"):
        rehearse(own(120.0, 0.0, {"at": "30s", "baseline": True}))
