"""The life of an alarm: pending, active, acknowledged, latched, shelved; escalation; restart in each state (§6).

The state machine is driven through the engine: what counts is what a nurse sees.
"""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import NURSE, Bench, monitor
from vitalwatch.alarms import Priority, State
from vitalwatch.alarms.events import Acknowledge, Unshelve
from vitalwatch.alarms.track import (
    CLEAR,
    CUFF,
    STREAM,
    UNKNOWN,
    Finding,
    Side,
    Timing,
    Track,
    acknowledge,
    due,
    end,
    observe,
    settle,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import Status, Vital

SPO2, HEART = Vital.SPO2, Vital.HEART_RATE


def low(bench: Bench, at: float, to: float, value: float = 85) -> None:
    """SpO2-LOW without its worse twin: active five seconds after ``at``."""
    bench.spo2(value, at, to=to)


# --- acknowledging ----------------------------------------------------------------------------------------------


def test_an_acknowledgement_names_who_and_ends_no_condition() -> None:
    bench = Bench()
    low(bench, 0, 6)
    (said,) = bench.acknowledge("SPO2-LOW", actor="A. Example")
    assert (said.actor, said.reason) == ("A. Example", "acknowledged")
    assert (bench.state("SPO2-LOW"), bench.view("SPO2-LOW").actor) == ("acknowledged", "A. Example")


def test_an_acknowledged_condition_that_clears_is_over_even_when_it_latches() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=6)
    bench.acknowledge("SPO2-DESAT")
    bench.spo2(97, 7, to=10)
    assert bench.states("SPO2-DESAT")[-2:] == [(6, "acknowledged"), (10, "idle")]


@pytest.mark.parametrize(("value", "name", "timeout_s"), [(80, "SPO2-DESAT", 120), (85, "SPO2-LOW", 300)])
def test_an_acknowledgement_runs_out(value: float, name: str, timeout_s: float) -> None:
    bench = Bench()
    low(bench, 0, 10, value)
    bench.acknowledge(name)
    low(bench, 11, 10 + timeout_s - 1, value)
    bench.run_to(10 + timeout_s - 0.001)
    assert bench.state(name) == "acknowledged"
    bench.run_to(10 + timeout_s)
    assert bench.states(name)[-1] == (10 + timeout_s, "active")


def test_it_runs_out_though_the_value_is_unknown_by_then() -> None:
    bench = Bench()
    low(bench, 0, 10, 80)
    bench.acknowledge("SPO2-DESAT")
    bench.heard(11, to=130)
    assert bench.began("SPO2-DESAT") == [5, 130]


def test_of_a_low_alarm_it_never_runs_out() -> None:
    bench = Bench()
    bench.status(Status.BATTERY_LOW, at=0)
    bench.acknowledge("T-BATT")
    bench.heard(1, to=3600)
    assert bench.state("T-BATT") == "acknowledged"


@pytest.mark.parametrize("state", ["idle", "pending", "acknowledged", "shelved"])
def test_where_nothing_waits_for_an_answer_an_acknowledgement_is_refused(state: str) -> None:
    bench = Bench()
    if state in ("pending", "acknowledged"):
        low(bench, 0, 3 if state == "pending" else 6)
    if state == "acknowledged":
        bench.acknowledge("SPO2-LOW")
    if state == "shelved":
        bench.shelve("SPO2-LOW")
    assert bench.state("SPO2-LOW") == state
    with pytest.raises(UsageError):
        bench.acknowledge("SPO2-LOW")
    assert bench.state("SPO2-LOW") == state


def test_acknowledging_one_answers_no_other() -> None:
    bench = Bench()
    bench.feed(0, 12, {SPO2: 85, HEART: 130})
    bench.acknowledge("SPO2-LOW")
    assert (bench.state("SPO2-LOW"), bench.state("HR-HIGH")) == ("acknowledged", "active")


@pytest.mark.parametrize("actor", ["", "  "])
def test_an_answer_without_a_name_is_refused(actor: str) -> None:
    bench = Bench()
    low(bench, 0, 6)
    with pytest.raises(UsageError):
        bench.acknowledge("SPO2-LOW", actor=actor)
    assert bench.state("SPO2-LOW") == "active"


