"""The simulated N-560 over time: pace, pages, ways around a lost sensor, and what a driver reads from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import NoOptions
from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital
from vitalwatch_drivers.nellcor import NellcorDriver
from vitalwatch_simulators.monitor import StreamMonitor
from vitalwatch_simulators.nellcor import NellcorMonitor
from vitalwatch_simulators.nellcor.encoder import Limits
from vitalwatch_simulators.patient import PatientVitals, Sensor

START = datetime(2024, 3, 31, 23, 59, 50, tzinfo=UTC)


class Scripted:
    """A person whose sensor, motion and values follow the time as the test says."""

    def __init__(
        self,
        *,
        sensor: Callable[[float], Sensor] = lambda _: "on",
        spo2: Callable[[float], float] = lambda _: 97.2,
        heart_rate: float = 72.4,
        motion: bool = False,
    ) -> None:
        self._sensor = sensor
        self._spo2 = spo2
        self._heart_rate = heart_rate
        self._motion = motion

    def vitals(self, t: float) -> PatientVitals:
        return PatientVitals(
            heart_rate=self._heart_rate,
            spo2=self._spo2(t),
            perfusion_index=2.4,
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


def fields(told: list[bytes]) -> list[list[str]]:
    """Values and codes of each data line, the date left out."""
    return [line.decode("ascii").split("\r\n")[-2].split()[2:] for line in told]


def test_a_line_every_two_seconds_with_the_monitors_own_clock() -> None:
    monitor = NellcorMonitor(Scripted(), START)
    assert monitor.next_at() == 0.0
    told = run(monitor, 20.0)
    assert len(told) == 10
    assert monitor.next_at() == 20.0
    assert told[1].startswith(b"31-Mar-24 23:59:52 ")
    assert told[5].startswith(b"01-Apr-24 00:00:00 ")


def test_a_header_heads_each_page_of_22_lines() -> None:
    told = run(NellcorMonitor(Scripted(), START), 2 * 22 * 2 + 2)
    headed = [number for number, chunk in enumerate(told) if chunk.startswith(b"N-560")]
    assert headed == [0, 22, 44]
    assert all(chunk.count(b"\r\n") == (4 if number in headed else 1) for number, chunk in enumerate(told))


def test_same_person_and_times_give_the_same_bytes() -> None:
    once, again = (run(NellcorMonitor(Scripted(), START, silence_after_s=4.0), 200.0) for _ in range(2))
    assert once == again


def test_sensor_off_and_back_goes_dashes_then_zeros_then_a_small_settling_pulse() -> None:
    def sensor(t: float) -> Sensor:
        return "off" if 4.0 <= t < 8.0 else "on"

    told = fields(run(NellcorMonitor(Scripted(sensor=sensor), START), 42.0))
    assert told[:2] == [["97", "72", "24"]] * 2
    assert told[2:4] == [["---", "---", "---", "SO"]] * 2
    assert told[4:12] == [["0", "0", "---", "PS"]] * 8
    assert told[12:] == [
        ["97", "84", "8"],
        ["97", "80", "8"],
        ["97", "77", "8"],
        ["97", "75", "8"],
        ["97", "73", "8"],
        *[["97", "72", "24"]] * 4,
    ]


def test_cable_out_says_sd() -> None:
    told = fields(run(NellcorMonitor(Scripted(sensor=lambda _: "unplugged"), START), 2.0))
    assert told == [["---", "---", "---", "SD"]]


def test_a_search_with_the_sensor_on_shows_the_last_values_without_amplitude() -> None:
    def sensor(t: float) -> Sensor:
        return "searching" if t >= 2.0 else "on"

    told = fields(run(NellcorMonitor(Scripted(sensor=sensor), START), 6.0))
    assert told == [["97", "72", "24"], ["97", "72", "---", "PS"], ["97", "72", "---", "PS"]]


def test_a_search_that_outlasts_the_monitors_own_goes_on_with_zeros() -> None:
    def sensor(t: float) -> Sensor:
        return "off" if t < 2.0 else "searching"

    assert fields(run(NellcorMonitor(Scripted(sensor=sensor), START), 40.0))[1:] == [["0", "0", "---", "PS"]] * 19


def test_no_pulse_at_all_says_lp() -> None:
    told = fields(run(NellcorMonitor(Scripted(heart_rate=0.0), START), 2.0))
    assert told == [["---", "---", "---", "LP"]]


def test_values_outside_its_limits_are_marked_and_coded() -> None:
    low = fields(run(NellcorMonitor(Scripted(spo2=lambda _: 88.0, heart_rate=50.0, motion=True), START), 2.0))
    high = fields(run(NellcorMonitor(Scripted(heart_rate=130.0), START, limits=Limits((90, 95), (60, 120))), 2.0))
    assert low == [["88*", "50*", "24", "MO", "SL", "PL"]]
    assert high == [["97*", "130*", "24", "SH", "PH"]]


def test_sound_is_paused_for_a_minute_and_comes_back_while_the_alarm_lasts() -> None:
    person = Scripted(spo2=lambda t: 85.0 if 10.0 <= t < 100.0 else 97.0)
    told = fields(run(NellcorMonitor(person, START, silence_after_s=4.0), 120.0))
    assert [2 * number for number, line in enumerate(told) if "AS" in line] == list(range(14, 74, 2))
    never = fields(run(NellcorMonitor(person, START), 120.0))
    assert not any("AS" in line for line in never)


def read(monitor: StreamMonitor, seconds: float) -> list[Report]:
    driver = NellcorDriver("ox-1", NoOptions())
    reports: list[Report] = []
    while (now := monitor.next_at()) < seconds:
        reports += driver.receive(monitor.emit(now), now)
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


@given(spo2=st.floats(1.0, 100.0), heart_rate=st.floats(20.0, 320.0), motion=st.booleans())
def test_the_driver_reads_the_persons_values(spo2: float, heart_rate: float, motion: bool) -> None:
    person = Scripted(spo2=lambda _: spo2, heart_rate=heart_rate, motion=motion)
    observations = [r for r in read(NellcorMonitor(person, START), 4.0) if isinstance(r, Observation)]
    validity = Validity.QUESTIONABLE if motion else Validity.VALID
    assert [(one.vital, one.value, one.validity) for one in observations] == [
        (Vital.SPO2, round(spo2), validity),
        (Vital.PULSE_RATE, round(heart_rate), validity),
    ] * 2
    assert observations[-1].device_time == "2024-03-31T23:59:52"


@pytest.mark.parametrize(
    ("sensor", "status"), [("off", "sensor_off"), ("unplugged", "no_sensor"), ("searching", "searching")]
)
def test_the_driver_tells_why_there_is_no_value(sensor: Sensor, status: str) -> None:
    person = Scripted(sensor=lambda t: "on" if t < 4.0 else sensor)
    reports = read(NellcorMonitor(person, START), 10.0)
    assert [r.status for r in reports if isinstance(r, DeviceStatus)] == [status]
    later = [r for r in reports if isinstance(r, Observation) and r.at >= 4.0]
    assert len(later) == 6
    assert all(r.value is None and r.validity is Validity.UNAVAILABLE for r in later)


def test_the_driver_sees_a_pulse_lost() -> None:
    reports = read(NellcorMonitor(Scripted(heart_rate=5.0), START), 2.0)
    assert [r.status for r in reports if isinstance(r, DeviceStatus)] == ["pulse_lost"]
