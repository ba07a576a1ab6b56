"""Lines of the simulated monitor, and that the driver reads what its person has."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from vitalwatch.model import DeviceStatus, Observation, Report
from vitalwatch_drivers.tempus import TempusDriver
from vitalwatch_drivers.tempus.options import TempusOptions
from vitalwatch_simulators.patient import PatientVitals
from vitalwatch_simulators.scenario import patient_in
from vitalwatch_simulators.tempus import TempusMonitor
from vitalwatch_simulators.tempus.encoder import Sign, entry, line

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Steady:
    """A person who changes at 100 s, if at all."""

    def __init__(self, **later: object) -> None:
        now = PatientVitals(72.0, 97.0, 3.0, 120.0, 80.0, 93.3, "on", motion=False)
        self._now, self._then = now, msgspec.structs.replace(now, **later)

    def vitals(self, t: float) -> PatientVitals:
        return self._then if t >= 100.0 else self._now


def run(monitor: TempusMonitor, until: float) -> list[tuple[float, bytes]]:
    said = []
    while (t := monitor.next_at()) <= until:
        said.append((t, monitor.emit(t)))
    return said


def meant(said: list[tuple[float, bytes]]) -> list[list[Report]]:
    driver = TempusDriver("m", TempusOptions())
    told = [driver.receive(data, t) for t, data in said]
    assert driver.counts.bad_frames == 0
    return told


def values(reports: list[Report]) -> dict[str, float | None]:
    return {str(r.vital): r.value for r in reports if isinstance(r, Observation)}


def test_a_line_has_the_shape_of_the_published_one(shared: Path) -> None:
    raw = (shared / "captures/tempus-json/tempus-pro-vitals-20170226.json").read_bytes()
    signs = [Sign("SysNIBP", 120, "mm[Hg]", "NIBP"), Sign("DiaNIBP", 80, "mm[Hg]", "NIBP")]
    made = line([entry(datetime(2017, 2, 26, 16, 40, tzinfo=UTC), [*signs, Sign("MeanNIBP", 96, "mm[Hg]", "NIBP")])])
    wanted = json.loads(raw)
    wanted["vitals"]["$values"] = wanted["vitals"]["$values"][:1]
    wanted["vitals"]["$values"][0] |= {"tempusNumber": 600001, "incidentGUID": "5A1D0000-0000-4000-8000-000000000001"}
    wanted["crc"] = "0000"
    assert made == json.dumps(wanted, separators=(",", ":")).encode() + b"\n"


def test_it_sends_each_5_s() -> None:
    assert [t for t, _ in run(TempusMonitor(Steady(), START), 20.0)] == [0.0, 5.0, 10.0, 15.0, 20.0]


def test_the_driver_reads_what_the_person_has() -> None:
    assert values(meant(run(TempusMonitor(Steady(), START), 30.0))[-1]) == {
        "heart_rate": 72.0,
        "spo2": 97.0,
        "perfusion_index": 3.0,
        "respiration_rate": 14.0,
        "etco2": 38.0,
        "temperature": 36.6,
        "systolic": 120.0,
        "diastolic": 80.0,
        "mean_pressure": 93.0,
    }


def test_each_cuff_reading_is_told_once_though_every_message_holds_it() -> None:
    said = run(TempusMonitor(Steady(systolic=188.0), START), 700.0)
    told = [
        (t, values(reports)["systolic"])
        for (t, _), reports in zip(said, meant(said), strict=True)
        if "systolic" in values(reports)
    ]
    assert told == [(30.0, 120.0), (330.0, 188.0), (630.0, 188.0)]


@pytest.mark.parametrize("sensor", ["off", "unplugged", "searching"])
def test_without_a_finger_there_is_no_value(sensor: str) -> None:
    told = values(meant(run(TempusMonitor(Steady(sensor=sensor), START), 110.0))[-1])
    assert (told["spo2"], told["perfusion_index"], told["heart_rate"]) == (None, None, 72.0)


def test_a_low_spo2_is_marked() -> None:
    told = [r for reports in meant(run(TempusMonitor(Steady(spo2=84.0), START), 110.0)) for r in reports]
    assert [(r.status, r.detail) for r in told if isinstance(r, DeviceStatus)] == [("monitor_alarm", "SPO2 alert 1")]


def test_a_moving_arm_costs_the_cuff_reading() -> None:
    _, last = run(TempusMonitor(Steady(motion=True), START), 335.0)[-1]
    assert b"NIBP" not in last


def test_same_person_same_bytes() -> None:
    one, two = (run(TempusMonitor(patient_in("desaturation", 3), START), 120.0) for _ in range(2))
    assert one == two
