"""A real Nellcor N-560, recorded in 2017: a fall to 73 during motion, then the sensor unplugged, then off.

Each line is given to the driver at its own second, and the driver's reports to the engine, as at a chair.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.alarms.bench import Bench, monitor
from vitalwatch.alarms.events import Heard, Sampled, events_from
from vitalwatch.driver import NoOptions
from vitalwatch.model import Validity, Vital
from vitalwatch_drivers.nellcor import NellcorDriver

CAPTURE = "captures/nellcor-n560-ascii/n560-v1.56-20171229-part1.txt"
STAMP = re.compile(rb"(\d\d):(\d\d):(\d\d)")


def played(shared: Path, *, phase: str = "infusion", restarts: bool = False) -> Bench:
    """The capture at a chair: 0 s is the first data line, 07:18:43."""
    driver = NellcorDriver("ox", NoOptions())
    bench = Bench(None, monitor("ox", driver.vitals, driver.period_s), phase=phase)
    at = 0.0
    for line in (shared / CAPTURE).read_bytes().splitlines():
        stamp = STAMP.search(line)
        if stamp:
            hours, minutes, seconds = (int(part) for part in stamp.groups())
            at = float(hours * 3600 + minutes * 60 + seconds - (7 * 3600 + 18 * 60 + 43))
        frames = driver.counts.frames
        events = events_from("1", driver.receive(line + b"\r\n", at))
        if not events and driver.counts.frames != frames:
            events.append(Heard("1", "ox"))
        for event in events:
            bench.do(event, at)
        if restarts:
            bench.restart()
    bench.run_to(at)
    return bench


@pytest.fixture(scope="module")
def night(shared: Path) -> Bench:
    return played(shared)


def test_the_fall_is_one_low_alarm_19_seconds_in(night: Bench) -> None:
    """89 at 14 s (delay 15), 83 at 16 s (delay 5): five seconds after 14."""
    assert night.states("SPO2-LOW") == [(14, "pending"), (19, "active")]
    assert night.transitions("SPO2-LOW")[-1].text == "SpO2 low 79 < 90"


def test_and_one_high_alarm_21_seconds_in(night: Bench) -> None:
    """83 at 16 s is the first below 85."""
    assert night.states("SPO2-DESAT") == [(16, "pending"), (21, "active")]
    assert night.transitions("SPO2-DESAT")[-1].text == "SpO2 very low 77 < 85"


def test_the_motion_flag_of_the_fall_hides_nothing(night: Bench) -> None:
    """Gating on it would have hidden the fall to 73."""
    sample = night.chair.devices["ox"].samples[Vital.SPO2]
    assert sample.last_value == 73
    assert night.view("SPO2-DESAT").state == "active"


def test_nobody_answered_so_further_people_were_called(night: Bench) -> None:
    assert [(e.at, e.step) for e in night.events("escalated", "SPO2-DESAT")] == [(51, 1), (81, 2)]


def test_the_unplugged_sensor_is_a_technical_alarm_ten_seconds_later(night: Bench) -> None:
    """SD from 46 s on, SO from 74 s on: one alarm, whose cause changes."""
    assert night.states("T-PROBE") == [(46, "pending"), (56, "active")]
    assert night.transitions("T-PROBE")[-1].note == "sensor disconnected"
    assert night.priority("T-PROBE") == "medium"
    assert [(e.at, e.note) for e in night.events("updated", "T-PROBE")] == [(74, "sensor off")]


def test_after_it_the_active_alarm_stays_with_its_last_value_marked(night: Bench) -> None:
    assert night.now == 102
    assert night.words("SPO2-DESAT") == ("SpO2 very low < 85", "last 73, 0:58 ago")


def test_no_spo2_alarm_starts_or_ends_after_the_sensor_is_out(night: Bench) -> None:
    later = [t for name in ("SPO2-LOW", "SPO2-DESAT") for t in night.transitions(name) if t.at >= 46]
    assert later == []


def test_the_monitors_own_limit_alarm_is_only_a_mark(night: Bench) -> None:
    """SL beside 16 lines: a limit that VitalWatch judges itself."""
    assert night.states("MON-ALARM") == []


def test_a_removed_sensor_is_no_lost_pulse_and_no_unexplained_gap(night: Bench) -> None:
    for name in ("PULSE-LOST", "T-NOVALUE", "T-SILENT", "T-LINK", "T-STALE"):
        assert night.began(name) == [], name


def test_the_pulse_of_66_to_71_is_quiet(night: Bench) -> None:
    assert [name for name in ("HR-LOW", "HR-HIGH", "HR-XLOW", "HR-XHIGH") if night.states(name)] == []


def test_during_preparation_the_probe_is_less_urgent(shared: Path) -> None:
    assert played(shared, phase="preparation").priority("T-PROBE") == "low"


def test_with_a_restart_after_every_line_the_same_is_said(shared: Path, night: Bench) -> None:
    assert played(shared, restarts=True).said == night.said


def test_values_that_are_back_and_good_end_the_answered_alarm(shared: Path) -> None:
    bench = played(shared)
    bench.acknowledge("SPO2-DESAT", at=103)
    bench.status("sensor_off", False, at=104, device="ox")
    for t in range(104, 110, 2):
        bench.do(Sampled("1", "ox", Vital.SPO2, 97.0, Validity.VALID), t)
    assert bench.states("SPO2-DESAT")[-2:] == [(103, "acknowledged"), (107, "idle")]
