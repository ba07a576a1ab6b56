"""What the simulated JSON devices say when, and that the mqtt-json driver understands it."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from vitalwatch.driver import Message
from vitalwatch.model import DeviceStatus, Observation, Vital
from vitalwatch_drivers.mqtt_json import MqttJsonDriver
from vitalwatch_drivers.mqtt_json.options import MqttJsonOptions
from vitalwatch_simulators.monitor import MessageMonitor
from vitalwatch_simulators.mqtt_json import JsonCuff, JsonOximeter
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.scenario import patient_in

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def play(monitor: MessageMonitor, until: float) -> list[tuple[float, dict[str, Any], int]]:
    """Everything that a monitor publishes before ``until``: time, message, QoS."""
    said = []
    while (t := monitor.next_at()) < until:
        said += [(t, json.loads(publication.payload), publication.qos) for publication in monitor.emit(t)]
        assert monitor.next_at() > t
    return said


def test_the_oximeter_speaks_each_second_with_its_own_clock_and_a_growing_number() -> None:
    said = play(JsonOximeter(Patient(1), "ox-1", STARTED), 5.0)
    assert [(t, message["seq"], qos) for t, message, qos in said] == [(float(n), n, 0) for n in range(5)]
    assert [datetime.fromisoformat(message["time"]) for _, message, _ in said] == [
        STARTED + timedelta(seconds=n) for n in range(5)
    ]
    assert {message["device"] for _, message, _ in said} == {"ox-1"}


def test_the_oximeter_shows_the_patient_in_whole_numbers() -> None:
    body = Patient(1).vitals(0.0)
    (_, message, _), *_ = play(JsonOximeter(Patient(1), "ox-1", STARTED), 1.0)
    assert message["spo2"] == round(body.spo2)
    assert message["pulse_rate"] == round(body.heart_rate)
    assert message["perfusion_index"] == round(body.perfusion_index, 1)
    assert message["status"] == []


def test_the_oximeter_has_no_numbers_while_its_sensor_is_off_or_searching() -> None:
    said = play(JsonOximeter(patient_in("probe-off-again", 1), "ox-1", STARTED), 90.0)
    by_second = {t: (message["status"], message["spo2"] is None) for t, message, _ in said}
    assert by_second[39.0] == ([], False)
    assert by_second[40.0] == (["sensor_off"], True)
    assert by_second[75.0] == (["searching"], True)
    assert by_second[83.0] == ([], False)


def test_the_oximeter_marks_motion_and_goes_on_showing_numbers() -> None:
    said = play(JsonOximeter(patient_in("restless", 1), "ox-1", STARTED), 31.0)
    assert said[30][1]["status"] == ["motion"]
    assert said[30][1]["spo2"] is not None


def test_the_cuff_is_running_at_the_start_and_reads_at_8_s_then_at_each_interval() -> None:
    said = play(JsonCuff(Patient(1), "cuff-1", STARTED, interval_s=60.0), 140.0)
    states = [(t, message["status"], message["nibp"] and message["nibp"]["time"]) for t, message, _ in said]
    first, second = "2026-03-02T12:00:08Z", "2026-03-02T12:01:08Z"
    assert states[:4] == [
        (0.0, ["cuff_inflating"], None),
        (5.0, ["cuff_inflating"], None),
        (8.0, [], first),
        (10.0, [], first),
    ]
    assert (40.0, [], first) in states
    assert (43.0, ["cuff_inflating"], first) in states  # 25 s before the reading
    assert (65.0, ["cuff_inflating"], first) in states
    assert (68.0, [], second) in states
    assert {qos for _, _, qos in said} == {1}
    assert max(later - t for (t, *_), (later, *_) in itertools.pairwise(said)) <= 5.0


def test_the_cuff_reads_the_patient_at_the_time_of_the_reading() -> None:
    body = patient_in("pressure-rise", 4).vitals(68.0)
    said = play(JsonCuff(patient_in("pressure-rise", 4), "cuff-1", STARTED, interval_s=60.0), 71.0)
    assert said[-1][1]["nibp"] == {
        "systolic": round(body.systolic),
        "diastolic": round(body.diastolic),
        "mean": round(body.mean_pressure),
        "pulse": round(body.heart_rate),
        "time": "2026-03-02T12:01:08Z",
    }


def test_a_moving_arm_spoils_the_reading_and_the_old_one_stays() -> None:
    said = play(JsonCuff(patient_in("restless", 1), "cuff-1", STARTED, interval_s=40.0), 90.0)
    by_second = {t: (message["status"], message["nibp"] and message["nibp"]["time"]) for t, message, _ in said}
    assert by_second[45.0] == (["cuff_inflating"], "2026-03-02T12:00:08Z")
    assert by_second[48.0] == (["cuff_failed"], "2026-03-02T12:00:08Z")
    assert by_second[60.0] == (["cuff_failed"], "2026-03-02T12:00:08Z")
    assert by_second[63.0] == (["cuff_inflating"], "2026-03-02T12:00:08Z")
    assert by_second[88.0] == ([], "2026-03-02T12:01:28Z")


def test_a_cuff_needs_a_rest_between_two_measurements() -> None:
    with pytest.raises(ValueError, match="25"):
        JsonCuff(Patient(1), "cuff-1", STARTED, interval_s=25.0)


def test_the_driver_reads_the_oximeter_and_its_last_will() -> None:
    driver = MqttJsonDriver("ox-1", MqttJsonOptions())
    monitor = JsonOximeter(patient_in("probe-off-again", 1), "ox-1", STARTED)
    seen: dict[float, list[float | None]] = {}
    statuses = []
    while (t := monitor.next_at()) < 90.0:
        for report in driver.receive(Message(monitor.emit(t)[0].payload), t):
            if isinstance(report, Observation):
                seen.setdefault(t, []).append(report.value)
            elif isinstance(report, DeviceStatus):
                statuses.append((t, report.status, report.active))
    body = patient_in("probe-off-again", 1).vitals(20.0)
    assert seen[20.0] == [round(body.spo2), round(body.heart_rate), round(body.perfusion_index, 1)]
    assert seen[50.0] == [None, None, None]
    assert statuses == [
        (40.0, "sensor_off", True),
        (75.0, "searching", True),
        (75.0, "sensor_off", False),
        (83.0, "searching", False),
    ]
    assert DeviceStatus("ox-1", "offline", True, 91.0) in driver.receive(Message(monitor.will.payload), 91.0)
    assert driver.counts.bad_frames == 0


def test_the_driver_takes_each_cuff_reading_once_and_new() -> None:
    driver = MqttJsonDriver("cuff-1", MqttJsonOptions())
    monitor = JsonCuff(Patient(1), "cuff-1", STARTED, interval_s=60.0)
    readings: list[tuple[float, float | None, float]] = []
    while (t := monitor.next_at()) < 200.0:
        reports = driver.receive(Message(monitor.emit(t)[0].payload), t)
        values = [report for report in reports if isinstance(report, Observation)]
        readings += [(t, seen.value, seen.reading_age_s) for seen in values if seen.vital is Vital.SYSTOLIC]
    assert readings == [(t, round(Patient(1).vitals(t).systolic), 0.0) for t in (8.0, 68.0, 128.0, 188.0)]
