"""When a value is missing or doubtful: which alarm speaks, and that one always does (§7, technical rows; §6)."""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import Bench, monitor
from vitalwatch.alarms.events import Sampled
from vitalwatch.model import Mode, Status, Validity, Vital

SPO2, HEART, PULSE, RR = Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE, Vital.RESPIRATION_RATE
PHASES = [("infusion", "medium"), (None, "medium"), ("preparation", "low"), ("recovery", "low")]
DOUBTS = [
    Status.SEARCHING,
    Status.MOTION,
    Status.LOW_PERFUSION,
    Status.LOW_SIGNAL,
    Status.INTERFERENCE,
    Status.AMBIENT_LIGHT,
]
OFF = [
    (Status.SENSOR_OFF, "sensor off"),
    (Status.NO_SENSOR, "sensor disconnected"),
    (Status.SENSOR_FAULT, "sensor fault"),
]


def two(*, same: bool = True) -> Bench:
    """Two oximeters; or an oximeter and a monitor."""
    second = monitor("new", (SPO2, PULSE)) if same else monitor("new")
    return Bench(None, monitor("old", (SPO2, PULSE)), second)


# --- T-PROBE ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "note"), OFF)
def test_a_probe_off_is_an_alarm_after_ten_seconds(status: Status, note: str) -> None:
    bench = Bench()
    bench.status(status, at=20)
    bench.heard(21, to=29)
    bench.run_to(29.999)
    assert bench.states("T-PROBE") == [(20, "pending")]
    bench.run_to(30)
    assert bench.began("T-PROBE") == [30]
    assert bench.words("T-PROBE") == ("SpO2 probe off", note)


@pytest.mark.parametrize(("phase", "priority"), PHASES)
def test_the_priority_of_a_probe_off_follows_the_phase(phase: str | None, priority: str) -> None:
    bench = Bench(phase=phase)
    bench.status(Status.SENSOR_OFF, at=0)
    bench.heard(1, to=10)
    assert bench.priority("T-PROBE") == priority


def test_when_the_infusion_begins_an_answered_probe_off_sounds_again_as_medium() -> None:
    bench = Bench(phase="preparation")
    bench.status(Status.SENSOR_OFF, at=0)
    bench.heard(1, to=10)
    bench.acknowledge("T-PROBE")
    bench.phase("infusion", at=15)
    assert (bench.state("T-PROBE"), bench.priority("T-PROBE")) == ("active", "medium")


def test_a_probe_that_is_back_within_ten_seconds_is_no_alarm() -> None:
    bench = Bench()
    bench.status(Status.SENSOR_OFF, at=0)
    bench.spo2(None, 0, to=8)
    bench.status(Status.SENSOR_OFF, False, at=9)
    bench.spo2(97, 9, to=30)
    assert bench.states("T-PROBE") == [(0, "pending"), (12, "idle")]


def test_off_and_then_disconnected_is_one_alarm_with_a_new_cause() -> None:
    bench = Bench()
    bench.status(Status.SENSOR_OFF, at=0)
    bench.heard(1, to=12)
    bench.status(Status.NO_SENSOR, at=13)
    bench.status(Status.SENSOR_OFF, False, at=13)
    bench.heard(14, to=30)
    assert bench.states("T-PROBE") == [(0, "pending"), (10, "active")]
    assert bench.words("T-PROBE") == ("SpO2 probe off", "sensor disconnected")
    assert [event.note for event in bench.events("updated", "T-PROBE")] == ["sensor disconnected"]


def test_a_link_that_is_made_anew_says_nothing_of_the_probe_until_the_monitor_is_heard() -> None:
    bench = Bench(None, monitor(period_s=5))
    bench.status(Status.SENSOR_OFF, at=0)
    bench.heard(5)
    bench.run_to(10)
    bench.link(False, 12)
    bench.link(True, 13)
    bench.run_to(18)  # its next frame comes only now
    bench.status(Status.SENSOR_OFF, at=18)
    bench.run_to(25)
    assert bench.states("T-PROBE") == [(0, "pending"), (10, "active")]


