"""What a screen is given of an alarm."""

from __future__ import annotations

from tests.unit.alarms.bench import NURSE, Bench
from vitalwatch.alarms.conditions import CATALOGUE
from vitalwatch.alarms.view import is_off, kept_quiet, present
from vitalwatch.model import Status, Vital


def test_everything_that_is_not_idle_is_shown_in_the_order_of_the_catalogue() -> None:
    bench = Bench()
    bench.status(Status.BATTERY_LOW, at=0)
    bench.feed(0, 12, {Vital.SPO2: 80, Vital.HEART_RATE: 130})
    shown = [alarm.condition for alarm in present(bench.chair, bench.now)]
    assert shown == ["SPO2-LOW", "SPO2-DESAT", "HR-HIGH", "T-BATT"]
    assert shown == [name for name in CATALOGUE if name in shown]


def test_a_calm_chair_shows_nothing() -> None:
    bench = Bench()
    bench.spo2(97, 0, to=5)
    assert present(bench.chair, bench.now) == []


def test_an_alarm_tells_what_why_since_when_and_what_to_do() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=12)
    alarm = bench.view("SPO2-DESAT")
    assert (alarm.chair, alarm.condition, alarm.kind, alarm.state, alarm.priority) == (
        "1",
        "SPO2-DESAT",
        "P",
        "active",
        "high",
    )
    assert (alarm.value, alarm.limit, alarm.vitals, alarm.count) == (80, 85, (Vital.SPO2,), 1)
    assert alarm.since_age_s == 7  # active since 5
    assert alarm.action.startswith("Go now")


def test_a_pending_one_counts_from_when_it_became_pending() -> None:
    bench = Bench()
    bench.spo2(89, 10, to=14)
    assert (bench.view("SPO2-LOW").state, bench.view("SPO2-LOW").since_age_s) == ("pending", 4)


def test_a_latched_one_tells_how_long_ago_its_value_was_last_beyond() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=9)
    assert bench.view("SPO2-DESAT").was_age_s is None
    bench.spo2(97, 10, to=40)
    alarm = bench.view("SPO2-DESAT")
    assert (alarm.state, alarm.text, alarm.was_age_s) == ("latched", "SpO2 very low, was 80 < 85", 30)


def test_what_is_kept_quiet_is_named_until_it_is_not() -> None:
    bench = Bench()
    bench.shelve("HR-HIGH", at=0, seconds=60)
    bench.change("limits.spo2_low", 88, at=1, reason="known lung disease", second="Ben")
    assert kept_quiet(bench.chair) == ["HR high put aside", "limits looser than the profile"]
    assert is_off(bench.chair)
    bench.heard(2, to=61)
    assert kept_quiet(bench.chair) == ["limits looser than the profile"]
    assert not is_off(bench.chair)
    bench.pause(62)
    assert is_off(bench.chair)
    bench.new_visit(at=70)
    assert (kept_quiet(bench.chair), is_off(bench.chair)) == ([], False)


def test_answering_and_latching_keep_the_beginning() -> None:
    bench = Bench()
    bench.spo2(80, 0, to=6)
    bench.acknowledge("SPO2-DESAT", at=20)
    assert (bench.view("SPO2-DESAT").since_age_s, bench.view("SPO2-DESAT").actor) == (15, NURSE)


def test_every_row_of_the_catalogue_has_a_name_and_says_what_to_do() -> None:
    assert [name for name, c in CATALOGUE.items() if not (c.name and c.action and c.id == name)] == []


def test_the_catalogue_has_every_row_of_the_clinical_notes() -> None:
    assert set(CATALOGUE) == {
        *("SPO2-LOW", "SPO2-DESAT", "SPO2-DROP", "SPO2-TTL", "HR-HIGH", "HR-XHIGH", "HR-LOW", "HR-XLOW", "HR-TREND"),
        *("PULSE-LOST", "BP-HIGH", "BP-CRISIS", "BP-LOW", "BP-XLOW", "BP-RISE", "BP-FALL", "BP-TTL", "REACTION"),
        *("SED-DEEP", "RR-LOW", "APNEA", "MON-ALARM", "T-PROBE", "T-LOWSIG", "T-NOVALUE", "T-HRDIFF", "T-CUFF"),
        *("T-NIBP-LATE", "T-SILENT", "T-LINK", "T-STALE", "T-BATT", "T-UNDELIVERED", "T-NOVIEW", "T-ENGINE"),
        *("T-FLOOD", "T-CHATTER", "S-OBS-DUE", "S-TIME", "S-LIMITS"),
    }


def test_what_latches_is_what_the_clinical_notes_let_latch() -> None:
    assert {name for name, condition in CATALOGUE.items() if condition.latching} == {
        *("SPO2-DESAT", "HR-XHIGH", "HR-XLOW", "PULSE-LOST", "BP-CRISIS", "BP-XLOW", "REACTION", "SED-DEEP", "APNEA"),
        *("T-LINK", "T-UNDELIVERED", "T-NOVIEW", "T-ENGINE"),
    }
