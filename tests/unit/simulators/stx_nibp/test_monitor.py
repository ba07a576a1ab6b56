"""The simulated STX module over time: its cuff, its status, and what the driver reads from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Command, NoOptions
from vitalwatch.model import DeviceStatus, Observation, Report
from vitalwatch_drivers.stx_nibp import StxNibpDriver
from vitalwatch_simulators.monitor import AnsweringMonitor
from vitalwatch_simulators.patient import PatientVitals
from vitalwatch_simulators.scenario import patient_in
from vitalwatch_simulators.stx_nibp import StxNibpMonitor
from vitalwatch_simulators.stx_nibp.encoder import GET_STATUS, START, Shown, command, end, pressure, status
from vitalwatch_simulators.stx_nibp.monitor import MOTION_MESSAGE, PRESSURE_PERIOD_S, TRY_S

STARTED = datetime(2024, 12, 31, 23, 59, 58, tzinfo=UTC)
READING = ["systolic 131", "diastolic 84", "mean_pressure 100", "cuff_pulse_rate 72"]
MEASURED = ["+cuff_inflating", "-cuff_inflating", *READING]


class Scripted:
    """A person whose values are fixed and whose arm moves when the test says."""

    def __init__(
        self,
        pressures: tuple[float, float] = (131.4, 84.2),
        motion: Callable[[float], bool] = lambda _: False,
        heart_rate: float = 72.4,
    ) -> None:
        self._pressures = pressures
        self._motion = motion
        self._heart_rate = heart_rate

    def vitals(self, t: float) -> PatientVitals:
        systolic, diastolic = self._pressures
        return PatientVitals(
            heart_rate=self._heart_rate,
            spo2=97.0,
            perfusion_index=2.0,
            systolic=systolic,
            diastolic=diastolic,
            mean_pressure=diastolic + (systolic - diastolic) / 3,
            sensor="on",
            motion=self._motion(t),
        )


def silent(person: Scripted) -> StxNibpMonitor:
    return StxNibpMonitor(person, STARTED, interval_s=math.inf)


def run(monitor: StxNibpMonitor, until: float) -> list[bytes]:
    told = []
    while monitor.next_at() <= until:
        told.append(monitor.emit(monitor.next_at()))
    return told


def read(monitor: StxNibpMonitor, seconds: float, command_at: float = math.inf) -> list[Report]:
    """Let the driver and the module talk for a while."""
    driver = StxNibpDriver("bp-1", NoOptions())
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


def test_it_only_answers_until_it_is_told_to_start() -> None:
    monitor = silent(Scripted())
    assert isinstance(monitor, AnsweringMonitor)
    assert monitor.next_at() == math.inf
    assert monitor.receive(command(GET_STATUS) + b"\r", 5.0) == status(Shown())
    assert monitor.receive(command(START) + b"\r", 7.0) == b""
    assert monitor.next_at() == 7.0


def test_the_cuff_inflates_deflates_and_the_end_is_told() -> None:
    monitor = silent(Scripted())
    monitor.receive(command(START), 10.0)
    said = run(monitor, 100.0)
    assert len(said) == TRY_S / PRESSURE_PERIOD_S + 1
    assert [said[n] for n in (0, 20, 40, 95)] == [pressure(0), pressure(86), pressure(171), pressure(98)]
    assert said[-1] == end()
    assert monitor.receive(command(GET_STATUS), 101.0) == status(Shown(numbers=(131, 84, 100, 72)))


def test_while_it_measures_the_status_says_so_and_a_start_changes_nothing() -> None:
    monitor = silent(Scripted())
    monitor.receive(command(START), 0.0)
    run(monitor, 20.0)
    before = monitor.next_at()
    assert monitor.receive(command(START) + command(GET_STATUS), 20.1) == status(Shown(state=3))
    assert monitor.next_at() == before


def test_commands_may_come_in_pieces_and_between_noise() -> None:
    monitor = silent(Scripted())
    asked = command(GET_STATUS)
    assert monitor.receive(asked[:4], 1.0) == b""
    assert monitor.receive(asked[4:] + b"\r\x02hello\x03" + asked, 1.0) == status(Shown()) * 2


def test_stopped_it_says_the_end_and_has_no_numbers() -> None:
    monitor = silent(Scripted())
    assert monitor.receive(b"X\r", 0.0) == b""
    monitor.receive(command(START), 0.0)
    run(monitor, 31.0)
    monitor.receive(command(START), 40.0)
    run(monitor, 45.0)
    assert monitor.receive(b"X\r", 45.1) == end()
    assert monitor.next_at() == math.inf
    assert monitor.receive(command(GET_STATUS), 46.0) == status(Shown())


def test_an_arm_that_moves_costs_a_second_try_and_then_the_measurement() -> None:
    once, always = silent(Scripted(motion=lambda t: t < 35.0)), silent(Scripted(motion=lambda _: True))
    for monitor in (once, always):
        monitor.receive(command(START), 0.0)
        assert len(run(monitor, 100.0)) == 2 * TRY_S / PRESSURE_PERIOD_S + 1
    assert once.receive(command(GET_STATUS), 101.0) == status(Shown(numbers=(131, 84, 100, 72)))
    assert always.receive(command(GET_STATUS), 101.0) == status(Shown(state=2, message=MOTION_MESSAGE))


def test_by_itself_it_measures_every_interval_and_tells_how_long_until_the_next() -> None:
    monitor = StxNibpMonitor(Scripted(), STARTED, first_s=5.0, interval_s=100.0)
    assert b"T0005;;" in monitor.receive(command(GET_STATUS), 0.0)
    run(monitor, 40.0)
    assert monitor.next_at() == 105.0
    assert b"T0065;;" in monitor.receive(command(GET_STATUS), 40.0)


def test_what_the_person_has_is_what_the_driver_reads_after_a_command() -> None:
    assert told(read(silent(Scripted()), 60.0, command_at=3.0)) == MEASURED


def test_measurements_of_the_module_itself_are_read_once_each() -> None:
    assert told(read(StxNibpMonitor(Scripted(), STARTED, first_s=5.0, interval_s=60.0), 170.0)) == MEASURED * 3


def test_a_retry_is_one_measurement_for_the_driver_and_a_failure_is_told() -> None:
    assert told(read(silent(Scripted(motion=lambda t: t < 35.0)), 80.0, command_at=0.0)) == MEASURED
    failed = told(read(silent(Scripted(motion=lambda t: t < 100.0)), 180.0, command_at=0.0))
    assert failed == ["+cuff_inflating", "-cuff_inflating", "+cuff_failed message 11: motion"]


@pytest.mark.parametrize("number", [127, 128, 129, 200, 255, 256, 300])
def test_numbers_around_byte_boundaries_go_through(number: int) -> None:
    person = Scripted((float(number), 60.0), heart_rate=float(number))
    reports = told(read(silent(person), 60.0, command_at=0.0))
    assert (reports[2], reports[-1]) == (f"systolic {number}", f"cuff_pulse_rate {number}")


@given(seed=st.integers(0, 50), story=st.sampled_from(["quiet", "restless", "pressure-rise"]))
def test_same_person_and_same_times_give_the_same_bytes(seed: int, story: str) -> None:
    once, again = (StxNibpMonitor(patient_in(story, seed), STARTED) for _ in range(2))
    assert run(once, 70.0) == run(again, 70.0)
    assert once.receive(command(GET_STATUS), 71.0) == again.receive(command(GET_STATUS), 71.0)