def test_it_ends_three_seconds_after_the_probe_is_on_and_does_not_latch() -> None:
    bench = Bench()
    bench.status(Status.SENSOR_OFF, at=0)
    bench.spo2(None, 0, to=12)
    bench.status(Status.SENSOR_OFF, False, at=13)
    bench.spo2(97, 13, to=16)
    assert bench.states("T-PROBE")[-1] == (16, "idle")


def test_with_a_second_oximeter_that_measures_a_probe_off_is_no_alarm() -> None:
    bench = two()
    bench.status(Status.SENSOR_OFF, at=0, device="old")
    for t in range(30):
        bench.heard(t, device="old")
        bench.spo2(97, t, device="new")
    assert bench.began("T-PROBE") == []


def test_two_probes_off_are_an_alarm() -> None:
    bench = two()
    bench.spo2(97, 0, device="new")
    bench.status(Status.SENSOR_OFF, at=0, device="old")
    bench.status(Status.NO_SENSOR, at=1, device="new")
    for t in range(2, 12):
        bench.heard(t, device="old")
        bench.heard(t, device="new")
    assert bench.began("T-PROBE") == [11]


@pytest.mark.parametrize(
    ("status", "name", "ended"),
    [
        (Status.SENSOR_OFF, "T-PROBE", "idle"),
        (Status.PULSE_LOST, "PULSE-LOST", "latched"),
    ],
)
def test_values_end_it_though_they_are_the_first_ones_of_the_visit(status: Status, name: str, ended: str) -> None:
    bench = Bench()
    bench.status(status, at=0)
    bench.heard(1, to=12)
    assert bench.state(name) == "active"
    bench.status(status, False, at=13)
    bench.spo2(97, 13, to=60)
    assert bench.state(name) == ended


# --- T-LOWSIG ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", DOUBTS)
def test_no_value_for_a_stated_reason_is_an_alarm_after_thirty_seconds(status: Status) -> None:
    bench = Bench()
    bench.status(status, at=0)
    bench.spo2(None, 0, to=29)
    bench.run_to(29.999)
    assert bench.states("T-LOWSIG") == [(0, "pending")]
    bench.run_to(30)
    assert bench.began("T-LOWSIG") == [30]
    assert bench.priority("T-LOWSIG") == "low"
    assert bench.words("T-LOWSIG") == ("SpO2 unreliable", status.replace("_", " "))


def test_only_questionable_values_are_an_alarm_after_thirty_seconds() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=40, validity=Validity.QUESTIONABLE)
    assert bench.states("T-LOWSIG") == [(0, "pending"), (30, "active")]


def test_valid_values_beside_motion_are_none() -> None:
    bench = Bench()
    bench.status(Status.MOTION, at=0)
    bench.spo2(97, 0, to=100)
    assert bench.began("T-LOWSIG") == []


def test_it_is_medium_after_a_minute_and_an_answered_one_sounds_again() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=50, validity=Validity.QUESTIONABLE)
    bench.acknowledge("T-LOWSIG")
    bench.spo2(97, 51, to=59, validity=Validity.QUESTIONABLE)
    bench.run_to(59.999)
    assert (bench.state("T-LOWSIG"), bench.priority("T-LOWSIG")) == ("acknowledged", "low")
    bench.run_to(60)
    assert (bench.state("T-LOWSIG"), bench.priority("T-LOWSIG")) == ("active", "medium")


def test_good_values_end_it_after_three_seconds() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=40, validity=Validity.QUESTIONABLE)
    bench.spo2(97, 41, to=44)
    assert bench.states("T-LOWSIG")[-1] == (44, "idle")


