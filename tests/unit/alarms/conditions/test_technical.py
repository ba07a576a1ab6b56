"""When the watching itself is at fault: silence, link, clock, battery; and the monitor's own alarms (§7)."""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import NURSE, Bench, monitor
from vitalwatch.alarms.events import Plan
from vitalwatch.model import Status, Vital

SPO2, HEART = Vital.SPO2, Vital.HEART_RATE


def two() -> Bench:
    return Bench(None, monitor("ox", (SPO2, Vital.PULSE_RATE)), monitor("mon"))


# --- T-SILENT ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("period_s", "silent_s"), [(1.0, 10.0), (3.0, 10.0), (5.0, 15.0), (60.0, 180.0)])
def test_silence_of_three_periods_and_at_least_ten_seconds_is_an_alarm(period_s: float, silent_s: float) -> None:
    bench = Bench(None, monitor(period_s=period_s))
    bench.heart(70, 7)
    bench.run_to(7 + silent_s - 0.001)
    assert bench.began("T-SILENT") == []
    bench.run_to(7 + silent_s)
    assert bench.began("T-SILENT") == [7 + silent_s]
    assert bench.priority("T-SILENT") == "medium"


def test_a_link_that_opens_and_never_says_anything_is_silent_from_its_opening() -> None:
    bench = Bench(connected=False)
    bench.link(True, 5)
    bench.run_to(15)
    assert bench.began("T-SILENT") == [15]


def test_garbage_is_not_being_heard() -> None:
    """Bytes without a whole frame give the engine no event at all: that must be silence."""
    bench = Bench()
    bench.spo2(97, 0, to=20)
    bench.run_to(600)
    assert bench.began("T-SILENT") == [30]
    assert bench.state("T-SILENT") == "active"


@pytest.mark.parametrize("frames", ["values", "no values", "statuses", "readings"])
def test_any_whole_frame_ends_the_silence(frames: str) -> None:
    bench = Bench()
    bench.run_to(10)
    assert bench.began("T-SILENT") == [10]
    for t in range(20, 24):
        match frames:
            case "values":
                bench.spo2(97, t)
            case "no values":
                bench.heard(t)
            case "statuses":
                bench.status(Status.BATTERY_LOW, t % 2 == 0, at=t)
            case "readings":
                bench.cuff(120, 80, at=t)
    bench.run_to(24)
    assert bench.states("T-SILENT")[-1] == (23, "idle")


def test_a_link_that_is_made_anew_ends_no_silence_until_the_monitor_is_heard() -> None:
    """Else a mute monitor behind a restarted service, or a shaky plug, would call all well for ten seconds."""
    bench = Bench()
    bench.run_to(10)
    assert bench.state("T-SILENT") == "active"
    bench.link(False, 20)
    bench.link(True, 22)
    bench.run_to(60)
    assert (bench.state("T-SILENT"), bench.began("T-SILENT")) == ("active", [10])
    bench.heard(60)
    bench.heard(61)
    bench.run_to(64)
    assert bench.state("T-SILENT") == "idle"


def test_of_two_monitors_whose_links_are_made_anew_both_must_be_heard() -> None:
    bench = two()
    bench.heard(9, device="mon")
    bench.run_to(10)
    assert bench.state("T-SILENT") == "active"
    for name in ("ox", "mon"):
        bench.link(True, 12, device=name)
    bench.heard(13, device="mon")
    bench.run_to(20)
    assert bench.state("T-SILENT") == "active"


def test_a_lost_link_is_not_silence_as_well() -> None:
    bench = Bench()
    bench.spo2(97, 0)
    bench.link(False, 3)
    bench.run_to(60)
    assert bench.states("T-SILENT") == []


def test_its_text_tells_which_monitor_and_for_how_long() -> None:
    bench = Bench()
    bench.spo2(97, 0)
    bench.run_to(74)
    assert bench.words("T-SILENT") == ("No data from monitor", "mon: 1:14")


def test_a_second_monitor_that_falls_silent_is_told_though_the_first_was_answered() -> None:
    bench = two()
    for t in range(60):
        bench.spo2(97, t, device="mon")
        if t == 20:
            bench.acknowledge("T-SILENT")
    bench.run_to(80)  # now nobody says anything
    assert bench.state("T-SILENT") == "active"
    assert "mon" in bench.words("T-SILENT")[1]


# --- T-LINK -----------------------------------------------------------------------------------------------------


def test_a_lost_link_is_an_alarm_after_five_seconds() -> None:
    bench = Bench()
    bench.link(False, 20, reason="the port has gone")
    bench.run_to(24.999)
    assert bench.states("T-LINK") == [(20, "pending")]
    bench.run_to(25)
    assert bench.began("T-LINK") == [25]
    assert bench.priority("T-LINK") == "medium"
    assert bench.words("T-LINK") == ("Monitor link lost", "mon: the port has gone")


