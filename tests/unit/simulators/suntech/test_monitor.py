"""The simulated SunTech module over time: its cuff, its answers, and what the driver reads from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Command, NoOptions
from vitalwatch.model import DeviceStatus, Observation, Report
from vitalwatch_drivers.suntech import SuntechDriver
from vitalwatch_simulators.monitor import AnsweringMonitor
from vitalwatch_simulators.patient import PatientVitals
from vitalwatch_simulators.scenario import patient_in
from vitalwatch_simulators.suntech import SuntechMonitor
from vitalwatch_simulators.suntech.encoder import (
    GET_PRESSURE,
    GET_RESULT,
    START_BP,
    Measured,
    complete,
    pressure,
    result,
)
from vitalwatch_simulators.suntech.monitor import MOTION_ERROR, TRY_S, VENT_S

START = datetime(2024, 12, 31, 23, 59, 58, tzinfo=UTC)


class Scripted:
    """A person whose values are fixed and whose arm moves when the test says."""

    def __init__(
        self, pressures: tuple[float, float] = (131.4, 84.2), motion: Callable[[float], bool] = lambda _: False
    ) -> None:
        self._pressures = pressures
        self._motion = motion

    def vitals(self, t: float) -> PatientVitals:
        systolic, diastolic = self._pressures
        return PatientVitals(
            heart_rate=72.4,
            spo2=97.0,
            perfusion_index=2.0,
            systolic=systolic,
            diastolic=diastolic,
            mean_pressure=diastolic + (systolic - diastolic) / 3,
            sensor="on",
            motion=self._motion(t),
        )


def silent(person: Scripted) -> SuntechMonitor:
    return SuntechMonitor(person, START, interval_s=math.inf)


def mmhg(monitor: SuntechMonitor, t: float) -> int:
    return int.from_bytes(monitor.receive(GET_PRESSURE, t)[2:4], "little", signed=True)


def read(monitor: SuntechMonitor, seconds: float, command_at: float = math.inf) -> list[Report]:
    """Let the driver and the module talk for a while."""
    driver = SuntechDriver("bp-1", NoOptions())
    reports: list[Report] = []
    now = 0.0
    while now < seconds:
        if now >= command_at:
            driver.command(Command.START_NIBP, now)
            command_at = math.inf
        due = driver.due(now)
        for request in due.send:
            answer = monitor.receive(request, now)
            reports += driver.receive(answer, now) if answer else []
            due = driver.due(now)
        assert due.next_at is not None
        now = min(due.next_at, monitor.next_at(), max(now, command_at))
        if now == monitor.next_at():
            reports += driver.receive(monitor.emit(now), now)
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


def told(reports: list[Report]) -> list[str]:
    words = []
    for report in reports:
        if isinstance(report, DeviceStatus):
            words.append(f"{'+' if report.active else '-'}{report.status} {report.detail}".rstrip())
        elif isinstance(report, Observation):
            words.append(f"{report.vital} {report.value:g}")
    return words


READING = ["systolic 131", "diastolic 84", "mean_pressure 100", "cuff_pulse_rate 72"]


def test_it_only_answers_until_it_is_told_to_start() -> None:
    monitor = silent(Scripted())
    assert isinstance(monitor, AnsweringMonitor)
    assert monitor.next_at() == math.inf
    assert monitor.receive(GET_PRESSURE, 5.0) == pressure(0)
    assert monitor.receive(GET_RESULT, 5.0) == result(Measured())
    assert monitor.receive(START_BP, 7.0) == b""
    assert monitor.next_at() == 7.0 + TRY_S


def test_the_cuff_inflates_deflates_and_empties() -> None:
    monitor = silent(Scripted())
    monitor.receive(START_BP, 10.0)
    assert [mmhg(monitor, t) for t in (10.0, 14.0, 18.0, 29.0, 39.9)] == [0, 86, 171, 98, 26]
    assert monitor.emit(monitor.next_at()) == complete()
    assert [mmhg(monitor, 40.0 + VENT_S * share) for share in (0, 0.5, 1)] == [25, 12, 0]


def test_requests_may_come_in_pieces_and_between_noise() -> None:
    monitor = silent(Scripted())
    assert monitor.receive(GET_PRESSURE[:3], 1.0) == b""
    assert monitor.receive(GET_PRESSURE[3:] + b"\x3a\xff" + GET_PRESSURE + GET_RESULT, 1.0) == (
        pressure(0) * 2 + result(Measured())
    )


def test_a_start_while_it_runs_changes_nothing() -> None:
    monitor = silent(Scripted())
    monitor.receive(START_BP, 0.0)
    monitor.receive(START_BP, 20.0)
    assert monitor.next_at() == TRY_S


def test_an_arm_that_moves_costs_a_second_try_and_then_the_measurement() -> None:
    once = silent(Scripted(motion=lambda t: t < 35.0))
    once.receive(START_BP, 0.0)
    assert once.emit(once.next_at()) == b""
    assert once.next_at() == 2 * TRY_S
    assert mmhg(once, TRY_S + 8.0) == 171
    once.emit(once.next_at())
    assert once.receive(GET_RESULT, 61.0)[20] == 0
    always = silent(Scripted(motion=lambda _: True))
    always.receive(START_BP, 0.0)
    assert [always.emit(always.next_at()) for _ in range(2)] == [b"", complete()]
    assert always.receive(GET_RESULT, 61.0) == result(Measured(error=MOTION_ERROR))


def test_by_itself_it_measures_every_interval() -> None:
    monitor = SuntechMonitor(Scripted(), START, first_s=5.0, interval_s=100.0)
    ends = []
    for _ in range(3):
        ends.append(monitor.next_at())
        monitor.emit(monitor.next_at())
    assert ends == [35.0, 135.0, 235.0]


def test_what_the_person_has_is_what_the_driver_reads_after_a_command() -> None:
    reports = read(silent(Scripted()), 60.0, command_at=3.0)
    assert told(reports) == ["+cuff_inflating", "-cuff_inflating", *READING]


def test_measurements_at_the_module_are_read_once_each() -> None:
    reports = read(SuntechMonitor(Scripted(), START, first_s=5.0, interval_s=60.0), 170.0)
    assert told(reports) == ["+cuff_inflating", "-cuff_inflating", *READING] * 3


def test_a_retry_is_one_measurement_for_the_driver_and_a_failure_is_told() -> None:
    retried = read(silent(Scripted(motion=lambda t: t < 35.0)), 80.0, command_at=0.0)
    assert told(retried) == ["+cuff_inflating", "-cuff_inflating", *READING]
    failed = read(silent(Scripted(motion=lambda t: t < 100.0)), 180.0, command_at=0.0)
    assert told(failed) == ["+cuff_inflating", "-cuff_inflating", "+cuff_failed error 2"]


@pytest.mark.parametrize("pressures", [(127.0, 60.0), (128.0, 61.0), (255.0, 128.0), (256.0, 129.0), (188.0, 114.0)])
def test_pressures_around_byte_boundaries_go_through(pressures: tuple[float, float]) -> None:
    reports = read(silent(Scripted(pressures)), 60.0, command_at=0.0)
    assert told(reports)[2:4] == [f"systolic {pressures[0]:g}", f"diastolic {pressures[1]:g}"]


@given(seed=st.integers(0, 50), story=st.sampled_from(["quiet", "restless", "pressure-rise"]))
def test_same_person_and_same_questions_give_the_same_bytes(seed: int, story: str) -> None:
    once, again = (SuntechMonitor(patient_in(story, seed), START) for _ in range(2))
    for t in range(0, 70, 3):
        assert once.receive(GET_PRESSURE + GET_RESULT, float(t)) == again.receive(GET_PRESSURE + GET_RESULT, float(t))
        if once.next_at() <= t:
            assert once.emit(once.next_at()) == again.emit(again.next_at())