def test_searching_after_sensor_off_is_a_low_signal_and_not_a_lost_pulse() -> None:
    bench = Bench()
    bench.feed(0, 20, {SPO2: 97, PULSE: 70})
    bench.status(Status.SENSOR_OFF, at=21)
    bench.spo2(None, 21, to=25)
    bench.status(Status.SEARCHING, at=26)
    bench.status(Status.SENSOR_OFF, False, at=26)
    bench.spo2(None, 26, to=56)
    assert bench.states("PULSE-LOST") == []
    assert bench.began("T-LOWSIG") == [56]


@pytest.mark.parametrize("how", ["from the start", "since a new visit"])
def test_a_sensor_that_gives_no_value_and_no_reason_from_the_start_is_an_alarm(how: str) -> None:
    bench = Bench()
    if how == "since a new visit":
        bench.spo2(97, 0, to=10)
        bench.spo2(None, 11, to=12)
        bench.new_visit(at=13)
    bench.spo2(None, 14, to=314)
    assert bench.alarming() != []


def test_the_cuff_on_the_same_arm_does_not_end_a_low_signal() -> None:
    bench = Bench(same_limb=True)
    bench.spo2(97, 0, to=40, validity=Validity.QUESTIONABLE)
    bench.status(Status.CUFF_INFLATING, at=41)
    bench.spo2(97, 41, to=50, validity=Validity.QUESTIONABLE)
    assert bench.state("T-LOWSIG") == "active"


def test_an_oximeter_that_is_heard_and_never_speaks_of_spo2_is_an_alarm() -> None:
    bench = Bench(None, monitor("ox", (SPO2, PULSE)))
    bench.heard(0, to=300)
    assert bench.alarming() != []


# --- T-NOVALUE --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("vital", "label"), [(SPO2, "SpO2"), (HEART, "HR"), (PULSE, "PR")])
def test_a_vital_that_was_there_and_is_none_is_an_alarm_after_ten_seconds(vital: Vital, label: str) -> None:
    bench = Bench()
    bench.sample(vital, 90, 0, to=4)
    bench.sample(vital, None, 5, to=14)
    bench.run_to(14.999)
    assert bench.states("T-NOVALUE") == [(5, "pending")]
    bench.run_to(15)
    assert bench.began("T-NOVALUE") == [15]
    assert bench.words("T-NOVALUE")[0] == f"{label} no value"


def test_when_its_samples_just_stop_it_is_missing_from_when_the_last_one_is_old() -> None:
    bench = Bench()
    bench.spo2(97, 0)
    bench.heard(1, to=15)
    assert bench.states("T-NOVALUE") == [(5, "pending"), (15, "active")]


@pytest.mark.parametrize(("phase", "priority"), PHASES)
def test_the_priority_of_a_missing_value_follows_the_phase(phase: str | None, priority: str) -> None:
    bench = Bench(phase=phase)
    bench.spo2(97, 0)
    bench.spo2(None, 1, to=11)
    assert bench.priority("T-NOVALUE") == priority


def test_short_gaps_with_a_second_of_value_between_them_add_up() -> None:
    """§6: one second of value is not three in a row clear, so the clock stands still and goes on."""
    bench = Bench()
    bench.spo2(97, 0)
    bench.spo2(None, 1, to=9)
    bench.spo2(97, 10)
    bench.spo2(None, 11, to=20)
    assert bench.began("T-NOVALUE") == [12]


@pytest.mark.parametrize("status", [Status.SENSOR_OFF, Status.NO_SENSOR, Status.SEARCHING, Status.PULSE_LOST])
def test_with_a_reason_another_alarm_speaks(status: Status) -> None:
    bench = Bench()
    bench.spo2(97, 0)
    bench.status(status, at=1)
    bench.spo2(None, 1, to=60)
    assert bench.states("T-NOVALUE") == []
    assert bench.alarming() != []


def test_a_vital_that_never_was_there_is_not_missing() -> None:
    bench = Bench()
    bench.feed(0, 60, {SPO2: 97, HEART: None})
    assert bench.states("T-NOVALUE") == []


def test_values_that_turn_into_a_demos_are_missing() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=9)
    bench.spo2(97, 10, to=30, mode=Mode.DEMO)
    assert bench.began("T-NOVALUE") == [20]


