"""A chair's states, and what is known about it: empty, watched, standby; samples, sources, holds, clocks (§6)."""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import NURSE, STREAMED, Bench, monitor
from vitalwatch.alarms import DeviceSpec
from vitalwatch.alarms.events import SetChairState
from vitalwatch.errors import UsageError
from vitalwatch.model import Mode, Status, Validity, Vital

SPO2, HEART = Vital.SPO2, Vital.HEART_RATE


def changes(bench: Bench) -> list[tuple[float, str, str]]:
    return [(event.at, event.text, event.actor) for event in bench.events("chair_state")]


# --- unwatched chairs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["empty", "standby"])
def test_an_unwatched_chair_raises_no_alarm(state: str) -> None:
    bench = Bench(start=state)
    bench.spo2(80, 0, to=8)
    bench.spo2(None, 9)
    bench.link(False, 9)
    bench.cuff(220, 130, at=9)
    bench.status(Status.BATTERY_LOW, at=10)
    bench.run_to(3600)
    assert bench.present() == []


@pytest.mark.parametrize("state", ["empty", "standby"])
def test_ten_seconds_of_valid_values_make_it_watched(state: str) -> None:
    bench = Bench(start=state)
    bench.spo2(97, 20, to=29)
    bench.run_to(29.999)
    assert bench.chair.state == state
    bench.run_to(30)
    assert bench.chair.state == "watched"
    assert changes(bench) == [(30, "watched", "")]


def test_a_break_in_the_values_starts_the_ten_seconds_anew() -> None:
    bench = Bench(start="empty")
    bench.spo2(97, 0, to=8)
    bench.spo2(None, 9)
    bench.spo2(97, 10, to=19)
    bench.run_to(19.999)
    assert bench.chair.state == "empty"
    bench.run_to(20)
    assert bench.chair.state == "watched"


def test_one_value_and_then_nothing_does_not() -> None:
    bench = Bench(start="empty")
    bench.spo2(97, 0)
    bench.run_to(60)
    assert bench.chair.state == "empty"


@pytest.mark.parametrize("mode", [Mode.DEMO, Mode.TEST])
def test_values_of_a_demo_do_not(mode: Mode) -> None:
    bench = Bench(start="empty")
    bench.spo2(97, 0, to=60, mode=mode)
    assert bench.chair.state == "empty"


def test_a_cuff_reading_alone_does_not() -> None:
    bench = Bench(start="empty")
    for t in range(0, 60, 5):
        bench.cuff(120, 80, at=t)
    assert bench.chair.state == "empty"


def test_a_chair_emptied_by_mistake_is_watched_again_after_ten_seconds_and_alarms_with_its_delay() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=20)
    bench.chair_state("empty", at=20.5)
    assert bench.state("SPO2-DESAT") == "idle"
    bench.spo2(80, 21, to=36)
    assert changes(bench) == [(20.5, "empty", NURSE), (31, "watched", "")]
    assert bench.states("SPO2-DESAT")[-2:] == [(31, "pending"), (36, "active")]


def test_loss_of_data_never_takes_a_chair_out_of_watching() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=20)
    bench.link(False, 21)
    bench.run_to(86_400)
    assert bench.chair.state == "watched"
    assert bench.state("T-LINK") == "active"


def test_the_act_ends_every_alarm_with_the_name_of_who_did_it() -> None:
    bench = Bench()
    bench.feed(0, 12, {SPO2: 80, HEART: 130})
    bench.acknowledge("HR-HIGH")
    bench.pause()
    bench.chair_state("standby", at=20)
    assert bench.present() == []
    for name in ("SPO2-LOW", "SPO2-DESAT", "HR-HIGH"):
        assert (bench.transitions(name)[-1].target, bench.transitions(name)[-1].actor) == ("idle", NURSE)
    assert bench.chair.audio_paused_until is None


def test_standby_keeps_the_patient_and_empty_forgets() -> None:
    bench = Bench()
    bench.baseline(60, spo2=98)
    bench.chair_state("standby", at=61)
    assert (bench.chair.baseline is not None, bench.chair.phase) == (True, "infusion")
    bench.chair_state("empty", at=62)
    assert (bench.chair.baseline, bench.chair.phase) == (None, "unknown")


def test_a_chair_that_becomes_watched_is_judged_at_once() -> None:
    bench = Bench(start="standby")
    bench.link(False, 0)
    bench.chair_state("watched", at=100)
    bench.run_to(105)
    assert bench.began("T-LINK") == [105]


def test_other_states_are_refused() -> None:
    with pytest.raises(UsageError):
        Bench().do(SetChairState("1", "sleeping", NURSE), 0)


def test_a_reading_taken_before_the_first_values_counts_when_the_chair_becomes_watched() -> None:
    bench = Bench(start="empty", phase=None)
    bench.cuff(85, 50, at=0)
    bench.spo2(97, 10, to=20)
    assert bench.began("BP-LOW") == [20]


def test_an_unknown_phase_counts_as_an_infusion() -> None:
    bench = Bench(phase=None)
    assert (bench.chair.phase, bench.chair.infusing) == ("unknown", True)


# --- samples ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("period_s", "stands_s"), [(0.02, 5), (1, 5), (2.5, 5), (3, 6), (60, 120)])
def test_how_long_a_sample_stands(period_s: float, stands_s: float) -> None:
    bench = Bench(None, monitor(period_s=period_s))
    bench.spo2(97, 100)
    sample = bench.chair.newest(SPO2, 100)
    assert sample is not None
    assert sample.speaks(100 + stands_s - 0.001)
    assert not sample.speaks(100 + stands_s)


@pytest.mark.parametrize("period_s", [0.5, 1, 4])
def test_a_device_is_silent_after_three_periods_at_least_ten_seconds(period_s: float) -> None:
    assert DeviceSpec("d", STREAMED, period_s).silent_after_s == max(10.0, 3 * period_s)


def test_a_value_beside_a_validity_that_forbids_it_is_not_kept() -> None:
    bench = Bench()
    bench.spo2(55, 0, validity=Validity.INVALID)
    assert bench.chair.last_usable(SPO2) is None


def test_the_last_usable_value_is_the_newest_over_all_devices() -> None:
    bench = Bench(None, monitor("a"), monitor("b"))
    bench.spo2(97, 0, device="b")
    bench.spo2(95, 3, device="a")
    bench.spo2(None, 4, device="a")
    assert bench.chair.last_usable(SPO2) == (95, 3)


# --- readings -----------------------------------------------------------------------------------------------------


def test_the_newest_measured_reading_is_shown_whatever_came_last() -> None:
    bench = Bench(now=5000)
    bench.cuff(120, 80, at=5000)
    bench.cuff(150, 90, at=5010, age_s=400)
    assert bench.chair.cuff_newest is not None
    assert bench.chair.cuff_newest.text == "120/80"


def test_an_old_reading_is_shown_though_it_raises_no_alarm() -> None:
    bench = Bench(now=5000)
    bench.cuff(190, 110, at=5000, age_s=2000)
    assert bench.chair.cuff_newest is not None
    assert (bench.chair.cuff_newest.text, bench.chair.cuff_newest.at) == ("190/110", 3000)
    assert bench.state("BP-HIGH") == "idle"


def test_what_is_kept_of_readings_is_bounded() -> None:
    bench = Bench()
    for t in range(1000):
        bench.cuff(120, 80, at=t)
    assert len(bench.chair.cuff) < 100


def test_what_is_kept_of_values_is_ten_minutes() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=3600, every=4)
    assert len(bench.chair.history[SPO2]) == 120
