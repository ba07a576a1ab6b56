"""Cuff pressures against their limits: repeats, three minutes of waiting, old readings, halves of readings (§6, §7)."""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import Bench, monitor
from vitalwatch.alarms import Profile
from vitalwatch.alarms.profile import Limits
from vitalwatch.model import Mode, Status, Vital

# --- BP-HIGH ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", [(160, 80), (120, 100)])
def test_a_pressure_at_the_limit_is_quiet(reading: tuple[float, float]) -> None:
    bench = Bench()
    bench.cuff(*reading, at=0)
    bench.cuff(*reading, at=60)
    assert bench.states("BP-HIGH") == []


@pytest.mark.parametrize("reading", [(161, 80), (120, 101)])
def test_a_first_raised_reading_is_pending_and_alarms_three_minutes_later(reading: tuple[float, float]) -> None:
    bench = Bench()
    bench.cuff(*reading, at=0)
    bench.run_to(179.999)
    assert bench.states("BP-HIGH") == [(0, "pending")]
    bench.run_to(180)
    assert bench.states("BP-HIGH") == [(0, "pending"), (180, "active")]
    assert bench.transitions("BP-HIGH")[-1].priority == "medium"


def test_a_second_raised_reading_alarms_whenever_it_comes() -> None:
    bench = Bench()
    bench.cuff(168, 102, at=0)
    assert bench.words("BP-HIGH") == ("168/102 repeat", "")
    bench.cuff(166, 90, at=40)
    assert bench.states("BP-HIGH") == [(0, "pending"), (40, "active")]
    assert bench.words("BP-HIGH") == ("BP high 166/90", "")


def test_a_raised_systolic_and_then_a_raised_diastolic_are_two_in_a_row() -> None:
    bench = Bench()
    bench.cuff(168, 80, at=0)
    bench.cuff(150, 101, at=40)
    assert bench.began("BP-HIGH") == [40]


def test_a_good_repeat_ends_the_waiting() -> None:
    bench = Bench()
    bench.cuff(168, 102, at=0)
    bench.cuff(130, 80, at=60)
    bench.run_to(600)
    assert bench.states("BP-HIGH") == [(0, "pending"), (60, "idle")]


def test_two_raised_readings_with_a_good_one_between_them_are_not_in_a_row() -> None:
    bench = Bench()
    bench.cuff(168, 102, at=0)
    bench.cuff(130, 80, at=60)
    bench.cuff(168, 102, at=120)
    assert bench.states("BP-HIGH")[-1] == (120, "pending")
    bench.run_to(300)
    assert bench.began("BP-HIGH") == [300]


def test_a_failed_repeat_does_not_stop_the_three_minutes() -> None:
    bench = Bench()
    bench.cuff(168, 102, at=0)
    bench.cuff(None, None, at=60)
    bench.run_to(180)
    assert bench.began("BP-HIGH") == [180]


def test_one_clear_reading_ends_it_at_once() -> None:
    bench = Bench()
    bench.cuff(168, 90, at=0)
    bench.cuff(168, 90, at=60)
    bench.cuff(155, 90, at=120)
    assert bench.states("BP-HIGH")[-1] == (120, "idle")


def test_four_below_the_limit_is_not_yet_clear() -> None:
    bench = Bench()
    bench.cuff(168, 90, at=0)
    bench.cuff(168, 90, at=60)
    bench.cuff(156, 90, at=120)
    assert bench.state("BP-HIGH") == "active"
    assert bench.words("BP-HIGH") == ("BP 156/90, was 168 > 160", "")
    bench.run_to(150)  # 30 s in a row not beyond
    assert bench.states("BP-HIGH")[-1] == (150, "idle")


def test_no_reading_ends_nothing() -> None:
    bench = Bench()
    bench.cuff(168, 90, at=0)
    bench.cuff(168, 90, at=60)
    bench.run_to(3600)
    assert bench.began("BP-HIGH") == [60]
    assert bench.state("BP-HIGH") == "active"


def test_a_missing_diastolic_is_shown_as_missing() -> None:
    bench = Bench()
    bench.cuff(168, None, at=0)
    bench.cuff(169, None, at=30)
    assert bench.words("BP-HIGH") == ("BP high 169/--", "")


# --- BP-CRISIS --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", [(200, 80), (150, 130)])
def test_at_the_top_limit_the_crisis_is_at_once(reading: tuple[float, float]) -> None:
    bench = Bench()
    bench.cuff(*reading, at=10)
    assert bench.states("BP-CRISIS") == [(10, "pending"), (10, "active")]
    assert bench.transitions("BP-CRISIS")[-1].priority == "high"