def test_a_value_that_is_back_ends_it_after_three_seconds() -> None:
    bench = Bench()
    bench.spo2(97, 0)
    bench.spo2(None, 1, to=20)
    bench.spo2(97, 21, to=24)
    assert bench.states("T-NOVALUE")[-1] == (24, "idle")


def test_a_second_vital_that_goes_missing_is_told() -> None:
    bench = Bench()
    bench.feed(0, 5, {SPO2: 97, HEART: 70})
    bench.feed(6, 20, {SPO2: None, HEART: 70})
    bench.feed(21, 30, {SPO2: None, HEART: None})
    assert bench.words("T-NOVALUE")[0] == "SpO2, HR no value"
    assert bench.events("updated", "T-NOVALUE")[-1].text == "SpO2, HR no value"


def test_a_second_vital_that_goes_missing_sounds_though_the_first_was_answered() -> None:
    bench = Bench()
    bench.feed(0, 5, {SPO2: 97, HEART: 70})
    bench.feed(6, 20, {SPO2: None, HEART: 70})
    bench.acknowledge("T-NOVALUE")
    bench.feed(21, 60, {SPO2: None, HEART: None})
    assert bench.state("T-NOVALUE") == "active"


def test_the_probe_of_one_oximeter_is_no_reason_for_the_other_to_give_nothing() -> None:
    bench = two()
    bench.status(Status.SENSOR_OFF, at=0, device="old")
    for t in range(120):
        bench.spo2(None, t, device="old")
        bench.spo2(97 if t < 20 else None, t, device="new")
    assert bench.alarming() != []


def test_a_first_device_that_never_had_a_value_does_not_hide_that_the_second_lost_its_own() -> None:
    bench = two()
    for t in range(120):
        bench.spo2(None, t, device="old")
        bench.spo2(97 if t < 20 else None, t, device="new")
    assert bench.alarming() != []


@pytest.mark.parametrize("status", [Status.SENSOR_OFF, Status.SEARCHING])
def test_the_probe_is_no_reason_for_a_missing_heart_rate(status: Status) -> None:
    bench = Bench()
    bench.feed(0, 5, {SPO2: 97, HEART: 70})
    bench.status(status, at=6)
    bench.feed(6, 40, {SPO2: None, HEART: 70})
    bench.feed(41, 120, {SPO2: None, HEART: None})
    assert bench.began("T-NOVALUE") == [51]


@pytest.mark.parametrize("status", [Status.STANDBY, Status.DEMO])
def test_a_monitor_that_goes_to_standby_or_demo_at_a_watched_chair_is_an_alarm(status: Status) -> None:
    bench = Bench()
    bench.feed(0, 20, {SPO2: 97, HEART: 70})
    bench.status(status, at=21)
    bench.feed(21, 321, {SPO2: None, HEART: None})
    assert bench.alarming() != []


def test_a_missing_etco2_is_told_too() -> None:
    bench = Bench(None, monitor("cap", (Vital.ETCO2,)))
    bench.sample(Vital.ETCO2, 38, 0, to=5)
    bench.sample(Vital.ETCO2, None, 6, to=60)
    assert bench.began("T-NOVALUE") == [16]


def test_the_cuff_on_the_same_arm_does_not_end_a_missing_value() -> None:
    bench = Bench(same_limb=True)
    bench.spo2(97, 0)
    bench.spo2(None, 1, to=20)
    bench.status(Status.CUFF_INFLATING, at=21)
    bench.spo2(None, 21, to=40)
    assert bench.state("T-NOVALUE") == "active"


# --- PULSE-LOST -------------------------------------------------------------------------------------------------


def test_the_devices_own_loss_of_pulse_is_high_at_once_and_latches() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=2)
    bench.status(Status.PULSE_LOST, at=3)
    assert bench.states("PULSE-LOST") == [(3, "pending"), (3, "active")]
    assert (bench.priority("PULSE-LOST"), bench.words("PULSE-LOST")[0]) == ("high", "No pulse found")
    bench.status(Status.PULSE_LOST, False, at=5)
    bench.spo2(97, 5, to=9)
    assert bench.states("PULSE-LOST")[-1] == (8, "latched")