# --- the re-trigger guard ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("back_at", "joins"), [(55, True), (56, False)])
def test_a_medium_alarm_that_is_back_within_a_minute_of_its_answer_joins_the_old_one(back_at: int, joins: bool) -> None:
    """Pending at ``back_at``, active five seconds later: 60 or 61 s after the answer at 0 + 6."""
    bench = Bench()
    low(bench, 0, 6)
    bench.acknowledge("SPO2-LOW")  # at 6
    bench.spo2(97, 7, to=back_at + 5)
    low(bench, back_at + 6, back_at + 11)
    assert bench.states("SPO2-LOW")[-1] == (back_at + 11, "acknowledged" if joins else "active")
    assert bench.view("SPO2-LOW").count == (2 if joins else 1)


def test_a_joined_alarm_keeps_who_answered_its_old_beginning_and_its_time_out() -> None:
    bench = Bench()
    low(bench, 0, 6)
    bench.acknowledge("SPO2-LOW", actor="A. Example")
    bench.spo2(97, 7, to=20)
    low(bench, 21, 305)
    assert (bench.view("SPO2-LOW").actor, bench.track("SPO2-LOW").since) == ("A. Example", 5)
    bench.run_to(306)
    assert bench.began("SPO2-LOW") == [5, 306]


def test_a_high_alarm_always_sounds_again() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=6)
    bench.acknowledge("SPO2-DESAT")
    bench.spo2(97, 7, to=20)
    bench.spo2(80, 21, to=27)
    assert bench.began("SPO2-DESAT") == [5, 26]


def test_what_nobody_answered_always_sounds_again() -> None:
    bench = Bench()
    low(bench, 0, 6)
    bench.spo2(97, 7, to=20)
    low(bench, 21, 27)
    assert bench.began("SPO2-LOW") == [5, 26]


def test_the_minute_is_not_renewed_by_joining() -> None:
    bench = Bench()
    low(bench, 0, 6)
    bench.acknowledge("SPO2-LOW")
    for start in (20, 40):
        bench.spo2(97, start - 10, to=start)
        low(bench, start + 1, start + 7)
        assert bench.state("SPO2-LOW") == "acknowledged"
    bench.spo2(97, 50, to=64)
    low(bench, 65, 70)
    assert bench.began("SPO2-LOW") == [5, 70]


# --- latched ----------------------------------------------------------------------------------------------------


def latched() -> Bench:
    """DESAT from 5 on, clear from 7 on, latched at 10."""
    bench = Bench()
    bench.spo2(80, 0, to=6)
    bench.spo2(97, 7, to=10)
    assert bench.states("SPO2-DESAT")[-1] == (10, "latched")
    return bench


def test_a_latched_alarm_reminds_each_minute_until_somebody_answers() -> None:
    bench = latched()
    bench.spo2(97, 11, to=200)
    assert [event.at for event in bench.events("reminder", "SPO2-DESAT")] == [70, 130, 190]
    bench.acknowledge("SPO2-DESAT")
    assert bench.states("SPO2-DESAT")[-1] == (200, "idle")
    bench.spo2(97, 201, to=400)
    assert len(bench.events("reminder", "SPO2-DESAT")) == 3


def test_a_latched_alarm_never_ends_by_itself() -> None:
    bench = latched()
    bench.spo2(97, 11, to=4000, every=4)
    assert bench.state("SPO2-DESAT") == "latched"


def test_true_again_it_is_pending_with_its_whole_delay_and_then_active_with_one_more_count() -> None:
    bench = latched()
    bench.spo2(97, 11, to=99)
    bench.spo2(80, 100, to=105)
    assert bench.states("SPO2-DESAT")[-2:] == [(100, "pending"), (105, "active")]
    assert (bench.view("SPO2-DESAT").count, bench.track("SPO2-DESAT").since) == (2, 5)


def test_true_again_but_not_for_its_delay_it_is_latched_again_and_not_forgotten() -> None:
    bench = latched()
    bench.spo2(80, 100, to=102)
    bench.spo2(97, 103, to=106)
    assert bench.states("SPO2-DESAT")[-3:] == [(10, "latched"), (100, "pending"), (106, "latched")]


def test_answered_while_pending_again_the_old_one_is_answered_and_the_new_one_alarms() -> None:
    bench = latched()
    bench.spo2(80, 100, to=102)
    (said,) = bench.acknowledge("SPO2-DESAT")
    assert (said.event, said.reason) == ("updated", "acknowledged")  # type: ignore[union-attr]
    bench.spo2(80, 103, to=105)
    assert bench.began("SPO2-DESAT") == [5, 105]


