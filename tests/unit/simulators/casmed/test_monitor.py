"""The simulated CASMED 740 over time: its answers, its cuff, and what the driver reads from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Command
from vitalwatch.model import DeviceStatus, Observation, Report
from vitalwatch_drivers.casmed import CasmedDriver
from vitalwatch_drivers.casmed.options import CasmedOptions
from vitalwatch_simulators.casmed import CasmedMonitor
from vitalwatch_simulators.casmed.encoder import NO_COMMANDS, UNKNOWN, Shown, Unit, cuff_pressure, numerics
from vitalwatch_simulators.casmed.monitor import MEASURE_S
from vitalwatch_simulators.monitor import AnsweringMonitor
from vitalwatch_simulators.patient import PatientVitals, Sensor
from vitalwatch_simulators.scenario import patient_in

START = datetime(2024, 12, 31, 23, 59, 58, tzinfo=UTC)
ON = Shown(pulse=72, spo2=97, temperature=36.8)
READING = ["systolic 131", "diastolic 84", "mean_pressure 100"]
MEASURED = ["+cuff_inflating", "-cuff_inflating", *READING]


class Scripted:
    """A person whose values are fixed, and whose sensor and arm do what the test says."""

    def __init__(
        self,
        pressures: tuple[float, float] = (131.4, 84.2),
        heart_rate: float = 72.4,
        sensor: Sensor = "on",
        motion: Callable[[float], bool] = lambda _: False,
    ) -> None:
        self._pressures = pressures
        self._heart_rate = heart_rate
        self._sensor: Sensor = sensor
        self._motion = motion

    def vitals(self, t: float) -> PatientVitals:
        systolic, diastolic = self._pressures
        return PatientVitals(
            heart_rate=self._heart_rate,
            spo2=97.0,
            perfusion_index=2.0,
            systolic=systolic,
            diastolic=diastolic,
            mean_pressure=diastolic + (systolic - diastolic) / 3,
            sensor=self._sensor,
            motion=self._motion(t),
        )


def idle(person: Scripted | None = None) -> CasmedMonitor:
    return CasmedMonitor(person or Scripted(), START, interval_s=math.inf)


def run(monitor: CasmedMonitor) -> list[bytes]:
    """What it tells by itself until it has nothing more to tell."""
    told = []
    while monitor.next_at() < math.inf:
        told.append(monitor.emit(monitor.next_at()))
    return told


def read(monitor: CasmedMonitor, seconds: float, command_at: float = math.inf) -> list[Report]:
    """Let the driver and the monitor talk for a while."""
    driver = CasmedDriver("bp-1", CasmedOptions())
    reports: list[Report] = []
    now = 0.0
    while now < seconds:
        if now >= command_at:
            driver.command(Command.START_NIBP, now)
            command_at = math.inf
        due = driver.due(now)
        for request in due.send:
            reports += driver.receive(monitor.receive(request, now), now)
        assert due.next_at is not None
        now = min(due.next_at, monitor.next_at(), max(now, command_at))
        while now == monitor.next_at():
            reports += driver.receive(monitor.emit(now), now)
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


def told(reports: list[Report]) -> list[str]:
    """Statuses and cuff readings in words."""
    words = []
    for report in reports:
        if isinstance(report, DeviceStatus):
            words.append(f"{'+' if report.active else '-'}{report.status} {report.detail}".rstrip())
        elif isinstance(report, Observation) and report.episodic:
            words.append(f"{report.vital} {report.value:g}{'' if report.validity == 'valid' else '?'}")
    return words


def test_it_only_answers_until_it_is_told_to_start() -> None:
    monitor = idle()
    assert isinstance(monitor, AnsweringMonitor)
    assert monitor.next_at() == math.inf
    assert monitor.receive(b"X09\r", 5.0) == numerics(ON)
    assert monitor.receive(b"X131\r", 7.0) == b""
    assert monitor.next_at() == 8.0


def test_questions_may_come_in_pieces_and_unknown_ones_are_refused() -> None:
    monitor = idle()
    assert monitor.receive(b"X0", 1.0) == b""
    assert monitor.receive(b"9\rX99\rX09\r", 1.0) == numerics(ON) + UNKNOWN + numerics(ON)
    assert monitor.receive(b"?" * 100_000 + b"\r", 1.0) == UNKNOWN


def test_model_and_serial_number_are_told() -> None:
    assert idle().receive(b"X04\rX05\r", 1.0) == b"X04740-3MS \rX0500000001\r"


def test_without_remote_control_it_refuses_everything_and_tells_no_pressure() -> None:
    monitor = CasmedMonitor(Scripted(), START, remote=False)
    assert monitor.receive(b"X09\rX131\r", 1.0) == NO_COMMANDS * 2
    assert monitor.emit(monitor.next_at()) == b""


def test_a_measurement_tells_its_pressures_and_then_shows_its_result() -> None:
    monitor = idle()
    monitor.receive(b"X131\r", 0.0)
    assert monitor.receive(b"X131\rX09\r", 3.0) == numerics(ON)
    pressures = run(monitor)
    assert pressures[0] == cuff_pressure(27)
    assert pressures[5] == cuff_pressure(161)
    assert pressures[-2:] == [cuff_pressure(37), b""]
    assert len(pressures) == MEASURE_S
    assert monitor.receive(b"X09\r", 30.0) == numerics(Shown(131, 84, 100, 72, 97, 36.8))
    assert monitor.receive(b"X37\rX09\r", 31.0) == b"X37\r" + numerics(ON)


def test_a_measurement_that_is_stopped_or_disturbed_leaves_dashes() -> None:
    stopped = idle()
    stopped.receive(b"X131\rX130\r", 0.0)
    assert run(stopped) == []
    moved = idle(Scripted(motion=lambda _: True))
    moved.receive(b"X131\r", 0.0)
    run(moved)
    assert stopped.receive(b"X09\r", 40.0) == moved.receive(b"X09\r", 40.0) == numerics(ON)


@pytest.mark.parametrize("sensor", ["off", "unplugged", "searching"])
def test_without_a_finger_the_pulse_is_the_cuffs(sensor: Sensor) -> None:
    monitor = idle(Scripted(sensor=sensor))
    assert monitor.receive(b"X09\r", 0.0) == numerics(Shown(temperature=36.8))
    monitor.receive(b"X131\r", 0.0)
    run(monitor)
    assert monitor.receive(b"X09\r", 30.0) == numerics(Shown(131, 84, 100, 72, None, 36.8))
    assert told(read(idle(Scripted(sensor=sensor)), 60.0, command_at=3.0))[-1] == "cuff_pulse_rate 72"


def test_what_the_person_has_is_what_the_driver_reads_after_a_command() -> None:
    reports = read(idle(), 60.0, command_at=3.0)
    assert told(reports) == MEASURED
    streams = {(str(r.vital), r.value) for r in reports if isinstance(r, Observation) and not r.episodic}
    assert streams == {("spo2", 97.0), ("pulse_rate", 72.0), ("temperature", 36.8)}


def test_a_measurement_at_the_monitor_is_read_once_and_the_same_again_is_questionable() -> None:
    reports = read(CasmedMonitor(Scripted(), START, interval_s=60.0), 120.0)
    assert told(reports) == [*MEASURED, *MEASURED[:2], *(f"{word}?" for word in READING)]


def test_a_disturbed_measurement_is_a_failure_and_a_refusal_too() -> None:
    failed = read(idle(Scripted(motion=lambda _: True)), 60.0, command_at=0.0)
    assert told(failed) == [*MEASURED[:2], "+cuff_failed ended without a result"]
    refused = read(CasmedMonitor(Scripted(), START, interval_s=math.inf, remote=False), 20.0, command_at=5.0)
    assert told(refused) == [
        "+casmed_remote_disabled",
        "+cuff_failed the monitor's remote control is disabled",
    ]


@pytest.mark.parametrize("unit", ["C", "F"])
@pytest.mark.parametrize("rate", [127, 128, 129, 200, 255, 256, 300])
def test_pulses_around_byte_boundaries_and_both_units_go_through(unit: Unit, rate: int) -> None:
    reports = read(CasmedMonitor(Scripted(heart_rate=rate), START, interval_s=math.inf, unit=unit), 2.0)
    values = {str(r.vital): r.value for r in reports if isinstance(r, Observation)}
    assert values == {"spo2": 97.0, "pulse_rate": float(rate), "temperature": 36.8}


@pytest.mark.parametrize("pressures", [(127.0, 60.0), (128.0, 61.0), (255.0, 128.0), (256.0, 129.0), (188.0, 114.0)])
def test_pressures_around_byte_boundaries_go_through(pressures: tuple[float, float]) -> None:
    reports = read(idle(Scripted(pressures)), 60.0, command_at=3.0)
    assert told(reports)[2:4] == [f"systolic {pressures[0]:g}", f"diastolic {pressures[1]:g}"]


@given(seed=st.integers(0, 50), story=st.sampled_from(["quiet", "restless", "probe-off-again", "pressure-rise"]))
def test_same_person_and_same_questions_give_the_same_bytes(seed: int, story: str) -> None:
    once, again = (CasmedMonitor(patient_in(story, seed), START) for _ in range(2))
    for t in range(0, 90, 3):
        assert once.receive(b"X09\r", float(t)) == again.receive(b"X09\r", float(t))
        if once.next_at() <= t:
            assert once.emit(once.next_at()) == again.emit(again.next_at())
