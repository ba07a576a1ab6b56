"""Any span of a record is played to the byte: over restarts and other configs, round gaps, from the middle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, update
from sqlalchemy.engine import URL

from tests.integration.journal.chronicle import BEGIN_S, Chronicle, spec, wall
from vitalwatch.alarms import Output, Profile
from vitalwatch.alarms.events import Heard
from vitalwatch.alarms.profile import Limits
from vitalwatch.alarms.transition import Transition
from vitalwatch.errors import JournalError
from vitalwatch.journal.record import Kind
from vitalwatch.journal.schema import block, entry
from vitalwatch.journal.store import Store
from vitalwatch.replay.span import SpanPlayer, span_of

STRICT = Profile(name="strict", limits=Limits(spo2_low=94.0))


@pytest.fixture
def chronicle(place: URL) -> Iterator[Chronicle]:
    with Store.open(place, write=True) as store:
        yield Chronicle(store)


def played(
    chronicle: Chronicle, since: float | None = None, until: float | None = None, **how: object
) -> tuple[SpanPlayer, list[Output]]:
    chronicle.write()
    times = (None if each is None else wall(each) for each in (since, until))
    player = SpanPlayer(chronicle.store, span_of(chronicle.store, *times), **how)  # type: ignore[arg-type]
    return player, list(player.play())


def is_same(player: SpanPlayer, least: int = 1) -> bool:
    same = player.comparison
    assert same.unlike is None
    assert same.said == same.kept >= least
    return same.said_sha256 == same.kept_sha256


def test_what_was_said_is_said_again_from_the_beginning_to_the_end(chronicle: Chronicle) -> None:
    chronicle.live(400)
    assert is_same(played(chronicle)[0], least=50)


@pytest.mark.parametrize(("since", "until"), [(61.5, 200.25), (60.0, 120.0), (130.0, None), (None, 77.7)])
def test_a_span_is_that_part_and_nothing_else(chronicle: Chronicle, since: float | None, until: float | None) -> None:
    chronicle.live(300)
    player, said = played(chronicle, since, until)
    assert is_same(player, least=5)
    low, high = since or 0.0, 1e9 if until is None else until
    assert all(low <= output.at - BEGIN_S < high for output in said)
    whole = [output for output in played(chronicle)[1] if low <= output.at - BEGIN_S < high]
    assert said == whole


def test_time_that_only_passes_is_played_too(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 90)
    chronicle.pass_time(400.0)  # the monitors are silent, and alarms of that come by themselves
    chronicle.tell(Heard("1", "ox-1"), 401.0)
    assert is_same(played(chronicle, 100.0, 400.0)[0])


@pytest.mark.parametrize("away_s", [0.7, 30.0, 7200.0])
def test_it_goes_on_over_a_restart(chronicle: Chronicle, away_s: float) -> None:
    chronicle.live(130)
    chronicle.restart(away_s)
    chronicle.live(130)
    player, said = played(chronicle)
    assert is_same(player, least=30)
    assert any(getattr(output, "event", "") == "resumed" for output in said)
    assert player.missed == []


def test_it_goes_on_over_a_restart_after_which_the_last_was_decided_again(chronicle: Chronicle) -> None:
    chronicle.spo2(80.0, 20)
    last = max(n for n, item in enumerate(chronicle.items) if item.kind is Kind.TRANSITION)
    del chronicle.items[last + 1 :]
    chronicle.restart(5.0, unkept=1)
    chronicle.live(60)
    assert is_same(played(chronicle)[0])


def test_it_goes_on_over_another_config(chronicle: Chronicle) -> None:
    chronicle.live(100)
    chronicle.configure([spec("1", STRICT), spec("3")], 101.5)
    chronicle.live(100)
    assert is_same(played(chronicle)[0], least=20)
    assert is_same(played(chronicle, 90.0, 110.0)[0])


def test_what_was_not_kept_is_passed_over_and_named(chronicle: Chronicle) -> None:
    chronicle.spo2(97.0, 70)
    chronicle.lose(40, 80.0)
    chronicle.spo2(97.0, 200)
    player, said = played(chronicle)
    assert is_same(player)
    (missed,) = player.missed
    assert "80 observations were not kept: the disk hung" in missed.why
    assert wall(69) <= missed.since <= wall(71)
    assert missed.until == wall(110)
    assert not [output for output in said if BEGIN_S + 71 < output.at < BEGIN_S + 110]


def test_where_alarms_began_anew_it_begins_anew(chronicle: Chronicle) -> None:
    chronicle.live(90)
    chronicle.anew(500.0)
    chronicle.live(90)
    player, _ = played(chronicle)
    assert is_same(player, least=20)
    assert [missed.why for missed in player.missed] == ["alarms began anew here"]


def test_what_was_taken_out_is_passed_over_and_named(chronicle: Chronicle) -> None:
    chronicle.live(130)
    chronicle.write()
    chronicle.live(130)
    chronicle.write()
    with chronicle.store.transaction() as connection:
        middle = next(chronicle.store.entries(kinds=[Kind.SEAL], since=wall(61), until=wall(121))).seq
        connection.execute(delete(block).where(block.c.seq < middle))
    player, _ = played(chronicle)
    assert is_same(player)
    assert {missed.why for missed in player.missed} == {"what was there has been taken out"}


def test_a_record_that_breaks_off_before_the_last_was_kept_is_no_difference(chronicle: Chronicle) -> None:
    chronicle.spo2(80.0, 60)
    last = max(n for n, item in enumerate(chronicle.items) if item.kind is Kind.TRANSITION)
    del chronicle.items[last:]
    player, said = played(chronicle)
    assert is_same(player)
    assert player.comparison.undecided == 1
    assert len(said) == player.comparison.said + 1


def test_a_changed_line_is_found_and_shown(chronicle: Chronicle) -> None:
    chronicle.live(200)
    chronicle.write()
    changed = list(chronicle.store.entries(kinds=[Kind.TRANSITION]))[5]
    with chronicle.store.transaction() as connection:
        forged = changed.body.replace('"priority":"', '"priority":"x')
        connection.execute(update(entry).where(entry.c.seq == changed.seq).values(body=forged))
    player, _ = played(chronicle)
    assert player.comparison.unlike is not None
    assert player.comparison.unlike.kept == forged
    assert player.comparison.unlike.said == changed.body
    assert player.comparison.said_sha256 != player.comparison.kept_sha256


def test_a_line_that_is_gone_is_found(chronicle: Chronicle) -> None:
    chronicle.live(200)
    chronicle.write()
    gone = list(chronicle.store.entries(kinds=[Kind.TRANSITION]))[5]
    with chronicle.store.transaction() as connection:  # its number stays taken, so that nothing else is missing
        connection.execute(update(entry).where(entry.c.seq == gone.seq).values(kind=str(Kind.COMMAND)))
    found = played(chronicle)[0].comparison
    assert found.unlike is not None
    assert found.unlike.said == gone.body
    assert found.said == found.kept + 1


def test_another_version_of_the_span_is_named(chronicle: Chronicle) -> None:
    chronicle.live(30)
    chronicle.write()
    with chronicle.store.transaction() as connection:
        connection.execute(
            update(entry)
            .where(entry.c.kind == str(Kind.STARTED))
            .values(body='{"version":"0.0.9","resumed":false,"away_s":null,"after":""}')
        )
    assert played(chronicle)[0].versions == ["0.0.9"]


def test_one_chair_is_compared_by_itself(chronicle: Chronicle) -> None:
    chronicle.live(200)
    player, said = played(chronicle, chair="2")
    assert is_same(player, least=10)
    assert {output.chair for output in said} == {"2"}


def test_under_other_limits_other_alarms_come_and_nothing_is_compared(chronicle: Chronicle) -> None:
    chronicle.spo2(92.0, 90)
    player, said = played(chronicle, profile=STRICT)
    active = [o for o in said if isinstance(o, Transition) and (o.condition, o.target) == ("SPO2-LOW", "active")]
    assert [(change.value, change.limit) for change in active] == [(92.0, 94.0)]
    assert player.comparison.said == player.comparison.kept == 0


def test_a_time_of_which_there_is_nothing_is_refused(chronicle: Chronicle) -> None:
    chronicle.live(30)
    chronicle.write()
    with pytest.raises(JournalError, match="nothing of that time"):
        span_of(chronicle.store, wall(3600), None)
    with pytest.raises(JournalError, match="nothing of that time"):
        span_of(chronicle.store, wall(20), wall(10))


def test_an_empty_record_is_refused(place: URL) -> None:
    with Store.open(place, write=True) as store, pytest.raises(JournalError, match="nothing that could be played"):
        span_of(store, None, None)