def test_answered_while_pending_again_and_then_clear_it_is_over() -> None:
    bench = latched()
    bench.spo2(80, 100, to=102)
    bench.acknowledge("SPO2-DESAT")
    bench.spo2(97, 103, to=106)
    assert bench.states("SPO2-DESAT")[-1] == (106, "idle")


def test_a_latched_alarm_that_is_pending_again_goes_on_reminding() -> None:
    bench = Bench()
    bench.cuff(204, 118, at=0)
    bench.cuff(120, 80, at=10)  # latched
    bench.cuff(185, 90, at=20)  # pending for three minutes
    bench.run_to(199)
    assert [event.at for event in bench.events("reminder", "BP-CRISIS")] == [70, 130, 190]


# --- escalation -------------------------------------------------------------------------------------------------


def test_an_unanswered_high_alarm_calls_further_people_after_30_and_60_seconds() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=300)
    assert [(e.at, e.step) for e in bench.events("escalated", "SPO2-DESAT")] == [(35, 1), (65, 2)]


def test_an_unanswered_medium_alarm_calls_one_more_after_two_minutes() -> None:
    bench = Bench()
    bench.heart(130, 0, to=600)
    assert [(e.at, e.step) for e in bench.events("escalated", "HR-HIGH")] == [(130, 1)]


def test_a_low_alarm_calls_nobody_else() -> None:
    bench = Bench(None, monitor("ecg", (Vital.HEART_RATE,)))
    bench.status(Status.BATTERY_LOW, at=0)
    bench.heard(1, to=1000)
    assert bench.events("escalated") == []


def test_the_milder_of_a_pair_does_not_call_beside_the_worse() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=300)
    assert bench.events("escalated", "SPO2-LOW") == []


def test_an_answer_stops_it_and_a_time_out_begins_it_anew() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=20)
    bench.acknowledge("SPO2-DESAT")
    bench.spo2(80, 21, to=300)
    assert [(e.at, e.step) for e in bench.events("escalated", "SPO2-DESAT")] == [(170, 1), (200, 2)]


def test_a_time_that_has_passed_in_one_jump_loses_no_step() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=5)
    bench.run_to(5000)
    assert [(e.at, e.step) for e in bench.events("escalated", "SPO2-DESAT")] == [(35, 1), (65, 2)]


# --- the shelf --------------------------------------------------------------------------------------------------


def test_a_shelved_condition_is_judged_anew_with_its_whole_delay_when_its_time_is_over() -> None:
    bench = Bench()
    low(bench, 0, 10)
    bench.shelve("SPO2-LOW", seconds=60)
    low(bench, 11, 80)
    assert bench.states("SPO2-LOW") == [
        (0, "pending"),
        (5, "active"),
        (10, "shelved"),
        (70, "idle"),
        (70, "pending"),
        (75, "active"),
    ]


def test_shelving_the_milder_leaves_the_worse_alone() -> None:
    bench = Bench()
    bench.shelve("SPO2-LOW", at=0)
    bench.spo2(80, 1, to=10)
    assert bench.began("SPO2-DESAT") == [6]
    assert bench.state("SPO2-LOW") == "shelved"


def test_it_can_be_taken_off_early() -> None:
    bench = Bench()
    bench.shelve("SPO2-LOW", at=0)
    bench.spo2(85, 1, to=10)
    bench.do(Unshelve("1", "SPO2-LOW", NURSE), 11)
    assert bench.states("SPO2-LOW")[-2:] == [(11, "idle"), (11, "pending")]


def test_a_shelved_condition_that_becomes_high_comes_back_at_once() -> None:
    bench = Bench()
    bench.status(Status.MONITOR_ALARM, at=0, detail="PVC", priority="low")
    bench.shelve("MON-ALARM", at=1)
    bench.status(Status.MONITOR_ALARM, at=2, detail="V-FIB", priority="high")
    assert (bench.state("MON-ALARM"), bench.priority("MON-ALARM")) == ("active", "high")


# --- restart in each state --------------------------------------------------------------------------------------


