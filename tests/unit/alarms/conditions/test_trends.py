"""Changes from the patient's own baseline, lines towards a limit, and signs of a reaction (§3.1, §7)."""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import Bench, monitor
from vitalwatch.alarms import Profile
from vitalwatch.alarms.chair import TICK_S
from vitalwatch.alarms.profile import Limits, Options, Trends
from vitalwatch.model import Status, Vital

SPO2, HEART = Vital.SPO2, Vital.HEART_RATE
KETAMINE = Profile(trends=Trends(rise_medium_systolic=40, rise_medium_diastolic=25))
IRON = Profile(options=Options(reaction=True), trends=Trends(fall_low_percent=20, fall_medium_percent=30))


# --- SPO2-DROP --------------------------------------------------------------------------------------------------


def test_four_below_the_baseline_for_a_minute_is_a_low_alarm() -> None:
    bench = Bench()
    bench.baseline(30, spo2=98)
    bench.spo2(94, 31, to=90)
    bench.run_to(90.999)
    assert bench.states("SPO2-DROP") == [(31, "pending")]
    bench.run_to(91)
    assert bench.began("SPO2-DROP") == [91]
    assert bench.priority("SPO2-DROP") == "low"
    assert bench.words("SPO2-DROP") == ("SpO2 falling 94, was 98", "")


def test_three_below_is_none() -> None:
    bench = Bench()
    bench.baseline(30, spo2=98)
    bench.spo2(95, 31, to=200)
    assert bench.states("SPO2-DROP") == []


def test_without_a_baseline_there_is_no_drop() -> None:
    bench = Bench()
    bench.spo2(99, 0, to=60)
    bench.spo2(91, 61, to=200)
    assert bench.states("SPO2-DROP") == []


def test_under_the_low_limit_the_limit_has_the_word() -> None:
    bench = Bench()
    bench.baseline(30, spo2=98)
    bench.spo2(89, 31, to=200)
    assert bench.states("SPO2-DROP") == []
    assert bench.began("SPO2-LOW") == [46]


def test_at_the_low_limit_it_is_still_a_drop() -> None:
    bench = Bench()
    bench.baseline(30, spo2=98)
    bench.spo2(90, 31, to=91)
    assert bench.began("SPO2-DROP") == [91]


def test_one_back_for_three_seconds_ends_it() -> None:
    bench = Bench()
    bench.baseline(30, spo2=98)
    bench.spo2(94, 31, to=95)
    bench.spo2(95, 96, to=99)
    assert bench.states("SPO2-DROP")[-1] == (99, "idle")


def test_it_is_held_off_for_ten_minutes_after_an_answer() -> None:
    bench = Bench()
    bench.baseline(30, spo2=98)
    bench.spo2(94, 31, to=95)
    bench.acknowledge("SPO2-DROP")  # at 95
    bench.spo2(97, 96, to=200)
    bench.spo2(94, 201, to=300)
    assert bench.state("SPO2-DROP") == "acknowledged"
    assert bench.began("SPO2-DROP") == [91]


def test_after_ten_minutes_it_calls_again() -> None:
    bench = Bench()
    bench.baseline(30, spo2=98)
    bench.spo2(94, 31, to=95)
    bench.acknowledge("SPO2-DROP")
    bench.spo2(97, 96, to=640)
    bench.spo2(94, 641, to=720)
    assert bench.began("SPO2-DROP") == [91, 701]


def test_within_the_ten_minutes_it_calls_again_when_it_has_got_worse_by_its_step() -> None:
    bench = Bench()
    bench.baseline(30, spo2=99)
    bench.spo2(95, 31, to=95)
    bench.acknowledge("SPO2-DROP")
    bench.spo2(92, 96, to=100)
    assert bench.state("SPO2-DROP") == "acknowledged"
    bench.spo2(91, 101)
    assert bench.state("SPO2-DROP") == "active"


def test_with_the_sensor_off_its_text_has_no_present_value() -> None:
    bench = Bench()
    bench.baseline(30, spo2=98)
    bench.spo2(94, 31, to=95)
    bench.status(Status.SENSOR_OFF, at=96)
    bench.spo2(None, 96, to=300)
    text, note = bench.words("SPO2-DROP")
    assert bench.state("SPO2-DROP") == "active"
    assert "94" not in text
    assert note == "last 94, 3:25 ago"