def test_it_is_printed_with_at_or_above() -> None:
    bench = Bench()
    bench.cuff(204, 118, at=10)
    assert bench.words("BP-CRISIS") == ("BP very high 204/118", "204 >= 200")


@pytest.mark.parametrize("reading", [(199, 80), (180, 80), (150, 129), (150, 120)])
def test_below_the_top_it_waits_for_a_repeat_and_bp_high_asks_for_one(reading: tuple[float, float]) -> None:
    bench = Bench()
    bench.cuff(*reading, at=0)
    assert bench.states("BP-HIGH") == [(0, "pending"), (0, "active")]
    assert bench.words("BP-HIGH") == (f"BP high {reading[0]:.0f}/{reading[1]:.0f}", "repeat now")
    assert bench.states("BP-CRISIS") == [(0, "pending")]
    bench.cuff(*reading, at=50)
    assert bench.began("BP-CRISIS") == [50]


@pytest.mark.parametrize("reading", [(179, 80), (150, 119)])
def test_one_below_the_crisis_limit_is_no_crisis(reading: tuple[float, float]) -> None:
    bench = Bench()
    bench.cuff(*reading, at=0)
    bench.cuff(*reading, at=60)
    assert bench.states("BP-CRISIS") == []
    assert bench.began("BP-HIGH") == [60]


def test_without_a_valid_reading_the_crisis_comes_after_three_minutes() -> None:
    bench = Bench()
    bench.cuff(182, 104, at=0)
    bench.cuff(None, None, at=100)
    bench.run_to(179.999)
    assert bench.state("BP-CRISIS") == "pending"
    bench.run_to(180)
    assert bench.began("BP-CRISIS") == [180]


def test_a_valid_reading_below_the_crisis_limit_ends_the_waiting_but_not_bp_high() -> None:
    bench = Bench()
    bench.cuff(182, 104, at=0)
    bench.cuff(177, 104, at=60)
    bench.run_to(600)
    assert bench.states("BP-CRISIS") == [(0, "pending"), (60, "idle")]
    assert bench.state("BP-HIGH") == "active"


def test_an_unanswered_crisis_latches_when_a_reading_is_clear() -> None:
    bench = Bench()
    bench.cuff(204, 118, at=0)
    bench.cuff(150, 90, at=60)
    assert bench.states("BP-CRISIS")[-1] == (60, "latched")
    assert bench.words("BP-CRISIS") == ("BP very high, was 204 >= 200", "")


def test_answering_the_crisis_answers_bp_high() -> None:
    bench = Bench()
    bench.cuff(204, 118, at=0)
    bench.acknowledge("BP-CRISIS", at=5)
    assert (bench.state("BP-HIGH"), bench.state("BP-CRISIS")) == ("acknowledged", "acknowledged")


def test_an_answered_crisis_below_the_top_does_not_sound_at_each_reading() -> None:
    bench = Bench()
    bench.cuff(184, 100, at=0)
    bench.cuff(184, 100, at=10)
    bench.acknowledge("BP-CRISIS")
    bench.cuff(186, 100, at=60)
    assert bench.state("BP-CRISIS") == "acknowledged"


def test_iron_has_no_waiting_for_a_crisis_at_200() -> None:
    bench = Bench(Profile(limits=Limits(systolic_high=170, systolic_crisis=200, systolic_at_once=200)))
    bench.cuff(199, 90, at=0)
    assert bench.states("BP-CRISIS") == []
    bench.cuff(200, 90, at=30)
    assert bench.began("BP-CRISIS") == [30]


# --- BP-LOW, BP-XLOW --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reading", "mean", "quiet"),
    [
        ("BP-LOW", (90, 50), None, True),
        ("BP-LOW", (89, 50), None, False),
        ("BP-LOW", (95, 45), 60, True),
        ("BP-LOW", (95, 45), 59, False),
        ("BP-XLOW", (80, 45), None, True),
        ("BP-XLOW", (79, 45), None, False),
    ],
)
def test_a_low_pressure_alarms_on_one_reading_at_once(
    name: str, reading: tuple[float, float], mean: float | None, quiet: bool
) -> None:
    bench = Bench()
    bench.cuff(*reading, at=7, mean=mean)
    assert bench.states(name) == ([] if quiet else [(7, "pending"), (7, "active")])


def test_words_and_priorities_of_low_pressures() -> None:
    bench = Bench()
    bench.cuff(78, 45, at=0)
    assert bench.words("BP-LOW")[0] == "BP low 78/45"
    assert bench.words("BP-XLOW")[0] == "BP very low 78/45"
    assert (bench.priority("BP-LOW"), bench.priority("BP-XLOW")) == ("medium", "high")
    assert bench.view("BP-LOW").masked


