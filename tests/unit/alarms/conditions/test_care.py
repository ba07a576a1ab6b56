"""What people chart and plan, chatter and floods, screens, and the service's check of itself (§7, last rows)."""

from __future__ import annotations

import pytest

from tests.unit.alarms.bench import NURSE, STREAMED, Bench, monitor
from vitalwatch.alarms import ChairSpec, Engine, State, Transition
from vitalwatch.alarms.chair_engine import Output
from vitalwatch.alarms.events import (
    CLINIC,
    Acknowledge,
    ChartSedation,
    Event,
    LinkChanged,
    Plan,
    Sampled,
    Screens,
    SelfCheck,
    SetChairState,
    StatusChanged,
    Undelivered,
)
from vitalwatch.errors import UsageError
from vitalwatch.model import Status, Validity, Vital

# --- SED-DEEP ---------------------------------------------------------------------------------------------------


def chart(bench: Bench, scale: str, score: int, at: float) -> None:
    bench.do(ChartSedation("1", scale, score, NURSE), at)


@pytest.mark.parametrize(
    ("scale", "score", "priority"),
    [
        ("moaas", 5, None),
        ("moaas", 4, None),
        ("moaas", 3, "medium"),
        ("moaas", 2, "medium"),
        ("moaas", 1, "high"),
        ("moaas", 0, "high"),
        ("rass", -2, None),
        ("rass", -3, "medium"),
        ("rass", -4, "medium"),
        ("rass", 4, None),
    ],
)
def test_deep_sedation_is_told_at_entry(scale: str, score: int, priority: str | None) -> None:
    bench = Bench()
    chart(bench, scale, score, 3)
    assert bench.began("SED-DEEP") == ([] if priority is None else [3])
    assert priority is None or bench.priority("SED-DEEP") == priority


def test_deep_sedation_tells_the_score_and_stays_until_answered() -> None:
    bench = Bench()
    chart(bench, "moaas", 2, 0)
    assert bench.words("SED-DEEP") == ("Deep sedation", "MOAA/S 2")
    chart(bench, "moaas", 5, 60)
    bench.run_to(63)
    assert bench.states("SED-DEEP")[-1] == (63, "latched")


def test_an_answered_one_that_gets_deeper_sounds_again() -> None:
    bench = Bench()
    chart(bench, "moaas", 3, 0)
    bench.acknowledge("SED-DEEP", at=1)
    chart(bench, "moaas", 1, 60)
    assert (bench.state("SED-DEEP"), bench.priority("SED-DEEP")) == ("active", "high")


@pytest.mark.parametrize(("scale", "score"), [("moaas", 6), ("moaas", -1), ("rass", 5), ("rass", -6), ("apgar", 7)])
def test_a_score_that_its_scale_does_not_have_is_refused(scale: str, score: int) -> None:
    with pytest.raises(UsageError):
        chart(Bench(), scale, score, 0)


# --- S-OBS-DUE, S-TIME, S-LIMITS --------------------------------------------------------------------------------


def test_a_charted_check_is_due_and_then_overdue() -> None:
    bench = Bench()
    bench.do(Plan("1", NURSE, check_in_s=900), 0)
    bench.run_to(899.999)
    assert bench.states("S-OBS-DUE") == []
    bench.run_to(900)
    assert bench.began("S-OBS-DUE") == [900]
    assert (bench.words("S-OBS-DUE")[0], bench.priority("S-OBS-DUE")) == ("Check due", "low")
    bench.run_to(1199.999)
    assert bench.words("S-OBS-DUE")[0] == "Check due"
    bench.run_to(1200)
    assert bench.words("S-OBS-DUE")[0] == "Check overdue"


def test_a_new_plan_ends_it() -> None:
    bench = Bench()
    bench.do(Plan("1", NURSE, check_in_s=10), 0)
    bench.do(Plan("1", NURSE, check_in_s=900), 20)
    bench.run_to(23)
    assert bench.states("S-OBS-DUE")[-1] == (23, "idle")


def test_the_planned_end_is_told_at_its_moment() -> None:
    bench = Bench()
    bench.do(Plan("1", NURSE, end_in_s=2400), 100)
    bench.run_to(2499.999)
    assert bench.states("S-TIME") == []
    bench.run_to(2500)
    assert bench.began("S-TIME") == [2500]
    assert (bench.words("S-TIME")[0], bench.priority("S-TIME")) == ("Infusion end due", "low")