def test_back_inside_its_text_has_the_present_value() -> None:
    bench = Bench()
    bench.baseline(30, spo2=98)
    bench.spo2(94, 31, to=95)
    bench.spo2(97, 96)
    assert bench.state("SPO2-DROP") == "active"
    assert "97" in bench.words("SPO2-DROP")[0]


# --- SPO2-TTL ---------------------------------------------------------------------------------------------------


def falling(per_min: float, start: float = 98, minutes: float = 8) -> Bench:
    bench = Bench()
    for t in range(int(minutes * 60)):
        bench.spo2(round(start - per_min * t / 60, 1), t)
    return bench


def test_a_line_that_meets_the_low_limit_within_five_minutes_is_a_low_alarm() -> None:
    bench = falling(0.8, start=96.5)  # at 5 min: 92.5, and 3 more minutes to 90
    (began,) = bench.began("SPO2-TTL")
    assert 360 <= began < 360 + TICK_S  # five minutes of history, and its delay of one, at the chair's own tick
    assert bench.priority("SPO2-TTL") == "low"
    told = bench.transitions("SPO2-TTL")[-1].text
    assert told == "SpO2 92, -0.8/min, 90 in about 2 min"


@pytest.mark.parametrize(
    ("per_min", "start", "minutes"),
    [(0.5, 99, 8), (0.1, 91, 12), (-0.8, 90, 8), (0.0, 91, 10)],
    ids=["limit too far away", "slope within the noise", "rising", "level"],
)
def test_other_lines_are_none(per_min: float, start: float, minutes: float) -> None:
    bench = falling(per_min, start, minutes)
    assert bench.began("SPO2-TTL") == []


def test_less_than_three_fifths_of_the_window_is_no_evidence() -> None:
    bench = Bench()
    for t in range(480):
        bench.spo2(round(96.5 - 0.8 * t / 60, 1) if t % 20 < 5 else None, t)
    assert bench.states("SPO2-TTL") == []


def test_single_wild_values_do_not_bend_the_line() -> None:
    bench = Bench()
    for t in range(600):
        bench.spo2(92 if t % 60 < 15 and t > 300 else 97, t)
    assert bench.began("SPO2-TTL") == []


def test_with_the_sensor_off_the_line_is_not_drawn_on_as_a_value() -> None:
    bench = Bench()
    for t in range(400):
        bench.spo2(round(96.5 - 0.8 * t / 60, 1), t)
    assert bench.state("SPO2-TTL") == "active"
    bench.status(Status.SENSOR_OFF, at=400)
    bench.spo2(None, 400, to=460)
    text, note = bench.words("SPO2-TTL")
    assert not text.startswith("SpO2 9") or "last" in note


# --- HR-TREND ---------------------------------------------------------------------------------------------------


def ramp(per_min: float, base: float = 70, minutes: float = 7) -> Bench:
    bench = Bench()
    bench.baseline(60, heart=base)
    for t in range(61, int(61 + minutes * 60)):
        bench.heart(round(base + per_min * (t - 61) / 60, 1), t)
    return bench


def test_a_rate_that_rises_fast_and_is_twenty_above_its_baseline_is_a_low_alarm() -> None:
    bench = ramp(5)
    assert len(bench.began("HR-TREND")) == 1
    # 20 above the baseline is reached 4 min after 61, the window is full at 5 min of history; then a minute of delay
    assert 360 <= bench.began("HR-TREND")[0] <= 400
    assert bench.priority("HR-TREND") == "low"
    assert bench.transitions("HR-TREND")[-1].text.startswith("HR rising fast ")
    assert bench.transitions("HR-TREND")[-1].text.endswith("/min, was 70")


def test_a_falling_rate_says_falling() -> None:
    bench = ramp(-5, base=115)
    assert bench.transitions("HR-TREND")[-1].text.startswith("HR falling fast ")


