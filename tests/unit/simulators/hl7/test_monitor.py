"""What the simulated person has is what the driver reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vitalwatch.model import Mode, Observation, Vital
from vitalwatch_drivers.hl7 import Hl7Driver
from vitalwatch_simulators.hl7.monitor import Hl7Monitor
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.scenario import patient_in

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def play(monitor: Hl7Monitor, seconds: float) -> list[Observation]:
    driver, told = Hl7Driver("m", Hl7Driver.Options()), []
    while (t := monitor.next_at()) <= seconds:
        told += [one for one in driver.receive(monitor.emit(t), t) if isinstance(one, Observation)]
    assert driver.counts.bad_frames == 0
    assert driver.counts.dropped_bytes == 0
    return told


@pytest.mark.parametrize("story", ["quiet", "probe-off-again", "fast-heart", "restless"])
def test_the_driver_reads_what_the_person_has(story: str) -> None:
    patient = patient_in(story, 3)
    for one in play(Hl7Monitor(patient, START), 120.0):
        vitals = patient.vitals(one.at)
        sees = vitals.sensor == "on"
        truth = {
            Vital.HEART_RATE: round(vitals.heart_rate),
            Vital.SPO2: min(100, round(vitals.spo2)) if sees else None,
            Vital.PULSE_RATE: round(vitals.heart_rate) if sees else None,
            Vital.SYSTOLIC: round(vitals.systolic),
            Vital.DIASTOLIC: round(vitals.diastolic),
        }
        if one.vital in truth:
            assert one.value == truth[one.vital], one


def test_each_cuff_result_is_told_once() -> None:
    told = play(Hl7Monitor(Patient(1), START, cuff_interval_s=60.0), 130.0)
    assert [one.at for one in told if one.vital is Vital.SYSTOLIC] == [8.0, 68.0, 128.0]


def test_demo_mode_is_marked() -> None:
    assert {one.mode for one in play(Hl7Monitor(Patient(1), START, demo=True), 20.0)} == {Mode.DEMO}


def test_same_seed_same_bytes() -> None:
    one, other = Hl7Monitor(Patient(5), START), Hl7Monitor(Patient(5), START)
    assert [one.emit(one.next_at()) for _ in range(20)] == [other.emit(other.next_at()) for _ in range(20)]
