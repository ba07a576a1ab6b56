"""The test vectors of the clinical notes, §10, one by one, as far as they are the engine's.

Vector 4 (NEWS2) is tested with the scores; of vector 9 the page's part is tested in the browser.
"""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import NURSE, Bench, monitor
from vitalwatch.alarms import AlarmEvent, Engine, Profile
from vitalwatch.alarms.events import CLINIC, Acknowledge, Screens
from vitalwatch.alarms.profile import Options
from vitalwatch.model import Status, Vital

SPO2, HEART, PULSE = Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE


def sat(setting: float, counting: str) -> Bench:
    return Bench(Profile(options=Options(sat_seconds=setting, sat_seconds_counting=counting)))


def test_vector_1_sat_seconds_with_mindrays_counting() -> None:
    """Limit 90, set 50; 88 x 2 s, 86 x 3 s, 84 x 6 s: 4 + 12 + 36 = 52; the notes say about 10.9 s."""
    bench = sat(50, "mindray")
    bench.spo2(88, 0, to=1)
    bench.spo2(86, 2, to=4)
    bench.spo2(84, 5, to=10)
    bench.run_to(11)
    (at,) = bench.began("SPO2-LOW")
    assert at == pytest.approx(5 + 34 / 6, abs=1e-6)  # 16 points at 5 s, 6 a second from there: 10.67 s


def test_vector_2_sat_seconds_with_ges_counting() -> None:
    """Limit 90 where 91 is the lowest quiet value; 92, 89, 87, 87, 80 a second apart: alarm at the fifth value."""
    bench = sat(20, "ge")
    for t, value in enumerate((92, 89, 87, 87, 80)):
        bench.spo2(value, t)
    assert bench.began("SPO2-LOW") == []
    bench.run_to(5)
    (at,) = bench.began("SPO2-LOW")
    assert at == pytest.approx(4 + 10 / 11, abs=1e-6)  # 10 points when 80 comes, 11 a second from there


def test_vector_2_the_two_countings_differ() -> None:
    began = []
    for counting in ("ge", "mindray"):
        bench = sat(20, counting)
        bench.spo2(88, 0, to=12)
        began += bench.began("SPO2-LOW")
    assert began == [pytest.approx(20 / 3, abs=1e-6), 10]


def test_vector_3_the_net_of_three_dips_in_a_minute() -> None:
    bench = sat(100, "mindray")
    for start in (0, 20, 40):
        bench.spo2(89, start, to=start + 1)
        bench.spo2(97, start + 2, to=start + 19)
    assert bench.began("SPO2-LOW") == [40]


def test_vector_5_a_swing_around_the_limit_is_one_alarm_and_clears_at_92_for_three_seconds() -> None:
    bench = Bench()
    for k in range(40):
        bench.spo2(89 if k % 2 == 0 else 90, k * 2)
    assert len(bench.began("SPO2-LOW")) == 1
    bench.spo2(92, 80, to=82)
    bench.run_to(82.999)
    assert bench.state("SPO2-LOW") == "active"
    bench.run_to(83)
    assert bench.states("SPO2-LOW")[-1] == (83, "idle")


def test_vector_6_a_gap_stops_the_clock() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=9)
    bench.spo2(None, 10, to=14)
    bench.spo2(89, 15, to=19)
    bench.run_to(19.999)
    assert bench.state("SPO2-LOW") == "pending"
    bench.run_to(20)
    assert bench.began("SPO2-LOW") == [20]


def test_vector_6_a_gap_of_ten_seconds_resets_it() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=9)
    bench.spo2(None, 10, to=19)
    bench.spo2(89, 20, to=34)
    bench.run_to(34.999)
    assert bench.began("SPO2-LOW") == []
    bench.run_to(35)
    assert bench.began("SPO2-LOW") == [35]


def test_vector_7_worse_after_an_answer_sounds() -> None:
    bench = Bench()
    bench.spo2(88, 0, to=20)
    bench.acknowledge("SPO2-LOW")
    bench.spo2(84, 21, to=26)
    assert (bench.state("SPO2-LOW"), bench.state("SPO2-DESAT")) == ("acknowledged", "active")
    assert bench.began("SPO2-DESAT") == [26]