@pytest.mark.parametrize("per_min", [3.5, -3.5])
def test_a_slower_change_is_none(per_min: float) -> None:
    assert ramp(per_min, base=80, minutes=8).began("HR-TREND") == []


def test_a_fast_change_back_towards_the_baseline_is_none() -> None:
    bench = Bench()
    bench.baseline(60, heart=70)
    bench.heart(115, 61, to=70)
    for t in range(71, 480):
        bench.heart(round(115 - 5 * (t - 71) / 60, 1), t)
    assert bench.began("HR-TREND") == []


# --- BP-RISE ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "rises"),
    [((141, 70), False), ((142, 70), True), ((118, 89), False), ((118, 90), True)],  # +20 % of 118 is 141.6; +20
)
def test_twice_well_above_the_baseline_is_a_low_alarm(reading: tuple[float, float], rises: bool) -> None:
    bench = Bench()
    bench.baseline(60, cuff=(118, 70))
    bench.cuff(*reading, at=100)
    assert bench.began("BP-RISE") == []
    bench.cuff(*reading, at=200)
    assert bench.began("BP-RISE") == ([200] if rises else [])


def test_plus_thirty_is_enough_where_twenty_percent_is_more() -> None:
    bench = Bench(Profile(limits=Limits(systolic_high=200, systolic_crisis=210, systolic_at_once=220)))
    bench.baseline(60, cuff=(155, 70))
    bench.cuff(185, 70, at=100)
    bench.cuff(185, 70, at=200)
    assert bench.began("BP-RISE") == [200]


def test_its_words() -> None:
    bench = Bench()
    bench.baseline(60, cuff=(118, 70))
    bench.cuff(148, 75, at=100)
    bench.cuff(148, 75, at=200)
    assert (bench.words("BP-RISE")[0], bench.priority("BP-RISE")) == ("BP rising 148, was 118", "low")


def test_a_rise_of_the_diastolic_alone_is_told_as_one() -> None:
    bench = Bench()
    bench.baseline(60, cuff=(118, 70))
    bench.cuff(120, 95, at=100)
    bench.cuff(120, 95, at=200)
    assert "95" in bench.words("BP-RISE")[0]


def test_one_high_reading_and_then_a_normal_one_is_none() -> None:
    bench = Bench()
    bench.baseline(60, cuff=(118, 70))
    for t in range(100, 1000, 100):
        bench.cuff(150 if t % 200 else 120, 75, at=t)
    assert bench.states("BP-RISE") == []


@pytest.mark.parametrize(
    ("reading", "priority"), [((157, 80), "low"), ((158, 80), "medium"), ((140, 94), "low"), ((140, 95), "medium")]
)
def test_in_ketamine_profiles_a_large_rise_twice_is_medium(reading: tuple[float, float], priority: str) -> None:
    bench = Bench(KETAMINE)
    bench.baseline(60, cuff=(118, 70))
    bench.cuff(*reading, at=100)
    bench.cuff(*reading, at=200)
    assert (bench.state("BP-RISE"), bench.priority("BP-RISE")) == ("active", priority)


def test_an_answered_rise_that_becomes_a_large_one_calls_again() -> None:
    bench = Bench(KETAMINE)
    bench.baseline(60, cuff=(118, 70))
    for t, systolic in ((100, 145), (200, 145)):
        bench.cuff(systolic, 75, at=t)
    bench.acknowledge("BP-RISE")
    for t, systolic in ((300, 159), (400, 159)):
        bench.cuff(systolic, 75, at=t)
    assert (bench.state("BP-RISE"), bench.priority("BP-RISE")) == ("active", "medium")


def test_while_a_limit_alarms_the_rise_stays_dark() -> None:
    bench = Bench()
    bench.baseline(60, cuff=(118, 70))
    bench.cuff(165, 75, at=100)
    bench.cuff(165, 75, at=200)
    assert bench.state("BP-RISE") == bench.state("BP-HIGH") == "active"
    assert bench.view("BP-RISE").masked


