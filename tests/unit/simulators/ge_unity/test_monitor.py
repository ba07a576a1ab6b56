"""When the simulated monitor speaks, and that the driver reads what its person has."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import msgspec
import pytest

from vitalwatch.driver import Message
from vitalwatch.model import DeviceStatus, Observation, Report, Waveform
from vitalwatch_drivers.ge_unity import GeUnityDriver
from vitalwatch_drivers.ge_unity.options import GeUnityOptions
from vitalwatch_simulators.ge_unity import GeUnityMonitor
from vitalwatch_simulators.patient import PatientVitals
from vitalwatch_simulators.scenario import patient_in

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
VALUES_ARE, WAVES_ARE, DISCOVERY_IS, ALARM_IS = 616, 699, 88, 84


class Steady:
    """A person who changes at 100 s, if at all."""

    def __init__(self, **later: object) -> None:
        now = PatientVitals(72.0, 97.0, 3.0, 120.0, 80.0, 93.3, "on", motion=False)
        self._now, self._then = now, msgspec.structs.replace(now, **later)

    def vitals(self, t: float) -> PatientVitals:
        return self._then if t >= 100.0 else self._now


def talk(monitor: GeUnityMonitor, until: float, ask: str = "vitals") -> list[tuple[float, list[bytes], list[Report]]]:
    """Let driver and monitor talk: every moment with what was sent and what it meant."""
    driver = GeUnityDriver("m", GeUnityOptions.model_validate({"ask": ask}))
    said = []
    ask_at = 0.0
    while (t := min(ask_at, monitor.next_at())) <= until:
        sent: list[bytes] = []
        if ask_at <= t:
            due = driver.due(t)
            for data in due.send:
                sent += monitor.receive(data, t)
            ask_at = math.inf if due.next_at is None else due.next_at
        if monitor.next_at() <= t:
            sent += monitor.emit(t)
        said.append((t, sent, [report for data in sent for report in driver.receive(Message(data), t)]))
    assert driver.counts.bad_frames == 0
    return said


def reports(said: list[tuple[float, list[bytes], list[Report]]]) -> list[Report]:
    return [report for _, _, told in said for report in told]


def sizes(said: list[tuple[float, list[bytes], list[Report]]]) -> list[int]:
    return [len(data) for _, sent, _ in said for data in sent]


def last(told: list[Report]) -> dict[str, float | None]:
    return {str(report.vital): report.value for report in told if isinstance(report, Observation)}


def test_before_it_is_asked_it_only_makes_itself_known() -> None:
    assert sizes(talk(GeUnityMonitor(Steady(), START), 25.0, "nothing")) == [DISCOVERY_IS] * 3


def test_values_come_each_2_s_while_they_are_asked_for() -> None:
    said = talk(GeUnityMonitor(Steady(), START), 20.0)
    times = [t for t, sent, _ in said for data in sent if len(data) == VALUES_ARE]
    assert times == pytest.approx([0.05 + 2.0 * n for n in range(10)])


def test_values_end_when_nobody_asks_any_more() -> None:
    monitor = GeUnityMonitor(Steady(), START)
    driver = GeUnityDriver("m", GeUnityOptions())
    assert monitor.receive(driver.due(0.0).send[0], 0.0) == []
    times = []
    while (t := monitor.next_at()) < 60.0:
        times += [t for data in monitor.emit(t) if len(data) == VALUES_ARE]
    assert times[-1] == pytest.approx(14.05)


def test_curves_come_four_times_a_second() -> None:
    said = talk(GeUnityMonitor(Steady(), START), 10.0, "waves")
    assert sizes(said).count(WAVES_ARE) == 40
    curve = [sample for report in reports(said) if isinstance(report, Waveform) for sample in report.samples]
    assert len(curve) == 600
    assert None not in curve
    assert len(set(curve)) > 20


def test_what_is_no_request_is_passed_over() -> None:
    monitor = GeUnityMonitor(Steady(), START)
    before = monitor.next_at()
    for data in (b"", b"x" * 62, bytes(12) + b"\0\xca\0\x01" + bytes(46), bytes(63)):
        assert monitor.receive(data, 0.0) == []
    assert monitor.next_at() == before


def test_the_driver_reads_what_the_person_has() -> None:
    assert last(reports(talk(GeUnityMonitor(Steady(), START), 40.0))) == {
        "heart_rate": 72.0,
        "spo2": 97.0,
        "pulse_rate": 72.0,
        "systolic": 120.0,
        "diastolic": 80.0,
        "mean_pressure": 93.0,
    }


def test_a_cuff_reading_is_told_once_and_the_next_when_it_differs() -> None:
    said = talk(GeUnityMonitor(Steady(systolic=188.0, diastolic=114.0, mean_pressure=138.7), START), 400.0)
    told = [(t, r.value) for t, _, told in said for r in told if isinstance(r, Observation) and r.vital == "systolic"]
    assert [value for _, value in told] == [120.0, 188.0]
    assert [t for t, _ in told] == pytest.approx([34.05, 334.05])


@pytest.mark.parametrize(
    ("later", "status", "detail", "priority"),
    [
        ({"sensor": "off"}, "monitor_alarm", "SPO2 PROBE OFF (system warning)", "medium"),
        ({"spo2": 84.0}, "monitor_alarm", "SPO2 LO (warning)", "medium"),
    ],
)
def test_what_goes_wrong_with_the_person_is_an_alarm_of_the_monitor(
    later: dict[str, object], status: str, detail: str, priority: str
) -> None:
    told = [r for r in reports(talk(GeUnityMonitor(Steady(**later), START), 110.0)) if isinstance(r, DeviceStatus)]
    assert [(r.status, r.active, r.detail, r.priority) for r in told] == [(status, True, detail, priority)]


def test_without_a_finger_there_is_no_value_and_no_curve() -> None:
    person = Steady(sensor="off")
    told = last(reports(talk(GeUnityMonitor(person, START), 110.0)))
    assert (told["spo2"], told["pulse_rate"], told["heart_rate"]) == (None, None, 72.0)
    curves = [r for r in reports(talk(GeUnityMonitor(person, START), 110.0, "waves")) if isinstance(r, Waveform)]
    assert set(curves[-1].samples) == {None}


def test_without_leads_there_is_no_heart_rate() -> None:
    told = reports(talk(GeUnityMonitor(Steady(), START, leads=False), 5.0))
    assert last(told)["heart_rate"] is None
    assert [r.detail for r in told if isinstance(r, DeviceStatus)] == ["LEADS FAIL (system warning)"]


def test_a_moving_arm_costs_the_cuff_reading() -> None:
    said = talk(GeUnityMonitor(Steady(motion=True), START), 340.0)
    told = [report for report in reports(said) if isinstance(report, DeviceStatus)]
    assert [(r.status, r.active, r.detail) for r in told] == [("cuff_failed", True, "no pulse found")]


def test_same_person_same_requests_same_bytes() -> None:
    runs = [talk(GeUnityMonitor(patient_in("desaturation", 3), START), 60.0) for _ in range(2)]
    assert [sent for _, sent, _ in runs[0]] == [sent for _, sent, _ in runs[1]]
    assert sizes(runs[0]).count(ALARM_IS) > 10
