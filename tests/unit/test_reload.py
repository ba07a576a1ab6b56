"""Hot reload without a service around it: what is applied, what is told, what a bad file costs, and who notices."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from tests.patience import PATIENCE_S
from vitalwatch import reload as reload_module
from vitalwatch.alarms.events import Sampled
from vitalwatch.app import UNSIGNED, chair_setups, make_hub, make_links, notices
from vitalwatch.config import load
from vitalwatch.hub import Viewer
from vitalwatch.model import Validity, Vital
from vitalwatch.reload import Reloader, ReloadReport, differences

pytestmark = pytest.mark.asyncio


CLINIC = """
[web]
port = 8123

[[chair]]
id = "1"

[[chair]]
id = "2"

[[device]]
id = "ox-1"
chair = "1"
driver = "nellcor"
link = "loop://ox-1"

[[device]]
id = "ox-2"
chair = "2"
driver = "nellcor"
link = "loop://ox-2"

[fallback]
sound = true
"""

CHAIR_3 = '\n[[chair]]\nid = "3"\n'


class HandClock:
    speed = 1.0
    time = 100.0

    def now(self) -> float:
        return self.time

    def wall(self) -> datetime:
        return datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


class Service:
    """A hub that is not run, its config file, and what keeps the two together."""

    def __init__(self, folder: Path, text: str = CLINIC, **files: str) -> None:
        self.folder = folder
        self.path = folder / "clinic.toml"
        for name, content in files.items():
            self.write(content, f"{name}.toml")
        self.write(text)
        config = load(self.path)
        self.clock = HandClock()
        links = make_links(config, self.clock)
        self.hub = make_hub(config, self.clock, links)
        self.reloader = Reloader(config, self.hub, partial(chair_setups, links=links), notices)

    def write(self, text: str, name: str = "clinic.toml") -> None:
        path = self.folder / name
        path.write_text(text, "utf-8")
        os.utime(path, ns=(0, _stamp()))  # never the same as before, however coarse the file system's clock

    def spo2(self, chair: str, value: float) -> None:
        self.hub._tell([Sampled(chair, f"ox-{chair}", Vital.SPO2, value, Validity.VALID)], self.clock.now())

    @property
    def state(self) -> bytes:
        return self.hub._engine.snapshot()

    @property
    def shown(self) -> list[str]:
        found: list[str] = json.loads(self.hub.snapshot())["notices"]
        return found


def _stamp(counter: list[int] = [10**18]) -> int:  # noqa: B006 - counts over all tests
    counter[0] += 1
    return counter[0]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


async def reloaded(service: Service, text: str, **how: bool) -> ReloadReport:
    service.write(text)
    return await service.reloader.run(**how)


# What a reload does and tells


async def test_a_valid_file_is_applied_and_each_difference_is_told(service: Service) -> None:
    text = (
        CLINIC.replace('id = "1"\n', 'id = "1"\nlabel = "Window"\n', 1).replace("loop://ox-2", "loop://other") + CHAIR_3
    )
    report = await reloaded(service, text)
    assert report == ReloadReport(
        True,
        changes=[
            "chair 3 added",
            "chair 1: label none -> Window",
            "device ox-2: link loop://ox-2 -> loop://other",
        ],
    )
    assert service.hub.chairs == ["1", "2", "3"]
    assert service.reloader.config.chairs[2].id == "3"


async def test_the_same_file_saved_again_changes_nothing_and_tells_no_screen(service: Service) -> None:
    service.spo2("1", 80.0)
    viewer = Viewer(service.hub.snapshot())
    service.hub.viewers.add(viewer)
    await viewer.next_frame()
    state, supervisors = service.state, dict(service.hub.supervisors)
    assert await reloaded(service, CLINIC) == ReloadReport(True)
    assert (service.state, service.hub.supervisors) == (state, supervisors)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await viewer.next_frame()


async def test_a_look_ahead_names_changes_and_alarms_and_changes_nothing(service: Service, tmp_path: Path) -> None:
    service.write('name = "strict"\nversion = "1"\n[limits]\nspo2_low = 95\n', "strict.toml")
    service.spo2("1", 94.0)
    state, config = service.state, service.reloader.config
    text = '[clinic]\nprofile = "strict.toml"\n' + CLINIC
    report = await reloaded(service, text, dry_run=True)
    assert report.ok
    assert "clinic: profile adult-default -> strict.toml" in report.changes
    (alarm,) = report.alarms
    assert (alarm.chair, alarm.condition, alarm.starts, alarm.delay_s) == ("1", "SPO2-LOW", True, 15.0)
    assert alarm.text == "SpO2 low 94 < 95"
    assert (service.state, service.reloader.config) == (state, config)
    applied = await service.reloader.run()
    assert (applied.changes, applied.alarms) == (report.changes, report.alarms)
    assert service.state != state


async def test_a_profile_is_told_by_its_values(tmp_path: Path) -> None:
    ours = 'name = "ours"\nversion = "1"\n[limits]\nspo2_low = {}\n'
    service = Service(tmp_path, '[clinic]\nprofile = "ours.toml"\n' + CLINIC, ours=ours.format(91))
    service.write(ours.format(92.5), "ours.toml")
    assert (await service.reloader.run()).changes == ["profile ours.toml: limits.spo2_low 91 -> 92.5"]


async def test_another_order_is_told_since_the_first_device_that_gives_a_vital_is_shown(tmp_path: Path) -> None:
    one, other = CLINIC.index("[[device]]"), CLINIC.rindex("[[device]]")
    service = Service(tmp_path, CLINIC)
    text = CLINIC[:one] + CLINIC[other:] + "\n" + CLINIC[one:other]
    assert (await reloaded(service, text)).changes == ["devices in another order"]


async def test_rooms_people_and_the_clinics_name_are_told(service: Service) -> None:
    text = '[clinic]\nname = "Day unit"\nsimulated = true\n' + CLINIC
    text += '\n[[room]]\nid = "garden"\n\n[[person]]\nid = "ada"\nname = "Ada"\nrole = "nurse"\n'
    assert (await reloaded(service, text)).changes == [
        *("clinic: name Infusion clinic -> Day unit", "clinic: simulated no -> yes"),
        *("room garden added", "person ada added"),
    ]
    assert json.loads(service.hub.snapshot())["clinic"] == "Day unit"


async def test_two_configs_that_are_the_same_have_no_differences(service: Service) -> None:
    assert differences(load(service.path), load(service.path)) == ([], [])


async def test_reloads_at_the_same_time_come_one_after_the_other_and_the_newest_file_holds(service: Service) -> None:
    service.write(CLINIC + CHAIR_3)
    reports = await asyncio.gather(*(service.reloader.run() for _ in range(4)))
    assert [report.changes for report in reports] == [["chair 3 added"], [], [], []]
    assert service.hub.chairs == ["1", "2", "3"]


async def test_a_look_ahead_at_another_file_beside_the_clinic_file_says_what_that_would_do(service: Service) -> None:
    state = service.state
    service.write(CLINIC + CHAIR_3, "next.toml")
    report = await service.reloader.run(True, service.folder / "next.toml")
    assert (report.ok, report.changes) == (True, ["chair 3 added"])
    service.write("[[chair", "next.toml")
    assert not (await service.reloader.run(True, service.folder / "next.toml")).ok
    assert (service.state, service.shown, service.reloader.config.path) == (state, [UNSIGNED], service.path)


async def test_another_file_is_never_applied_and_one_from_elsewhere_never_read(service: Service) -> None:
    elsewhere = service.folder / "elsewhere"
    elsewhere.mkdir()
    service.write(CLINIC + CHAIR_3, "next.toml")
    service.write("secret = 1", "elsewhere/clinic.toml")
    for dry_run, file in ((False, service.folder / "next.toml"), (True, elsewhere / "clinic.toml")):
        report = await service.reloader.run(dry_run, file)
        assert not report.ok
        assert str(service.path) in report.mistakes[0]
        assert "secret" not in report.mistakes[0]
    assert (service.hub.chairs, service.shown) == (["1", "2"], [UNSIGNED])
    (service.folder / "link.toml").symlink_to(service.path)
    assert (await service.reloader.run(False, service.folder / "link.toml")).ok


# What takes a restart


async def test_where_the_page_is_served_takes_a_restart_and_is_told_each_time(tmp_path: Path) -> None:
    service = Service(tmp_path, CLINIC.replace("port", 'listen = "0.0.0.0"\nport'))
    before = service.shown
    for _ in range(2):
        report = await reloaded(service, CLINIC.replace("8123", "8124"))
        assert (report.changes, report.restart) == ([], ["web: listen 0.0.0.0 -> 127.0.0.1", "web: port 8123 -> 8124"])
    assert service.shown == before  # the page is still served to the whole network, and must go on saying so
    assert any("sign-in" in notice for notice in before)


async def test_another_fallback_takes_a_restart_and_until_then_screens_tell_of_the_one_in_force(
    service: Service,
) -> None:
    report = await reloaded(service, CLINIC.replace("sound = true", "sound = false"))
    assert (report.changes, report.restart) == ([], ["fallback: sound yes -> no"])
    assert json.loads(service.hub.snapshot())["fallback"]


async def test_beside_what_takes_a_restart_the_rest_is_applied(service: Service) -> None:
    report = await reloaded(service, CLINIC.replace("8123", "8124") + CHAIR_3)
    assert (report.changes, report.restart) == (["chair 3 added"], ["web: port 8123 -> 8124"])
    assert service.hub.chairs == ["1", "2", "3"]


async def test_the_sign_in_of_a_broker_takes_a_restart_and_never_shows_the_password(tmp_path: Path) -> None:
    broker = '\n[[broker]]\nname = "b"\nurl = "mqtt://broker"\nuser = "vital"\npassword_file = "secret"\n'
    (tmp_path / "secret").write_text("first-secret")
    service = Service(tmp_path, CLINIC + broker)
    (tmp_path / "secret").write_text("second-secret")
    with structlog.testing.capture_logs() as log:
        report = await service.reloader.run()
    assert (report.changes, report.restart) == ([], ["broker broker:1883: its sign-in"])
    assert "secret" not in f"{log}{report}"
    assert (await reloaded(service, CLINIC)).restart == ["broker broker:1883: its sign-in"]


async def test_the_state_that_a_chair_starts_in_is_for_the_next_start(service: Service) -> None:
    text = CLINIC.replace('id = "1"\n', 'id = "1"\nstart = "standby"\n', 1)
    report = await reloaded(service, text)
    assert (report.changes, report.restart) == ([], ["chair 1: start watched -> standby"])
    assert service.hub._engine.chair("1").state == "watched"


async def test_another_replay_speed_applies_nothing_since_the_whole_service_has_one_clock(tmp_path: Path) -> None:
    """A real device that was taken up by a service at tenfold speed would alarm ten times too early or never."""
    (tmp_path / "night.txt").write_text("x")
    recorded = CLINIC.replace("loop://ox-1", "replay:night.txt?speed=10").replace(
        "loop://ox-2", "replay:night.txt?speed=10"
    )
    service = Service(tmp_path, recorded)
    supervisors, state = dict(service.hub.supervisors), service.state
    report = await reloaded(service, CLINIC + CHAIR_3)
    assert (report.ok, report.changes, report.alarms) == (True, [], [])
    assert report.restart[0].startswith("replay speed 10 -> 1")
    assert "chair 3 added" in report.restart
    assert (service.hub.supervisors, service.state) == (supervisors, state)
    assert (await reloaded(service, recorded)) == ReloadReport(True)


# A bad file


async def test_a_bad_file_changes_nothing_but_the_notice_which_goes_when_it_is_mended(service: Service) -> None:
    state, supervisors, before = service.state, dict(service.hub.supervisors), service.shown
    assert before == [UNSIGNED]
    with structlog.testing.capture_logs() as log:
        report = await reloaded(service, CLINIC.replace("nellcor", "nelcor"))
    assert not report.ok
    assert len(report.mistakes) == 2
    place = f"{service.path}:14:10: "
    assert report.mistakes[0].startswith(place)
    (line,) = log
    assert (line["log_level"], line["mistakes"]) == ("error", report.mistakes)
    assert service.shown[1:] == before
    assert service.shown[0] == f"The config file has a mistake and was not applied: {report.mistakes[0]}"
    assert (service.state, service.hub.supervisors) == (state, supervisors)
    assert await reloaded(service, CLINIC) == ReloadReport(True)
    assert service.shown == before
    assert (service.state, service.hub.supervisors) == (state, supervisors)


async def test_a_look_at_a_bad_file_puts_no_notice_on_the_screens(service: Service) -> None:
    with structlog.testing.capture_logs() as log:
        report = await reloaded(service, "[[chair", dry_run=True)
    assert (report.ok, len(report.mistakes)) == (False, 1)
    assert (service.shown, log) == ([UNSIGNED], [])


async def test_the_same_mistakes_are_logged_and_shown_once_and_other_ones_again(service: Service) -> None:
    with structlog.testing.capture_logs() as log:
        for text in ("[[chair", "[[chair", "[[chai"):
            await reloaded(service, text)
            await service.reloader.run()
    assert len(log) == 2


@pytest.mark.parametrize("bad", ["", "[[chair", 'include = ["none.toml"]', "\x00", "x = " + "[" * 5000])
async def test_whatever_stands_in_the_file_monitoring_goes_on(service: Service, bad: str) -> None:
    assert not (await reloaded(service, bad)).ok
    assert service.hub.chairs == ["1", "2"]


async def test_a_file_that_is_gone_is_a_notice_until_it_is_back(service: Service) -> None:
    service.path.unlink()
    report = await service.reloader.run()
    assert "no such file" in report.mistakes[0]
    assert len(service.shown) == 2
    assert (await reloaded(service, CLINIC)).ok
    assert service.shown == [UNSIGNED]


async def test_a_bug_in_reloading_is_told_like_a_mistake_and_ends_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> Any:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(reload_module, "load", broken)
    with structlog.testing.capture_logs() as log:
        report = await service.reloader.run()
    assert (report.ok, report.mistakes) == (False, ["VitalWatch itself failed at it: ZeroDivisionError('a bug')"])
    assert isinstance(log[0]["exc_info"], ZeroDivisionError)
    monkeypatch.undo()
    assert (await service.reloader.run()).ok
    assert service.shown == [UNSIGNED]


# Files that are watched


@asynccontextmanager
async def watched(service: Service, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """Watch the files, a look each 10 ms; gives what waits until something holds."""
    monkeypatch.setattr(reload_module, "LOOK_S", 0.01)
    watching = asyncio.create_task(service.reloader.watch())

    async def until(wanted: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not wanted():
                assert not watching.done(), watching
                await asyncio.sleep(0.005)

    try:
        yield until
    finally:
        watching.cancel()
        await asyncio.wait({watching})


async def test_a_changed_clinic_file_is_noticed_a_bad_one_shown_and_a_mended_one_applied(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(service, monkeypatch) as until:
        service.write(CLINIC + CHAIR_3)
        await until(lambda: service.hub.chairs == ["1", "2", "3"])
        service.write("[[chair")
        await until(lambda: len(service.shown) == 2)
        assert service.hub.chairs == ["1", "2", "3"]
        service.write(CLINIC)
        await until(lambda: service.hub.chairs == ["1", "2"] and len(service.shown) == 1)


async def test_a_file_that_was_replaced_by_another_of_the_same_name_is_noticed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What most editors do when they save."""
    async with watched(service, monkeypatch) as until:
        service.write(CLINIC + CHAIR_3, "new")
        (service.folder / "new").replace(service.path)
        await until(lambda: service.hub.chairs == ["1", "2", "3"])


