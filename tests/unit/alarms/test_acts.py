"""What people do: pausing sound, shelving, limits, baselines, phases, visits, and what is refused (§6, §8)."""

from __future__ import annotations

import math

import pytest

from tests.unit.alarms.bench import NURSE, Bench, monitor
from vitalwatch.alarms import AlarmEvent, Profile
from vitalwatch.alarms.events import (
    Acknowledge,
    Act,
    ChangeLimit,
    ChartSedation,
    NewVisit,
    Note,
    PauseAudio,
    Plan,
    ResumeAudio,
    SetChairState,
    SetPhase,
    Shelve,
    TakeBaseline,
    Unshelve,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import Status, Vital

SPO2, HEART, PULSE = Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE


def told(bench: Bench) -> list[tuple[float, str, str]]:
    """Events of the whole chair: when, which, in which words."""
    return [(o.at, o.event, o.text) for o in bench.said if isinstance(o, AlarmEvent) and not o.condition]


# --- nobody without a name ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        Acknowledge("1", "SPO2-LOW", " "),
        PauseAudio("1", ""),
        ResumeAudio("1", ""),
        SetChairState("1", "empty", ""),
        SetPhase("1", "recovery", ""),
        Shelve("1", "SPO2-LOW", "", "known", 60),
        Unshelve("1", "SPO2-LOW", ""),
        ChangeLimit("1", "limits.spo2_low", 92, ""),
        TakeBaseline("1", ""),
        NewVisit("1", ""),
        ChartSedation("1", "moaas", 5, ""),
        Plan("1", ""),
    ],
    ids=lambda act: type(act).__name__,
)
def test_an_act_without_a_name_is_refused(act: Act) -> None:
    bench = Bench()
    before = bench.engine.snapshot()
    with pytest.raises(UsageError, match="name"):
        bench.do(act, 0)
    assert bench.engine.snapshot() == before


# --- what a refusal must not cost ---------------------------------------------------------------------------------


def test_an_act_that_is_refused_loses_no_alarm_that_was_due() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=4)
    with pytest.raises(UsageError):
        bench.acknowledge("HR-HIGH", at=6)  # answered on another screen a moment ago
    bench.run_to(7)
    assert bench.states("SPO2-DESAT") == [(0, "pending"), (5, "active")]


# --- pausing sound ------------------------------------------------------------------------------------------------


def test_a_pause_ends_after_two_minutes_by_itself() -> None:
    bench = Bench()
    bench.spo2(85, 0, to=6)
    bench.pause(10)
    assert bench.chair.audio_paused_until == 130
    bench.spo2(85, 11, to=129)
    bench.run_to(129.999)
    assert bench.events("audio_resumed") == []
    bench.run_to(130)
    assert [(e.at, e.reason) for e in bench.events("audio_resumed")] == [(130, "the pause is over")]
    assert bench.chair.audio_paused_until is None


def test_a_pause_edits_no_condition() -> None:
    bench = Bench()
    bench.spo2(85, 0, to=6)
    before = bench.view("SPO2-LOW")
    bench.pause()
    assert bench.view("SPO2-LOW") == before


@pytest.mark.parametrize("seconds", [0, -1, 120.001, 3600, math.inf, math.nan])
def test_a_pause_of_another_length_is_refused(seconds: float) -> None:
    bench = Bench()
    with pytest.raises(UsageError):
        bench.pause(0, seconds)
    assert bench.chair.audio_paused_until is None


def test_it_can_be_ended_early_by_a_named_person() -> None:
    bench = Bench()
    bench.pause(0)
    bench.do(ResumeAudio("1", NURSE), 5)
    assert [(e.at, e.actor) for e in bench.events("audio_resumed")] == [(5, NURSE)]


def test_it_reminds_after_a_minute() -> None:
    bench = Bench(None, monitor("ecg", (Vital.HEART_RATE,)))
    bench.pause(0)
    bench.heard(1, to=200)
    assert [event.at for event in bench.events("reminder")] == [60]
    assert "60 s" in bench.events("reminder")[0].text


