"""The simulated PC-60FW over time: its pace, and what the driver reads from it through notifications of 20 bytes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import NoOptions
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.viatom import ViatomDriver
from vitalwatch_simulators.patient import Patient, PatientVitals, Sensor
from vitalwatch_simulators.scenario import patient_in
from vitalwatch_simulators.viatom import ViatomMonitor

START = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


class Still:
    """A person who stays as the test says."""

    def __init__(self, heart_rate: float, spo2: float, index: float, sensor: Sensor = "on") -> None:
        self._vitals = PatientVitals(heart_rate, spo2, index, 120.0, 80.0, 93.0, sensor, motion=False)

    def vitals(self, t: float) -> PatientVitals:
        return self._vitals


def run(monitor: ViatomMonitor, seconds: float) -> bytes:
    told = b""
    while monitor.next_at() < seconds:
        told += monitor.emit(monitor.next_at())
    return told


def read(data: bytes) -> list[Report]:
    driver = ViatomDriver("ox-3", NoOptions())
    reports = [r for at in range(0, len(data), 20) for r in driver.receive(data[at : at + 20], 1.0)]
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


def test_ten_curves_and_one_set_of_values_a_second() -> None:
    monitor = ViatomMonitor(Patient(1), START)
    assert monitor.next_at() == 0.0
    assert len(run(monitor, 4.0)) == 4 * (10 * 11 + 12 + 7 + 10)
    assert monitor.next_at() == 4.0


def test_same_seed_and_times_give_the_same_bytes() -> None:
    once, again = (run(ViatomMonitor(patient_in("probe-off-again", 7), START), 90.0) for _ in range(2))
    assert once == again


@given(heart_rate=st.floats(20.0, 349.0), spo2=st.floats(1.0, 100.4), index=st.floats(0.1, 25.4))
def test_the_driver_reads_the_persons_values(heart_rate: float, spo2: float, index: float) -> None:
    reports = read(run(ViatomMonitor(Still(heart_rate, spo2, index), START), 1.0))
    assert [(r.vital, r.value, r.validity) for r in reports if isinstance(r, Observation)] == [
        (Vital.SPO2, min(100, round(spo2)), Validity.VALID),
        (Vital.PULSE_RATE, round(heart_rate), Validity.VALID),
        (Vital.PERFUSION_INDEX, round(index * 10) / 10, Validity.VALID),
    ]
    assert sum(len(r.samples) for r in reports if isinstance(r, Waveform)) == 50


@pytest.mark.parametrize(
    ("sensor", "status"), [("off", "sensor_off"), ("unplugged", "sensor_off"), ("searching", "searching")]
)
def test_the_driver_tells_why_there_is_no_value(sensor: Sensor, status: str) -> None:
    reports = read(run(ViatomMonitor(Still(70.0, 97.0, 3.0, sensor), START), 3.0))
    assert [r.status for r in reports if isinstance(r, DeviceStatus)] == [status]
    told = [r for r in reports if isinstance(r, Observation)]
    assert len(told) == 9
    assert all(r.value is None and r.validity is Validity.UNAVAILABLE for r in told)


def test_a_low_battery_is_told() -> None:
    reports = read(run(ViatomMonitor(Patient(1), START, battery_level=1), 2.0))
    assert [(r.status, r.detail) for r in reports if isinstance(r, DeviceStatus)] == [
        ("battery_low", "battery level 1 of 3")
    ]


def test_a_beat_is_marked_at_the_hearts_pace() -> None:
    data = run(ViatomMonitor(Still(75.0, 97.0, 3.0), START), 12.0)
    blocks = [data[at + 5 : at + 10] for at in range(len(data)) if data[at : at + 5] == b"\xaa\x55\x0f\x07\x02"]
    assert sum(sample > 127 for block in blocks for sample in block) == pytest.approx(15, abs=1)