def test_a_link_that_is_back_within_five_seconds_is_no_alarm() -> None:
    bench = Bench()
    bench.link(False, 20)
    bench.link(True, 24.9)
    bench.heard(25, to=60)
    assert bench.began("T-LINK") == []


def test_an_unanswered_one_latches_when_the_link_is_back() -> None:
    bench = Bench()
    bench.link(False, 20)
    bench.link(True, 60)
    bench.run_to(63)
    assert bench.states("T-LINK")[-1] == (63, "latched")


@pytest.mark.parametrize("answered", [False, True])
def test_it_is_high_when_an_alarm_on_the_patient_was_there(answered: bool) -> None:
    bench = Bench()
    bench.spo2(80, 0, to=6)
    if answered:
        bench.acknowledge("SPO2-DESAT")
    bench.link(False, 7)
    bench.run_to(12)
    assert bench.priority("T-LINK") == "high"


def test_a_check_that_is_due_does_not_make_it_high() -> None:
    bench = Bench()
    bench.do(Plan("1", NURSE, check_in_s=1), 0)
    bench.link(False, 7)
    bench.run_to(12)
    assert bench.priority("T-LINK") == "medium"


def test_an_alarm_of_the_patient_stays_when_the_link_is_lost() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=6)
    bench.link(False, 7)
    bench.run_to(600)
    assert bench.state("SPO2-DESAT") == "active"
    assert bench.words("SPO2-DESAT") == ("SpO2 very low < 85", "last 80, 9:54 ago")


def test_probe_off_and_then_the_link_lost_is_both() -> None:
    bench = Bench()
    bench.spo2(97, 0)
    bench.status(Status.SENSOR_OFF, at=1)
    bench.heard(1, to=12)
    bench.link(False, 13)
    bench.run_to(600)
    assert (bench.state("T-PROBE"), bench.state("T-LINK")) == ("active", "active")


def test_the_loss_of_one_of_two_links_is_an_alarm() -> None:
    bench = two()
    bench.link(False, 0, device="ox")
    bench.heard(0, to=10, device="mon")
    assert bench.began("T-LINK") == [5]


def test_the_loss_of_a_second_link_is_told_though_the_first_was_answered() -> None:
    bench = two()
    bench.link(False, 0, device="ox")
    bench.heard(0, to=20, device="mon")
    bench.acknowledge("T-LINK")
    bench.link(False, 21, device="mon")
    bench.run_to(30)
    assert bench.state("T-LINK") == "active"


def test_a_device_of_which_nothing_is_ever_heard_is_an_alarm() -> None:
    bench = Bench(connected=False)
    bench.run_to(300)
    assert bench.alarming() != []


# --- T-STALE ----------------------------------------------------------------------------------------------------


def stamp(second: int) -> str:
    return f"2026-03-01T09:{second // 60:02d}:{second % 60:02d}"


def test_a_clock_that_stands_still_for_two_minutes_is_an_alarm() -> None:
    bench = Bench()
    bench.spo2(97, 0, clock=stamp(7))
    bench.spo2(97, 1, to=119, clock=stamp(7))
    bench.run_to(119.999)
    assert bench.states("T-STALE") == []
    bench.run_to(120)
    assert bench.began("T-STALE") == [120]
    assert bench.priority("T-STALE") == "low"
    assert bench.words("T-STALE")[0] == "Monitor frozen?"


def test_a_clock_that_runs_backwards_all_the_time_is_one() -> None:
    bench = Bench()
    for t in range(121):
        bench.spo2(97, t, clock=stamp(1000 - t))
    assert bench.began("T-STALE") == [120]


def test_a_clock_that_was_set_back_and_runs_on_is_not() -> None:
    bench = Bench()
    for t in range(300):
        bench.spo2(97, t, clock=stamp(t if t < 100 else t - 90))
    assert bench.states("T-STALE") == []


def test_a_wrong_clock_that_runs_is_not() -> None:
    bench = Bench()
    for t in range(0, 600, 2):
        bench.spo2(97, t, clock=f"1997-01-01T{t // 3600:02d}:{t // 60 % 60:02d}:{t % 60:02d}")
    assert bench.states("T-STALE") == []


def test_when_nothing_arrives_the_clock_is_not_the_question() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=20, clock=stamp(7))
    bench.run_to(600)
    assert bench.states("T-STALE") == []
    assert bench.state("T-SILENT") == "active"


def test_it_ends_three_seconds_after_the_clock_runs_again() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=130, clock=stamp(7))
    for t in range(131, 136):
        bench.spo2(97, t, clock=stamp(t))
    assert bench.states("T-STALE")[-1] == (134, "idle")


# --- T-BATT -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("detail", "priority"), [("", "low"), ("LB", "low"), ("critical", "medium")])
def test_a_low_battery_is_told_at_once(detail: str, priority: str) -> None:
    bench = Bench()
    bench.status(Status.BATTERY_LOW, at=3, detail=detail)
    assert bench.began("T-BATT") == [3]
    assert bench.priority("T-BATT") == priority
    assert bench.words("T-BATT") == ("Battery low", "mon")