@pytest.mark.parametrize("value", [None, 55])
def test_vector_8_a_cuff_on_the_same_limb_for_35_seconds_is_quiet(value: float | None) -> None:
    bench = Bench(same_limb=True)
    bench.feed(0, 20, {SPO2: 98, PULSE: 70})
    bench.status(Status.CUFF_INFLATING, at=21)
    bench.feed(21, 55, {SPO2: value, PULSE: value})
    bench.status(Status.CUFF_INFLATING, False, at=56)
    bench.cuff(120, 80, at=56)
    bench.feed(56, 80, {SPO2: 98, PULSE: 70})
    assert bench.alarming() == []
    assert [o for o in bench.said if getattr(o, "target", None) == "active"] == []


def test_vector_8_for_65_seconds_it_is_a_failed_cuff_and_values_are_judged_again() -> None:
    bench = Bench(same_limb=True)
    bench.feed(0, 20, {SPO2: 98, PULSE: 70})
    bench.status(Status.CUFF_INFLATING, at=21)
    bench.feed(21, 86, {SPO2: 80, PULSE: 70})
    assert bench.began("T-CUFF") == [81]
    assert bench.began("SPO2-DESAT") == [86]


def test_vector_9_nobody_watching_is_told_after_three_seconds_and_the_alarm_is_the_same_after_it() -> None:
    bench = Bench()
    bench.do(Screens(1), 0)
    bench.spo2(80, 0, to=6)
    before = bench.track("SPO2-DESAT").since
    bench.do(Screens(0), 7)
    bench.spo2(80, 8, to=20)
    assert bench.state("T-NOVIEW", CLINIC) == "active"
    assert bench.track("T-NOVIEW", CLINIC).since == 10
    bench.do(Screens(1), 21)
    bench.do(Acknowledge(CLINIC, "T-NOVIEW", NURSE), 21)
    assert bench.states("SPO2-DESAT") == [(0, "pending"), (5, "active")]
    assert bench.track("SPO2-DESAT").since == before


def test_vector_10_a_restart_keeps_active_and_acknowledged_with_their_times() -> None:
    bench = Bench()
    bench.feed(0, 12, {SPO2: 80, HEART: 130})
    bench.acknowledge("SPO2-DESAT", at=13)
    before = {name: bench.view(name) for name in ("SPO2-LOW", "SPO2-DESAT", "HR-HIGH")}
    bench.engine = Engine.restore(bench.engine.snapshot())
    assert {name: bench.view(name) for name in before} == before
    bench.run_to(133)
    assert bench.states("SPO2-DESAT")[-1] == (133, "active")  # 120 s after the answer, the restart in between
    assert [e.at for e in bench.said if isinstance(e, AlarmEvent) and e.condition == "HR-HIGH"] == [130]


def test_vector_11_time_to_limit_of_cuff_pressures() -> None:
    bench = Bench()
    for minute, systolic in ((0, 140), (5, 150), (10, 160)):
        bench.cuff(systolic, 80, at=minute * 60)
    assert bench.words("BP-TTL")[0] == "SYS +2.0/min, 180 in about 10 min"


def test_vector_12_pulse_37_beside_an_ecg_of_75_is_a_difference_and_no_bradycardia() -> None:
    bench = Bench(None, monitor("mon"))
    bench.feed(0, 14, {HEART: 75, PULSE: 37})
    bench.run_to(15)
    assert bench.began("T-HRDIFF") == [15]
    assert bench.words("T-HRDIFF")[0] == "Pulse 37, ECG 75"
    assert bench.states("HR-LOW") == bench.states("HR-XLOW") == []


def test_vector_13_raised_pressures_each_five_minutes_alarm_once_three_minutes_after_the_first() -> None:
    bench = Bench()
    for k in range(6):
        bench.cuff(172, 104, at=k * 300)
    assert bench.states("BP-HIGH") == [(0, "pending"), (180, "active")]
    assert bench.states("BP-CRISIS") == []


def test_vector_13_one_crisis_reading_and_then_nothing() -> None:
    bench = Bench()
    bench.cuff(182, 104, at=0)
    bench.run_to(1000)
    assert bench.states("BP-HIGH") == [(0, "pending"), (0, "active")]
    assert bench.states("BP-CRISIS") == [(0, "pending"), (180, "active")]


def test_vector_14_a_spike_of_three_seconds_is_quiet() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=9)
    bench.spo2(70, 10, to=12)
    bench.spo2(97, 13, to=60)
    assert bench.alarming() == []
    assert bench.began("SPO2-LOW") == bench.began("SPO2-DESAT") == []
