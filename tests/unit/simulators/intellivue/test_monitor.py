"""The monitor keeps its association, and what the simulated person has is what the driver reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

import pytest

from vitalwatch.driver import Message
from vitalwatch.model import DeviceStatus, Mode, Observation, Report, Vital, Waveform
from vitalwatch_drivers.intellivue import IntellivueDriver
from vitalwatch_drivers.intellivue.options import IntellivueOptions
from vitalwatch_simulators.intellivue import IntellivueLanMonitor, IntellivueMonitor
from vitalwatch_simulators.intellivue import encoder as e
from vitalwatch_simulators.monitor import AnsweringMonitor
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.scenario import patient_in

START = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001 - the monitor's own time has no zone


def drive(
    driver: IntellivueDriver,
    next_at: Callable[[], float],
    emit: Callable[[float], list[bytes | Message]],
    answer: Callable[[bytes, float], list[bytes | Message]],
    seconds: float,
) -> list[Report]:
    """Let driver and monitor talk over a line without delay."""
    told: list[Report] = []
    due_at = 0.0
    while (t := min(due_at, next_at())) <= seconds:
        waiting = emit(t) if next_at() <= t else []
        while True:
            for data in waiting:
                told += driver.receive(data, t)
            due = driver.due(t)
            waiting = [each for sent in due.send for each in answer(sent, t)]
            if not waiting:
                break
        assert due.next_at is not None
        due_at = due.next_at
    assert driver.counts.bad_frames == 0
    assert driver.counts.dropped_bytes == 0
    return told


def serial(monitor: IntellivueMonitor, seconds: float, **options: object) -> list[Report]:
    def some(data: bytes) -> list[bytes | Message]:
        return [data] if data else []

    driver = IntellivueDriver("m", IntellivueOptions.model_validate(options))
    return drive(
        driver,
        monitor.next_at,
        lambda t: some(monitor.emit(t)),
        lambda data, t: some(monitor.receive(data, t)),
        seconds,
    )


def observations(reports: list[Report]) -> list[Observation]:
    return [one for one in reports if isinstance(one, Observation)]


@pytest.mark.parametrize("options", [{}, {"poll": "extended", "pleth": True}])
@pytest.mark.parametrize("largest", [1000, 200])
@pytest.mark.parametrize("story", ["probe-off-again", "desaturation", "fast-heart"])
def test_the_driver_reads_what_the_person_has(story: str, largest: int, options: dict[str, object]) -> None:
    patient = patient_in(story, 3)
    told = observations(serial(IntellivueMonitor(patient, START, largest=largest), 60.0, **options))
    seen = set()
    for one in told:
        seen.add(one.vital)
        vitals = patient.vitals(one.at)
        finger = vitals.sensor == "on"
        truth = {
            Vital.HEART_RATE: round(vitals.heart_rate),
            Vital.SPO2: min(100, round(vitals.spo2)) if finger else None,
            Vital.PULSE_RATE: round(vitals.heart_rate) if finger else None,
            Vital.PERFUSION_INDEX: round(vitals.perfusion_index, 1) if finger else None,
        }
        if one.vital in truth and (finger or one.value is not None):
            # The answer about the sensor comes behind that about the numbers, and is believed up to a poll longer.
            assert one.value == truth[one.vital] or (one.value is None and story == "probe-off-again"), one
    assert seen == {
        *(Vital.HEART_RATE, Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX),
        *(Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE),
    }
    assert sum(one.vital is Vital.SPO2 for one in told) >= 58


def test_sensor_off_and_low_spo2_are_told_by_the_monitors_alarms() -> None:
    words = {
        (one.status, one.detail)
        for story in ("probe-off-again", "desaturation")
        for one in serial(IntellivueMonitor(patient_in(story, 3), START), 80.0)
        if isinstance(one, DeviceStatus) and one.active and one.detail
    }
    assert words == {
        ("sensor_off", "SpO2 SENSOR OFF"),
        ("searching", "SpO2 NON-PULSAT."),
        ("monitor_alarm", "** SpO2 LOW"),
    }


def test_each_cuff_reading_is_told_once_when_the_cuff_is_done() -> None:
    told = serial(IntellivueMonitor(Patient(1), START, cuff_interval_s=60.0), 160.0)
    assert [one.at for one in observations(told) if one.vital is Vital.SYSTOLIC] == [33.2, 93.2, 153.2]
    running = [(one.at, one.active) for one in told if isinstance(one, DeviceStatus)]
    assert [(round(at, 1), active) for at, active in running][:2] == [(8.2, True), (33.2, False)]


def test_an_arm_that_moves_spoils_a_reading() -> None:
    told = serial(IntellivueMonitor(patient_in("restless", 1), START), 60.0)
    assert not [one for one in observations(told) if one.episodic]
    assert "cuff_failed" in {one.status for one in told if isinstance(one, DeviceStatus)}


def test_demo_is_marked_and_standby_is_silent() -> None:
    told = serial(IntellivueMonitor(Patient(1), START, demo=True), 5.0)
    assert {one.mode for one in observations(told)} == {Mode.DEMO}
    still = serial(IntellivueMonitor(Patient(1), START, standby=True), 5.0)
    assert [str(one.status) for one in still if isinstance(one, DeviceStatus)] == ["standby"]
    assert not observations(still)


def test_the_curve_has_no_gaps() -> None:
    told = serial(IntellivueMonitor(Patient(1), START), 20.0, poll="extended", pleth=True)
    blocks = [one for one in told if isinstance(one, Waveform)]
    assert {one.rate_hz for one in blocks} == {125.0}
    assert sum(len(one.samples) for one in blocks) >= 19 * 125


def test_on_the_network_it_announces_itself_and_answers_in_datagrams() -> None:
    monitor = IntellivueLanMonitor(Patient(1), START, largest=200)
    driver = IntellivueDriver("m", IntellivueOptions(framing="lan"))

    def wrapped(messages: list[bytes]) -> list[bytes | Message]:
        return [Message(each) for each in messages]

    told = drive(
        driver,
        monitor.next_at,
        lambda t: wrapped(monitor.emit(t)),
        lambda data, t: wrapped(monitor.receive(data, t)),
        12.0,
    )
    first = told[0]
    assert isinstance(first, DeviceStatus)
    assert first.detail == "Philips SIMULATED at 192.0.2.1, data export on UDP port 24105"
    assert sum(one.vital is Vital.SPO2 for one in observations(told)) >= 10


REQUEST = e.serial_frame(b"\x0d\x00")


def test_it_keeps_one_association_and_ends_it_when_nobody_asks() -> None:
    monitor = IntellivueMonitor(Patient(1), START)
    assert isinstance(monitor, AnsweringMonitor)
    assert monitor.next_at() == math.inf
    assert monitor.receive(REQUEST[:3], 0.0) == b""
    assert monitor.receive(REQUEST[3:], 0.0) == e.serial_frame(e.ACCEPT)
    assert monitor.receive(REQUEST, 0.1) == e.serial_frame(e.REFUSE)
    assert monitor.next_at() == 0.2
    assert monitor.emit(0.2)
    confirm = e.serial_frame(bytes.fromhex("e1000002 0002 0014 0001 0001 000e 002100000000 00000000 0d06 0000"))
    assert monitor.receive(confirm, 1.0) == b""
    assert monitor.next_at() == 11.0
    assert monitor.emit(11.0) == e.serial_frame(e.ABORT)
    assert monitor.next_at() == math.inf


@pytest.mark.parametrize("garbage", [b"\x00\xff", REQUEST[:-2] + b"\x00\xc1", b"\xc0\xc1", e.serial_frame(b"\xe1\x00")])
def test_garbage_is_passed_over(garbage: bytes) -> None:
    monitor = IntellivueMonitor(Patient(1), START)
    assert monitor.receive(garbage, 0.0) == b""
    assert monitor.receive(e.serial_frame(b"\x09\x00"), 0.0) == e.serial_frame(e.RELEASED)


def test_same_seed_same_bytes() -> None:
    def run() -> list[Report]:
        return serial(IntellivueMonitor(Patient(5), START), 20.0)

    assert run() == run()