@pytest.mark.parametrize(("systolic", "ends"), [(95, True), (94, False)])
def test_a_low_pressure_is_over_five_above_the_limit(systolic: float, ends: bool) -> None:
    bench = Bench()
    bench.cuff(85, 50, at=0)
    bench.cuff(systolic, 60, at=60)
    assert (bench.state("BP-LOW") == "idle") is ends


def test_a_low_mean_keeps_it_though_the_systolic_is_clear() -> None:
    bench = Bench()
    bench.cuff(85, 50, at=0)
    bench.cuff(110, 35, at=60, mean=58)
    assert bench.state("BP-LOW") == "active"


def test_an_unanswered_very_low_pressure_latches() -> None:
    bench = Bench()
    bench.cuff(75, 45, at=0)
    bench.cuff(120, 70, at=60)
    assert bench.states("BP-XLOW")[-1] == (60, "latched")
    assert bench.states("BP-LOW")[-1] == (60, "idle")


# --- readings that must not be judged, and some that must ----------------------------------------------------------


@pytest.mark.parametrize(("age_s", "alarms"), [(0, True), (900, True), (901, False), (7200, False)])
def test_a_reading_first_seen_older_than_a_quarter_of_an_hour_raises_no_alarm(age_s: float, alarms: bool) -> None:
    bench = Bench(now=10_000)
    bench.cuff(70, 40, at=10_000, age_s=age_s)
    assert (bench.state("BP-XLOW") == "active") is alarms


def test_an_old_reading_does_not_end_an_alarm() -> None:
    bench = Bench(now=10_000)
    bench.cuff(70, 40, at=10_000)
    bench.cuff(120, 70, at=10_010, age_s=1000)
    assert bench.state("BP-XLOW") == "active"


def test_a_reading_measured_before_the_newest_one_does_not_end_an_alarm() -> None:
    bench = Bench(now=10_000)
    bench.cuff(70, 40, at=10_000)
    bench.cuff(120, 70, at=10_010, age_s=300)
    assert bench.state("BP-XLOW") == "active"


def test_a_reading_of_a_demo_raises_nothing_and_ends_nothing() -> None:
    bench = Bench()
    bench.cuff(220, 130, at=0, mode=Mode.DEMO)
    assert bench.states("BP-CRISIS") == []
    bench.cuff(220, 130, at=10)
    bench.cuff(120, 80, at=20, mode=Mode.DEMO)
    assert bench.state("BP-CRISIS") == "active"


def test_a_reading_with_only_a_mean_is_judged_by_its_mean() -> None:
    bench = Bench()
    bench.cuff(None, None, mean=45, at=0)
    assert bench.began("BP-LOW") == [0]


def test_a_reading_with_only_a_diastolic_is_judged_by_its_diastolic() -> None:
    bench = Bench()
    bench.cuff(None, 150, at=0)
    assert bench.began("BP-CRISIS") == [0]


def test_a_new_visit_knows_no_reading_of_the_one_before() -> None:
    bench = Bench()
    bench.cuff(175, 90, at=0)
    bench.new_visit(at=20)
    assert bench.state("BP-HIGH") == "idle"
    bench.cuff(175, 90, at=40)
    assert bench.state("BP-HIGH") == "pending"  # the first of two, not the second


# --- T-CUFF -----------------------------------------------------------------------------------------------------


def test_two_failed_tries_are_an_alarm_and_one_is_not() -> None:
    bench = Bench()
    bench.cuff(None, None, at=0)
    bench.run_to(30)
    assert bench.states("T-CUFF") == []
    bench.cuff(None, None, at=40)
    assert bench.began("T-CUFF") == [40]
    assert bench.words("T-CUFF") == ("NIBP failed", "2 tries")


def test_a_reading_between_two_failures_starts_the_count_anew() -> None:
    bench = Bench()
    bench.cuff(None, None, at=0)
    bench.cuff(120, 80, at=20)
    bench.cuff(None, None, at=40)
    assert bench.states("T-CUFF") == []


def test_a_failed_try_is_counted_once_whatever_the_monitor_says_of_it() -> None:
    """Inflating, failed, not inflating, and a reading without numbers: one try."""
    bench = Bench()
    bench.status(Status.CUFF_INFLATING, at=0)
    bench.status(Status.CUFF_FAILED, at=30)
    bench.status(Status.CUFF_INFLATING, False, at=30)
    bench.cuff(None, None, at=30)
    assert bench.states("T-CUFF") == []
    bench.status(Status.CUFF_INFLATING, at=60)
    bench.status(Status.CUFF_INFLATING, False, at=90)  # "failed" has stood since the first try
    assert bench.began("T-CUFF") == [90]