# --- BP-FALL ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("systolic", "state", "priority"),
    [(101, "idle", "low"), (100, "active", "low"), (88, "active", "low"), (87, "active", "medium")],  # 125: 100, 87.5
)
def test_a_fall_of_a_fifth_is_low_and_of_three_tenths_medium(systolic: float, state: str, priority: str) -> None:
    bench = Bench(IRON)
    bench.baseline(60, cuff=(125, 70))
    bench.cuff(systolic, 60, at=100)
    assert bench.state("BP-FALL") == state
    assert bench.priority("BP-FALL") == priority or state == "idle"


def test_words_of_a_fall() -> None:
    bench = Bench(IRON)
    bench.baseline(60, cuff=(124, 70))
    bench.cuff(96, 60, at=100)
    assert bench.words("BP-FALL")[0] == "BP falling 96, was 124"


@pytest.mark.parametrize(("systolic", "ended"), [(104, False), (105, True)])
def test_a_fall_is_over_five_above_its_mark(systolic: float, ended: bool) -> None:
    bench = Bench(IRON)
    bench.baseline(60, cuff=(125, 70))
    bench.cuff(100, 60, at=100)
    bench.cuff(systolic, 60, at=200)
    assert (bench.state("BP-FALL") == "idle") is ended


def test_without_the_option_a_fall_is_none() -> None:
    bench = Bench()
    bench.baseline(60, cuff=(160, 70))
    bench.cuff(100, 60, at=100)
    assert bench.states("BP-FALL") == []


# --- BP-TTL -----------------------------------------------------------------------------------------------------


def readings(*values: float, every: float = 300) -> Bench:
    bench = Bench()
    for k, value in enumerate(values):
        bench.cuff(value, 70, at=k * every)
    return bench


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((140, 150, 160), "SYS +2.0/min, 180 in about 10 min"),
        ((120, 112, 104), "SYS -1.6/min, 90 in about 9 min"),
        ((130, 140, 150), ""),  # 15 minutes away
        ((140, 150), ""),  # two readings are no line
        ((150, 150, 151), ""),  # noise
        ((160, 150, 140), ""),  # 31 minutes to 90
    ],
)
def test_a_line_through_three_readings_that_meets_a_limit_within_ten_minutes(
    values: tuple[float, ...], text: str
) -> None:
    bench = readings(*values)
    assert (bench.state("BP-TTL") == "active") is bool(text)
    assert not text or (bench.words("BP-TTL")[0], bench.priority("BP-TTL")) == (text, "low")


def test_three_readings_within_less_than_five_minutes_are_no_line() -> None:
    assert readings(140, 150, 160, every=149).states("BP-TTL") == []


def test_the_line_ends_with_a_reading_that_bends_it() -> None:
    bench = readings(140, 150, 160, 150, 145)
    assert bench.state("BP-TTL") == "idle"


def test_the_horizon_is_not_told_unchanged_a_quarter_of_an_hour_later() -> None:
    bench = readings(140, 150, 160)
    told = bench.words("BP-TTL")
    bench.run_to(1500)
    assert bench.state("BP-TTL") == "idle" or bench.words("BP-TTL") != told


# --- REACTION ---------------------------------------------------------------------------------------------------


def before_a_reaction(profile: Profile = IRON, *, seconds: int = 300) -> Bench:
    """A calm stretch: SYS 125, heart rate 70, SpO2 98."""
    bench = Bench(profile)
    bench.cuff(125, 70, at=0)
    bench.feed(1, seconds, {SPO2: 98, HEART: 70})
    return bench


def test_one_sign_alone_is_none() -> None:
    bench = before_a_reaction()
    bench.feed(301, 400, {SPO2: 95, HEART: 70})
    assert bench.states("REACTION") == []


@pytest.mark.parametrize(
    ("spo2", "heart", "systolic", "reaction"),
    [
        (95, 84, None, True),
        (96, 84, None, False),
        (95, 83, None, False),
        (95, 70, 100, True),
        (95, 70, 101, False),
        (98, 84, 100, True),
    ],
)
def test_two_signs_within_ten_minutes_are_medium(
    spo2: float, heart: float, systolic: float | None, reaction: bool
) -> None:
    bench = before_a_reaction()
    bench.feed(301, 350, {SPO2: spo2, HEART: heart})
    if systolic is not None:
        bench.cuff(systolic, 60, at=351)
    assert (bench.state("REACTION") == "active") is reaction
    assert bench.priority("REACTION") == ("medium" if reaction else "low")


