"""What drivers report, turned into what the engine is told: order, whole readings, nothing twice."""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import Bench
from vitalwatch.alarms.events import CuffRead, Sampled, StatusChanged, events_from
from vitalwatch.model import DeviceStatus, Mode, Report, Status, Validity, Vital, Waveform, observe, observe_cuff


def begins(status: str, detail: str = "") -> DeviceStatus:
    return DeviceStatus("ox", status, True, 1.0, detail)


def ends(status: str) -> DeviceStatus:
    return DeviceStatus("ox", status, False, 1.0)


def test_nothing_reported_is_nothing_told() -> None:
    assert events_from("1", []) == []


def test_a_sample_keeps_value_validity_mode_and_the_devices_time() -> None:
    reports = [observe("ox", Vital.SPO2, 97, 1.0, validity=Validity.QUESTIONABLE, mode=Mode.DEMO, device_time="09:00")]
    assert events_from("1", reports) == [
        Sampled("1", "ox", Vital.SPO2, 97, Validity.QUESTIONABLE, Mode.DEMO, "09:00"),
    ]


def test_none_stays_none_with_its_reason() -> None:
    (event,) = events_from("1", [observe("ox", Vital.SPO2, 0, 1.0)])
    assert isinstance(event, Sampled)
    assert (event.value, event.validity) == (None, Validity.INVALID)


def test_the_parts_of_a_reading_are_told_as_one() -> None:
    assert events_from("1", observe_cuff("mon", 120, 80, 1.0, mean=93, pulse=70, reading_age_s=12)) == [
        CuffRead("1", "mon", 120, 80, 93, 70, 12),
    ]


def test_two_readings_in_one_go_are_two() -> None:
    reports = [*observe_cuff("mon", 120, 80, 1.0), *observe_cuff("mon", 130, 85, 1.0)]
    assert [event.systolic for event in events_from("1", reports) if isinstance(event, CuffRead)] == [120, 130]


def test_a_reading_that_is_none_is_told_as_a_try_without_numbers() -> None:
    (event,) = events_from("1", observe_cuff("mon", 80, 120, 1.0))
    assert event == CuffRead("1", "mon", None, None)


def test_statuses_that_begin_come_before_those_that_end() -> None:
    events = events_from("1", [ends(Status.SENSOR_OFF), begins(Status.NO_SENSOR)])
    assert [(e.status, e.active) for e in events if isinstance(e, StatusChanged)] == [
        (Status.NO_SENSOR, True),
        (Status.SENSOR_OFF, False),
    ]


def test_a_status_that_ends_and_begins_again_is_told_in_that_order() -> None:
    events = events_from("1", [ends(Status.MOTION), begins(Status.MOTION)])
    assert [e.active for e in events if isinstance(e, StatusChanged)] == [False, True]


def test_statuses_stand_before_the_values_that_came_after_them() -> None:
    reports: list[Report] = [begins(Status.SENSOR_OFF), observe("ox", Vital.SPO2, None, 1.0)]
    assert [type(event) for event in events_from("1", reports)] == [StatusChanged, Sampled]


def test_a_status_keeps_what_the_monitor_said_of_it() -> None:
    report = DeviceStatus("mon", Status.MONITOR_ALARM, True, 1.0, "SL", "high", (Vital.SPO2,))
    assert events_from("1", [report]) == [
        StatusChanged("1", "mon", Status.MONITOR_ALARM, True, "SL", "high", (Vital.SPO2,)),
    ]


def test_waveforms_decide_nothing() -> None:
    assert events_from("1", [Waveform("ox", "pleth", 75.0, (1.0, None), 1.0)]) == []


@pytest.mark.parametrize("order", [1, -1])
def test_a_change_of_sensor_words_in_one_message_keeps_the_running_alarm(order: int) -> None:
    bench = Bench()
    bench.spo2(None, 0)
    bench.status(Status.SENSOR_OFF, at=0)
    bench.heard(1, to=8)
    for event in events_from("1", [ends(Status.SENSOR_OFF), begins(Status.NO_SENSOR)][::order]):
        assert isinstance(event, StatusChanged)
        bench.status(event.status, event.active, at=8)
    bench.heard(9, to=10)
    assert bench.began("T-PROBE") == [10]
