"""What the simulated person has is what the driver reads, once it has asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vitalwatch.model import DeviceStatus, Mode, Observation, Report, Status, Vital
from vitalwatch_drivers.mindray_pds import MindrayPdsDriver
from vitalwatch_drivers.mindray_pds.frames import HEARTBEAT_MESSAGE, QUERY
from vitalwatch_simulators.mindray_pds.encoder import heartbeat
from vitalwatch_simulators.mindray_pds.monitor import MindrayPdsMonitor
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.scenario import patient_in

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def play(monitor: MindrayPdsMonitor, seconds: float) -> list[Report]:
    """Driver and monitor talk to each other."""
    driver, told = MindrayPdsDriver("m", MindrayPdsDriver.Options()), []
    while (t := monitor.next_at()) <= seconds:
        for sent in driver.due(t).send:
            told += driver.receive(monitor.receive(sent, t), t)
        told += driver.receive(monitor.emit(t), t)
    assert (driver.counts.bad_frames, driver.counts.dropped_bytes) == (0, 0)
    return told


def test_only_a_heartbeat_until_it_is_asked() -> None:
    monitor = MindrayPdsMonitor(Patient(1), START)
    assert [monitor.emit(monitor.next_at()) for _ in range(3)] == [heartbeat()] * 3
    assert monitor.receive(HEARTBEAT_MESSAGE, 3.0) == b""
    assert monitor.emit(monitor.next_at()) == heartbeat()
    assert monitor.receive(QUERY[:20], 4.0) == b""
    assert b"|503|" in monitor.receive(QUERY[20:], 4.0)
    assert b"|204|" in monitor.emit(monitor.next_at())


def test_a_question_after_much_noise_is_heard() -> None:
    monitor = MindrayPdsMonitor(Patient(1), START)
    for _ in range(100):
        assert monitor.receive(b"\xff" * 1000, 0.0) == b""
    assert b"|101|" in monitor.receive(QUERY, 0.0)


@pytest.mark.parametrize("story", ["quiet", "probe-off-again", "desaturation", "fast-heart", "restless"])
def test_the_driver_reads_what_the_person_has(story: str) -> None:
    patient, vitals_told = patient_in(story, 3), set()
    for one in play(MindrayPdsMonitor(patient, START), 120.0):
        if not isinstance(one, Observation):
            continue
        vitals = patient.vitals(one.at)
        # The first number after "none" comes before its state says that it is one, and is given a second later.
        sees = vitals.sensor == "on" and patient.vitals(max(0.0, one.at - 1.0)).sensor == "on"
        truth = {
            Vital.HEART_RATE: round(vitals.heart_rate),
            Vital.SPO2: min(100, round(vitals.spo2)) if sees else None,
            Vital.PULSE_RATE: round(vitals.heart_rate) if sees else None,
            Vital.PERFUSION_INDEX: round(vitals.perfusion_index, 3) if sees else None,
            Vital.SYSTOLIC: round(vitals.systolic),
            Vital.DIASTOLIC: round(vitals.diastolic),
            Vital.MEAN_PRESSURE: round(vitals.mean_pressure),
        }
        assert one.value == truth[one.vital], one
        vitals_told.add(one.vital)
    assert len(vitals_told) == 7


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("quiet", []),
        ("probe-off-again", ["+sensor_off", "+searching", "-sensor_off", "-searching"]),
        ("desaturation", ["+monitor_alarm", "-monitor_alarm"]),
        ("fast-heart", ["+monitor_alarm"]),
    ],
)
def test_alarms_begin_and_end(story: str, expected: list[str]) -> None:
    told = play(MindrayPdsMonitor(patient_in(story, 1), START), 120.0)
    statuses = [one for one in told if isinstance(one, DeviceStatus)]
    assert [f"{'+' if one.active else '-'}{one.status}" for one in statuses] == expected
    alarms = [one for one in statuses if one.status == Status.MONITOR_ALARM and one.active]
    assert {one.priority for one in alarms} <= {"medium"}
    assert all(one.limit_of for one in alarms)


def test_each_cuff_result_is_told_once() -> None:
    told = play(MindrayPdsMonitor(Patient(1), START, cuff_interval_s=60.0), 130.0)
    times = [one.at for one in told if isinstance(one, Observation) and one.vital is Vital.SYSTOLIC]
    assert times == [8.0, 68.0, 128.0]


def test_a_client_that_comes_late_gets_the_last_cuff_result() -> None:
    monitor = MindrayPdsMonitor(Patient(1), START)
    while monitor.next_at() < 100.0:
        monitor.emit(monitor.next_at())
    assert b"|APERIODIC|20260302120008" in monitor.receive(QUERY, 100.0)


def test_demo_mode_is_marked() -> None:
    told = play(MindrayPdsMonitor(Patient(1), START, demo=True), 5.0)
    assert {one.mode for one in told if isinstance(one, Observation)} == {Mode.DEMO}


def test_same_seed_same_bytes() -> None:
    def written() -> list[bytes]:
        monitor = MindrayPdsMonitor(Patient(5), START)
        return [monitor.receive(QUERY, 0.0), *(monitor.emit(monitor.next_at()) for _ in range(20))]

    assert written() == written()
