"""Why a condition alarms or does not: the facts as data, and one sentence that holds them all."""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import NURSE, Bench, monitor
from vitalwatch.alarms.profile import Options, Profile
from vitalwatch.alarms.why import Explanation, explain
from vitalwatch.errors import UsageError
from vitalwatch.model import Mode, Status, Validity, Vital


def why(bench: Bench, condition: str, at: float) -> Explanation:
    bench.run_to(at)
    return explain(bench.chair, condition, at)


def test_a_quiet_condition_says_value_limit_and_where_the_limit_comes_from() -> None:
    bench = Bench(Profile(sources={"limits.spo2_low": "ours.toml:7"}))
    bench.spo2(97, 0)
    found = why(bench, "SPO2-LOW", 1)
    assert (found.value, found.limit, found.limit_source) == (97, 90, "ours.toml:7")
    assert found.sentence == "SPO2-LOW is idle; 97 against a limit of 90; limit from ours.toml:7."


def test_a_pending_condition_says_how_long_it_has_held() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=4)
    found = why(bench, "SPO2-LOW", 4)
    assert (found.state, found.clock_s, found.delay_s) == ("pending", 4, 15)
    assert "SpO2 low 89 < 90; " in found.sentence
    assert "it has held for 4 of 15 s" in found.sentence


def test_the_clock_stands_still_while_there_is_no_value() -> None:
    bench = Bench()
    bench.spo2(89, 0, to=3)
    bench.spo2(None, 4)
    assert why(bench, "SPO2-LOW", 6).clock_s == 4


def test_an_active_alarm_says_since_when_and_after_which_delay() -> None:
    bench = Bench()
    bench.spo2(88, 0, to=30)
    bench.acknowledge("SPO2-LOW", 30)
    found = why(bench, "SPO2-LOW", 31)
    assert found.state == "acknowledged"
    assert f"since 0:16, after a delay of 15 s; acknowledged by {NURSE}." in found.sentence


def test_a_missing_value_is_told_with_the_devices_reason() -> None:
    bench = Bench()
    bench.spo2(97, 0)
    bench.status(Status.SENSOR_OFF, at=1)
    bench.spo2(None, 1)
    found = why(bench, "SPO2-LOW", 2)
    assert found.side == "unknown"
    assert found.statuses == ["mon: sensor_off"]
    assert "there is nothing to judge: SpO2 has no value now (mon: sensor_off)" in found.sentence


def test_a_demo_is_told_as_one() -> None:
    bench = Bench()
    bench.spo2(70, 0, mode=Mode.DEMO)
    assert "the device is in demo or test mode" in why(bench, "SPO2-LOW", 1).sentence


def test_a_questionable_value_is_told_as_one() -> None:
    bench = Bench()
    bench.status(Status.MOTION, at=0)
    bench.spo2(97, 0, validity=Validity.QUESTIONABLE)
    found = why(bench, "SPO2-LOW", 1)
    assert found.evidence[0].validity is Validity.QUESTIONABLE
    assert "the value is questionable (mon: motion)" in found.sentence


def test_a_lost_value_is_told_with_its_age() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=10)
    bench.spo2(None, 11)
    assert "SpO2 very low < 85 (last 80, 0:05 ago)" in why(bench, "SPO2-DESAT", 15).sentence


def test_what_holds_it_back_is_told() -> None:
    bench = Bench(None, same_limb=True)
    bench.status(Status.CUFF_INFLATING, at=0)
    bench.spo2(80, 0)
    assert why(bench, "SPO2-LOW", 10).held_back == ["a cuff is inflating on the oximeter's arm, for 50 s more at most"]
    bench.shelve("HR-HIGH", 10, seconds=600)
    assert why(bench, "HR-HIGH", 70).held_back[-1] == f"shelved by {NURSE} for 9:00 more"
    bench.chair_state("standby", 80)
    assert why(bench, "SPO2-LOW", 81).held_back[0] == "the chair is standby"


def test_of_two_devices_the_one_that_speaks_is_marked() -> None:
    bench = Bench(None, monitor("first", (Vital.SPO2,)), monitor("second", (Vital.SPO2,)))
    bench.spo2(97, 0, device="second")
    bench.spo2(95, 0, device="first")
    assert [(e.device, e.speaks) for e in why(bench, "SPO2-LOW", 1).evidence] == [("first", True), ("second", False)]


def test_a_cuff_reading_is_evidence_with_its_age() -> None:
    bench = Bench()
    bench.cuff(204, 118, 0)
    found = why(bench, "BP-CRISIS", 60)
    assert [(e.vital, e.value, e.age_s, e.speaks) for e in found.evidence] == [
        (Vital.SYSTOLIC, 204, 60, True),
        (Vital.DIASTOLIC, 118, 60, True),
    ]
    assert "BP very high 204/118 (204 >= 200)" in found.sentence


def test_the_integral_is_told_where_the_profile_uses_it() -> None:
    bench = Bench(Profile(options=Options(sat_seconds=50)))
    bench.spo2(88, 0, to=4)
    assert why(bench, "SPO2-LOW", 4).points == 8
    assert explain(Bench().chair, "SPO2-LOW", 0).points is None


def test_a_condition_of_the_whole_clinic_is_not_a_chairs() -> None:
    with pytest.raises(UsageError):
        explain(Bench().chair, "T-NOVIEW", 0)