def test_a_reading_ends_it_after_three_seconds() -> None:
    bench = Bench()
    bench.cuff(None, None, at=0)
    bench.cuff(None, None, at=20)
    bench.cuff(120, 80, at=40)
    bench.run_to(43)
    assert bench.states("T-CUFF")[-1] == (43, "idle")


@pytest.mark.parametrize(
    ("phase", "priority"), [("infusion", "medium"), (None, "medium"), ("preparation", "low"), ("recovery", "low")]
)
def test_its_priority_follows_the_phase(phase: str | None, priority: str) -> None:
    bench = Bench(phase=phase)
    bench.cuff(None, None, at=0)
    bench.cuff(None, None, at=20)
    assert bench.priority("T-CUFF") == priority


def test_a_cuff_that_stays_inflated_on_the_oximeters_arm_is_one_after_a_minute() -> None:
    bench = Bench(same_limb=True)
    bench.status(Status.CUFF_INFLATING, at=5)
    bench.run_to(64.999)
    assert bench.states("T-CUFF") == []
    bench.run_to(65)
    assert bench.began("T-CUFF") == [65]
    bench.status(Status.CUFF_INFLATING, False, at=100)
    bench.run_to(103)
    assert bench.states("T-CUFF")[-1] == (103, "idle")


def test_a_cuff_that_is_never_released_goes_on_alarming() -> None:
    bench = Bench(same_limb=True)
    bench.status(Status.CUFF_INFLATING, at=0)
    bench.run_to(3600)
    assert bench.state("T-CUFF") == "active"


# --- T-NIBP-LATE ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval_s", "late_s"),
    [(900, 1350), (300, 450), (240, 360), (180, 300), (60, 180)],  # half as much again, at least two minutes more
)
def test_a_reading_is_overdue_after_its_interval_and_a_half(interval_s: float, late_s: float) -> None:
    bench = Bench(interval_s=interval_s)
    bench.cuff(120, 80, at=100)
    bench.run_to(100 + late_s - 0.001)
    assert bench.states("T-NIBP-LATE") == []
    bench.run_to(100 + late_s)
    assert bench.began("T-NIBP-LATE") == [100 + late_s]


def test_the_interval_is_the_profiles() -> None:
    bench = Bench()
    assert bench.chair.nibp_interval_s == 900


def test_without_any_reading_it_counts_from_when_the_chair_began_to_be_watched() -> None:
    bench = Bench(interval_s=300)
    bench.run_to(450)
    assert bench.began("T-NIBP-LATE") == [450]


def test_a_failed_try_is_no_reading() -> None:
    bench = Bench(interval_s=300)
    bench.cuff(120, 80, at=0)
    bench.cuff(None, None, at=300)
    bench.run_to(450)
    assert bench.began("T-NIBP-LATE") == [450]


def test_it_counts_from_when_the_reading_was_measured() -> None:
    bench = Bench(interval_s=300, now=1000)
    bench.cuff(120, 80, at=1200, age_s=100)
    bench.run_to(1550)
    assert bench.began("T-NIBP-LATE") == [1550]


def test_its_text_tells_how_long_it_is_overdue_by_now() -> None:
    bench = Bench(interval_s=300)
    bench.cuff(120, 80, at=0)
    bench.run_to(540)
    assert bench.words("T-NIBP-LATE") == ("BP overdue 4 min", "")
    bench.run_to(900)
    assert bench.words("T-NIBP-LATE") == ("BP overdue 10 min", "")


def test_a_reading_ends_it() -> None:
    bench = Bench(interval_s=300)
    bench.run_to(450)
    bench.cuff(120, 80, at=500)
    bench.run_to(503)
    assert bench.states("T-NIBP-LATE")[-1] == (503, "idle")


def test_a_chair_without_a_cuff_is_never_overdue() -> None:
    bench = Bench(None, monitor("ox", (Vital.SPO2,)), interval_s=300)
    bench.run_to(3600)
    assert bench.states("T-NIBP-LATE") == []


@pytest.mark.parametrize(("phase", "priority"), [("infusion", "medium"), (None, "medium"), ("recovery", "low")])
def test_how_urgent_an_overdue_reading_is_follows_the_phase(phase: str | None, priority: str) -> None:
    bench = Bench(phase=phase, interval_s=300)
    bench.run_to(450)
    assert bench.priority("T-NIBP-LATE") == priority


def test_a_new_visit_does_not_begin_overdue() -> None:
    bench = Bench(interval_s=300)
    for t in range(0, 7200, 300):
        bench.cuff(120, 80, at=t)
    bench.new_visit(at=7200)
    assert bench.state("T-NIBP-LATE") == "idle"
    bench.run_to(7650)
    assert bench.began("T-NIBP-LATE") == [7650]