def story(bench: Bench, restart: bool) -> list[object]:
    """Through every state of SPO2-LOW, SPO2-DESAT and HR-HIGH; with a restart after each step if told to."""
    said: list[object] = []

    def step(at: float, spo2: float, heart: float, act: str = "", condition: str = "") -> None:
        bench.spo2(spo2, at)
        bench.heart(heart, at)
        match act:
            case "acknowledge":
                bench.acknowledge(condition)
            case "shelve":
                bench.shelve(condition, seconds=30)
            case "pause":
                bench.pause()
        if restart:
            bench.restart()

    for t in range(400):
        act, condition = {
            12: ("acknowledge", "SPO2-DESAT"),
            30: ("shelve", "HR-HIGH"),
            100: ("pause", ""),
            260: ("acknowledge", "SPO2-DESAT"),
        }.get(t, ("", ""))
        step(t, 80 if t % 100 < 50 else 97, 130 if t % 150 < 100 else 70, act, condition)
    said += bench.said
    return said


def test_a_restart_at_any_moment_changes_nothing() -> None:
    assert story(Bench(), restart=True) == story(Bench(), restart=False)


@pytest.mark.parametrize("state", ["pending", "active", "acknowledged", "latched", "shelved"])
def test_a_restart_keeps_the_state_its_times_and_its_next_deadline(state: str) -> None:
    bench = Bench()
    bench.spo2(80, 0, to=3 if state == "pending" else 6)
    if state == "acknowledged":
        bench.acknowledge("SPO2-DESAT")
    if state == "latched":
        bench.spo2(97, 7, to=10)
    if state == "shelved":
        bench.shelve("HR-HIGH")
    name = "HR-HIGH" if state == "shelved" else "SPO2-DESAT"
    before, at = bench.view(name), bench.engine.next_deadline()
    bench.restart()
    assert (bench.view(name), bench.engine.next_deadline()) == (before, at)
    assert before.state == state


def test_a_delay_that_runs_at_a_restart_ends_at_its_own_moment() -> None:
    bench = Bench()
    bench.spo2(89, 60, to=70)
    bench.restart()
    bench.spo2(89, 71, to=74)
    bench.run_to(74.999)
    assert bench.state("SPO2-LOW") == "pending"
    bench.run_to(75)
    assert bench.began("SPO2-LOW") == [75]


# --- the machine by itself --------------------------------------------------------------------------------------


def beyond(delay_s: float = 10.0, **how: object) -> Finding:
    return Finding(Side.BEYOND, 1.0, 2.0, delay_s=delay_s, **how)  # type: ignore[arg-type]


def drive(track: Track, finding: Finding, now: float, timing: Timing = STREAM, latching: bool = False) -> list[str]:
    observe(track, finding, now)
    return [str(change.target) for change in settle(track, timing, latching, Priority.MEDIUM, now)]


def test_without_a_delay_it_still_goes_through_pending() -> None:
    assert drive(Track(), beyond(0.0), 7) == ["pending", "active"]


def test_an_idle_track_waits_for_nothing_but_its_finding() -> None:
    track = Track()
    observe(track, Finding(Side.CLEAR, until=50.0), 0)
    assert due(track, STREAM) == 50
    observe(track, CLEAR, 1)
    assert due(track, STREAM) is None


def test_the_next_deadline_is_the_earliest_of_all_that_run() -> None:
    track = Track()
    drive(track, beyond(10.0), 0)
    assert due(track, STREAM) == 10
    observe(track, UNKNOWN, 4)
    assert due(track, STREAM) == 14  # ten seconds in a row not beyond
    observe(track, CLEAR, 5)
    assert due(track, STREAM) == 8  # three in a row clear


def test_one_clear_reading_of_a_cuff_ends_it() -> None:
    track = Track()
    drive(track, beyond(0.0), 0, CUFF)
    assert drive(track, CLEAR, 100, CUFF) == ["idle"]


def test_there_is_nothing_to_answer_or_to_end_when_idle() -> None:
    assert acknowledge(Track(), NURSE, 0) is None
    assert end(Track(), 0, "the chair is empty") is None


def test_a_rise_by_time_alone_is_told() -> None:
    track = Track()
    rising = beyond(10.0, rises=(60.0, Priority.HIGH))
    drive(track, rising, 0)
    drive(track, rising, 10)
    assert due(track, STREAM) == 60
    assert drive(track, rising, 60) == ["None"]
    assert (track.state, track.priority) == (State.ACTIVE, Priority.HIGH)


def test_an_act_on_another_condition_is_refused_with_its_name() -> None:
    bench = Bench()
    with pytest.raises(UsageError, match="NO-SUCH"):
        bench.do(Acknowledge("1", "NO-SUCH", NURSE))