@pytest.mark.parametrize(("good_s", "lost"), [(9, False), (10, True)])
def test_searching_for_ten_seconds_counts_after_ten_seconds_of_pulse(good_s: int, lost: bool) -> None:
    bench = Bench()
    bench.feed(0, good_s, {SPO2: 97, PULSE: 70})
    bench.status(Status.SEARCHING, at=20)
    bench.feed(20, 29, {SPO2: None, PULSE: None})
    bench.run_to(29.999)
    assert bench.began("PULSE-LOST") == []
    bench.run_to(30)
    assert bench.began("PULSE-LOST") == ([30] if lost else [])


@pytest.mark.parametrize("status", [Status.SENSOR_OFF, Status.NO_SENSOR, Status.SENSOR_FAULT])
def test_a_sensor_that_came_off_in_between_makes_it_no_loss_of_pulse(status: Status) -> None:
    bench = Bench()
    bench.feed(0, 20, {SPO2: 97, PULSE: 70})
    bench.status(status, at=21)
    bench.status(Status.SEARCHING, at=22)
    bench.status(status, False, at=22)
    bench.feed(22, 60, {SPO2: None, PULSE: None})
    assert bench.states("PULSE-LOST") == []


def test_a_cuff_on_the_same_arm_in_between_makes_it_none_either() -> None:
    bench = Bench(same_limb=True)
    bench.feed(0, 20, {SPO2: 97, PULSE: 70})
    bench.status(Status.CUFF_INFLATING, at=21)
    bench.status(Status.SEARCHING, at=25)
    bench.feed(25, 55, {SPO2: None, PULSE: None})
    bench.status(Status.CUFF_INFLATING, False, at=56)
    bench.feed(56, 90, {SPO2: None, PULSE: None})
    assert bench.states("PULSE-LOST") == []
    assert bench.state("T-LOWSIG") == "active"


def test_the_devices_own_code_is_held_by_the_cuff_for_a_minute_at_most() -> None:
    bench = Bench(same_limb=True)
    bench.status(Status.CUFF_INFLATING, at=0)
    bench.status(Status.PULSE_LOST, at=20)
    bench.heard(20, to=60)
    bench.run_to(60)
    assert bench.began("PULSE-LOST") == [60]


def test_it_goes_on_when_the_sensor_is_then_taken_off() -> None:
    bench = Bench()
    bench.status(Status.PULSE_LOST, at=0)
    bench.status(Status.SENSOR_OFF, at=5)
    bench.status(Status.PULSE_LOST, False, at=5)
    bench.heard(6, to=60)
    assert bench.state("PULSE-LOST") == "active"


# --- APNEA ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, None])
def test_no_breath_for_twenty_seconds_is_high_and_latches(value: float | None) -> None:
    """The heart rate from the same leads shows that they are on."""
    bench = Bench()
    bench.feed(0, 9, {RR: 14, HEART: 70})
    bench.feed(10, 29, {RR: value, HEART: 70})
    bench.run_to(29.999)
    assert bench.states("APNEA") == [(10, "pending")]
    bench.run_to(30)
    assert bench.began("APNEA") == [30]
    assert (bench.priority("APNEA"), bench.words("APNEA")[0]) == ("high", "No breathing seen")
    bench.feed(31, 35, {RR: 14, HEART: 70})
    assert bench.states("APNEA")[-1] == (34, "latched")


def test_a_breathing_of_zero_needs_no_other_sign_that_the_line_is_on() -> None:
    bench = Bench()
    bench.breaths(0, 0, to=20)
    assert bench.began("APNEA") == [20]