def test_it_tells_its_signs() -> None:
    bench = before_a_reaction()
    bench.feed(301, 350, {SPO2: 95, HEART: 84})
    assert bench.words("REACTION") == ("Possible infusion reaction", "HR 84, was 70, SpO2 95, was 98")


@pytest.mark.parametrize(("spo2", "heart", "systolic"), [(89, 84, None), (95, 125, None), (95, 70, 89)])
def test_it_is_high_when_a_limit_is_crossed_too(spo2: float, heart: float, systolic: float | None) -> None:
    bench = before_a_reaction()
    bench.feed(301, 350, {SPO2: spo2, HEART: heart})
    if systolic is not None:
        bench.cuff(systolic, 60, at=351)
    assert (bench.state("REACTION"), bench.priority("REACTION")) == ("active", "high")


def test_an_answered_one_sounds_again_when_a_limit_is_crossed() -> None:
    bench = before_a_reaction()
    bench.feed(301, 350, {SPO2: 95, HEART: 84})
    bench.acknowledge("REACTION")
    bench.feed(351, 400, {SPO2: 95, HEART: 125})
    assert (bench.state("REACTION"), bench.priority("REACTION")) == ("active", "high")


def test_it_latches() -> None:
    bench = before_a_reaction()
    bench.feed(301, 350, {SPO2: 95, HEART: 84})
    bench.feed(351, 400, {SPO2: 98, HEART: 70})
    assert bench.state("REACTION") == "latched"


def test_signs_more_than_ten_minutes_apart_are_none() -> None:
    bench = before_a_reaction()
    bench.feed(301, 1000, {SPO2: 95, HEART: 70})  # the lower SpO2 has become usual
    bench.feed(1001, 1100, {SPO2: 95, HEART: 84})
    assert bench.states("REACTION") == []


def test_other_profiles_do_not_look_for_a_reaction() -> None:
    bench = before_a_reaction(Profile())
    bench.feed(301, 350, {SPO2: 89, HEART: 125})
    bench.cuff(80, 50, at=351)
    assert bench.states("REACTION") == []


def test_wild_single_values_are_no_signs() -> None:
    bench = before_a_reaction()
    for t in range(301, 400):
        bench.feed(t, t, {SPO2: 80 if t % 10 == 0 else 98, HEART: 140 if t % 10 == 5 else 70})
    assert bench.states("REACTION") == []


def test_a_chair_without_readings_and_values_judges_no_trend() -> None:
    bench = Bench(IRON, monitor())
    bench.heard(0, to=700)
    trends = ("SPO2-DROP", "SPO2-TTL", "HR-TREND", "BP-RISE", "BP-FALL", "BP-TTL", "REACTION")
    assert [name for name in trends if bench.states(name)] == []


def test_three_readings_over_exactly_five_minutes_are_a_line() -> None:
    assert readings(150, 160, 170, every=150).words("BP-TTL")[0] == "SYS +4.0/min, 180 in about 2 min"


def test_a_rise_that_goes_back_by_less_than_five_does_not_end_at_once() -> None:
    bench = Bench()
    bench.baseline(60, cuff=(118, 70))
    bench.cuff(150, 70, at=100)
    bench.cuff(150, 70, at=200)
    bench.cuff(139, 70, at=300)  # the mark is 141.6
    assert bench.state("BP-RISE") == "active"
    bench.cuff(136, 70, at=310)
    assert bench.state("BP-RISE") == "idle"


def test_a_pressure_at_its_low_limit_does_not_make_a_reaction_high() -> None:
    for systolic, priority in ((IRON.limits.systolic_low, "medium"), (IRON.limits.systolic_low - 1, "high")):
        bench = before_a_reaction()
        now = bench.engine._now
        bench.cuff(140, 80, at=now)
        bench.feed(now, now + 60, {Vital.HEART_RATE: 100, Vital.SPO2: 97})
        bench.cuff(systolic, 60, at=now + 61)
        assert bench.priority("REACTION") == priority
