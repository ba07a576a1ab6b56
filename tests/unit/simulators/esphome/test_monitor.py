"""What the simulated node says when, and that the esphome driver understands it."""

from __future__ import annotations

import pytest

from vitalwatch.driver import Message
from vitalwatch.model import DeviceStatus, Observation, Report, Vital
from vitalwatch_drivers.esphome import EsphomeDriver
from vitalwatch_drivers.esphome.options import EsphomeOptions
from vitalwatch_simulators.esphome import EsphomeNode
from vitalwatch_simulators.monitor import Publication
from vitalwatch_simulators.patient import Patient
from vitalwatch_simulators.scenario import patient_in

OPTIONS = EsphomeOptions(
    vitals={
        vital: str(vital)
        for vital in (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX, Vital.SYSTOLIC, Vital.DIASTOLIC)
    },
    statuses={"sensor_off": "finger_out", "motion": "motion", "cuff_inflating": "cuff_running"},
)


def play(node: EsphomeNode, until: float) -> list[tuple[float, Publication]]:
    """Everything that a node publishes before ``until``."""
    said = []
    while (t := node.next_at()) < until:
        said += [(t, publication) for publication in node.emit(t)]
        assert node.next_at() > t
    return said


def read(node: EsphomeNode, until: float) -> list[Report]:
    """What the driver makes of it; nothing may be bad."""
    driver = EsphomeDriver("node-1", OPTIONS)
    reports: list[Report] = []
    for t, publication in play(node, until):
        reports += driver.receive(Message(publication.payload, f"node-1{publication.suffix}"), t)
    assert driver.counts.bad_frames == 0
    assert driver.counts.frames > 0
    return reports


def values(reports: list[Report], vital: Vital) -> dict[float, float | None]:
    return {r.at: r.value for r in reports if isinstance(r, Observation) and r.vital is vital}


def statuses(reports: list[Report]) -> list[tuple[float, str, bool]]:
    return [(r.at, r.status, r.active) for r in reports if isinstance(r, DeviceStatus)]


def test_it_says_that_it_is_there_then_each_value_each_second() -> None:
    said = play(EsphomeNode(Patient(1)), 3.0)
    assert said[0] == (0.0, Publication("/status", b"online", 0))
    assert [t for t, publication in said if publication.suffix == "/sensor/spo2/state"] == [0.0, 1.0, 2.0]
    assert [t for t, publication in said if publication.suffix == "/binary_sensor/finger_out/state"] == [0.0]


def test_the_same_person_gives_the_same_bytes() -> None:
    assert play(EsphomeNode(patient_in("restless", 1)), 60.0) == play(EsphomeNode(patient_in("restless", 1)), 60.0)
    assert play(EsphomeNode(Patient(1)), 60.0) != play(EsphomeNode(Patient(2)), 60.0)


def test_the_driver_reads_what_the_person_has() -> None:
    reports = read(EsphomeNode(patient_in("probe-off-again", 1)), 90.0)
    body = patient_in("probe-off-again", 1).vitals(20.0)
    assert values(reports, Vital.SPO2)[20.0] == round(body.spo2)
    assert values(reports, Vital.PULSE_RATE)[20.0] == round(body.heart_rate)
    assert values(reports, Vital.PERFUSION_INDEX)[20.0] == round(body.perfusion_index, 1)
    assert values(reports, Vital.SPO2)[50.0] is None
    finger = [(at, active) for at, status, active in statuses(reports) if status == "sensor_off"]
    assert finger == [(40.0, True), (83.0, False)]


def test_the_driver_trusts_nothing_of_the_first_seconds() -> None:
    reports = read(EsphomeNode(Patient(1)), 20.0)
    assert min(values(reports, Vital.SPO2)) == 5.0


def test_the_driver_reads_motion_as_doubtful_numbers() -> None:
    reports = read(EsphomeNode(patient_in("restless", 1)), 30.0)
    assert {r.validity for r in reports if isinstance(r, Observation) and r.at == 25.0} == {"questionable"}


def test_the_driver_takes_each_cuff_reading_once_and_sees_the_cuff_run() -> None:
    reports = read(EsphomeNode(Patient(1), interval_s=60.0), 130.0)
    body = Patient(1).vitals(68.0)
    assert list(values(reports, Vital.SYSTOLIC)) == [8.0, 68.0, 128.0]
    assert values(reports, Vital.SYSTOLIC)[68.0] == round(body.systolic)
    assert values(reports, Vital.DIASTOLIC)[68.0] == round(body.diastolic)
    cuff = [(at, active) for at, status, active in statuses(reports) if status == "cuff_inflating"]
    assert cuff[-4:] == [(43.0, True), (68.0, False), (103.0, True), (128.0, False)]


def test_a_moving_arm_gives_no_reading() -> None:
    reports = read(EsphomeNode(patient_in("restless", 1), interval_s=40.0), 60.0)
    assert list(values(reports, Vital.SYSTOLIC)) == [8.0]


def test_a_cuff_needs_a_rest_between_two_measurements() -> None:
    with pytest.raises(ValueError, match="25"):
        EsphomeNode(Patient(1), interval_s=25.0)


def test_the_driver_understands_the_last_will() -> None:
    driver = EsphomeDriver("node-1", OPTIONS)
    will = EsphomeNode(Patient(1)).will
    reports = driver.receive(Message(will.payload, f"node-1{will.suffix}"), 5.0)
    assert DeviceStatus("node-1", "offline", True, 5.0) in reports
