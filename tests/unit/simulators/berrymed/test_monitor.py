"""The simulated BerryMed over time: its pace, and what the driver reads from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import NoOptions
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.berrymed import BerrymedDriver
from vitalwatch_simulators.berrymed import BerrymedMonitor
from vitalwatch_simulators.patient import Patient, PatientVitals, Sensor
from vitalwatch_simulators.scenario import patient_in

START = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


class Still:
    """A person who stays as the test says."""

    def __init__(
        self,
        heart_rate: float = 70.0,
        spo2: float = 97.0,
        sensor: Sensor = "on",
        *,
        index: float = 3.0,
        moves: bool = False,
    ) -> None:
        self._vitals = PatientVitals(heart_rate, spo2, index, 120.0, 80.0, 93.0, sensor, motion=moves)

    def vitals(self, t: float) -> PatientVitals:
        return self._vitals


def run(monitor: BerrymedMonitor, seconds: float) -> bytes:
    told = b""
    while monitor.next_at() < seconds:
        told += monitor.emit(monitor.next_at())
    return told


def read(monitor: BerrymedMonitor, seconds: float) -> list[Report]:
    driver = BerrymedDriver("ox-4", NoOptions())
    reports: list[Report] = []
    while (now := monitor.next_at()) < seconds:
        reports += driver.receive(monitor.emit(now), now)
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


def test_a_hundred_packets_a_second_in_notifications_of_four() -> None:
    monitor = BerrymedMonitor(Patient(1), START)
    assert (monitor.next_at(), len(monitor.emit(0.0)), monitor.next_at()) == (0.0, 20, 0.04)
    assert len(run(monitor, 4.0)) == 4 * 500 - 20


def test_same_seed_and_times_give_the_same_bytes() -> None:
    once, again = (run(BerrymedMonitor(patient_in("probe-off-again", 7), START), 90.0) for _ in range(2))
    assert once == again


@given(heart_rate=st.floats(20.0, 300.0), spo2=st.floats(1.0, 100.4), moves=st.booleans(), index=st.floats(0.02, 9.0))
def test_the_driver_reads_the_persons_values(heart_rate: float, spo2: float, moves: bool, index: float) -> None:
    reports = read(BerrymedMonitor(Still(heart_rate, spo2, index=index, moves=moves), START), 1.0)
    validity = Validity.QUESTIONABLE if moves or index < 0.3 else Validity.VALID
    assert [(r.vital, r.value, r.validity) for r in reports if isinstance(r, Observation)] == [
        (Vital.SPO2, min(100, round(spo2)), validity),
        (Vital.PULSE_RATE, min(254, round(heart_rate)), validity),
    ] * 5
    assert sum(len(r.samples) for r in reports if isinstance(r, Waveform)) == 100


@pytest.mark.parametrize(
    ("sensor", "status"), [("off", "sensor_off"), ("unplugged", "no_sensor"), ("searching", "searching")]
)
def test_the_driver_tells_why_there_is_no_value(sensor: Sensor, status: str) -> None:
    reports = read(BerrymedMonitor(Still(sensor=sensor), START), 12.0)
    assert [r.status for r in reports if isinstance(r, DeviceStatus)] == ["low_signal", status]
    told = [r for r in reports if isinstance(r, Observation)]
    assert len(told) == 2 * 5 * 12
    assert all(r.value is None and r.validity is Validity.UNAVAILABLE for r in told)


def test_a_beep_at_each_beat() -> None:
    data = run(BerrymedMonitor(Still(75.0), START), 12.0)
    assert sum(first & 0x40 != 0 for first in data[::5]) == pytest.approx(15, abs=1)
