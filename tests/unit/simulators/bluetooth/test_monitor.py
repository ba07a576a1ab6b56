"""What the simulated Bluetooth devices say when, and that the bluetooth driver understands it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vitalwatch.driver import Message
from vitalwatch.model import DeviceStatus, Observation, Report, Vital
from vitalwatch_drivers.bluetooth import BluetoothDriver
from vitalwatch_drivers.bluetooth.options import BluetoothOptions
from vitalwatch_simulators.bluetooth import BluetoothCuff, BluetoothOximeter, BluetoothStrap
from vitalwatch_simulators.monitor import MessageMonitor, Publication
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.scenario import patient_in

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def play(monitor: MessageMonitor, until: float) -> list[tuple[float, Publication]]:
    """Everything that a monitor publishes before ``until``."""
    said = []
    while (t := monitor.next_at()) < until:
        said += [(t, publication) for publication in monitor.emit(t)]
        assert monitor.next_at() > t
    return said


def read(monitor: MessageMonitor, until: float) -> list[Report]:
    """What the driver makes of it; nothing may be bad."""
    driver = BluetoothDriver("ble-1", BluetoothOptions())
    reports: list[Report] = []
    for t, publication in play(monitor, until):
        reports += driver.receive(Message(publication.payload, f"gw/1{publication.suffix}"), t)
    assert driver.counts.bad_frames == 0
    assert driver.counts.frames > 0
    return reports


def values(reports: list[Report], vital: Vital) -> dict[float, float | None]:
    return {r.at: r.value for r in reports if isinstance(r, Observation) and r.vital is vital}


def statuses(reports: list[Report]) -> list[tuple[float, str, bool]]:
    return [(r.at, r.status, r.active) for r in reports if isinstance(r, DeviceStatus)]


def test_oximeter_and_strap_speak_each_second() -> None:
    for monitor in (BluetoothOximeter(Patient(1)), BluetoothStrap(Patient(1))):
        assert [(t, publication.qos) for t, publication in play(monitor, 4.0)] == [(float(n), 0) for n in range(4)]


def test_the_same_person_gives_the_same_bytes() -> None:
    def said(seed: int) -> list[tuple[float, Publication]]:
        return play(BluetoothOximeter(patient_in("restless", seed)), 60.0) + play(
            BluetoothCuff(Patient(seed), STARTED), 40.0
        )

    assert said(1) == said(1)
    assert said(1) != said(2)


def test_the_driver_reads_what_the_oximeter_s_person_has() -> None:
    reports = read(BluetoothOximeter(patient_in("probe-off-again", 1)), 90.0)
    body = patient_in("probe-off-again", 1).vitals(20.0)
    assert values(reports, Vital.SPO2)[20.0] == round(body.spo2)
    assert values(reports, Vital.PULSE_RATE)[20.0] == round(body.heart_rate)
    assert values(reports, Vital.PERFUSION_INDEX)[20.0] == round(body.perfusion_index, 1)
    assert values(reports, Vital.SPO2)[50.0] is None
    assert values(reports, Vital.SPO2)[80.0] is None
    assert statuses(reports) == [
        (40.0, "sensor_off", True),
        (75.0, "analysing", True),
        (75.0, "sensor_off", False),
        (83.0, "analysing", False),
    ]


def test_the_driver_reads_motion_as_doubtful_numbers() -> None:
    reports = read(BluetoothOximeter(patient_in("restless", 1)), 30.0)
    assert statuses(reports) == [(20.0, "low_signal", True)]
    assert {r.validity for r in reports if isinstance(r, Observation) and r.at == 25.0} == {"questionable"}


def test_the_driver_reads_the_strap() -> None:
    reports = read(BluetoothStrap(patient_in("fast-heart", 1)), 60.0)
    assert values(reports, Vital.HEART_RATE)[50.0] == round(patient_in("fast-heart", 1).vitals(50.0).heart_rate)
    assert statuses(reports) == []


def test_the_driver_takes_each_cuff_reading_once_and_sees_the_cuff_run() -> None:
    reports = read(BluetoothCuff(Patient(1), STARTED, interval_s=60.0), 130.0)
    body = Patient(1).vitals(68.0)
    assert list(values(reports, Vital.SYSTOLIC)) == [8.0, 68.0, 128.0]
    assert values(reports, Vital.SYSTOLIC)[68.0] == round(body.systolic)
    assert values(reports, Vital.DIASTOLIC)[68.0] == round(body.diastolic)
    assert values(reports, Vital.MEAN_PRESSURE)[68.0] == round(body.mean_pressure)
    assert values(reports, Vital.CUFF_PULSE_RATE)[68.0] == round(body.heart_rate)
    assert {r.device_time for r in reports if isinstance(r, Observation) and r.at == 68.0} == {"2026-03-02T12:01:08"}
    assert statuses(reports)[:4] == [
        (0.0, "cuff_inflating", True),
        (8.0, "cuff_inflating", False),
        (43.0, "cuff_inflating", True),
        (68.0, "cuff_inflating", False),
    ]


def test_a_moving_arm_spoils_the_reading() -> None:
    reports = read(BluetoothCuff(patient_in("restless", 1), STARTED, interval_s=40.0), 60.0)
    assert list(values(reports, Vital.SYSTOLIC)) == [8.0]
    assert (48.0, "cuff_failed", True) in statuses(reports)


def test_a_cuff_needs_a_rest_between_two_measurements() -> None:
    with pytest.raises(ValueError, match="25"):
        BluetoothCuff(Patient(1), STARTED, interval_s=25.0)


@pytest.mark.parametrize("monitor", [BluetoothOximeter(Patient(1)), BluetoothCuff(Patient(1), STARTED)])
def test_the_driver_understands_the_last_will(monitor: MessageMonitor) -> None:
    driver = BluetoothDriver("ble-1", BluetoothOptions())
    reports = driver.receive(Message(monitor.will.payload, f"gw/1{monitor.will.suffix}"), 5.0)
    assert DeviceStatus("ble-1", "offline", True, 5.0, "the gateway is off") in reports
