"""The simulated Dinamap over time: what it answers, its cuff, and what the driver reads from it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Command
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.dinamap import DinamapDriver
from vitalwatch_drivers.dinamap.options import DinamapOptions
from vitalwatch_simulators.dinamap import DinamapMonitor, Pro1000Monitor
from vitalwatch_simulators.monitor import AnsweringMonitor
from vitalwatch_simulators.patient import Patient, PatientVitals, Sensor
from vitalwatch_simulators.scenario import patient_in

START = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
NA, START_CUFF, STOP = b" NA!2\r", b" NC0!E\r", b" ND!5\r"


class Scripted:
    """A person who stays as the test says."""

    def __init__(self, *, sensor: Sensor = "on", heart_rate: float = 72.4, spo2: float = 97.2, motion: bool = False):
        self._vitals = PatientVitals(
            heart_rate=heart_rate,
            spo2=spo2,
            perfusion_index=2.4,
            systolic=120.0,
            diastolic=80.0,
            mean_pressure=93.0,
            sensor=sensor,
            motion=motion,
        )

    def vitals(self, _t: float) -> PatientVitals:
        return self._vitals


def talk(monitor: DinamapMonitor, seconds: float, *, start_at: float = math.inf) -> list[Report]:
    """Let the driver ask the monitor, and a person start the cuff once."""
    driver = DinamapDriver("bp-1", DinamapOptions())
    reports: list[Report] = []
    now = 0.0
    while now < seconds:
        if now >= start_at:
            driver.command(Command.START_NIBP, now)
            start_at = math.inf
        due = driver.due(now)
        answer = b"".join(monitor.receive(question, now) for question in due.send)
        reports += driver.receive(answer, now)
        assert due.next_at is not None
        now = due.next_at
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


def cuff_readings(reports: list[Report]) -> list[tuple[float, str, float | None]]:
    return [(r.at, str(r.vital), r.value) for r in reports if isinstance(r, Observation) and r.episodic]


def states(reports: list[Report]) -> list[tuple[str, bool]]:
    return [(r.status, r.active) for r in reports if isinstance(r, DeviceStatus)]


# --- asked in ASCII -------------------------------------------------------------------------------------------------


def test_it_speaks_only_when_spoken_to() -> None:
    monitor = DinamapMonitor(Scripted(), START)
    assert isinstance(monitor, AnsweringMonitor)
    assert (monitor.next_at(), monitor.emit(0.0)) == (math.inf, b"")


def test_a_command_may_come_in_pieces_and_others_get_no_answer() -> None:
    monitor = DinamapMonitor(Scripted(), START)
    assert b"".join(monitor.receive(bytes((byte,)), 0.0) for byte in NA) == monitor.receive(NA, 0.0)
    assert monitor.receive(b" NA!3\r\r\xc4\xc4\xc4\r XX\r", 0.0) == b""
    assert monitor.receive(b"x" * 1000 + b"\r", 0.0) == b""


def test_same_seed_and_questions_give_the_same_bytes() -> None:
    one, other = (DinamapMonitor(patient_in("probe-off-again", 7), START) for _ in range(2))
    for second in range(400):
        for question in (NA, b" OA!3\r", b" RA!6\r", b" RC!8\r"):
            assert one.receive(question, second) == other.receive(question, second)


def test_the_driver_reads_the_cuffs_own_measurement_once_with_its_pulse() -> None:
    reports = talk(DinamapMonitor(Scripted(heart_rate=128.0), START), 290.0)
    told = cuff_readings(reports)
    assert [(vital, value) for _, vital, value in told] == [
        *(("systolic", 120), ("diastolic", 80), ("mean_pressure", 93), ("cuff_pulse_rate", 128)),
    ]
    assert 30.0 <= told[0][0] < 31.5
    assert states(reports) == [("cuff_inflating", True), ("cuff_inflating", False)]


def test_a_commanded_measurement_is_another_reading_of_the_same_pressures() -> None:
    told = cuff_readings(talk(DinamapMonitor(Scripted(), START), 200.0, start_at=100.0))
    assert [at for at, vital, _ in told if vital == "systolic"] == pytest.approx([31.0, 126.0], abs=1.5)


def test_a_moving_arm_and_a_stopped_cuff_are_failures() -> None:
    reports = talk(DinamapMonitor(Scripted(motion=True), START), 60.0)
    assert states(reports) == [("cuff_inflating", True), ("cuff_failed", True), ("cuff_inflating", False)]
    assert cuff_readings(reports) == []
    monitor = DinamapMonitor(Scripted(), START)
    monitor.receive(START_CUFF, 0.0)
    monitor.receive(START_CUFF, 1.0)
    monitor.receive(STOP, 2.0)
    assert monitor.receive(STOP + NA, 3.0)[6:10] == b" NA3"


def test_the_counter_ends_after_an_hour_and_a_half() -> None:
    monitor = DinamapMonitor(Scripted(), START, interval_s=10_000.0)
    assert monitor.receive(NA, 30.0)[6:10] == b"0000"
    assert monitor.receive(NA, 30.0 + 5399)[6:10] == b"5399"
    assert monitor.receive(NA, 30.0 + 5400)[6:10] == b"9999"


@given(spo2=st.floats(1.0, 100.0), heart_rate=st.floats(10.0, 349.0))
def test_the_driver_reads_the_persons_oxygen_and_pulse(spo2: float, heart_rate: float) -> None:
    reports = talk(DinamapMonitor(Scripted(spo2=spo2, heart_rate=heart_rate), START), 2.9)
    told = [(r.vital, r.value, r.validity) for r in reports if isinstance(r, Observation)]
    assert (
        told
        == [
            (Vital.SPO2, round(spo2), Validity.VALID),
            (Vital.PULSE_RATE, round(heart_rate), Validity.VALID),
        ]
        * 2
    )


@pytest.mark.parametrize(
    ("sensor", "status"), [("off", "searching"), ("searching", "searching"), ("unplugged", "no_sensor")]
)
def test_without_a_sensor_there_is_a_reason_and_no_value(sensor: Sensor, status: str) -> None:
    reports = talk(DinamapMonitor(Scripted(sensor=sensor), START), 4.0)
    assert states(reports) == [(status, True)]
    told = [r for r in reports if isinstance(r, Observation)]
    assert told
    assert all(r.value is None and r.validity is Validity.UNAVAILABLE for r in told)


# --- PRO 1000 -------------------------------------------------------------------------------------------------------


def stream(monitor: Pro1000Monitor, seconds: float) -> list[tuple[float, bytes]]:
    chunks = []
    while (t := monitor.next_at()) < seconds:
        chunks.append((t, monitor.emit(t)))
    return chunks


def test_it_writes_900_bytes_a_second_and_the_same_for_the_same_seed() -> None:
    one, other = (stream(Pro1000Monitor(Patient(7), START), 10.0) for _ in range(2))
    assert one == other
    assert sum(len(data) for _, data in one) == 9000


def test_the_beat_bits_change_with_each_beat() -> None:
    data = b"".join(chunk for _, chunk in stream(Pro1000Monitor(Scripted(heart_rate=60.0), START), 30.0))
    bits = [status >> 1 & 3 for status in data[1::18]]
    assert sum(a != b for a, b in pairwise(bits)) == pytest.approx(30, abs=1)


@given(heart_rate=st.floats(10.0, 349.0))
def test_the_driver_reads_the_persons_heart_rate_and_alarm(heart_rate: float) -> None:
    driver = DinamapDriver("ecg-1", DinamapOptions(format="pro1000"))
    reports: list[Report] = []
    for t, data in stream(Pro1000Monitor(Scripted(heart_rate=heart_rate), START), 2.0):
        reports += driver.receive(data, t)
    told = [r for r in reports if isinstance(r, Observation)]
    assert [(r.value, r.validity) for r in told] == [(round(heart_rate), Validity.QUESTIONABLE)] * 2
    assert [r.device_time for r in told] == ["2026-03-02T10:15:00", "2026-03-02T10:15:01"]
    assert states(reports) == ([("monitor_alarm", True)] if heart_rate >= 130.0 else [])
    assert sum(len(r.samples) for r in reports if isinstance(r, Waveform)) == 400
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