async def test_every_file_that_was_read_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = 'name = "ours"\nversion = "1"\ninherits = "base.toml"\n'
    base = 'name = "base"\nversion = "1"\n[limits]\nspo2_low = {}\n'
    text = 'include = ["people.toml"]\n[clinic]\nprofile = "ours.toml"\n' + CLINIC
    person = '[[person]]\nid = "{}"\nname = "Ada"\nrole = "nurse"\n'
    service = Service(tmp_path, text, ours=ours, base=base.format(91), people=person.format("ada"))
    async with watched(service, monkeypatch) as until:
        service.write(base.format(92), "base.toml")
        await until(lambda: service.hub._engine.chair("1").profile.limits.spo2_low == 92.0)
        service.write(person.format("bo"), "people.toml")
        await until(lambda: service.reloader.config.people[0].id == "bo")
        service.write("include = []\n" + CLINIC)
        await until(lambda: not service.reloader.config.people)
        service.write(text)
        await until(lambda: service.reloader.config.people)
        service.write(person.format("cy"), "people.toml")
        await until(lambda: service.reloader.config.people[0].id == "cy")


async def test_a_file_that_was_never_read_mends_the_config_too(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Included but not there, or with a mistake of its own: its notice must not stay for ever."""
    async with watched(service, monkeypatch) as until:
        service.write('include = ["more.toml"]\n' + CLINIC)
        await until(lambda: "more.toml" in service.shown[0])
        service.write("[[chair", "more.toml")
        await until(lambda: "not TOML" in service.shown[0])
        service.write(CHAIR_3, "more.toml")
        await until(lambda: service.hub.chairs == ["3", "1", "2"])
        assert service.shown == [UNSIGNED]


async def test_a_file_that_is_still_being_written_is_not_taken_for_a_whole(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a file can be a valid one with fewer chairs."""
    sizes = iter([{Path("a"): (n, n)} for n in range(1, 40)])
    runs: list[int] = []
    now: list[dict[Path, tuple[int, int]]] = [{}]

    def stamps(files: Any) -> dict[Path, tuple[int, int]]:
        now[0] = next(sizes, now[0])
        return now[0]

    async def run() -> ReloadReport:
        runs.append(now[0][Path("a")][0])
        service.reloader._seen = now[0]
        return ReloadReport(True)

    monkeypatch.setattr(reload_module, "_stamps", stamps)
    monkeypatch.setattr(service.reloader, "run", run)
    async with watched(service, monkeypatch) as until:
        await until(lambda: runs)
    assert runs == [39]


async def test_a_change_that_comes_while_the_file_is_read_is_not_missed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_then_change(path: Path) -> Any:
        config = load(path)
        monkeypatch.setattr(reload_module, "load", load)
        service.write(CLINIC + CHAIR_3)
        return config

    monkeypatch.setattr(reload_module, "load", load_then_change)
    async with watched(service, monkeypatch) as until:
        service.write(CLINIC.replace("loop://ox-2", "loop://other"))
        await until(lambda: service.hub.chairs == ["1", "2", "3"])


async def test_a_report_reads_back_as_it_was_written(service: Service) -> None:
    report = await reloaded(service, CLINIC + CHAIR_3, dry_run=True)
    assert msgspec.json.decode(msgspec.json.encode(report), type=ReloadReport) == report
