"""The simulated monitor over time, spoken to by the driver: what it has is what the driver reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.ge_dri import GeDriDriver
from vitalwatch_drivers.ge_dri.options import GeDriOptions
from vitalwatch_drivers.ge_dri.requests import displayed_request, wave_request
from vitalwatch_simulators.ge_dri import GeDriMonitor
from vitalwatch_simulators.monitor import AnsweringMonitor
from vitalwatch_simulators.patient import PatientVitals, Sensor
from vitalwatch_simulators.scenario import patient_in

START = datetime(2024, 12, 31, 23, 59, 58, tzinfo=UTC)


class Scripted:
    """A person who is as the test says."""

    def __init__(
        self,
        *,
        sensor: Callable[[float], Sensor] = lambda _: "on",
        spo2: Callable[[float], float] = lambda _: 97.2,
        heart_rate: float = 72.4,
        motion: bool = False,
    ) -> None:
        self._sensor = sensor
        self._spo2 = spo2
        self._heart_rate = heart_rate
        self._motion = motion

    def vitals(self, t: float) -> PatientVitals:
        sensor, spo2 = self._sensor(t), self._spo2(t)
        return PatientVitals(self._heart_rate, spo2, 2.4, 120.4, 79.6, 93.2, sensor, self._motion)


def play(monitor: GeDriMonitor, seconds: float, driver: GeDriDriver | None = None) -> list[Report]:
    """Let driver and monitor speak with each other."""
    driver = driver or GeDriDriver("mon-1", GeDriOptions())
    reports: list[Report] = []
    now = 0.0
    while now < seconds:
        due = driver.due(now)
        answer = b"".join(monitor.receive(data, now) for data in due.send)
        reports += driver.receive(answer, now)
        assert due.next_at is not None
        now = min(monitor.next_at(), due.next_at)
        if now == monitor.next_at():
            reports += driver.receive(monitor.emit(now), now)
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


def told(reports: list[Report], vital: Vital) -> list[float | None]:
    return [r.value for r in reports if isinstance(r, Observation) and r.vital is vital]


def test_it_is_silent_until_it_is_asked() -> None:
    monitor = GeDriMonitor(Scripted(), START)
    assert isinstance(monitor, AnsweringMonitor)
    assert monitor.next_at() == math.inf
    assert monitor.receive(b"\x7egarbage\x7e" + b"x" * 1000, 1.0) == b""
    assert monitor.next_at() == math.inf


def test_stop_and_single_requests_of_values() -> None:
    monitor = GeDriMonitor(Scripted(), START)
    monitor.receive(displayed_request(10), 5.0)
    assert monitor.next_at() == 6.0
    assert monitor.emit(6.0)
    assert monitor.next_at() == 16.0
    monitor.receive(displayed_request(0), 7.0)
    assert monitor.next_at() == math.inf
    monitor.receive(displayed_request(-1), 8.0)
    assert monitor.emit(9.0)
    assert monitor.next_at() == math.inf
    monitor.receive(wave_request([1]), 10.0)
    assert monitor.next_at() == math.inf


def test_a_request_may_come_byte_by_byte() -> None:
    monitor = GeDriMonitor(Scripted(), START)
    for byte in displayed_request(5):
        monitor.receive(bytes((byte,)), 0.0)
    assert monitor.next_at() == 1.0


def test_same_person_same_requests_same_reports() -> None:
    once, again = (play(GeDriMonitor(patient_in("desaturation", 7), START), 120.0) for _ in range(2))
    assert once == again


@given(spo2=st.floats(1.0, 100.0), heart_rate=st.floats(10.0, 350.0))
def test_the_driver_reads_the_persons_values(spo2: float, heart_rate: float) -> None:
    reports = play(GeDriMonitor(Scripted(spo2=lambda _: spo2, heart_rate=heart_rate), START), 1.5)
    assert told(reports, Vital.SPO2) == [round(spo2)]
    assert told(reports, Vital.PULSE_RATE) == told(reports, Vital.HEART_RATE) == [round(heart_rate)]
    assert told(reports, Vital.PERFUSION_INDEX) == [2.4]


def test_values_come_each_five_seconds_and_the_curve_without_a_hole() -> None:
    reports = play(GeDriMonitor(Scripted(), START), 60.0)
    arrivals = [r.at for r in reports if isinstance(r, Observation) and r.vital is Vital.SPO2]
    assert arrivals == [1.0 + 5.0 * n for n in range(12)]
    curve = [sample for r in reports if isinstance(r, Waveform) for sample in r.samples]
    assert len(curve) == pytest.approx(60 * 100, abs=25)
    assert None not in curve
    assert max(sample for sample in curve if sample is not None) == pytest.approx(2.4, abs=0.05)


def test_each_cuff_measurement_is_one_reading_with_its_age() -> None:
    reports = play(GeDriMonitor(Scripted(), START), 700.0)
    readings = [r for r in reports if isinstance(r, Observation) and r.vital is Vital.SYSTOLIC]
    assert [(r.value, r.at, r.reading_age_s, r.device_time) for r in readings] == [
        (120.0, 41.0, 3.0, "2025-01-01T00:00:36"),
        (120.0, 341.0, 3.0, "2025-01-01T00:05:36"),
        (120.0, 641.0, 3.0, "2025-01-01T00:10:36"),
    ]
    inflating = [(r.active, r.at) for r in reports if isinstance(r, DeviceStatus) and r.status == "cuff_inflating"]
    assert inflating[:3] == [(True, 11.0), (False, 41.0), (True, 311.0)]


def test_an_arm_that_moves_spoils_the_measurement_and_marks_the_heart_rate() -> None:
    reports = play(GeDriMonitor(Scripted(motion=True), START), 60.0)
    assert told(reports, Vital.SYSTOLIC) == []
    states = [(r.status, r.active) for r in reports if isinstance(r, DeviceStatus)]
    assert states == [
        ("ecg_artefact", True),
        *(("cuff_inflating", True), ("cuff_failed", True), ("cuff_inflating", False)),
    ]
    rates = {r.validity for r in reports if isinstance(r, Observation) and r.vital is Vital.HEART_RATE}
    assert rates == {Validity.QUESTIONABLE}


@pytest.mark.parametrize("sensor", ["off", "unplugged", "searching"])
def test_without_a_finger_no_number_stays(sensor: Sensor) -> None:
    person = Scripted(sensor=lambda t: "on" if t < 10.0 else sensor)
    reports = play(GeDriMonitor(person, START), 30.0)
    late = [r for r in reports if isinstance(r, Observation) and r.at >= 10.0 and r.vital is not Vital.HEART_RATE]
    assert late
    assert all(r.value is None and r.validity is Validity.UNAVAILABLE for r in late)
    blocks = [r for r in reports if isinstance(r, Waveform) and r.at >= 10.0]
    assert all(sample is None for block in blocks for sample in block.samples)


def test_its_alarm_begins_and_ends_with_the_saturation() -> None:
    person = Scripted(spo2=lambda t: 85.0 if 20.0 <= t < 40.0 else 97.0, heart_rate=130.0)
    reports = play(GeDriMonitor(person, START), 60.0)
    told_alarms = [(r.active, r.detail, r.priority, r.at) for r in reports if isinstance(r, DeviceStatus)
                   and r.status == "monitor_alarm"]  # fmt: skip
    assert told_alarms == [
        (True, "HR high", "medium", 0.0),
        (True, "SpO2 low, HR high", "medium", 21.0),
        (True, "HR high", "medium", 41.0),
    ]


def test_a_monitor_that_was_switched_off_is_asked_again() -> None:
    driver = GeDriDriver("mon-1", GeDriOptions())
    play(GeDriMonitor(Scripted(), START), 11.5, driver)
    fresh = GeDriMonitor(Scripted(), START)
    now = 12.0
    while fresh.next_at() == math.inf:
        due = driver.due(now)
        for data in due.send:
            fresh.receive(data, now)
        assert due.next_at is not None
        now = due.next_at
    # The last set came at 11.0.
    assert now <= 11.0 + 2 * 10.0
