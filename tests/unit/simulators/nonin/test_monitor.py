"""The simulated Nonin over time: its pace, the display that holds old numbers, and what the driver reads from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.model import DeviceStatus, Observation, Report, Validity, Vital, Waveform
from vitalwatch_drivers.nonin import NoninDriver
from vitalwatch_drivers.nonin.options import NoninOptions
from vitalwatch_simulators.nonin import NoninMonitor
from vitalwatch_simulators.nonin.monitor import Form
from vitalwatch_simulators.patient import PatientVitals, Sensor
from vitalwatch_simulators.scenario import patient_in

START = datetime(2024, 12, 31, 23, 59, 58, tzinfo=UTC)
FORMS: list[Form] = [1, 2, 7, 8, "ascii"]


class Scripted:
    """A person whose sensor, motion and values follow the time as the test says."""

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
        self._spo2 = spo2
        self._heart_rate = heart_rate
        self._perfusion_index = perfusion_index
        self._motion = motion

    def vitals(self, t: float) -> PatientVitals:
        return PatientVitals(
            heart_rate=self._heart_rate,
            spo2=self._spo2,
            perfusion_index=self._perfusion_index,
            systolic=120.0,
            diastolic=80.0,
            mean_pressure=93.0,
            sensor=self._sensor(t),
            motion=self._motion,
        )


def run(monitor: NoninMonitor, seconds: float) -> bytes:
    told = b""
    while monitor.next_at() < seconds:
        told += monitor.emit(monitor.next_at())
    return told


def read(monitor: NoninMonitor, form: Form, seconds: float) -> list[Report]:
    driver = NoninDriver("ox-3", NoninOptions(format=form))
    reports: list[Report] = []
    while (now := monitor.next_at()) < seconds:
        reports += driver.receive(monitor.emit(now), now)
    assert driver.counts.bad_frames == driver.counts.dropped_bytes == 0
    return reports


@pytest.mark.parametrize(("form", "size"), [(1, 3), (2, 375), (7, 375), (8, 4), ("ascii", 17)])
def test_bytes_a_second(form: Form, size: int) -> None:
    monitor = NoninMonitor(Scripted(), START, form=form)
    assert monitor.next_at() == 0.0
    assert len(run(monitor, 4.0)) == 4 * size
    assert monitor.next_at() == 4.0


@pytest.mark.parametrize("form", FORMS)
def test_same_seed_and_times_give_the_same_bytes(form: Form) -> None:
    once, again = (run(NoninMonitor(patient_in("probe-off-again", 7), START, form=form), 90.0) for _ in range(2))
    assert once == again


def test_sync_stands_on_every_25th_frame_and_twelve_frames_of_each_pulse_are_lit() -> None:
    frames = run(NoninMonitor(Scripted(heart_rate=75.0), START), 12.0)
    states = frames[1::5]
    assert [number for number, state in enumerate(states) if state & 1] == list(range(0, 900, 25))
    # 75 bpm: a pulse every 60 frames, 15 in 12 s.
    assert sum(state & 2 != 0 for state in states) == pytest.approx(15 * 12, abs=15)


def test_the_display_of_format_8_keeps_its_numbers_for_ten_seconds_after_the_finger() -> None:
    person = Scripted(sensor=lambda t: "on" if t < 2.0 else "off")
    frames = run(NoninMonitor(person, START, form=8), 14.0)
    told = [frames[at : at + 4].hex() for at in range(0, len(frames), 4)]
    assert told == ["80486120"] * 2 + ["a0486108"] * 9 + ["a37f7f08"] * 3


@given(
    spo2=st.floats(1.0, 100.0),
    heart_rate=st.floats(18.0, 321.0),
    perfusion_index=st.floats(0.02, 20.0),
    motion=st.booleans(),
    form=st.sampled_from(FORMS),
)
def test_the_driver_reads_the_persons_values(
    spo2: float, heart_rate: float, perfusion_index: float, motion: bool, form: Form
) -> None:
    person = Scripted(spo2=spo2, heart_rate=heart_rate, perfusion_index=perfusion_index, motion=motion)
    reports = read(NoninMonitor(person, START, form=form), form, 1.0)
    poor = form != "ascii" and (motion or perfusion_index < 0.5)
    validity = Validity.QUESTIONABLE if poor else Validity.VALID
    observations = [(r.vital, r.value, r.validity) for r in reports if isinstance(r, Observation)]
    assert observations == [
        (Vital.SPO2, round(spo2), validity),
        (Vital.PULSE_RATE, round(heart_rate), validity),
    ] * (3 if form in (2, 7) else 1)
    samples = [sample for r in reports if isinstance(r, Waveform) for sample in r.samples]
    assert len(samples) == (75 if form in (2, 7) else 0)


@pytest.mark.parametrize(
    ("sensor", "form", "status"),
    [
        *(("off", form, ["searching", "sensor_off"]) for form in (2, 7, 8)),
        *(("unplugged", form, ["no_sensor", "sensor_off"]) for form in (2, 7, 8)),
        *(("searching", form, ["searching"]) for form in (1, 2, 7, 8)),
        *(("unplugged", 1, ["no_sensor"]), ("off", 1, ["searching"]), ("off", "ascii", [])),
    ],
)
def test_the_driver_tells_why_there_is_no_value_and_shows_no_old_one(
    sensor: Sensor, form: Form, status: list[str]
) -> None:
    person = Scripted(sensor=lambda t: "on" if t < 2.0 else sensor)
    reports = read(NoninMonitor(person, START, form=form), form, 16.0)
    assert [r.status for r in reports if isinstance(r, DeviceStatus)] == status
    later = [r for r in reports if isinstance(r, Observation) and r.at >= 2.0]
    assert len(later) == 2 * 14 * (3 if form in (2, 7) else 1)
    assert all(r.value is None and r.validity is Validity.UNAVAILABLE for r in later)
