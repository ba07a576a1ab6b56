"""Every kind of device with every kind of fault: repeatable, and nothing is raised."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitalwatch_simulators.clinic import DEVICES, DevicePlan, make_rig
from vitalwatch_simulators.faults import FAULTS, FaultyLine
from vitalwatch_simulators.patient import KEPT_S
from vitalwatch_simulators.rig import CLOCK_JUMP, DatagramRig, HasClock, MessageRig, Rig, Seen
from vitalwatch_simulators.scenario import load_scenario

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WITH_CLOCKS = {"nellcor", "masimo", "hl7", "intellivue", "intellivue-lan", "ge-dri", "dinamap-pro1000"} | {
    *("json-oximeter", "json-cuff", "bluetooth-cuff")
}
WITH_DEMO = {"hl7", "intellivue", "intellivue-lan"}


def rig_of(kind: str, *faults: str, seed: str = "1") -> Rig:
    rig = make_rig(DevicePlan(kind, "", "device-1"), load_scenario("desaturation").patient(3), STARTED, seed)
    for fault in faults:
        rig.line.begin(fault, 0.5)
    return rig


def said(rig: Rig, seconds: float, heard: bytes = b"") -> list[object]:
    """What arrives of it, and of its answers."""
    told: list[object] = []
    if heard and not isinstance(rig, MessageRig):
        told.append(rig.receive(heard, 0.0))
    while (t := rig.next_at()) < seconds:
        told.append((t, rig.emit(t)))
        assert rig.next_at() > t or rig.line.next_at() <= t
    return told


@pytest.mark.parametrize("kind", DEVICES)
def test_same_seed_same_bytes_with_and_without_faults(kind: str) -> None:
    for faults in ((), ("flipped_bits", "half_frames", "delay"), ("stuck_value", "garbage", "clock_jump")):
        assert said(rig_of(kind, *faults), 40.0) == said(rig_of(kind, *faults), 40.0)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(sorted(DEVICES)),
    faults=st.lists(st.sampled_from(sorted(FAULTS)), unique=True, max_size=5),
    heard=st.binary(max_size=80),
)
def test_nothing_is_raised_for_any_faults_and_whatever_is_said_to_it(
    kind: str, faults: list[str], heard: bytes
) -> None:
    said(rig_of(kind, *faults), 8.0, heard)


def test_a_rig_without_faults_says_what_its_monitor_says() -> None:
    one, other = rig_of("masimo"), rig_of("masimo", "unplug", "broker_restart")
    assert said(one, 30.0) == said(other, 30.0)


def test_a_device_without_a_clock_or_a_demo_mode_cannot_have_those_faults() -> None:
    finished = set(DEVICES) - {"mindray-pds", "ge-unity", "casmed", "tempus"}
    assert {kind for kind in finished if rig_of(kind).can("clock_jump")} == WITH_CLOCKS
    assert {kind for kind in finished if rig_of(kind).can("demo_mode")} == WITH_DEMO
    assert {kind for kind in DEVICES if rig_of(kind).can("broker_restart")} == {
        kind for kind in DEVICES if isinstance(rig_of(kind), MessageRig)
    }
    assert all(rig_of(kind).can("unplug") for kind in DEVICES)


def test_a_stuck_monitor_shows_what_it_had_for_longer_than_the_person_remembers() -> None:
    patient = load_scenario("quiet").patient(1)
    line: FaultyLine[str] = FaultyLine("1")
    line.begin("stuck_value", 100.0, 2000.0)
    seen = Seen(patient, line)
    before = [seen.vitals(t) for t in (99.0, 100.0)]
    assert seen.vitals(101.0) == seen.vitals(2000.0) == before[1]
    assert seen.vitals(2100.0) == patient.vitals(2100.0) != before[1]


@pytest.mark.parametrize("kind", ["json-cuff", "bluetooth-cuff"])
def test_a_stuck_cuff_that_measures_seldom_goes_on_beside_a_quick_oximeter(kind: str) -> None:
    """The oximeter moves the person on, who has forgotten how they were when the cuff measures again."""
    patient = load_scenario("quiet").patient(1)
    cuff = make_rig(DevicePlan(kind, "", "cuff", interval_s=2 * KEPT_S), patient, STARTED, "1")
    oximeter = make_rig(DevicePlan("masimo", "", "oximeter"), patient, STARTED, "1")
    cuff.line.begin("stuck_value", 60.0)
    readings = []
    while (t := min(cuff.next_at(), oximeter.next_at())) < 3 * KEPT_S:
        if cuff.next_at() <= t:
            readings += [(t, told) for told in cuff.emit(t)]
        if oximeter.next_at() <= t:
            oximeter.emit(t)
    assert any(t > 2 * KEPT_S for t, _ in readings)


def test_a_clock_that_jumped_goes_back_when_the_fault_is_over() -> None:
    class Clocked:
        def __init__(self) -> None:
            self.start = STARTED
            self.told: list[datetime] = []

        def next_at(self) -> float:
            return float(len(self.told))

        def emit(self, t: float) -> list[bytes]:
            self.told.append(self.start)
            return []

        def receive(self, data: bytes, t: float) -> list[bytes]:
            return []

    monitor = Clocked()
    assert isinstance(monitor, HasClock)
    line: FaultyLine[str] = FaultyLine("1")
    line.begin("clock_jump", 1.0, 2.0)
    rig = DatagramRig(monitor, line)
    for t in range(4):
        rig.emit(float(t))
    assert [told - STARTED for told in monitor.told] == [timedelta(), CLOCK_JUMP, CLOCK_JUMP, timedelta()]


@pytest.mark.parametrize("kind", sorted(WITH_CLOCKS & {"nellcor", "masimo", "json-oximeter", "hl7"}))
def test_a_clock_jump_changes_what_is_said_and_nothing_else(kind: str) -> None:
    right, wrong = said(rig_of(kind), 30.0), said(rig_of(kind, "clock_jump"), 30.0)
    assert len(right) == len(wrong)
    assert right != wrong


def test_what_a_publisher_says_keeps_its_topic_and_quality() -> None:
    plain = rig_of("esphome")
    late = rig_of("esphome", "delay")
    assert isinstance(plain, MessageRig)
    assert isinstance(late, MessageRig)
    assert late.will == plain.will

    def publications(rig: MessageRig) -> list[object]:
        told: list[object] = []
        while (t := rig.next_at()) < 60.0:
            told += rig.emit(t)
        while not math.isinf(rig.line.next_at()) and rig.line.next_at() < 70.0:
            told += rig.emit(min(rig.next_at(), rig.line.next_at()))
        return told

    first = publications(plain)
    assert publications(late)[: len(first) - 60] == first[: len(first) - 60]
