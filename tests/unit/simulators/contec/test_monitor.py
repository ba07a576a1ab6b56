"""The simulated Contec oximeters over time: started, kept awake, and what the driver reads from them."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.contec import ContecDriver
from vitalwatch_drivers.contec.options import ContecOptions, Dialect
from vitalwatch_simulators.contec import ContecEbMonitor, ContecFiveByteMonitor, ContecV7Monitor
from vitalwatch_simulators.monitor import AnsweringMonitor, StreamMonitor
from vitalwatch_simulators.patient import Patient, PatientVitals, Sensor
from vitalwatch_simulators.scenario import patient_in

START = datetime(2024, 12, 31, 23, 59, 58, tzinfo=UTC)
V7_START = bytes.fromhex("7d81a1808080808080")
V7_STOP = bytes.fromhex("7d81a2808080808080")
V7_KEEP_ALIVE = bytes.fromhex("7d81af808080808080")
EB_START = bytes.fromhex("9b001b9b011c")
EB_STOP = bytes.fromhex("9b7f1a")
EB_KEEP_ALIVE = bytes.fromhex("9a1a")
DIALECTS: list[Dialect] = ["v7", "5-byte", "eb"]


class Scripted:
    """A person whose sensor and values follow the time as the test says."""

    def __init__(
        self,
        *,
        sensor: Callable[[float], Sensor] = lambda _: "on",
        spo2: float = 97.2,
        heart_rate: float = 72.4,
        perfusion_index: float = 2.4,
        motion: bool = False,
    ) -> None:
        self._sensor = sensor
        self._values = (heart_rate, spo2, perfusion_index)
        self._motion = motion

    def vitals(self, t: float) -> PatientVitals:
        return PatientVitals(*self._values, 120.0, 80.0, 93.0, self._sensor(t), self._motion)


def make(dialect: Dialect, person: Scripted | Patient) -> StreamMonitor:
    if dialect == "5-byte":
        return ContecFiveByteMonitor(person, START)
    return ContecV7Monitor(person, START) if dialect == "v7" else ContecEbMonitor(person, START)


def run(monitor: StreamMonitor, seconds: float) -> bytes:
    told = b""
    while monitor.next_at() < seconds:
        told += monitor.emit(monitor.next_at())
    return told


def read(monitor: StreamMonitor, dialect: Dialect, seconds: float) -> list[Report]:
    """Driver and monitor on one line, each heard by the other."""
    driver = ContecDriver("ox-4", ContecOptions(dialect=dialect))
    reports: list[Report] = []
    now = 0.0
    while now < seconds:
        due = driver.due(now)
        for data in due.send:
            assert isinstance(monitor, AnsweringMonitor)
            reports += driver.receive(monitor.receive(data, now), now)
        now = min(monitor.next_at(), math.inf if due.next_at is None else due.next_at)
        if now == monitor.next_at() and now < seconds:
            reports += driver.receive(monitor.emit(now), now)
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


def observations(reports: list[Report], vital: Vital) -> list[Observation]:
    return [r for r in reports if isinstance(r, Observation) and r.vital is vital]


@pytest.mark.parametrize("dialect", ["v7", "eb"])
def test_it_is_silent_until_it_is_started_and_after_ten_seconds_without_a_word(dialect: Dialect) -> None:
    monitor = make(dialect, Scripted())
    assert isinstance(monitor, AnsweringMonitor)
    start, keep_alive, stop = (
        (V7_START, V7_KEEP_ALIVE, V7_STOP) if dialect == "v7" else (EB_START, EB_KEEP_ALIVE, EB_STOP)
    )
    monitor.receive(keep_alive, 1.0)
    assert math.isinf(monitor.next_at())
    monitor.receive(start, 2.0)
    assert monitor.next_at() == 2.05
    run(monitor, 9.0)
    monitor.receive(keep_alive, 9.0)
    run(monitor, 30.0)
    assert math.isinf(monitor.next_at())
    monitor.receive(keep_alive, 30.0)
    assert math.isinf(monitor.next_at())
    monitor.receive(start, 31.0)
    assert monitor.next_at() == 31.05
    monitor.receive(stop, 32.0)
    assert math.isinf(monitor.next_at())


@pytest.mark.parametrize("dialect", ["v7", "eb"])
def test_a_keep_alive_gives_ten_seconds_more(dialect: Dialect) -> None:
    monitor = make(dialect, Scripted())
    assert isinstance(monitor, AnsweringMonitor)
    monitor.receive(V7_START if dialect == "v7" else EB_START, 0.0)
    monitor.receive(V7_KEEP_ALIVE if dialect == "v7" else EB_KEEP_ALIVE, 5.0)
    last = 0.0
    while monitor.next_at() < 60.0:
        last = monitor.next_at()
        monitor.emit(last)
    assert last == pytest.approx(15.0, abs=0.06)


@given(noise=st.binary(max_size=40).map(lambda data: data.replace(b"\x7d", b"")), cut=st.integers(0, 8))
def test_a_v7_start_is_heard_in_pieces_and_after_noise(noise: bytes, cut: int) -> None:
    monitor = ContecV7Monitor(Scripted(), START)
    assert monitor.receive(noise + V7_START[:cut], 0.0) == b""
    assert math.isinf(monitor.next_at())
    monitor.receive(V7_START[cut:], 0.0)
    assert monitor.next_at() == 0.05


def test_an_eb_start_is_heard_byte_by_byte_and_a_stop_is_answered() -> None:
    monitor = ContecEbMonitor(Scripted(), START)
    for byte in b"\x00" + EB_START:
        assert monitor.receive(bytes((byte,)), 0.0) == b""
    assert monitor.next_at() == 0.05
    assert monitor.receive(EB_STOP, 1.0) == bytes.fromhex("eb7f6a").ljust(64, b"\0")
    bare = ContecEbMonitor(Scripted(), START, hid=False)
    assert bare.receive(EB_STOP, 0.0) == bytes.fromhex("eb7f6a")


@pytest.mark.parametrize(("dialect", "size"), [("v7", 540), ("5-byte", 300), ("eb", 1280)])
def test_bytes_a_second(dialect: Dialect, size: int) -> None:
    monitor = make(dialect, Scripted())
    if isinstance(monitor, AnsweringMonitor):
        monitor.receive(V7_START if dialect == "v7" else EB_START, 0.0)
    assert len(run(monitor, 3.96 if dialect == "5-byte" else 4.01)) == 4 * size


def test_bare_eb_frames_have_no_padding() -> None:
    monitor = ContecEbMonitor(Scripted(), START, hid=False)
    monitor.receive(EB_START, 0.0)
    assert len(run(monitor, 2.01)) == 2 * (59 * 6 + 8)


def test_eb_sends_only_what_was_asked_for() -> None:
    curve, values = ContecEbMonitor(Scripted(), START), ContecEbMonitor(Scripted(), START)
    curve.receive(EB_START[:3], 0.0)
    values.receive(EB_START[3:], 0.0)
    assert run(curve, 2.01).count(b"\xeb\x01") == 0
    assert run(values, 2.01).replace(b"\0", b"").count(b"\xeb") == 2


@pytest.mark.parametrize("dialect", DIALECTS)
def test_same_seed_and_times_give_the_same_bytes(dialect: Dialect) -> None:
    told = []
    for _ in range(2):
        monitor = make(dialect, patient_in("probe-off-again", 7))
        if isinstance(monitor, AnsweringMonitor):
            monitor.receive(V7_START if dialect == "v7" else EB_START, 36.0)
        told.append(run(monitor, 45.0))
    assert told[0] == told[1] != b""


@given(
    spo2=st.floats(1.0, 100.0),
    heart_rate=st.floats(10.0, 254.0).filter(lambda rate: round(rate) != 127),
    perfusion_index=st.floats(0.02, 20.0).filter(lambda index: round(100 * index) != 127),
    motion=st.booleans(),
    dialect=st.sampled_from(DIALECTS),
)
def test_the_driver_reads_the_persons_values(
    spo2: float, heart_rate: float, perfusion_index: float, motion: bool, dialect: Dialect
) -> None:
    person = Scripted(spo2=spo2, heart_rate=heart_rate, perfusion_index=perfusion_index, motion=motion)
    reports = read(make(dialect, person), dialect, 1.5)
    validity = Validity.QUESTIONABLE if motion and dialect != "eb" else Validity.VALID
    expected = {
        Vital.SPO2: round(spo2),
        Vital.PULSE_RATE: round(heart_rate),
        Vital.PERFUSION_INDEX: round(100 * perfusion_index) / 100,
    }
    for vital, value in expected.items():
        if vital is Vital.PERFUSION_INDEX and dialect == "5-byte":
            continue
        told = observations(reports, vital)
        assert told
        assert {(r.value, r.validity) for r in told} == {(value, validity)}
    assert any(isinstance(r, Waveform) for r in reports)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_driver_keeps_its_oximeter_awake(dialect: Dialect) -> None:
    reports = read(make(dialect, Scripted()), dialect, 40.0)
    told = observations(reports, Vital.SPO2)
    assert len(told) == pytest.approx(40 if dialect == "eb" else 120, abs=2)
    assert told[-1].at > 38.5


@pytest.mark.parametrize(
    ("dialect", "sensor", "status"),
    [
        *((dialect, sensor, "sensor_off") for dialect in DIALECTS for sensor in ("off", "unplugged")),
        *[("v7", "searching", "searching"), ("5-byte", "searching", "searching"), ("eb", "searching", "sensor_off")],
    ],
)
def test_the_driver_tells_why_there_is_no_value_and_shows_no_old_one(
    dialect: Dialect, sensor: Sensor, status: str
) -> None:
    person = Scripted(sensor=lambda t: "on" if t < 3.5 else sensor)
    reports = read(make(dialect, person), dialect, 16.0)
    assert [r.status for r in reports if isinstance(r, DeviceStatus)] == [status]
    for vital in (Vital.SPO2, Vital.PULSE_RATE):
        told = observations(reports, vital)
        later = [r for r in told if r.at >= 3.6]
        assert [r for r in told if r.at < 3.5 and r.value is not None]
        assert len(later) >= 12
        assert {(r.value, r.validity) for r in later} == {(None, Validity.UNAVAILABLE)}


def test_no_pulse_that_the_oximeter_can_show_is_a_search() -> None:
    reports = read(ContecV7Monitor(Scripted(heart_rate=0.0), START), "v7", 1.0)
    assert [r.status for r in reports if isinstance(r, DeviceStatus)] == ["searching"]