def test_an_answered_low_battery_that_becomes_critical_sounds_again() -> None:
    bench = Bench()
    bench.status(Status.BATTERY_LOW, at=0)
    bench.acknowledge("T-BATT", at=1)
    bench.status(Status.BATTERY_LOW, at=5, detail="critical")
    assert (bench.state("T-BATT"), bench.priority("T-BATT")) == ("active", "medium")


def test_it_ends_three_seconds_after_the_device_says_so() -> None:
    bench = Bench()
    bench.status(Status.BATTERY_LOW, at=0)
    bench.status(Status.BATTERY_LOW, False, at=5)
    bench.heard(6, to=9)
    assert bench.states("T-BATT")[-1] == (8, "idle")


# --- MON-ALARM --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "priority"), [("", "medium"), ("odd", "medium"), ("low", "low"), ("medium", "medium"), ("high", "high")]
)
def test_an_alarm_of_the_monitor_is_told_at_once_with_its_own_priority(stated: str, priority: str) -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=3, detail="ASYSTOLE", priority=stated)
    assert bench.states("MON-ALARM") == [(3, "pending"), (3, "active")]
    assert bench.priority("MON-ALARM") == priority
    assert bench.words("MON-ALARM") == ("Monitor: ASYSTOLE", "")


@pytest.mark.parametrize(("stated", "ended"), [("high", "latched"), ("medium", "idle")])
def test_a_high_one_latches(stated: str, ended: str) -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=0, detail="ASYSTOLE", priority=stated)
    bench.status(Status.MONITOR_ALARM, False, at=5)
    bench.heard(6, to=9)
    assert bench.states("MON-ALARM")[-1] == (8, ended)


@pytest.mark.parametrize(
    ("limit_of", "mark_only"),
    [((SPO2,), True), ((SPO2, Vital.PULSE_RATE), True), ((Vital.ETCO2,), False), ((SPO2, Vital.ETCO2), False)],
)
def test_its_limit_alarm_on_a_vital_that_we_judge_is_only_a_mark(limit_of: tuple[Vital, ...], mark_only: bool) -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=0, detail="SL", limit_of=limit_of)
    assert (bench.state("MON-ALARM") == "idle") is mark_only


def test_an_answered_alarm_that_rises_to_high_sounds_again() -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=0, detail="PVC", priority="medium")
    bench.acknowledge("MON-ALARM", at=1)
    bench.status(Status.MONITOR_ALARM, at=2, detail="V-FIB", priority="high")
    assert (bench.state("MON-ALARM"), bench.priority("MON-ALARM")) == ("active", "high")


def test_an_answered_alarm_that_becomes_another_one_sounds_again() -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=0, detail="LEAD V1 OFF")
    bench.acknowledge("MON-ALARM", at=1)
    bench.status(Status.MONITOR_ALARM, at=2, detail="ASYSTOLE")
    assert bench.state("MON-ALARM") == "active"


def test_an_alarm_that_becomes_another_one_leaves_a_line_in_the_record() -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=0, detail="LEAD V1 OFF")
    bench.said.clear()
    bench.status(Status.MONITOR_ALARM, at=2, detail="ASYSTOLE")
    assert [o.text for o in bench.said if o.condition == "MON-ALARM"] == ["Monitor: ASYSTOLE"]


def test_the_same_alarm_with_another_number_in_its_text_is_not_another_one() -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=0, detail="ETCO2 52 > 50")
    bench.acknowledge("MON-ALARM", at=1)
    bench.status(Status.MONITOR_ALARM, at=2, detail="ETCO2 53 > 50")
    assert bench.state("MON-ALARM") == "acknowledged"
    assert bench.words("MON-ALARM")[0] == "Monitor: ETCO2 53 > 50"


def test_it_stays_when_the_link_to_the_only_monitor_is_lost() -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=0, detail="ASYSTOLE", priority="high")
    bench.link(False, 5)
    bench.run_to(60)
    assert bench.state("MON-ALARM") == "active"


@pytest.mark.parametrize("priority", ["medium", "high"])
def test_it_stays_when_the_link_is_lost_and_another_device_goes_on(priority: str) -> None:
    bench = two()
    bench.status(Status.MONITOR_ALARM, at=0, detail="ASYSTOLE", priority=priority, device="mon")
    bench.link(False, 1, device="mon")
    bench.spo2(97, 2, to=20, device="ox")
    assert bench.state("MON-ALARM") == "active"


def test_a_low_battery_stays_when_the_device_is_lost_and_another_one_goes_on() -> None:
    bench = two()
    bench.status(Status.BATTERY_LOW, at=0, device="ox")
    bench.link(False, 1, device="ox")
    bench.heard(2, to=20, device="mon")
    assert bench.state("T-BATT") == "active"