def test_any_new_high_alarm_ends_it_though_a_high_one_was_there() -> None:
    bench = Bench()
    bench.heart(160, 0, to=10)  # HR-XHIGH
    bench.pause(10)
    bench.feed(11, 16, {HEART: 160, SPO2: 80})
    assert bench.began("SPO2-DESAT") == [16]
    assert [event.at for event in bench.events("audio_resumed")] == [16]


def test_a_new_alarm_above_those_that_were_there_ends_it() -> None:
    bench = Bench()
    bench.status(Status.BATTERY_LOW, at=0)
    bench.pause(1)
    bench.spo2(85, 2, to=7)
    assert [event.at for event in bench.events("audio_resumed")] == [7]


def test_a_new_alarm_of_the_same_priority_does_not() -> None:
    bench = Bench()
    bench.spo2(85, 0, to=10)
    bench.pause(10)
    bench.feed(11, 30, {SPO2: 85, HEART: 130})
    assert bench.began("HR-HIGH") == [21]
    assert bench.events("audio_resumed") == []


def test_with_nothing_there_any_new_alarm_ends_it() -> None:
    bench = Bench()
    bench.pause(0)
    bench.status(Status.BATTERY_LOW, at=5)
    assert [event.at for event in bench.events("audio_resumed")] == [5]


@pytest.mark.parametrize("name", ["MON-ALARM", "SED-DEEP"])
def test_an_active_alarm_that_becomes_high_ends_it(name: str) -> None:
    bench = Bench()
    if name == "MON-ALARM":
        bench.status(Status.MONITOR_ALARM, at=0, detail="PVC", priority="medium")
    else:
        bench.do(ChartSedation("1", "moaas", 3, NURSE), 0)
    bench.pause(1)
    if name == "MON-ALARM":
        bench.status(Status.MONITOR_ALARM, at=5, detail="V-FIB", priority="high")
    else:
        bench.do(ChartSedation("1", "moaas", 0, NURSE), 5)
    assert (bench.state(name), bench.priority(name)) == ("active", "high")
    assert [event.at for event in bench.events("audio_resumed")] == [5]


def test_a_pause_of_one_chair_is_its_own() -> None:
    """The clinic's conditions and other chairs have pauses of their own."""
    bench = Bench()
    bench.pause(0)
    assert bench.engine.chair("").audio_paused_until is None


def test_renewing_a_pause_does_not_put_the_reminder_off() -> None:
    bench = Bench()
    bench.shelve("HR-HIGH", at=0, seconds=1800)
    for t in range(50, 301, 50):
        bench.pause(t)
    assert [event.at for event in bench.events("reminder")] == [60, 120, 180, 240, 300]


# --- the shelf ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SPO2-DESAT", "HR-XHIGH", "HR-XLOW", "PULSE-LOST", "APNEA", "BP-CRISIS", "BP-XLOW"])
def test_a_high_condition_cannot_be_shelved(name: str) -> None:
    with pytest.raises(UsageError, match="high"):
        Bench().shelve(name, at=0)


def test_nor_one_that_is_high_just_now() -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=0, detail="V-FIB", priority="high")
    with pytest.raises(UsageError, match="high"):
        bench.shelve("MON-ALARM")


@pytest.mark.parametrize("seconds", [0, -5, 1800.001, math.inf, math.nan])
def test_the_shelf_has_an_end_of_half_an_hour_at_most(seconds: float) -> None:
    with pytest.raises(UsageError):
        Bench().shelve("HR-HIGH", at=0, seconds=seconds)


def test_shelving_needs_a_reason() -> None:
    with pytest.raises(UsageError, match="reason"):
        Bench().do(Shelve("1", "HR-HIGH", NURSE, " ", 60), 0)


def test_what_is_shelved_cannot_be_shelved_again() -> None:
    bench = Bench()
    bench.shelve("HR-HIGH", at=0, seconds=1800)
    with pytest.raises(UsageError):
        bench.shelve("HR-HIGH", at=60, seconds=1800)
    assert bench.track("HR-HIGH").shelved_until == 1800


def test_what_is_not_on_the_shelf_cannot_be_taken_off() -> None:
    with pytest.raises(UsageError):
        Bench().do(Unshelve("1", "HR-HIGH", NURSE), 0)


