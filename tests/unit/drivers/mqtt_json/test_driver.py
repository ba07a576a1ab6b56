"""The meaning of messages: fresh, repeated, retained, none; statuses; the age of a cuff reading."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Counts, Message, NoOptions
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Mode, Observation, Report, Validity, Vital
from vitalwatch_drivers.mqtt_json import MqttJsonDriver
from vitalwatch_drivers.mqtt_json.driver import BLIND, DOUBTFUL
from vitalwatch_drivers.mqtt_json.options import MqttJsonOptions

CUFF_ONLY = {
    Vital.SYSTOLIC: "nibp.systolic",
    Vital.DIASTOLIC: "nibp.diastolic",
    Vital.MEAN_PRESSURE: "nibp.mean",
    Vital.CUFF_PULSE_RATE: "nibp.pulse",
}
GOOD = {"spo2": 97, "pulse_rate": 71, "perfusion_index": 2.4}
READING = {"systolic": 124, "diastolic": 78, "mean": 93, "pulse": 70}


class Bench:
    """A driver, fed one message a second of host time."""

    def __init__(self, **options: Any) -> None:
        self.driver = MqttJsonDriver("ox-17", MqttJsonOptions(**options))
        self.now = 100.0

    def send(self, message: dict[str, Any], *, retained: bool = False) -> list[Report]:
        self.now += 1.0
        return self.driver.receive(Message(json.dumps(message).encode(), "t", retained), self.now)

    def values(self, message: dict[str, Any]) -> dict[Vital, tuple[float | None, Validity]]:
        return {o.vital: (o.value, o.validity) for o in observations(self.send(message))}

    def readings(self, message: dict[str, Any]) -> list[tuple[float | None, float]]:
        """Systolic and age of each new cuff reading."""
        found = observations(self.send(message))
        return [(o.value, o.reading_age_s) for o in found if o.vital is Vital.SYSTOLIC]

    def statuses(self, message: dict[str, Any]) -> list[tuple[str, bool]]:
        return [(r.status, r.active) for r in self.send(message) if isinstance(r, DeviceStatus)]


def observations(reports: list[Report]) -> list[Observation]:
    return [report for report in reports if isinstance(report, Observation)]


def data(project: Path, name: str) -> bytes:
    return (project / "tests/data/mqtt_json" / name).read_bytes()


def test_the_recommended_oximeter_message(project: Path) -> None:
    driver = MqttJsonDriver("ox-17", MqttJsonOptions())
    label = "2026-03-02T10:15:07.250+01:00"
    assert driver.receive(Message(data(project, "recommended-oximeter.json")), 5.0) == [
        Observation("ox-17", Vital.SPO2, 97.0, Validity.VALID, 5.0, device_time=label),
        Observation("ox-17", Vital.PULSE_RATE, 71.0, Validity.VALID, 5.0, device_time=label),
        Observation("ox-17", Vital.PERFUSION_INDEX, 2.4, Validity.VALID, 5.0, device_time=label),
    ]
    assert driver.counts.frames == 1


def test_the_recommended_cuff_message_carries_the_age_of_its_reading(project: Path) -> None:
    driver = MqttJsonDriver("cuff-3", MqttJsonOptions(vitals=CUFF_ONLY))
    reports = observations(driver.receive(Message(data(project, "recommended-cuff.json")), 5.0))
    assert [(o.vital, o.value) for o in reports] == [
        (Vital.SYSTOLIC, 124.0),
        (Vital.DIASTOLIC, 78.0),
        (Vital.MEAN_PRESSURE, 93.0),
        (Vital.CUFF_PULSE_RATE, 70.0),
    ]
    assert {(o.reading_age_s, o.device_time, o.at) for o in reports} == {(159.0, "2026-03-02T10:12:31+01:00", 5.0)}


def test_a_strangers_keys_and_texts_for_numbers(project: Path) -> None:
    options = MqttJsonOptions(
        vitals={
            Vital.HEART_RATE: "HR",
            Vital.SPO2: "SPO2",
            Vital.RESPIRATION_RATE: "RESP",
            Vital.TEMPERATURE: "TEMP",
            Vital.SYSTOLIC: "NBPS",
            Vital.DIASTOLIC: "NBPD",
            Vital.MEAN_PRESSURE: "NBPM",
        },
        time="timestamp",
    )
    driver = MqttJsonDriver("t1", options)
    reports = observations(driver.receive(Message(data(project, "mindray-t1-bridge.json")), 5.0))
    assert {o.vital: o.value for o in reports} == {
        Vital.HEART_RATE: 72.0,
        Vital.SPO2: 98.0,
        Vital.RESPIRATION_RATE: 14.0,
        Vital.TEMPERATURE: None,
        Vital.SYSTOLIC: 121.0,
        Vital.DIASTOLIC: 79.0,
        Vital.MEAN_PRESSURE: 93.0,
    }
    assert {o.device_time for o in reports} == {"2026-03-02T09:15:07.250000+00:00"}


def test_a_retained_message_is_nothing_but_counted() -> None:
    bench = Bench()
    assert bench.send({**GOOD, "status": ["motion"], "nibp": READING}, retained=True) == []
    assert bench.driver.counts == Counts(retained=1)
    assert bench.readings({"nibp": READING}) == [(124.0, 0.0)]  # the kept copy did not make the fresh one a repeat


def test_a_message_that_is_not_ours_is_counted_and_changes_nothing() -> None:
    bench = Bench()
    bench.send({**GOOD, "status": ["motion"]})
    assert bench.driver.receive(Message(b"offline"), 200.0) == []
    assert (bench.driver.counts.frames, bench.driver.counts.bad_frames, bench.driver.counts.dropped_bytes) == (1, 1, 7)
    assert bench.statuses({**GOOD, "status": ["motion"]}) == []


def test_zero_and_placeholders_are_unavailable_never_a_number() -> None:
    values = Bench().values({"spo2": 0, "pulse_rate": "---", "perfusion_index": None})
    assert set(values.values()) == {(None, Validity.UNAVAILABLE)}


@pytest.mark.parametrize("sent", [True, {}, [97], "abc", 101, 1e400, -5, float("nan")])
def test_what_cannot_be_a_saturation_is_invalid_and_the_pulse_beside_it_stands(sent: Any) -> None:
    values = Bench().values({"spo2": sent, "pulse_rate": 71})
    assert values[Vital.SPO2] == (None, Validity.INVALID)
    assert values[Vital.PULSE_RATE] == (71.0, Validity.VALID)


def test_a_real_zero_of_the_heart_is_a_value() -> None:
    bench = Bench(vitals={Vital.HEART_RATE: "hr"}, real_zero=["heart_rate"])
    assert bench.values({"hr": 0}) == {Vital.HEART_RATE: (0.0, Validity.VALID)}


@pytest.mark.parametrize("status", sorted(BLIND))
def test_a_number_beside_a_blind_sensor_is_no_value(status: str) -> None:
    values = Bench().values({**GOOD, "status": [status, "battery_low"]})
    assert set(values.values()) == {(None, Validity.UNAVAILABLE)}


@pytest.mark.parametrize("status", sorted(DOUBTFUL))
def test_a_number_from_a_poor_signal_is_questionable(status: str) -> None:
    assert Bench().values({**GOOD, "status": [status]})[Vital.SPO2] == (97.0, Validity.QUESTIONABLE)


def test_blind_wins_over_doubtful() -> None:
    values = Bench().values({**GOOD, "status": ["motion", "sensor_off"]})
    assert values[Vital.PULSE_RATE] == (None, Validity.UNAVAILABLE)


def test_the_finger_sensor_says_nothing_about_the_ecg() -> None:
    bench = Bench(vitals={Vital.HEART_RATE: "hr", Vital.SPO2: "spo2"})
    assert bench.values({"hr": 75, "spo2": 97, "status": ["sensor_off"]}) == {
        Vital.HEART_RATE: (75.0, Validity.VALID),
        Vital.SPO2: (None, Validity.UNAVAILABLE),
    }


def test_statuses_begin_and_end_once_and_come_before_the_values() -> None:
    bench = Bench()
    first = bench.send({**GOOD, "status": ["sensor_off", "finger cold"]})
    assert [type(report) for report in first] == [DeviceStatus] * 2 + [Observation] * 3
    assert bench.statuses({**GOOD, "status": ["sensor_off", "finger cold"]}) == []
    assert bench.statuses({**GOOD, "status": ["motion"]}) == [
        ("motion", True),
        ("finger_cold", False),
        ("sensor_off", False),
    ]
    assert bench.statuses(GOOD) == [("motion", False)]


def test_a_cut_link_forgets_statuses_without_a_word() -> None:
    bench = Bench()
    bench.send({**GOOD, "status": ["motion"]})
    bench.driver.reset()
    assert bench.statuses({**GOOD, "status": ["motion"]}) == [("motion", True)]


def test_streams_missing_from_a_message_that_speaks_of_them_are_unavailable() -> None:
    none = (None, Validity.UNAVAILABLE)
    assert Bench().values({"spo2": 97})[Vital.PULSE_RATE] == none
    assert Bench().values({"status": ["offline"]})[Vital.SPO2] == none


def test_a_message_with_only_a_cuff_reading_says_nothing_about_streams_and_statuses() -> None:
    bench = Bench()
    bench.send({**GOOD, "status": ["motion"]})
    reports = bench.send({"nibp": READING})
    assert {o.vital for o in observations(reports)} == set(CUFF_ONLY)
    assert bench.statuses({**GOOD, "status": ["motion"]}) == []


def test_the_last_will_of_a_cuff_monitor_without_statuses_ends_when_it_speaks_again() -> None:
    bench = Bench(vitals=CUFF_ONLY)
    assert bench.statuses({"device": "cuff-3", "status": ["offline"]}) == [("offline", True)]
    assert bench.statuses({"nibp": READING}) == [("offline", False)]


@pytest.mark.parametrize("demo", [{"mode": "demo"}, {"mode": True}, {"status": ["demo"]}])
def test_demo_data_are_marked_in_every_value_and_as_a_status(demo: dict[str, Any]) -> None:
    reports = Bench().send({**GOOD, "nibp": READING, **demo})
    assert {o.mode for o in observations(reports)} == {Mode.DEMO}
    assert DeviceStatus("ox-17", "demo", True, 101.0) in reports


def test_a_copy_of_a_numbered_message_is_ignored_but_was_heard() -> None:
    bench = Bench()
    assert bench.send({**GOOD, "seq": 7})
    assert bench.send({**GOOD, "seq": 7}) == []
    assert bench.driver.counts.frames == 2
    assert bench.send({**GOOD, "seq": 8})


def test_equal_messages_without_a_number_are_a_steady_patient() -> None:
    bench = Bench()
    assert bench.send(GOOD)
    assert bench.send(GOOD)


def stamped(time: str, reading: str | None, **pressures: Any) -> dict[str, Any]:
    return {"time": time, "status": [], "nibp": {**READING, **pressures, "time": reading}}


def test_a_reading_is_new_once_by_its_stamp() -> None:
    bench = Bench()
    assert bench.readings(stamped("2026-03-02T10:00:05Z", "2026-03-02T10:00:00Z")) == [(124.0, 5.0)]
    assert bench.readings(stamped("2026-03-02T10:00:10Z", "2026-03-02T10:00:00Z")) == []
    assert bench.readings(stamped("2026-03-02T10:00:15Z", "2026-03-02T11:00:00+01:00")) == []  # the same moment
    assert bench.readings(stamped("2026-03-02T10:05:05Z", "2026-03-02T10:05:00Z")) == [(124.0, 5.0)]


def test_a_mean_that_comes_a_moment_later_does_not_make_a_second_reading() -> None:
    bench = Bench()
    assert bench.readings(stamped("2026-03-02T10:00:05Z", "2026-03-02T10:00:00Z", mean=None)) == [(124.0, 5.0)]
    assert bench.readings(stamped("2026-03-02T10:00:06Z", "2026-03-02T10:00:00Z")) == []


def test_a_device_whose_clock_stands_still_is_not_mute() -> None:
    bench = Bench()
    assert bench.readings(stamped("2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z")) == [(124.0, 0.0)]
    assert bench.readings(stamped("2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z", systolic=205)) == [(205.0, 0.0)]


def test_stored_readings_sent_again_after_a_cut_are_still_old_ones() -> None:
    bench = Bench()
    times = [f"2026-03-02T10:{minute:02}:00Z" for minute in range(0, 60, 5)]
    assert [bench.readings(stamped(time, time)) for time in times] == [[(124.0, 0.0)]] * len(times)
    bench.driver.reset()
    assert [bench.readings(stamped("2026-03-02T11:00:00Z", time)) for time in times] == [[]] * len(times)


def test_without_stamps_the_same_pressures_are_a_repeat_until_others_come() -> None:
    bench = Bench()
    assert bench.readings({"nibp": READING}) == [(124.0, 0.0)]
    assert bench.readings({"nibp": READING}) == []
    bench.driver.reset()
    assert bench.readings({"nibp": READING}) == []
    assert bench.readings({"nibp": {**READING, "mean": 94}}) == [(124.0, 0.0)]
    assert bench.readings({"nibp": READING}) == [(124.0, 0.0)]


def test_without_stamps_the_same_pressures_after_a_run_of_the_cuff_are_a_new_reading() -> None:
    bench = Bench()
    idle, running = {"status": [], "nibp": READING}, {"status": ["cuff_inflating"], "nibp": READING}
    assert bench.readings(idle) == [(124.0, 0.0)]
    assert bench.readings(running) == []
    assert bench.readings(running) == []
    assert bench.readings(idle) == [(124.0, 0.0)]
    assert bench.readings(idle) == []


def test_a_failed_run_of_the_cuff_makes_nothing_new() -> None:
    bench = Bench()
    bench.send({"status": [], "nibp": READING})
    bench.send({"status": ["cuff_inflating"], "nibp": READING})
    assert bench.readings({"status": ["cuff_failed"], "nibp": READING}) == []
    assert bench.readings({"status": [], "nibp": READING}) == []


@pytest.mark.parametrize(
    "nibp", [None, {}, {"systolic": 0, "diastolic": 0, "mean": 0}, {"systolic": "--", "diastolic": None, "pulse": 71}]
)
def test_no_pressure_is_no_reading(nibp: Any) -> None:
    assert Bench(vitals=CUFF_ONLY).send({"nibp": nibp}) == []


@pytest.mark.parametrize("pressures", [{"systolic": 78, "diastolic": 78}, {"systolic": 400}, {"systolic": True}])
def test_an_impossible_reading_is_invalid_and_reported_once(pressures: dict[str, Any]) -> None:
    bench = Bench(vitals=CUFF_ONLY)
    assert bench.values({"nibp": READING | pressures})[Vital.SYSTOLIC] == (None, Validity.INVALID)
    assert bench.send({"nibp": READING | pressures}) == []


@pytest.mark.parametrize(
    ("time", "reading", "age_s"),
    [
        ("2026-03-02T10:15:10Z", "2026-03-02T10:12:31Z", 159.0),
        ("2026-03-02T10:15:10", "2026-03-02 10:12:31", 159.0),
        ("2026-03-02T00:00:10Z", "2026-02-27T00:00:00Z", 3 * 86400 + 10.0),  # days old is just old
        ("2026-03-02T10:12:31Z", "2026-03-02T10:15:10Z", 0.0),  # from the future
        ("2026-03-02T10:15:10Z", "1970-01-01T00:03:00Z", 0.0),  # the clock was set in between
        ("2026-03-02T10:15:10Z", "2026-03-02T10:12:31", 0.0),  # which offset?
        ("2026-03-02T10:15:10Z", "a while ago", 0.0),
        ("2026-03-02T10:15:10Z", None, 0.0),
        (None, "2026-03-02T10:12:31Z", 0.0),
    ],
)
def test_age_of_a_reading(time: str | None, reading: str | None, age_s: float) -> None:
    assert Bench().readings({"time": time, "nibp": {**READING, "time": reading}}) == [(124.0, age_s)]


def test_the_period_follows_the_options_and_nothing_is_ever_sent() -> None:
    driver = MqttJsonDriver("cuff-3", MqttJsonOptions(period_s=5.0))
    assert driver.period_s == 5.0
    assert (driver.due(0.0).send, driver.due(0.0).next_at) == ((), None)


def test_other_options_are_a_bug_of_the_caller() -> None:
    with pytest.raises(UsageError):
        MqttJsonDriver("ox-17", NoOptions())


ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.just({})
)
FIELDS = {
    "spo2": ODD,
    "pulse_rate": ODD,
    "time": ODD,
    "seq": ODD,
    "mode": ODD,
    "status": ODD | st.lists(ODD, max_size=3),
    "nibp": ODD | st.dictionaries(st.sampled_from(["systolic", "diastolic", "mean", "pulse", "time"]), ODD),
}


@given(st.lists(st.fixed_dictionaries({}, optional=FIELDS), max_size=5))
def test_any_objects_give_reports_that_can_be_sent_on(messages: list[dict[str, Any]]) -> None:
    bench = Bench()
    for message in messages:
        for report in bench.send(message):
            assert isinstance(report, Observation | DeviceStatus)
            assert msgspec.json.encode(report)  # no half character, no NaN: a screen can be told
    assert bench.driver.counts.frames == len(messages)


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_any_bytes_are_counted_and_never_raise(payloads: list[bytes]) -> None:
    driver = MqttJsonDriver("ox-17", MqttJsonOptions())
    for payload in payloads:
        driver.receive(payload, 1.0)
    assert driver.counts.frames + driver.counts.bad_frames == len(payloads)


def test_a_recorded_message_keeps_what_is_mapped_and_no_name() -> None:
    bench = Bench()
    sent = {**GOOD, "patient": {"name": "Nobody Real"}, "note": "of Nobody Real"}
    kept = bench.driver.redact(json.dumps(sent).encode())
    assert b"Nobody" not in kept
    assert Bench().send(json.loads(kept)) == Bench().send(sent)
    assert bench.driver.redact(b"MSH|Nobody Real") == b"." * 15


@pytest.mark.parametrize(
    "vitals", [{"spo2": "a"}, {"spo2": "a", "pulse_rate": "a.0"}, {"spo2": "a.0", "pulse_rate": "a"}]
)
def test_a_path_to_a_list_keeps_no_object_of_it_in_a_recording(vitals: dict[str, str]) -> None:
    device = MqttJsonDriver("m", MqttJsonDriver.Options.model_validate({"vitals": vitals}))
    assert json.loads(device.redact(b'{"a": [5, {"name": "Nobody Real"}]}')) == {"a": [5]}
