"""What other limits would have done, and why it was as it was: asked of a record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.integration.journal.chronicle import Chronicle, spec, wall
from vitalwatch.alarms import Profile
from vitalwatch.alarms.events import Acknowledge, ChangeLimit, SetChairState
from vitalwatch.alarms.profile import Limits
from vitalwatch.errors import JournalError, UsageError
from vitalwatch.journal.database import parsed
from vitalwatch.journal.history.moment import explain_then, moment
from vitalwatch.journal.store import Store
from vitalwatch.replay.backtest import Difference
from vitalwatch.replay.exchange import Exchange, with_limit
from vitalwatch.replay.record_backtest import RecordBacktest
from vitalwatch.replay.span import span_of

STRICT = Profile(name="strict", limits=Limits(spo2_low=94.0))


@pytest.fixture
def chronicle(tmp_path: Path) -> Iterator[Chronicle]:
    place: URL = parsed(f"sqlite:///{tmp_path}/record.db")
    with Store.open(place, write=True) as store:
        yield Chronicle(store, ("1",))


def tried(chronicle: Chronicle, exchange: Exchange, since: float | None = None) -> tuple[RecordBacktest, Difference]:
    chronicle.write()
    span = span_of(chronicle.store, None if since is None else wall(since), None)
    run = RecordBacktest(chronicle.store, span, ("then", lambda profile: profile), ("other", exchange))
    return run, run.run()


def conditions(alarms: object) -> list[str]:
    return [alarm.condition for alarm in alarms if not alarm.condition.startswith("T-")]  # type: ignore[attr-defined]


def test_the_same_limits_change_nothing(chronicle: Chronicle) -> None:
    chronicle.live(300)
    run, found = tried(chronicle, lambda profile: profile)
    assert (found.vanish, found.appear, found.later, found.earlier, found.reranked) == ((), (), (), (), ())
    assert found.same >= 1
    first, second = run.result(found)["profiles"]
    assert first.lines == second.lines


def test_stricter_limits_bring_alarms_and_looser_ones_take_them_away(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 60)
    chronicle.spo2(92.0, 60)
    chronicle.spo2(97.0, 60)
    _, found = tried(chronicle, lambda _: STRICT)
    assert conditions(found.appear) == ["SPO2-LOW"]
    chronicle.spo2(87.0, 60)
    chronicle.spo2(97.0, 60)
    _, found = tried(chronicle, with_limit("limits.spo2_low", 86.0))
    assert conditions(found.vanish) == ["SPO2-LOW"]


def test_a_longer_delay_lets_an_alarm_come_later(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 30)
    chronicle.spo2(88.0, 120)
    _, found = tried(chronicle, with_limit("delays.spo2_low", 30.0))
    (pair,) = [each for each in found.later if each.condition == "SPO2-LOW"]
    assert pair.later_s > 0


def test_an_act_that_makes_no_sense_under_the_other_limits_is_left_out_and_counted(chronicle: Chronicle) -> None:
    chronicle.spo2(88.0, 60)
    chronicle.tell(Acknowledge("1", "SPO2-LOW", "Ana"), 60.5)
    chronicle.spo2(97.0, 60)
    run, _ = tried(chronicle, with_limit("limits.spo2_low", 86.0))
    assert [side.impossible for side in run.sides] == [0, 1]


def test_what_was_set_for_one_patient_stays_under_both(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 30)
    chronicle.tell(ChangeLimit("1", "limits.spo2_low", 85.0, "Ana", "known low", "Ben"), 30.5)
    chronicle.spo2(88.0, 120)
    _, found = tried(chronicle, lambda _: STRICT)
    assert conditions(found.appear) == []


def test_a_config_in_the_span_has_its_profile_exchanged_too(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 30)
    chronicle.configure([spec("1", Profile(name="new"))], 30.5)
    chronicle.spo2(92.0, 60)
    _, found = tried(chronicle, lambda _: STRICT)
    assert conditions(found.appear) == ["SPO2-LOW"]


def test_hours_are_those_in_which_somebody_watched(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 60)
    chronicle.tell(SetChairState("1", "standby", "Ana"), 60.5)
    chronicle.spo2(None, 60)  # with values it would be watched again by itself
    chronicle.tell(SetChairState("1", "watched", "Ana"), 121.0)
    chronicle.spo2(97.0, 60)
    chronicle.restart(3600.0)
    chronicle.spo2(97.0, 60)
    run, _ = tried(chronicle, lambda profile: profile)
    end = chronicle.at
    assert run.hours.watched_s == pytest.approx(60.5 + (181 - 121) + (end - 181 - 3600), abs=1.5)
    assert run.hours.monitored_s == pytest.approx(run.hours.watched_s, abs=6)
    assert run.hours.chairs == {"1"}


def test_time_without_values_is_watched_but_not_monitored(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 60)
    chronicle.spo2(None, 60)
    run, _ = tried(chronicle, lambda profile: profile)
    assert run.hours.watched_s == pytest.approx(120.0, abs=0.1)
    assert run.hours.monitored_s == pytest.approx(60.0, abs=6.0)


def test_the_result_is_data_with_times_of_day(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 60)
    chronicle.spo2(92.0, 60)
    run, found = tried(chronicle, lambda _: STRICT)
    (appears,) = run.result(found)["difference"]["appear"]
    assert appears["condition"] == "SPO2-LOW"
    assert appears["time"].startswith("2027-01-15T")


# --- why --------------------------------------------------------------------------------------------------------


def test_a_moment_of_the_past_is_the_engine_as_it_was(chronicle: Chronicle) -> None:
    chronicle.live(150)
    then = chronicle.engine.snapshot()
    at = chronicle.at
    chronicle.live(150)
    chronicle.write()
    found = moment(chronicle.store, wall(at))
    assert found.engine.snapshot() == then


def test_why_it_alarmed_is_answered_as_it_would_have_been_then(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 60)
    chronicle.spo2(88.0, 60)
    chronicle.spo2(97.0, 120)
    chronicle.write()
    then = explain_then(chronicle.store, "1", "SPO2-LOW", wall(100))
    assert then.explanation.state == "active"
    assert (then.explanation.value, then.explanation.limit) == (88.0, 90.0)
    assert then.before is not None
    assert then.after is not None
    assert then.before.change.target == "active"
    assert then.before.after_s < 0 < then.after.after_s


def test_why_it_did_not_alarm_is_answered_too(chronicle: Chronicle) -> None:
    chronicle.spo2(91.0, 60)
    chronicle.spo2(88.0, 60)
    chronicle.write()
    then = explain_then(chronicle.store, "1", "SPO2-LOW", wall(30))
    assert then.explanation.state == "idle"
    assert "91 against a limit of 90" in then.explanation.sentence
    assert then.before is None
    assert then.after is not None
    waiting = explain_then(chronicle.store, "1", "SPO2-LOW", wall(64))
    assert "it has held for 3 of" in waiting.explanation.sentence


def test_what_the_record_cannot_know_it_says(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 70)
    chronicle.lose(30, 80.0)
    chronicle.spo2(97.0, 30)
    chronicle.write()
    store = chronicle.store
    for second, words in ((-60.0, "begins later"), (85.0, "gap there: 60 observations"), (900.0, "ends before")):
        with pytest.raises(JournalError, match=words):
            explain_then(store, "1", "SPO2-LOW", wall(second))
    with pytest.raises(UsageError, match="no chair"):
        explain_then(store, "9", "SPO2-LOW", wall(30))
    with pytest.raises(UsageError, match="no condition"):
        explain_then(store, "1", "NOTHING", wall(30))


def test_a_gap_with_which_the_record_ends_is_named(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 70)
    chronicle.lose(30, 80.0)
    chronicle.items.pop()  # no checkpoint has come since
    run, _ = tried(chronicle, lambda profile: profile)
    (missed,) = run.missed
    assert "60 observations were not kept: the disk hung" in missed.why


def test_the_clinic_as_a_whole_can_be_asked_about(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 30)
    chronicle.write()
    for condition in chronicle.engine.chair("").tracks:
        assert explain_then(chronicle.store, "", condition, wall(20)).explanation.chair == ""