def test_a_shelved_condition_reminds_each_minute() -> None:
    bench = Bench()
    bench.shelve("HR-HIGH", at=0, seconds=200)
    bench.heard(1, to=199)
    assert [event.at for event in bench.events("reminder")] == [60, 120, 180]
    assert bench.events("reminder")[0].text == "HR high put aside"


def test_a_shelf_whose_time_is_over_reminds_no_more() -> None:
    bench = Bench()
    bench.shelve("HR-HIGH", at=0, seconds=200)
    bench.heard(1, to=600)
    assert [event.at for event in bench.events("reminder")] == [60, 120, 180]
    assert bench.states("S-LIMITS") == []


def test_shelving_says_who_why_and_until_when() -> None:
    bench = Bench()
    bench.shelve("HR-HIGH", at=7, seconds=60)
    (line,) = bench.transitions("HR-HIGH")
    assert (line.at, line.actor, line.target) == (7, NURSE, "shelved")
    assert bench.track("HR-HIGH").shelved_until == 67


def test_the_reason_of_the_shelving_is_in_the_record() -> None:
    bench = Bench()
    bench.do(Shelve("1", "HR-HIGH", NURSE, "exercise bike", 60), 7)
    assert "exercise bike" in bench.transitions("HR-HIGH")[0].reason


# --- limits -------------------------------------------------------------------------------------------------------


def test_a_change_tells_old_new_who_and_why() -> None:
    bench = Bench()
    bench.change("limits.spo2_low", 88, at=5, reason="known lung disease", second="Ben")
    (event,) = bench.events("limit_changed")
    assert (event.text, event.actor, event.reason) == (
        "limits.spo2_low 90 -> 88, agreed by Ben",
        NURSE,
        "known lung disease",
    )
    bench.spo2(80, 6, to=11)
    source = bench.transitions("SPO2-LOW")[-1].limit_source
    assert source == f"set for this patient by {NURSE} and Ben: known lung disease"


def test_loosening_without_a_reason_is_refused_and_changes_nothing() -> None:
    bench = Bench()
    with pytest.raises(UsageError, match="reason"):
        bench.change("limits.spo2_low", 88, at=5, second="Ben")
    assert bench.chair.profile == Profile()


@pytest.mark.parametrize("second", ["", "  ", NURSE, NURSE.upper(), f"  {NURSE} "])
def test_looser_than_the_profile_without_another_person_is_refused_and_changes_nothing(second: str) -> None:
    bench = Bench()
    with pytest.raises(UsageError, match=r"second person|somebody else"):
        bench.change("limits.spo2_low", 88, at=5, reason="known lung disease", second=second)
    assert bench.chair.profile == Profile()


def test_loosening_back_to_the_profile_or_tightening_what_is_loose_takes_one_person() -> None:
    bench = Bench()
    bench.change("limits.spo2_low", 93, at=1)
    bench.change("limits.spo2_low", 90, at=2, reason="probe moved")
    bench.change("limits.spo2_low", 86, at=3, reason="known lung disease", second="Ben")
    bench.change("limits.spo2_low", 88, at=4)
    with pytest.raises(UsageError, match="second person"):
        bench.change("limits.spo2_low", 87, at=5, reason="known lung disease")
    assert bench.chair.profile.limits.spo2_low == 88


def test_no_two_people_can_go_past_the_hard_range() -> None:
    with pytest.raises(UsageError, match="from 80"):
        Bench().change("limits.spo2_low", 79, at=5, reason="known lung disease", second="Ben")


def test_tightening_needs_no_reason() -> None:
    bench = Bench()
    bench.change("limits.spo2_low", 93, at=5)
    assert bench.chair.profile.limits.spo2_low == 93


def test_looser_limits_remind_each_minute() -> None:
    bench = Bench()
    bench.change("limits.spo2_low", 88, at=0, reason="known lung disease", second="Ben")
    bench.heard(1, to=125)
    assert [event.at for event in bench.events("reminder")] == [60, 120]
    assert "looser" in bench.events("reminder")[0].text


def test_a_shorter_delay_takes_effect_in_the_delay_that_runs() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=8)
    bench.change("delays.spo2_low_deep", 8)  # a deeper fall never waits longer than a shallower one
    bench.change("delays.spo2_low", 8)
    assert bench.began("SPO2-LOW") == [8]