@pytest.mark.parametrize("what", ["shelved", "looser"])
def test_what_is_kept_quiet_for_five_minutes_is_told(what: str) -> None:
    bench = Bench()
    if what == "shelved":
        bench.shelve("HR-HIGH", at=10, seconds=1800)
    else:
        bench.change("limits.spo2_low", 88, at=10, reason="known lung disease", second="Ben")
    bench.run_to(309.999)
    assert bench.states("S-LIMITS") == []
    bench.run_to(310)
    assert bench.began("S-LIMITS") == [310]
    bench.run_to(370)
    assert (bench.words("S-LIMITS")[0], bench.priority("S-LIMITS")) == ("Alarms off 6 min", "low")


def test_a_tightened_limit_is_not_kept_quiet() -> None:
    bench = Bench()
    bench.change("limits.spo2_low", 92, at=10)
    bench.run_to(1000)
    assert bench.states("S-LIMITS") == []


def test_a_limit_that_is_set_back_ends_it() -> None:
    bench = Bench()
    bench.change("limits.spo2_low", 88, at=10, reason="known lung disease", second="Ben")
    bench.run_to(400)
    bench.change("limits.spo2_low", 90, at=400)
    bench.run_to(410)
    assert bench.state("S-LIMITS") == "idle"


# --- T-UNDELIVERED ----------------------------------------------------------------------------------------------


def test_an_alarm_that_reached_no_screen_for_five_seconds_is_high_and_latches() -> None:
    """The service tells of it after the first second."""
    bench = Bench()
    bench.do(Undelivered("1", True), 4)
    bench.run_to(7.999)
    assert bench.began("T-UNDELIVERED") == []
    bench.run_to(8)
    assert bench.began("T-UNDELIVERED") == [8]
    assert (bench.words("T-UNDELIVERED")[0], bench.priority("T-UNDELIVERED")) == ("Alarm not delivered", "high")
    bench.do(Undelivered("1", False), 20)
    bench.run_to(23)
    assert bench.states("T-UNDELIVERED")[-1] == (23, "latched")


def test_one_that_is_drawn_on_silent_screens_only_is_called_not_heard() -> None:
    bench = Bench()
    bench.do(Undelivered("1", True, drawn=True), 4)
    bench.run_to(8)
    assert bench.words("T-UNDELIVERED") == ("Alarm not heard", "it is shown, but no screen that shows it sounds")


# --- T-CHATTER --------------------------------------------------------------------------------------------------


def dips(bench: Bench, *starts: float) -> None:
    """SpO2 below 90 long enough to alarm, and back, at each of the moments."""
    for start in starts:
        bench.spo2(85, start, to=start + 6)
        bench.spo2(97, start + 7, to=start + 12)


def test_three_activations_of_one_condition_within_three_minutes_are_chatter() -> None:
    bench = Bench()
    dips(bench, 0, 60)
    assert bench.began("T-CHATTER") == []
    dips(bench, 120)
    assert bench.began("SPO2-LOW") == [5, 65, 125]
    assert bench.began("T-CHATTER") == [125]
    assert bench.priority("T-CHATTER") == "low"
    assert bench.words("T-CHATTER") == ("Review limits", "SPO2-LOW 3 times in 3 min")


def test_three_in_more_than_three_minutes_are_not() -> None:
    bench = Bench()
    dips(bench, 0, 91, 182)
    assert bench.began("T-CHATTER") == []


def test_chatter_is_over_when_three_minutes_have_passed_since_the_first() -> None:
    bench = Bench()
    dips(bench, 0, 60, 120)
    bench.spo2(97, 133, to=190)
    assert bench.states("T-CHATTER")[-1] == (188, "idle")


def test_three_conditions_once_each_are_no_chatter() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=6)
    bench.heart(160, 7, to=20)
    assert len([o for o in bench.said if isinstance(o, Transition) and o.target is State.ACTIVE]) >= 3
    assert bench.states("T-CHATTER") == []


# --- the clinic -------------------------------------------------------------------------------------------------


class Clinic:
    """Some chairs, and what the engine said of the clinic as a whole."""

    def __init__(self, chairs: int) -> None:
        self.ids = [str(n) for n in range(1, chairs + 1)]
        # devices of a long period and without a cuff: nothing here is silent or overdue by itself
        devices = {i: monitor(f"mon-{i}", STREAMED, period_s=1800) for i in self.ids}
        self.engine = Engine([ChairSpec(i, (devices[i],)) for i in self.ids], 0)
        self.said: list[Output] = []
        for i in self.ids:
            self.do(LinkChanged(i, f"mon-{i}", True), 0)
            self.do(Sampled(i, f"mon-{i}", Vital.SPO2, 97.0, Validity.VALID), 0)  # stands for an hour

    def do(self, event: Event, at: float) -> None:
        self.said += self.engine.step(event, at)

    def run_to(self, at: float) -> None:
        self.said += self.engine.advance(at)

    def states(self, condition: str) -> list[tuple[float, str]]:
        return [(o.at, str(o.target)) for o in self.said if isinstance(o, Transition) and o.condition == condition]

    def alarm(self, chair: str, at: float, on: bool = True) -> None:
        """A new alarm of a chair: its battery."""
        self.do(StatusChanged(chair, f"mon-{chair}", Status.BATTERY_LOW, on), at)


