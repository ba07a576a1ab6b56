"""The hub killed in the middle of something, and started again on what its record holds; in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from tests.unit.hub.conftest import Screen, VirtualLoop, WordsDriver
from vitalwatch.alarms import ChairSpec, DeviceSpec, Profile
from vitalwatch.alarms.events import (
    Acknowledge,
    Act,
    ChangeLimit,
    NewVisit,
    PauseAudio,
    SelfCheck,
    Shelve,
    TakeBaseline,
)
from vitalwatch.alarms.profile import Limits
from vitalwatch.alarms.transition import AlarmEvent, Transition
from vitalwatch.hub import ChairFace, ChairSetup, DeviceSetup, Hub
from vitalwatch.hub.past import past_of, start_of
from vitalwatch.journal import schema
from vitalwatch.journal.database import parsed
from vitalwatch.journal.opening import open_record
from vitalwatch.journal.record import US, Kind, Started, said_in
from vitalwatch.journal.recorder import Recorder
from vitalwatch.journal.store import Store
from vitalwatch.links import Links
from vitalwatch.model.cells import values_of

OPENING = datetime(2026, 3, 2, 10, 15, tzinfo=UTC).timestamp()
"""What the clock on the wall says when the first service starts."""

ADA, BEN = "Ada", "Ben"

USUAL = Profile()


class AxisClock:
    """The service's clock on the time of the running loop, and a clock on the wall beside it."""

    speed = 1.0

    def __init__(self, start: float, wall: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._start, self._wall = start, wall

    def now(self) -> float:
        return round(self._start + self._loop.time(), 6)

    def wall(self) -> datetime:
        return datetime.fromtimestamp(self._wall + self._loop.time(), UTC)


class Life:
    """One run of the service, from its start to its end without a word."""

    def __init__(self, hub: Hub, links: Links, notice: str) -> None:
        self.hub = hub
        self.notice = notice
        self._links = links

    def say(self, words: str, device: str = "d1") -> None:
        """Let a device send words."""
        self._links.loop(device).feed(words.encode())

    async def saying(self, words: str, seconds: int, device: str = "d1") -> None:
        """Let a device send words each second."""
        for _ in range(seconds):
            self.say(words, device)
            await asyncio.sleep(1.0)

    def act(self, act: Act) -> None:
        """Let a person do something."""
        self.hub.act(act)

    def screen(self) -> Screen:
        """Connect a screen."""
        return Screen(self.hub, self.hub.connect())

    def chair(self, chair: str = "1") -> dict[str, Any]:
        """A chair as every new screen is shown it."""
        found: dict[str, Any] = next(c for c in json.loads(self.hub.snapshot())["chairs"] if c["id"] == chair)
        return found

    def alarm(self, condition: str, chair: str = "1") -> dict[str, Any]:
        """An alarm as every new screen is shown it; ``idle`` when there is none."""
        return next((a for a in self.chair(chair)["alarms"] if a["condition"] == condition), {"state": "idle"})


def chair(number: int, links: Links, profile: Profile = USUAL, vitals: int = 2) -> ChairSetup:
    """A chair with a device that reads words."""
    name = f"d{number}"
    driver = WordsDriver(name)
    spec = ChairSpec(str(number), (DeviceSpec(name, driver.vitals[:vitals], driver.period_s),), profile)
    device = DeviceSetup(name, driver, "words", links.open(f"loop://{name}"))
    return ChairSetup(spec, ChairFace(str(number), f"Chair {number}", ""), (device,))


class Service:
    """A service that lives several times on one record.

    Attributes:
        url: of the record.
    """

    def __init__(self, folder: Path) -> None:
        self.url = parsed(f"sqlite:///{folder}/record.db")
        self._folder = folder
        self._wall = OPENING

    def lives(
        self,
        story: Callable[[Life], Awaitable[Any]],
        *,
        away_s: float = 0.0,
        chairs: Callable[[Links], Sequence[ChairSetup]] = lambda links: [chair(1, links)],
        attended: bool = True,
        forgets: Callable[[Any], int] = lambda _: 0,
    ) -> Any:
        """Run a story ``away_s`` after the last; then the power is cut.

        Args:
            story: what happens.
            away_s: how long nobody was watching before.
            chairs: what the config has.
            attended: whether a screen draws and sounds all the time.
            forgets: so many of the last things do not reach the disk, given all that wait for it.
        """
        self._wall += away_s
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(self._live(story, chairs, attended, forgets))

    async def _live(self, story: Any, chairs: Any, attended: bool, forgets: Any) -> Any:
        opened = open_record(self.url, self._folder / "spool", "damaged")
        past, notice = past_of(opened, partial(Store.open, self.url))
        clock = AxisClock(start_of(opened, past, self._wall, 1.0), self._wall)
        record = Recorder(clock, opened.open, opened.store, opened.packer, opened.spool)
        links = Links(clock, self._folder, Random(1))
        hub = Hub("Test clinic", chairs(links), clock, [], None, record, past)
        life = Life(hub, links, notice)
        watching = asyncio.create_task(hub.run())
        await asyncio.sleep(0.01)  # until the links are open
        nurse = life.screen()
        if attended:
            nurse.says()
            nurse.draw()
        try:
            return await story(life)
        finally:
            self._wall = clock.wall().timestamp()
            for _ in range(forgets(record.writer.queue)):
                record.writer.queue.pop()
            record.writer.start()
            assert record.writer.end(10.0)  # not awaited: no time passes in which more could happen
            if attended:
                await nurse.freeze()
            watching.cancel()
            await asyncio.wait({watching})

    def said(self) -> list[Transition | AlarmEvent]:
        """Everything that the engine said, as the record has it."""
        with Store.open(self.url) as store:
            return [said_in(entry) for entry in store.entries(kinds=[Kind.TRANSITION, Kind.EVENT])]

    def steps(self, condition: str) -> list[tuple[str, str]]:
        """The changes of state of a condition, from and to, as the record has them."""
        return [
            (str(said.source), str(said.target))
            for said in self.said()
            if isinstance(said, Transition) and said.condition == condition
        ]

    def started(self) -> list[Started]:
        """How each run began, as the record has it."""
        with Store.open(self.url) as store:
            return [Started(**json.loads(entry.body)) for entry in store.entries(kinds=[Kind.STARTED])]

    def seconds(self, chair: str = "1") -> dict[datetime, float]:
        """Each second's SpO2 as history has it, by the time of day."""
        found: dict[datetime, float] = {}
        with Store.open(self.url) as store:
            for minute in store.minutes_from(chair, 0):
                assert minute.seconds is not None
                values = values_of(np.frombuffer(minute.seconds, dtype="<u2")) if minute.vital == "spo2" else []
                for second, value in enumerate(values):
                    if value == value:
                        found[datetime.fromtimestamp(minute.wall / US + second, UTC)] = float(value)
        return found


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


async def low_for_20_s(life: Life) -> None:
    """SpO2 is low for so long that somebody is called."""
    await life.saying("spo2=97", 3)
    await life.saying("spo2=88", 20)


BEGUN = [("idle", "pending"), ("pending", "active")]


# --- alarms go on -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("away_s", [1.0, 30.0, 7200.0])
def test_an_unanswered_alarm_is_there_again_and_has_not_begun_anew(service: Service, away_s: float) -> None:
    service.lives(low_for_20_s)

    async def after(life: Life) -> dict[str, Any]:
        at_once = life.alarm("SPO2-LOW")
        await life.saying("spo2=88", 5)
        assert life.alarm("SPO2-LOW")["count"] == 1
        return at_once

    alarm = service.lives(after, away_s=away_s)
    assert (alarm["state"], alarm["count"]) == ("active", 1)
    assert alarm["since_age_s"] == pytest.approx(5 + away_s, abs=0.1)  # 15 s of its 20 were its delay
    assert service.steps("SPO2-LOW") == BEGUN


def test_a_pending_alarm_needs_only_what_is_left_of_its_delay(service: Service) -> None:
    async def low_for_6_s(life: Life) -> None:
        await life.saying("spo2=97", 3)
        await life.saying("spo2=89", 6)

    service.lives(low_for_6_s)
    assert service.steps("SPO2-LOW") == BEGUN[:1]

    async def after(life: Life) -> tuple[str, str]:
        assert life.alarm("SPO2-LOW")["state"] == "pending"
        await life.saying("spo2=89", 7)
        early = life.alarm("SPO2-LOW")["state"]
        await life.saying("spo2=89", 2)
        return early, life.alarm("SPO2-LOW")["state"]

    assert service.lives(after, away_s=1.0) == ("pending", "active")
    assert service.steps("SPO2-LOW") == BEGUN


def test_a_pending_alarm_without_values_for_half_a_minute_begins_its_delay_anew(service: Service) -> None:
    async def low_for_6_s(life: Life) -> None:
        await life.saying("spo2=97", 3)
        await life.saying("spo2=89", 6)

    service.lives(low_for_6_s)

    async def after(life: Life) -> str:
        await life.saying("spo2=89", 14)
        state: str = life.alarm("SPO2-LOW")["state"]
        return state

    assert service.lives(after, away_s=30.0) == "pending"
    assert service.steps("SPO2-LOW") == [("idle", "pending"), ("pending", "idle"), ("idle", "pending")]


def test_an_acknowledged_alarm_stays_acknowledged_by_the_same_person(service: Service) -> None:
    async def before(life: Life) -> None:
        await low_for_20_s(life)
        life.act(Acknowledge("1", "SPO2-LOW", ADA))

    service.lives(before)

    async def after(life: Life) -> dict[str, Any]:
        await life.saying("spo2=88", 5)
        return life.alarm("SPO2-LOW")

    alarm = service.lives(after, away_s=10.0)
    assert (alarm["state"], alarm["actor"], alarm["count"]) == ("acknowledged", ADA, 1)
    assert service.steps("SPO2-LOW") == [*BEGUN, ("active", "acknowledged")]


def test_an_acknowledgement_ends_when_it_would_have_ended(service: Service) -> None:
    async def before(life: Life) -> None:
        await low_for_20_s(life)
        life.act(Acknowledge("1", "SPO2-LOW", ADA))

    service.lives(before)

    async def after(life: Life) -> tuple[str, str]:
        await life.saying("spo2=88", 188)
        early = life.alarm("SPO2-LOW")["state"]
        await life.saying("spo2=88", 3)
        return early, life.alarm("SPO2-LOW")["state"]

    assert service.lives(after, away_s=110.0) == ("acknowledged", "active")  # 300 s in all


def test_a_latched_alarm_stays_latched_until_somebody_answers(service: Service) -> None:
    async def before(life: Life) -> None:
        await life.saying("spo2=97", 3)
        await life.saying("spo2=78", 10)
        await life.saying("spo2=98", 10)

    service.lives(before)

    async def after(life: Life) -> str:
        await life.saying("spo2=98", 5)
        state: str = life.alarm("SPO2-DESAT")["state"]
        life.act(Acknowledge("1", "SPO2-DESAT", ADA))
        return state

    assert service.lives(after, away_s=5.0) == "latched"
    assert service.steps("SPO2-DESAT") == [*BEGUN, ("active", "latched"), ("latched", "idle")]


def test_what_is_on_the_shelf_comes_back_at_its_time(service: Service) -> None:
    async def before(life: Life) -> None:
        await low_for_20_s(life)
        life.act(Shelve("1", "SPO2-LOW", ADA, "cold hands", 60.0))

    service.lives(before)

    async def after(life: Life) -> tuple[str, str]:
        await life.saying("spo2=97", 28)
        early = life.alarm("SPO2-LOW")["state"]
        await life.saying("spo2=97", 3)
        return early, life.alarm("SPO2-LOW")["state"]

    assert service.lives(after, away_s=30.0) == ("shelved", "idle")


def test_an_audio_pause_has_the_same_end(service: Service) -> None:
    async def before(life: Life) -> float:
        await low_for_20_s(life)
        life.act(PauseAudio("1", ADA))
        await life.saying("spo2=88", 10)
        until: float = life.chair()["audio_paused_until"]
        return until

    until = service.lives(before)

    async def after(life: Life) -> tuple[float, float | None]:
        found = life.chair()["audio_paused_until"]
        await life.saying("spo2=88", 91)
        return found, life.chair()["audio_paused_until"]

    assert service.lives(after, away_s=20.0) == (until, None)


def test_what_people_set_for_a_patient_is_still_set(service: Service) -> None:
    async def before(life: Life) -> None:
        await life.saying("spo2=97 bp=124/78", 30)
        life.act(TakeBaseline("1", ADA))
        life.act(ChangeLimit("1", "limits.spo2_low", 93, ADA))

    service.lives(before)

    async def after(life: Life) -> Any:
        baseline = life.hub._engine.chair("1").baseline
        assert baseline is not None
        return life.chair()["changed_limits"], baseline.systolic, baseline.actor

    assert service.lives(after, away_s=60.0) == (["limits.spo2_low"], 124.0, ADA)


def test_an_alarm_that_reached_no_screen_is_still_said_to_have_reached_none(service: Service) -> None:
    async def before(life: Life) -> None:
        await life.saying("spo2=97", 3)
        await life.saying("spo2=78", 30)
        assert life.alarm("T-UNDELIVERED")["state"] == "active"

    service.lives(before, attended=False)

    async def after(life: Life) -> str:
        await life.saying("spo2=78", 15)
        state: str = life.alarm("T-UNDELIVERED")["state"]
        return state

    assert service.lives(after, away_s=2.0, attended=False) == "active"
    assert service.steps("T-UNDELIVERED") == BEGUN


def test_a_fault_of_the_service_that_the_restart_has_mended_is_over(service: Service) -> None:
    def present(life: Life) -> str:
        found = {alarm["condition"]: alarm["state"] for alarm in json.loads(life.hub.snapshot())["clinic_alarms"]}
        return found.get("T-ENGINE", "idle")

    async def before(life: Life) -> None:
        life.hub._tell_now([SelfCheck(False, why="it stood still")])
        await life.saying("spo2=97", 12)
        assert present(life) == "active"

    service.lives(before)

    async def after(life: Life) -> str:
        await life.saying("spo2=97", 5)
        return present(life)

    assert service.lives(after, away_s=2.0) in ("idle", "latched")


def test_that_ends_when_a_screen_draws_it_after_the_restart(service: Service) -> None:
    async def before(life: Life) -> None:
        await life.saying("spo2=97", 3)
        await life.saying("spo2=78", 30)

    service.lives(before, attended=False)

    async def after(life: Life) -> str:
        await life.saying("spo2=78", 10)
        state: str = life.alarm("T-UNDELIVERED")["state"]
        return state

    assert service.lives(after, away_s=2.0) == "latched"  # over; the reminder of it waits for an answer


def test_a_monitor_that_was_lost_is_still_lost(service: Service) -> None:
    def cut(links: Links) -> list[ChairSetup]:
        links.loop("d1").cut()
        return [chair(1, links)]

    async def before(life: Life) -> None:
        await asyncio.sleep(20)
        assert life.alarm("T-LINK")["state"] == "active"
        life.act(Acknowledge("1", "T-LINK", ADA))

    service.lives(before, chairs=cut)

    async def after(life: Life) -> str:
        await asyncio.sleep(20)
        state: str = life.alarm("T-LINK")["state"]
        return state

    assert service.lives(after, away_s=5.0, chairs=cut) == "acknowledged"


def test_a_monitor_that_was_silent_and_still_is_brings_no_second_alarm(service: Service) -> None:
    async def before(life: Life) -> None:
        await life.saying("spo2=97", 5)
        await asyncio.sleep(20)
        assert life.alarm("T-SILENT")["state"] == "active"
        life.act(Acknowledge("1", "T-SILENT", ADA))

    service.lives(before)

    async def after(life: Life) -> str:
        await asyncio.sleep(30)
        state: str = life.alarm("T-SILENT")["state"]
        return state

    assert service.lives(after, away_s=5.0) == "acknowledged"
    assert service.steps("T-SILENT") == [*BEGUN, ("active", "acknowledged")]


# --- what nobody was watching -------------------------------------------------------------------------------------


@pytest.mark.parametrize("away_s", [1.0, 30.0, 7200.0])
def test_downtime_is_not_taken_for_the_silence_of_a_monitor(service: Service, away_s: float) -> None:
    async def well(life: Life) -> list[Any]:
        await life.saying("spo2=97 bp=124/78", 30)
        return [alarm["condition"] for alarm in life.chair()["alarms"]]

    assert service.lives(well) == []
    assert service.lives(well, away_s=away_s) == []
    begun = [said for said in service.said() if isinstance(said, Transition) and said.target == "active"]
    assert [said.condition for said in begun if said.condition in ("T-SILENT", "T-LINK", "T-NOVALUE")] == []


def test_the_record_says_how_long_nobody_was_watching(service: Service) -> None:
    service.lives(low_for_20_s)
    service.lives(low_for_20_s, away_s=90.0)
    (resumed,) = [said.text for said in service.said() if isinstance(said, AlarmEvent) and said.event == "resumed"]
    assert resumed == "nobody was watching for 91.0 s"  # the last thing that was kept was a second old
    first, second = service.started()
    assert (first.resumed, first.after) == (False, "")
    assert (second.resumed, second.after) == (True, "broken off")
    assert second.away_s == pytest.approx(91, abs=0.2)


def test_a_clock_that_was_set_back_takes_nothing_back(service: Service) -> None:
    service.lives(low_for_20_s)

    async def after(life: Life) -> dict[str, Any]:
        return life.alarm("SPO2-LOW")

    alarm = service.lives(after, away_s=-3600.0)
    assert (alarm["state"], alarm["since_age_s"]) == ("active", pytest.approx(4, abs=0.1))
    assert "nobody was watching for an unknown time" in [said.text for said in service.said()]
    assert service.started()[1].away_s is None


def test_an_axis_that_has_left_the_time_of_day_behind_does_not_make_the_downtime_longer(service: Service) -> None:
    service.lives(low_for_20_s)
    service.lives(low_for_20_s, away_s=-3600.0)  # the clock on the wall was an hour fast, and was mended

    async def after(life: Life) -> None:
        await asyncio.sleep(1)

    service.lives(after, away_s=10.0)
    assert service.started()[2].away_s == pytest.approx(11, abs=0.2)


# --- another config -----------------------------------------------------------------------------------------------


def test_a_chair_that_the_config_has_no_more_ends_its_alarms_and_another_begins(service: Service) -> None:
    service.lives(low_for_20_s)

    async def after(life: Life) -> tuple[list[str], str]:
        await life.saying("spo2=88", 16, "d2")
        return life.hub.chairs, life.alarm("SPO2-LOW", "2")["state"]

    assert service.lives(after, chairs=lambda links: [chair(2, links)]) == (["2"], "active")
    (over,) = [s for s in service.said() if isinstance(s, Transition) and s.chair == "1" and s.target == "idle"]
    assert over.reason == "taken out of the config"


def test_other_limits_judge_the_values_from_then_on(service: Service) -> None:
    strict = Profile(name="strict", limits=Limits(spo2_low=95))

    async def well(life: Life) -> str:
        await life.saying("spo2=93", 20)
        state: str = life.alarm("SPO2-LOW")["state"]
        return state

    assert service.lives(well) == "idle"
    assert service.lives(well, away_s=2.0, chairs=lambda links: [chair(1, links, strict)]) == "active"
    assert [said.text for said in service.said() if isinstance(said, AlarmEvent) and said.event == "reconfigured"]


def test_another_device_at_the_chair_leaves_the_alarm_there(service: Service) -> None:
    service.lives(low_for_20_s)

    async def after(life: Life) -> str:
        state: str = life.alarm("SPO2-LOW")["state"]
        return state

    assert service.lives(after, away_s=2.0, chairs=lambda links: [chair(1, links, vitals=1)]) == "active"
    assert service.steps("SPO2-LOW") == BEGUN


# --- what was not kept --------------------------------------------------------------------------------------------


def test_a_transition_that_was_shown_but_not_kept_is_decided_again_and_kept_once(service: Service) -> None:
    async def seen_by_a_screen(life: Life) -> list[Any]:
        screen = life.screen()
        await low_for_20_s(life)
        return [frame["transition"] for frame in await screen.seen() if frame["type"] == "alarm"]

    def the_alarm_and_all_after(queue: Sequence[Any]) -> int:
        first = next(n for n, item in enumerate(queue) if getattr(item.body, "target", "") == "active")
        return len(queue) - first

    shown = service.lives(seen_by_a_screen, forgets=the_alarm_and_all_after)
    assert service.steps("SPO2-LOW") == BEGUN[:1]

    async def after(life: Life) -> str:
        state: str = life.alarm("SPO2-LOW")["state"]
        return state

    assert service.lives(after, away_s=1.0) == "active"
    assert service.steps("SPO2-LOW") == BEGUN
    kept = [said for said in service.said() if isinstance(said, Transition) and said.target == "active"]
    assert [said.at for said in kept] == [change["at"] for change in shown if change["to"] == "active"]


@pytest.mark.parametrize("forgets", [2, 5, 12, 25])
def test_whatever_the_power_cut_takes_nothing_is_there_twice(service: Service, forgets: int) -> None:
    service.lives(low_for_20_s, forgets=lambda _: forgets)

    async def after(life: Life) -> str:
        await life.saying("spo2=88", 20)
        state: str = life.alarm("SPO2-LOW")["state"]
        return state

    assert service.lives(after, away_s=1.0) == "active"
    assert service.steps("SPO2-LOW") == BEGUN


def test_every_life_goes_on_where_the_last_one_ended(service: Service) -> None:
    service.lives(low_for_20_s)

    async def low(life: Life) -> None:
        await life.saying("spo2=88", 3)

    for _ in range(5):
        service.lives(low, away_s=1.0)
    assert service.steps("SPO2-LOW") == BEGUN
    assert [started.resumed for started in service.started()] == [False, True, True, True, True, True]


# --- a record that cannot be gone on from ---------------------------------------------------------------------------


def test_a_state_that_cannot_be_read_is_told_loudly_and_watching_begins_all_the_same(service: Service) -> None:
    service.lives(low_for_20_s)
    with Store.open(service.url, write=True) as store, store.transaction() as connection:
        connection.execute(update(schema.checkpoint).values(data=b"no snapshot"))

    async def after(life: Life) -> tuple[str, str]:
        at_once = life.alarm("SPO2-LOW")["state"]
        await life.saying("spo2=88", 20)
        return at_once, life.alarm("SPO2-LOW")["state"]

    with capture_logs() as logs:
        assert service.lives(after, away_s=5.0) == ("idle", "active")
    assert [log["log_level"] for log in logs if log["event"] == "the record cannot be gone on from"] == ["error"]
    assert [started.resumed for started in service.started()] == [False, False]


def test_a_version_that_decides_otherwise_is_heard_of(service: Service) -> None:
    service.lives(low_for_20_s)
    with Store.open(service.url, write=True) as store, store.transaction() as connection:
        entry = schema.entry
        body = next(e.body for e in store.entries(kinds=[Kind.TRANSITION]) if e.name == "SPO2-LOW")
        other = body.replace("beyond the limit", "as another version has it")
        connection.execute(update(entry).where(entry.c.body == body).values(body=other))

    async def after(life: Life) -> str:
        state: str = life.alarm("SPO2-LOW")["state"]
        return state

    with capture_logs() as logs:
        assert service.lives(after) == "active"
    assert "the engine decides otherwise than it did; the record keeps both" in [log["event"] for log in logs]


def test_a_new_visit_is_not_given_the_alarms_of_the_one_before(service: Service) -> None:
    async def before(life: Life) -> None:
        await low_for_20_s(life)
        life.act(NewVisit("1", BEN))

    service.lives(before)

    async def after(life: Life) -> str:
        state: str = life.alarm("SPO2-LOW")["state"]
        return state

    assert service.lives(after, away_s=1.0) == "idle"


# --- the minute in which it ended ---------------------------------------------------------------------------------


def at(clock: str) -> datetime:
    """A time of day of the day on which the first service starts."""
    return datetime.fromisoformat(f"2026-03-02T{clock}+00:00")


@pytest.mark.parametrize("told_to_end", [False, True])
@pytest.mark.parametrize("away_s", [10.0, 600.0, 3 * 3600.0])
def test_the_minute_in_which_it_ended_keeps_the_values_before_and_after(
    service: Service, away_s: float, told_to_end: bool
) -> None:
    async def before(life: Life) -> None:
        await life.saying("spo2=97", 75)
        await life.saying("spo2=91", 15)
        if told_to_end:
            record = life.hub.keeper.record  # type: ignore[union-attr]
            record.checkpoint(life.hub.last_state(), life.hub.clock.now())

    async def after(life: Life) -> None:
        await life.saying("spo2=95", 75)

    service.lives(before)
    service.lives(after, away_s=away_s)
    found = service.seconds()
    lasting = [found.get(at(f"10:16:{second}")) for second in (10, 14, 16, 29)]
    assert lasting == [97.0, 97.0, 91.0, 91.0]
    begins = at("10:16:30").timestamp() + away_s
    later = {value for when, value in found.items() if when.timestamp() > begins + 2}
    assert later == {95.0}


def test_a_clock_that_was_set_back_leaves_that_minute_at_its_time_of_day(service: Service) -> None:
    service.lives(low_for_20_s)

    async def after(life: Life) -> None:
        await life.saying("spo2=95", 5)

    service.lives(after, away_s=-3600.0)
    assert service.seconds()[at("10:15:20")] == 88.0
    assert min(service.seconds()) >= at("10:15:00")


def test_a_minute_in_which_somebody_leaves_and_it_ends_keeps_the_values_of_both(service: Service) -> None:
    async def before(life: Life) -> None:
        await life.saying("spo2=97", 10)
        life.act(NewVisit("1", BEN))
        await life.saying("spo2=93", 10)

    async def after(life: Life) -> None:
        await life.saying("spo2=95", 75)

    service.lives(before)
    service.lives(after, away_s=10.0)
    found = service.seconds()
    assert [found.get(at(f"10:15:{second:02}")) for second in (5, 15, 45)] == [97.0, 93.0, 95.0]


def test_a_bug_in_making_the_last_minute_costs_neither_the_last_state_nor_a_reload(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(life: Life) -> None:
        await low_for_20_s(life)
        monkeypatch.setattr("vitalwatch.hub.keeper.Keeper._make", lambda *_: 1 / 0)
        assert json.loads(life.hub.last_state())["chairs"]["1"]
        life.hub.reconfigure("Test clinic", [], [])
        assert life.hub.chairs == []
        await asyncio.sleep(0.01)
        assert "division by zero" in str(json.loads(life.hub.snapshot())["notices"])

    service.lives(story)