def test_the_gas_of_the_same_line_shows_too_that_it_is_on() -> None:
    bench = Bench(None, monitor("cap", (RR, Vital.ETCO2)))
    bench.feed(0, 9, {RR: 14, Vital.ETCO2: 38})
    bench.feed(10, 30, {RR: None, Vital.ETCO2: 2})
    assert bench.began("APNEA") == [30]


def test_missing_breathing_without_a_sign_that_the_line_is_on_is_a_missing_value() -> None:
    """§7 APNEA asks for the lead or line to be on; else it may have come off. One of the two always speaks."""
    bench = Bench()
    bench.feed(0, 9, {RR: 14, HEART: 70})
    bench.feed(10, 60, {RR: None, HEART: None})
    assert bench.began("APNEA") == []
    assert bench.began("T-NOVALUE") == [20]
    assert bench.words("T-NOVALUE")[0] == "HR, RR no value"


def test_a_device_that_never_gave_breathing_has_no_apnea() -> None:
    bench = Bench()
    bench.breaths(None, 0, to=60)
    assert bench.states("APNEA") == []


def test_a_monitor_in_standby_says_nothing_of_breathing() -> None:
    bench = Bench()
    bench.breaths(14, 0, to=9)
    bench.status(Status.STANDBY, at=10)
    bench.breaths(None, 10, to=60)
    assert bench.began("APNEA") == []


@pytest.mark.parametrize("status", [Status.SENSOR_OFF, Status.SEARCHING])
def test_the_spo2_probe_does_not_excuse_missing_breathing(status: Status) -> None:
    bench = Bench()
    bench.feed(0, 9, {RR: 14, HEART: 70})
    bench.status(status, at=10)
    bench.feed(10, 60, {RR: None, HEART: 70})
    assert bench.began("APNEA") == [30]


# --- T-HRDIFF ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pulse", "differs"), [(50, False), (49, True), (90, False), (91, True)])
def test_rates_more_than_twenty_apart_for_fifteen_seconds(pulse: float, differs: bool) -> None:
    bench = Bench()
    bench.feed(0, 14, {HEART: 70, PULSE: pulse})
    bench.run_to(14.999)
    assert bench.began("T-HRDIFF") == []
    bench.run_to(15)
    assert bench.began("T-HRDIFF") == ([15] if differs else [])


def test_its_text_has_both_present_numbers_and_it_is_medium_after_a_minute() -> None:
    bench = Bench()
    bench.feed(0, 59, {HEART: 75, PULSE: 37})
    assert (bench.words("T-HRDIFF"), bench.priority("T-HRDIFF")) == (("Pulse 37, ECG 75", ""), "low")
    bench.run_to(60)
    assert bench.priority("T-HRDIFF") == "medium"


def test_without_one_of_the_rates_its_text_has_no_number() -> None:
    bench = Bench()
    bench.feed(0, 20, {HEART: 75, PULSE: 37})
    bench.feed(21, 25, {HEART: 75, PULSE: None})
    assert bench.state("T-HRDIFF") == "active"
    assert bench.words("T-HRDIFF") == ("Pulse and ECG differed", "")


def test_the_pulse_under_an_inflating_cuff_is_not_compared() -> None:
    bench = Bench(same_limb=True)
    bench.feed(0, 10, {HEART: 75, PULSE: 75})
    bench.status(Status.CUFF_INFLATING, at=11)
    bench.feed(11, 41, {HEART: 75, PULSE: 30})
    assert bench.states("T-HRDIFF") == []


# --- always one of them --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("validity", [v for v in Validity if v not in (Validity.VALID, Validity.QUESTIONABLE)])
def test_whatever_a_device_calls_a_missing_value_it_is_told_within_a_quarter_of_a_minute(validity: Validity) -> None:
    bench = Bench()
    bench.spo2(97, 0, to=9)
    for t in range(10, 26):
        bench.do(Sampled("1", "mon", SPO2, 55.0, validity), t)  # a number beside a validity that forbids it
    assert bench.states("SPO2-DESAT") == []
    assert bench.began("T-NOVALUE") == [20]