def test_no_screen_for_three_seconds_while_a_chair_is_watched_is_high() -> None:
    clinic = Clinic(1)
    clinic.do(Screens(1), 0)
    clinic.do(Screens(0), 10)
    clinic.run_to(12.999)
    assert clinic.states("T-NOVIEW") == [(10, "pending")]
    clinic.run_to(13)
    assert clinic.states("T-NOVIEW")[-1] == (13, "active")
    track = clinic.engine.chair(CLINIC).tracks["T-NOVIEW"]
    assert track.priority == "high"
    clinic.do(Screens(1), 20)
    clinic.run_to(23)
    assert clinic.states("T-NOVIEW")[-1] == (23, "latched")
    clinic.do(Acknowledge(CLINIC, "T-NOVIEW", NURSE), 30)
    assert clinic.states("T-NOVIEW")[-1] == (30, "idle")


def test_a_screen_that_is_back_within_three_seconds_is_none() -> None:
    clinic = Clinic(1)
    clinic.do(Screens(0), 10)
    clinic.do(Screens(1), 12)
    clinic.run_to(60)
    assert (13, "active") not in clinic.states("T-NOVIEW")


def test_without_a_watched_chair_nobody_needs_to_look() -> None:
    clinic = Clinic(2)
    for chair in clinic.ids:
        clinic.do(SetChairState(chair, "empty", NURSE), 1)
    clinic.do(Screens(0), 10)
    clinic.run_to(60)
    assert clinic.states("T-NOVIEW") == []


def test_a_chair_that_becomes_watched_without_a_screen_is() -> None:
    clinic = Clinic(1)
    clinic.do(SetChairState("1", "empty", NURSE), 1)
    clinic.do(Screens(0), 10)
    for t in range(20, 31):
        clinic.do(Sampled("1", "mon-1", Vital.SPO2, 97.0, Validity.VALID), t)
    clinic.run_to(33)
    assert clinic.states("T-NOVIEW") == [(30, "pending"), (33, "active")]


def test_a_failed_self_check_is_high_after_five_seconds() -> None:
    clinic = Clinic(1)
    clinic.do(SelfCheck(False, why="alarms are decided late"), 10)
    clinic.run_to(14.999)
    assert clinic.states("T-ENGINE") == [(10, "pending")]
    clinic.run_to(15)
    assert clinic.states("T-ENGINE")[-1] == (15, "active")
    track = clinic.engine.chair(CLINIC).tracks["T-ENGINE"]
    assert (track.priority, track.finding.note) == ("high", "alarms are decided late")


def test_a_flood_begins_with_the_tenth_alarm_and_ends_under_five() -> None:
    clinic = Clinic(10)
    for n, chair in enumerate(clinic.ids):
        clinic.alarm(chair, n * 0.5)
    assert clinic.states("T-FLOOD") == [(4.5, "pending"), (4.5, "active")]
    clinic.run_to(605.499)
    assert clinic.states("T-FLOOD")[-1] == (4.5, "active")
    clinic.run_to(605.5)  # at 602.5 the sixth is ten minutes old and four remain; and three seconds
    assert clinic.states("T-FLOOD")[-1] == (605.5, "idle")


def test_nine_are_none() -> None:
    clinic = Clinic(9)
    for n, chair in enumerate(clinic.ids):
        clinic.alarm(chair, n * 0.5)
    assert clinic.states("T-FLOOD") == []


@pytest.mark.parametrize(("every", "flood"), [(66.0, True), (67.0, False)])
def test_ten_in_more_than_ten_minutes_are_none(every: float, flood: bool) -> None:
    clinic = Clinic(10)
    for n, chair in enumerate(clinic.ids):
        clinic.alarm(chair, n * every)
    assert bool(clinic.states("T-FLOOD")) is flood


def test_an_answered_alarm_that_sounds_again_is_not_a_new_one() -> None:
    clinic = Clinic(2)
    for t in range(600):
        for chair in clinic.ids:
            clinic.do(Sampled(chair, f"mon-{chair}", Vital.HEART_RATE, 160.0, Validity.VALID), t)
            for name in ("HR-XHIGH", "HR-HIGH"):
                if clinic.engine.chair(chair).tracks[name].state is State.ACTIVE:
                    clinic.do(Acknowledge(chair, name, NURSE), t)
    assert sum(1 for _, state in clinic.states("HR-XHIGH") if state == "active") == 10
    assert "active" not in [state for _, state in clinic.states("T-FLOOD")]