def test_a_new_visit_has_the_limits_of_the_profile_again() -> None:
    bench = Bench()
    bench.change("limits.spo2_low", 88, at=0, reason="known lung disease", second="Ben")
    bench.new_visit(at=10)
    assert bench.chair.profile.limits.spo2_low == 90
    bench.run_to(1000)
    assert bench.events("reminder") == []
    assert bench.state("S-LIMITS") == "idle"


# --- notes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["note", "dose"])
def test_what_is_written_down_is_told_as_what_it_is(kind: str) -> None:
    bench = Bench()
    bench.do(Note("1", " ketamine  40 mg ", NURSE, kind), 5)
    assert [(e.at, e.text, e.actor) for e in bench.events(kind)] == [(5, "ketamine 40 mg", NURSE)]


@pytest.mark.parametrize(("text", "kind"), [("", "dose"), ("x" * 201, "dose"), ("x", "phase")])
def test_an_empty_an_endless_and_an_unknown_note_are_refused(text: str, kind: str) -> None:
    with pytest.raises(UsageError):
        Bench().do(Note("1", text, NURSE, kind), 5)


# --- baseline -----------------------------------------------------------------------------------------------------


def test_a_baseline_is_the_median_of_what_was_seen() -> None:
    bench = Bench()
    for at, systolic in ((0, 110), (10, 150), (20, 120)):
        bench.cuff(systolic, systolic - 40, at=at)
    for t in range(21, 61):
        bench.feed(t, t, {SPO2: 60 if t % 10 == 0 else 98, HEART: 70})
    bench.do(TakeBaseline("1", NURSE), 61)
    taken = bench.chair.baseline
    assert taken is not None
    assert (taken.spo2, taken.heart_rate, taken.systolic, taken.diastolic) == (98, 70, 120, 80)
    assert bench.events("baseline")[0].text == "SpO2 98, HR 70, SYS 120"


def test_without_any_value_there_is_no_baseline() -> None:
    with pytest.raises(UsageError, match="no values"):
        Bench().do(TakeBaseline("1", NURSE), 0)


def test_readings_of_more_than_half_an_hour_ago_are_not_this_baseline() -> None:
    bench = Bench()
    bench.cuff(180, 100, at=0)
    bench.cuff(120, 80, at=1801)
    bench.do(TakeBaseline("1", NURSE), 1801)
    assert bench.chair.baseline is not None
    assert bench.chair.baseline.systolic == 120


def test_a_new_visit_has_no_baseline() -> None:
    bench = Bench()
    bench.baseline(60, spo2=98)
    bench.new_visit(at=61)
    assert bench.chair.baseline is None


# --- phase and visit ----------------------------------------------------------------------------------------------


def test_a_phase_is_told_and_only_known_ones_are_taken() -> None:
    bench = Bench()
    bench.phase("recovery", at=3)
    assert (3, "phase", "recovery") in told(bench)
    with pytest.raises(UsageError):
        bench.phase("lunch")


def test_a_new_visit_ends_what_was_of_the_patient_before() -> None:
    bench = Bench()
    bench.feed(0, 12, {SPO2: 80, HEART: 130})
    bench.pause(12)
    bench.new_visit(at=20)
    assert [name for name in bench.present() if not name.startswith("T-")] == []
    assert bench.chair.audio_paused_until is None
    assert bench.chair.phase == "preparation"
    assert bench.transitions("SPO2-DESAT")[-1].actor == NURSE
    assert bench.chair.last_usable(SPO2) is None


def test_a_new_visit_keeps_what_is_true_of_the_devices() -> None:
    bench = Bench()
    bench.link(False, 0)
    bench.run_to(10)
    bench.new_visit(at=20)
    bench.run_to(25)
    assert bench.states("T-LINK")[-2:] == [(20, "pending"), (25, "active")]


@pytest.mark.parametrize("act", ["visit", "infusion"])
def test_a_visit_or_an_infusion_makes_its_chair_watched(act: str) -> None:
    bench = Bench(start="empty", phase=None)
    if act == "visit":
        bench.new_visit(at=10)
    else:
        bench.phase("infusion", at=10)
    bench.link(False, 20)
    bench.run_to(600)
    assert "T-LINK" in bench.alarming()
