"""SpO2, heart rate and breathing against their limits: where, when, how long, in which words (§6, §7)."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.unit.alarms.bench import Bench, monitor
from vitalwatch.alarms import Profile
from vitalwatch.alarms.profile import Delays, Limits, Options
from vitalwatch.model import Mode, Status, Validity, Vital

SPO2, HEART, PULSE, RR = Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE, Vital.RESPIRATION_RATE


class Row(NamedTuple):
    """A limit of the catalogue with the figures of adult-default."""

    id: str
    vital: Vital
    inside: float
    """The last quiet value: the limit itself."""
    beyond: float
    delay_s: float
    hysteresis: float
    priority: str
    latching: bool
    text: str

    @property
    def outward(self) -> int:
        return -1 if self.beyond < self.inside else 1

    @property
    def ended(self) -> str:
        return "latched" if self.latching else "idle"


ROWS = [
    Row("SPO2-LOW", SPO2, 90, 89, 15, 2, "medium", False, "SpO2 low 89 < 90"),
    Row("SPO2-DESAT", SPO2, 85, 84, 5, 2, "high", True, "SpO2 very low 84 < 85"),
    Row("HR-HIGH", HEART, 120, 121, 10, 5, "medium", False, "HR high 121 > 120"),
    Row("HR-XHIGH", HEART, 150, 151, 5, 5, "high", True, "HR very high 151 > 150"),
    Row("HR-LOW", HEART, 50, 49, 10, 3, "medium", False, "HR low 49 < 50"),
    Row("HR-XLOW", HEART, 40, 39, 5, 3, "high", True, "HR very low 39 < 40"),
    Row("RR-LOW", RR, 8, 7, 30, 2, "medium", False, "RR low 7 < 8"),
]
every_limit = pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])


@every_limit
def test_a_value_at_the_limit_is_quiet(row: Row) -> None:
    bench = Bench()
    bench.sample(row.vital, row.inside, 0, to=120)
    assert bench.states(row.id) == []


@every_limit
def test_one_unit_beyond_is_pending_at_once_and_active_exactly_after_its_delay(row: Row) -> None:
    bench = Bench()
    bench.sample(row.vital, row.beyond, 60, to=60 + row.delay_s - 1)
    bench.run_to(60 + row.delay_s - 0.001)
    assert bench.states(row.id) == [(60, "pending")]
    bench.run_to(60 + row.delay_s)
    assert bench.states(row.id) == [(60, "pending"), (60 + row.delay_s, "active")]


@every_limit
def test_priority_text_limit_and_delay_are_told(row: Row) -> None:
    bench = Bench()
    bench.sample(row.vital, row.beyond, 0, to=row.delay_s)
    active = bench.transitions(row.id)[-1]
    assert (active.priority, active.text, active.note) == (row.priority, row.text, "")
    assert (active.value, active.limit, active.delay_s) == (row.beyond, row.inside, row.delay_s)
    assert active.limit_source == "adult-default (built in)"


@every_limit
def test_it_ends_three_seconds_after_it_is_back_inside_by_the_hysteresis(row: Row) -> None:
    bench = Bench()
    bench.sample(row.vital, row.beyond, 0, to=row.delay_s)
    bench.sample(row.vital, row.inside - row.outward * row.hysteresis, 100, to=102)
    bench.run_to(102.999)
    assert bench.state(row.id) == "active"
    bench.run_to(103)
    assert bench.states(row.id)[-1] == (103, row.ended)


@every_limit
def test_one_unit_less_than_the_hysteresis_ends_it_only_after_thirty_seconds(row: Row) -> None:
    bench = Bench()
    bench.sample(row.vital, row.beyond, 0, to=row.delay_s)
    bench.sample(row.vital, row.inside - row.outward * (row.hysteresis - 1), 100, to=129)
    bench.run_to(129.999)
    assert bench.state(row.id) == "active"
    bench.run_to(130)
    assert bench.states(row.id)[-1] == (130, row.ended)


@every_limit
def test_no_value_neither_starts_nor_ends_it(row: Row) -> None:
    bench = Bench()
    bench.sample(row.vital, None, 0, to=60)
    assert bench.states(row.id) == []
    bench.sample(row.vital, row.beyond, 61, to=61 + row.delay_s)
    bench.sample(row.vital, None, 62 + row.delay_s, to=600)
    assert bench.states(row.id) == [(61, "pending"), (61 + row.delay_s, "active")]


@every_limit
def test_values_of_a_demo_or_a_test_signal_raise_nothing(row: Row) -> None:
    bench = Bench()
    bench.sample(row.vital, row.beyond, 0, to=60, mode=Mode.DEMO)
    bench.sample(row.vital, row.beyond, 61, to=120, mode=Mode.TEST)
    assert bench.states(row.id) == []


@every_limit
def test_questionable_values_alarm_like_any_other(row: Row) -> None:
    bench = Bench()
    bench.sample(row.vital, row.beyond, 0, to=row.delay_s, validity=Validity.QUESTIONABLE)
    assert bench.began(row.id) == [row.delay_s]


# --- the graded delay of SPO2-LOW -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "delay"),
    [(89.9, 15), (88, 15), (87.9, 10), (87, 10), (86, 10), (85.9, 5), (85, 5), (80, 5)],
)
def test_the_deeper_the_fall_the_sooner_spo2_low(value: float, delay: float) -> None:
    bench = Bench()
    bench.spo2(value, 0, to=delay)
    assert bench.states("SPO2-LOW") == [(0, "pending"), (delay, "active")]
    assert bench.transitions("SPO2-LOW")[-1].delay_s == delay


def test_a_deeper_sample_alarms_at_once_when_the_clock_has_already_reached_its_delay() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=11)
    bench.spo2(87, 12)
    assert bench.states("SPO2-LOW") == [(0, "pending"), (12, "active")]


def test_a_shallower_sample_makes_the_delay_longer_again() -> None:
    bench = Bench()
    bench.spo2(87, 0, to=8)
    bench.spo2(89, 9, to=14)
    bench.run_to(14.999)
    assert bench.state("SPO2-LOW") == "pending"
    bench.run_to(15)
    assert bench.began("SPO2-LOW") == [15]


def test_a_decimal_is_shown_and_never_rounded_onto_the_limit() -> None:
    bench = Bench()
    bench.spo2(89.6, 0, to=15)
    assert bench.words("SPO2-LOW") == ("SpO2 low 89.6 < 90", "")


# --- the exact rule of the delay --------------------------------------------------------------------------------


def test_between_stops_the_clock_and_does_not_reset_it() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=9)
    bench.spo2(91, 10, to=18)  # 9 s between
    bench.spo2(89, 19, to=23)
    bench.run_to(23.999)
    assert bench.states("SPO2-LOW") == [(0, "pending")]
    bench.run_to(24)
    assert bench.began("SPO2-LOW") == [24]


def test_ten_seconds_in_a_row_between_start_the_clock_anew() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=9)
    bench.spo2(91, 10, to=19)
    bench.run_to(19.999)
    assert bench.state("SPO2-LOW") == "pending"
    bench.spo2(89, 20)  # deadlines come first at equal times: idle, and pending anew
    assert bench.states("SPO2-LOW") == [(0, "pending"), (20, "idle"), (20, "pending")]


def test_unknown_and_between_together_are_one_run_of_not_beyond() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=9)
    bench.spo2(None, 10, to=14)
    bench.spo2(91, 15, to=19)
    bench.run_to(20)
    assert bench.states("SPO2-LOW") == [(0, "pending"), (20, "idle")]


def test_three_seconds_in_a_row_clear_start_the_clock_anew() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=9)
    bench.spo2(92, 10, to=12)
    bench.run_to(12.999)
    assert bench.state("SPO2-LOW") == "pending"
    bench.run_to(13)
    assert bench.states("SPO2-LOW")[-1] == (13, "idle")


def test_two_seconds_clear_reset_nothing() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=9)
    bench.spo2(95, 10, to=11)
    bench.spo2(89, 12, to=17)
    assert bench.began("SPO2-LOW") == [17]


def test_a_sample_stands_five_seconds_and_no_longer() -> None:
    bench = Bench()
    bench.spo2(89, 0)
    bench.spo2(89, 10)  # five seconds of standing, five of nothing
    bench.run_to(15)
    assert bench.track("SPO2-LOW").clock == 10
    bench.spo2(89, 19)
    bench.run_to(23.999)
    assert bench.state("SPO2-LOW") == "pending"


def test_a_sample_of_a_slow_source_stands_two_of_its_periods() -> None:
    bench = Bench(None, monitor(period_s=10))
    bench.spo2(89, 0)
    bench.run_to(14.999)
    assert bench.state("SPO2-LOW") == "pending"
    bench.run_to(15)
    assert bench.began("SPO2-LOW") == [15]


def test_a_run_of_clear_is_broken_by_unknown_time() -> None:
    """Unknown time ends nothing: 2 s clear, a gap, 2 s clear are not 3 s in a row."""
    bench = Bench()
    bench.spo2(84, 0, to=5)
    bench.spo2(97, 6, to=7)
    bench.spo2(None, 8, to=9)
    bench.spo2(97, 10, to=11)
    bench.spo2(None, 12)
    bench.run_to(60)
    assert bench.state("SPO2-DESAT") == "active"


def test_samples_each_tenth_of_a_second_end_a_delay_at_the_exact_moment() -> None:
    bench = Bench()
    for k in range(160):
        bench.spo2(89, k * 0.1)  # 0.1 has no exact form; sums of it must not shift the alarm
    assert bench.states("SPO2-LOW") == [(0, "pending"), (15.0, "active")]


def test_a_deadline_at_the_moment_of_a_clear_sample_comes_first() -> None:
    """§6: at equal times deadlines come first, so a value that held for the whole delay has alarmed."""
    bench = Bench()
    bench.spo2(89, 60, to=74)
    bench.spo2(97, 75)
    assert bench.states("SPO2-LOW") == [(60, "pending"), (75, "active")]


# --- words ------------------------------------------------------------------------------------------------------


def test_while_between_the_text_says_what_it_was() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=15)
    bench.spo2(91, 16)
    assert bench.words("SPO2-LOW") == ("SpO2 91, was 89 < 90", "")


def test_without_a_value_the_text_has_no_number_and_the_note_its_age() -> None:
    bench = Bench()
    bench.spo2(84, 0, to=5)
    bench.spo2(None, 6)
    bench.run_to(19)
    assert bench.words("SPO2-DESAT") == ("SpO2 very low < 85", "last 84, 0:14 ago")


def test_when_samples_just_stop_the_last_one_is_marked_as_old_from_five_seconds_on() -> None:
    bench = Bench()
    bench.spo2(84, 0, to=5)
    bench.run_to(9.9)
    assert bench.words("SPO2-DESAT") == ("SpO2 very low 84 < 85", "")
    bench.run_to(10)
    assert bench.words("SPO2-DESAT") == ("SpO2 very low < 85", "last 84, 0:05 ago")


def test_a_latched_alarm_says_was() -> None:
    bench = Bench()
    bench.spo2(84, 0, to=5)
    bench.spo2(97, 6, to=10)
    assert bench.words("SPO2-DESAT") == ("SpO2 very low, was 84 < 85", "")


def test_the_text_follows_the_newest_value() -> None:
    bench = Bench()
    bench.spo2(84, 0, to=5)
    bench.spo2(79, 6)
    assert bench.words("SPO2-DESAT") == ("SpO2 very low 79 < 85", "")


# --- the source of HR-* -----------------------------------------------------------------------------------------


def test_without_a_heart_rate_the_pulse_rate_is_judged() -> None:
    bench = Bench()
    bench.pulse(130, 0, to=10)
    assert bench.began("HR-HIGH") == [10]


def test_while_there_is_a_heart_rate_the_pulse_rate_is_not_judged() -> None:
    bench = Bench()
    bench.feed(0, 60, {HEART: 80, PULSE: 130})
    assert bench.states("HR-HIGH") == []


def test_when_the_heart_rate_ends_the_pulse_rate_takes_over() -> None:
    bench = Bench()
    bench.feed(0, 10, {HEART: 80, PULSE: 130})
    bench.feed(11, 21, {HEART: None, PULSE: 130})
    assert bench.states("HR-HIGH") == [(11, "pending"), (21, "active")]


def test_the_rate_of_the_cuff_feeds_nothing() -> None:
    bench = Bench()
    bench.sample(Vital.CUFF_PULSE_RATE, 190, 0, to=60)
    assert bench.present() == []


def test_a_real_zero_of_the_heart_rate_is_an_alarm_and_not_a_missing_value() -> None:
    bench = Bench()
    bench.heart(0, 0, to=5)
    assert bench.began("HR-XLOW") == [5]
    assert bench.words("HR-XLOW") == ("HR very low 0 < 40", "")


# --- two devices ------------------------------------------------------------------------------------------------


def two_oximeters(period_s: float = 1.0) -> Bench:
    return Bench(None, monitor("old", (SPO2, PULSE)), monitor("new", (SPO2, PULSE), period_s))


def test_of_two_sources_the_first_of_the_config_wins() -> None:
    bench = two_oximeters()
    for t in range(30):
        bench.spo2(97, t, device="old")
        bench.spo2(80, t, device="new")
    assert bench.states("SPO2-DESAT") == []


def test_the_second_source_takes_over_when_the_first_has_been_without_a_value_for_its_staleness_time() -> None:
    bench = two_oximeters()
    bench.spo2(97, 0, device="old")
    for t in range(1, 12):
        bench.spo2(None, t, device="old")
        bench.spo2(80, t, device="new")
    assert bench.states("SPO2-DESAT") == [(5, "pending"), (10, "active")]


def test_a_silent_first_source_does_not_hide_the_second() -> None:
    bench = two_oximeters()
    bench.spo2(80, 0, to=6, device="new")
    assert bench.began("SPO2-DESAT") == [5]


def test_a_demo_as_first_source_does_not_hide_the_second() -> None:
    bench = two_oximeters()
    for t in range(8):
        bench.spo2(98, t, device="old", mode=Mode.DEMO)
        bench.spo2(80, t, device="new")
    assert bench.began("SPO2-DESAT") == [5]


def test_a_slow_second_source_takes_over_at_the_moment_and_not_at_its_next_sample() -> None:
    bench = two_oximeters(period_s=30)
    bench.spo2(97, 0, device="old")
    bench.spo2(None, 0.5, device="old")  # and then nothing: pulled out
    bench.spo2(80, 1, device="new")  # stands for a minute
    bench.run_to(12)
    assert bench.states("SPO2-DESAT") == [(5, "pending"), (10, "active")]


# --- pairs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("milder", "worse", "vital", "value"),
    [
        ("SPO2-LOW", "SPO2-DESAT", SPO2, 80),
        ("HR-HIGH", "HR-XHIGH", HEART, 160),
        ("HR-LOW", "HR-XLOW", HEART, 35),
    ],
)
def test_of_a_pair_only_the_worse_lights_and_its_acknowledgement_is_the_milder_ones(
    milder: str, worse: str, vital: Vital, value: float
) -> None:
    bench = Bench()
    bench.sample(vital, value, 0, to=12)
    assert (bench.view(milder).masked, bench.view(worse).masked) == (True, False)
    bench.acknowledge(worse)
    assert (bench.state(milder), bench.state(worse)) == ("acknowledged", "acknowledged")


def test_acknowledging_the_milder_never_answers_the_worse() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=6)
    bench.acknowledge("SPO2-LOW")
    assert (bench.state("SPO2-LOW"), bench.state("SPO2-DESAT")) == ("acknowledged", "active")


def test_the_milder_lights_again_when_the_worse_is_over() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=6)
    bench.spo2(88, 7, to=12)
    assert bench.state("SPO2-DESAT") == "latched"
    assert (bench.state("SPO2-LOW"), bench.view("SPO2-LOW").masked) == ("active", False)


# --- cuff on the oximeter's arm ---------------------------------------------------------------------------------


def test_an_inflating_cuff_holds_spo2_and_the_pulse_back_from_starting() -> None:
    bench = Bench(same_limb=True)
    bench.feed(0, 9, {SPO2: 98, PULSE: 70})
    bench.status(Status.CUFF_INFLATING, at=10)
    bench.feed(10, 44, {SPO2: 70, PULSE: 35})
    bench.status(Status.CUFF_INFLATING, False, at=45)
    bench.feed(45, 60, {SPO2: 98, PULSE: 70})
    assert [c for c in bench.present() if not c.startswith("T-")] == []
    assert bench.began("SPO2-LOW") == bench.began("SPO2-DESAT") == bench.began("HR-LOW") == []


def test_the_hold_does_not_touch_the_heart_rate_of_an_ecg() -> None:
    bench = Bench(same_limb=True)
    bench.status(Status.CUFF_INFLATING, at=0)
    bench.heart(35, 0, to=5)
    assert bench.began("HR-XLOW") == [5]


def test_the_hold_never_hides_an_alarm_that_is_already_active() -> None:
    bench = Bench(same_limb=True)
    bench.spo2(80, 0, to=6)
    bench.status(Status.CUFF_INFLATING, at=7)
    bench.spo2(99, 8, to=40)  # the arm without blood: any number
    assert bench.state("SPO2-DESAT") == "active"


def test_the_hold_ends_after_a_minute_though_nobody_says_so() -> None:
    bench = Bench(same_limb=True)
    bench.status(Status.CUFF_INFLATING, at=0)
    bench.spo2(80, 0, to=64)
    bench.run_to(65)
    assert bench.states("SPO2-DESAT") == [(60, "pending"), (65, "active")]


def test_a_slow_source_is_judged_at_the_moment_when_the_hold_ends() -> None:
    bench = Bench(None, monitor(period_s=30), same_limb=True)
    bench.status(Status.CUFF_INFLATING, at=0)
    bench.spo2(80, 30)  # stands until 90
    bench.run_to(66)
    assert bench.states("SPO2-DESAT") == [(60, "pending"), (65, "active")]


def test_on_the_other_arm_nothing_is_held() -> None:
    bench = Bench(same_limb=False)
    bench.status(Status.CUFF_INFLATING, at=0)
    bench.spo2(80, 0, to=5)
    assert bench.began("SPO2-DESAT") == [5]


# --- sensor off -------------------------------------------------------------------------------------------------


def test_no_spo2_alarm_starts_while_the_sensor_is_off() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=5)
    bench.status(Status.SENSOR_OFF, at=6)
    bench.spo2(70, 6, to=30)  # ambient light through an empty probe
    assert bench.states("SPO2-DESAT") == []
    assert bench.began("T-PROBE") == [16]


def test_the_last_sample_before_sensor_off_does_not_count_on() -> None:
    bench = Bench(None, monitor(period_s=5))
    bench.spo2(80, 0)
    bench.status(Status.SENSOR_OFF, at=1)
    bench.run_to(9)
    assert bench.began("SPO2-DESAT") == []


def test_an_active_spo2_alarm_outlives_the_sensor_with_its_last_value_marked() -> None:
    bench = Bench()
    bench.spo2(73, 0, to=6)
    bench.status(Status.SENSOR_OFF, at=7)
    bench.spo2(None, 7, to=20)
    assert bench.state("SPO2-DESAT") == "active"
    assert bench.words("SPO2-DESAT") == ("SpO2 very low < 85", "last 73, 0:14 ago")


def test_it_ends_only_when_valid_values_are_back_inside() -> None:
    bench = Bench()
    bench.spo2(73, 0, to=6)
    bench.status(Status.SENSOR_OFF, at=7)
    bench.spo2(None, 7, to=100)
    bench.acknowledge("SPO2-DESAT")
    bench.status(Status.SENSOR_OFF, False, at=101)
    bench.spo2(97, 101, to=104)
    assert bench.states("SPO2-DESAT")[-1] == (104, "idle")


# --- SatSeconds -------------------------------------------------------------------------------------------------


def sat(setting: float, counting: str = "mindray") -> Bench:
    return Bench(Profile(options=Options(sat_seconds=setting, sat_seconds_counting=counting)))


def test_the_integral_takes_the_place_of_the_graded_delay() -> None:
    bench = sat(50)
    bench.spo2(88, 0, to=26)  # 2 points a second
    assert bench.states("SPO2-LOW") == [(0, "pending"), (25, "active")]


def test_the_worse_limit_does_not_wait_for_the_integral() -> None:
    bench = sat(100)
    bench.spo2(84, 0, to=5)
    assert bench.began("SPO2-DESAT") == [5]


def test_the_integral_runs_back_down_while_the_value_is_inside() -> None:
    bench = sat(50)
    bench.spo2(88, 0, to=19)  # 40 points
    bench.spo2(97, 20, to=119)  # back to none
    bench.spo2(88, 120, to=146)
    assert bench.began("SPO2-LOW") == [145]


def test_three_dips_in_more_than_a_minute_do_not_alarm() -> None:
    bench = sat(100)
    for start in (0, 30.5, 61):
        bench.spo2(89, start, to=start + 1)
        bench.spo2(97, start + 2, to=start + 28)
    assert bench.began("SPO2-LOW") == []


def test_with_ge_counting_a_value_at_the_limit_counts_one_point() -> None:
    bench = sat(10, "ge")
    bench.spo2(90, 0, to=7)  # 8 points
    bench.spo2(89, 8, to=12)  # 2 a second
    assert bench.began("SPO2-LOW") == [9]


def test_time_without_samples_adds_nothing_to_the_integral() -> None:
    bench = sat(50)
    bench.spo2(89, 0)  # stands 5 s: 5 points
    bench.heard(1, to=57)
    bench.spo2(89, 58, to=62)  # 5 more
    assert bench.began("SPO2-LOW") == []


def test_a_gap_within_one_fall_is_not_another_fall() -> None:
    bench = sat(100)
    bench.spo2(89, 0, to=1)
    bench.spo2(None, 2)
    bench.spo2(89, 3, to=4)
    bench.spo2(None, 5)
    bench.spo2(89, 6, to=7)
    assert bench.began("SPO2-LOW") == []


# --- other limits -----------------------------------------------------------------------------------------------


def test_limits_and_delays_come_from_the_profile() -> None:
    profile = Profile(
        name="ours", limits=Limits(spo2_low=92), delays=Delays(spo2_low=20), sources={"limits.spo2_low": "ours.toml:9"}
    )
    bench = Bench(profile)
    bench.spo2(91, 0, to=20)
    active = bench.transitions("SPO2-LOW")[-1]
    assert (active.at, active.text, active.limit_source) == (20, "SpO2 low 91 < 92", "ours.toml:9")


def test_a_limit_that_changes_is_the_limit_in_the_text() -> None:
    bench = Bench()
    bench.spo2(88, 0, to=15)
    bench.change("limits.spo2_low", 92)
    assert bench.words("SPO2-LOW") == ("SpO2 low 88 < 92", "")


def test_a_value_that_a_new_limit_makes_clear_ends_the_alarm() -> None:
    bench = Bench()
    bench.spo2(88, 0, to=15)
    bench.change("limits.spo2_low", 86, reason="known lung disease", second="Ben")
    bench.spo2(88, 16, to=18)
    assert bench.states("SPO2-LOW")[-1] == (18, "idle")


def test_a_tightened_limit_is_judged_at_once() -> None:
    bench = Bench()
    bench.spo2(91, 0)
    bench.change("limits.spo2_low", 92, at=1)
    assert bench.states("SPO2-LOW") == [(1, "pending")]
