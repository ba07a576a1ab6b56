"""The simulated Masimo over time: its pace, old numbers that linger, and what a driver reads from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import NoOptions
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital
from vitalwatch_drivers.masimo import MasimoDriver
from vitalwatch_simulators.masimo import MasimoMonitor
from vitalwatch_simulators.masimo.encoder import Model
from vitalwatch_simulators.monitor import StreamMonitor
from vitalwatch_simulators.patient import PatientVitals, Sensor

START = datetime(2024, 12, 31, 23, 59, 58, tzinfo=UTC)


class Scripted:
    """A person whose sensor, motion and values follow the time as the test says."""

    def __init__(
        self,
        *,
        sensor: Callable[[float], Sensor] = lambda _: "on",
        spo2: Callable[[float], float] = lambda _: 97.2,
        heart_rate: float = 72.4,
        perfusion_index: float = 2.4,
        motion: bool = False,
    ) -> None:
        self._sensor = sensor
        self._spo2 = spo2
        self._heart_rate = heart_rate
        self._perfusion_index = perfusion_index
        self._motion = motion

    def vitals(self, t: float) -> PatientVitals:
        return PatientVitals(
            heart_rate=self._heart_rate,
            spo2=self._spo2(t),
            perfusion_index=self._perfusion_index,
            systolic=120.0,
            diastolic=80.0,
            mean_pressure=93.0,
            sensor=self._sensor(t),
            motion=self._motion,
        )


def run(monitor: StreamMonitor, seconds: float) -> list[bytes]:
    told = []
    while monitor.next_at() < seconds:
        told.append(monitor.emit(monitor.next_at()))
    return told


def words(told: list[bytes], *keys: str) -> list[list[str]]:
    """The values behind the keys, line by line."""
    lines = [dict(word.split("=") for word in line.decode("ascii").split()[2:]) for line in told]
    return [[line[key] for key in keys] for line in lines]


def test_a_line_every_second_with_the_monitors_own_clock() -> None:
    monitor = MasimoMonitor(Scripted(), START)
    assert monitor.next_at() == 0.0
    told = run(monitor, 5.0)
    assert len(told) == 5
    assert monitor.next_at() == 5.0
    assert told[1].startswith(b"12/31/24 23:59:59 SN=0000000001 ")
    assert told[2].startswith(b"01/01/25 00:00:00 SN=0000000001 ")
    assert all(line.endswith(b"\n\r") for line in told)


def test_same_person_and_times_give_the_same_bytes() -> None:
    once, again = (run(MasimoMonitor(Scripted(), START, silence_after_s=4.0), 100.0) for _ in range(2))
    assert once == again


def test_sensor_off_shows_old_numbers_then_dashes_then_searches() -> None:
    def sensor(t: float) -> Sensor:
        return "off" if 2.0 <= t < 7.0 else "on"

    told = words(run(MasimoMonitor(Scripted(sensor=sensor), START), 14.0), "SPO2", "PI", "EXC")
    assert told == [
        *[["097%", "02.40%", "000800"]] * 2,
        *[["097%", "--.--%", "000820"]] * 3,
        *[["---%", "--.--%", "000820"]] * 2,
        *[["---%", "--.--%", "000828"]] * 5,
        *[["097%", "02.40%", "000800"]] * 2,
    ]


def test_old_numbers_do_not_come_back_when_the_sensor_falls_off_during_a_search() -> None:
    def sensor(t: float) -> Sensor:
        return "on" if t < 2.0 else "searching" if t == 4.0 else "off"

    told = words(run(MasimoMonitor(Scripted(sensor=sensor), START), 8.0), "SPO2", "EXC")
    assert told[2:] == [["097%", "000820"]] * 2 + [["---%", "000828"]] + [["---%", "000820"]] * 3


def test_cable_out_then_search_then_numbers_before_the_signal_has_locked() -> None:
    def sensor(t: float) -> Sensor:
        return "unplugged" if t < 2.0 else "on"

    told = words(run(MasimoMonitor(Scripted(sensor=sensor), START), 12.0), "SPO2", "EXC")
    assert told == [
        *[["---%", "000001"]] * 2,
        *[["---%", "000008"]] * 5,
        *[["097%", "000000"]] * 3,
        *[["097%", "000800"]] * 2,
    ]


@pytest.mark.parametrize(
    "person", [Scripted(sensor=lambda _: "searching"), Scripted(heart_rate=0.0)], ids=["searching", "no pulse"]
)
def test_without_a_pulse_it_searches(person: Scripted) -> None:
    assert words(run(MasimoMonitor(person, START), 2.0), "SPO2", "BPM", "EXC") == [["---%", "---", "000808"]] * 2


def test_motion_and_weak_perfusion_are_flags_beside_each_other() -> None:
    told = words(run(MasimoMonitor(Scripted(motion=True, perfusion_index=0.3), START), 1.0), "PI", "EXC")
    assert told == [["00.30%", "000C04"]]


@pytest.mark.parametrize(
    ("spo2", "heart_rate", "alarm"),
    [(88.0, 72.0, "0012"), (97.0, 150.0, "0014"), (88.0, 45.0, "001A"), (97.0, 72.0, "0000")],
)
def test_its_own_alarms_are_told(spo2: float, heart_rate: float, alarm: str) -> None:
    person = Scripted(spo2=lambda _: spo2, heart_rate=heart_rate)
    assert words(run(MasimoMonitor(person, START), 1.0), "ALARM") == [[alarm]]


def test_sound_is_paused_for_two_minutes_and_comes_back_while_the_alarm_lasts() -> None:
    person = Scripted(spo2=lambda t: 85.0 if 10.0 <= t < 150.0 else 97.0)
    told = [alarm for (alarm,) in words(run(MasimoMonitor(person, START, silence_after_s=4.0), 160.0), "ALARM")]
    assert told == ["0000"] * 10 + ["0012"] * 4 + ["0022"] * 120 + ["0012"] * 16 + ["0000"] * 10


def read(monitor: StreamMonitor, seconds: float) -> list[Report]:
    driver = MasimoDriver("ox-2", NoOptions())
    reports: list[Report] = []
    while (now := monitor.next_at()) < seconds:
        reports += driver.receive(monitor.emit(now), now)
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


@given(
    spo2=st.floats(1.0, 100.0),
    heart_rate=st.floats(25.0, 320.0),
    perfusion_index=st.floats(0.02, 20.0),
    motion=st.booleans(),
    model=st.sampled_from(["rad-8", "radical-7-blue", "radical-7-colour"]),
)
def test_the_driver_reads_the_persons_values(
    spo2: float, heart_rate: float, perfusion_index: float, motion: bool, model: Model
) -> None:
    person = Scripted(spo2=lambda _: spo2, heart_rate=heart_rate, perfusion_index=perfusion_index, motion=motion)
    reports = read(MasimoMonitor(person, START, model=model), 1.0)
    observations = [r for r in reports if isinstance(r, Observation)]
    poor = motion or perfusion_index < 0.5
    validity = Validity.QUESTIONABLE if poor else Validity.VALID
    assert [(one.vital, one.value, one.validity) for one in observations] == [
        (Vital.SPO2, round(spo2), validity),
        (Vital.PULSE_RATE, round(heart_rate), validity),
        (Vital.PERFUSION_INDEX, pytest.approx(perfusion_index, abs=0.0051), validity),
    ]
    assert observations[0].device_time == "2024-12-31T23:59:58"


@pytest.mark.parametrize(
    ("sensor", "status"), [("off", "sensor_off"), ("unplugged", "no_sensor"), ("searching", "searching")]
)
def test_the_driver_tells_why_there_is_no_value(sensor: Sensor, status: str) -> None:
    person = Scripted(sensor=lambda t: "on" if t < 2.0 else sensor)
    reports = read(MasimoMonitor(person, START), 8.0)
    assert [r.status for r in reports if isinstance(r, DeviceStatus)] == [status]
    later = [r for r in reports if isinstance(r, Observation) and r.at >= 2.0]
    assert len(later) == 18
    assert all(r.value is None and r.validity is Validity.UNAVAILABLE for r in later)
