"""The daily backup: when it is due, what is kept, and that its failures are told and hold up nothing."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.integration.journal.stories import BEGIN_S, keep, story
from vitalwatch.journal.database import parsed
from vitalwatch.journal.packing import Item
from vitalwatch.journal.pages import take
from vitalwatch.journal.record import Kind, Started
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep import copier as module
from vitalwatch.journal.upkeep.copier import Backups, Copier
from vitalwatch.journal.upkeep.verify import verify

WAIT_S = 20.0
DAY = dt.timedelta(days=1)


class HandClock:
    """A time of day that is set by hand."""

    speed = 1.0
    today = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)

    def now(self) -> float:
        return 0.0

    def wall(self) -> dt.datetime:
        return self.today


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A time zone with summer time."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir()
    return made


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], Store]:
    """Opens a record with something in it."""
    url = parsed(f"sqlite:///{tmp_path}/record.db")
    with Store.open(url, write=True) as store:
        keep(store, [Item(Kind.STARTED, BEGIN_S, Started("1.0", resumed=False)), *story(100)])
    return partial(Store.open, url)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


utc = partial(dt.datetime, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("newest", "now", "due"),
    [
        (None, utc(2026, 11, 22, 9), True),  # there never was one
        (utc(2026, 11, 22, 1, 31), utc(2026, 11, 22, 9), False),  # 02:31 in Berlin
        (utc(2026, 11, 22, 1, 29), utc(2026, 11, 22, 9), True),  # by hand, a minute before
        (utc(2026, 11, 21, 1, 31), utc(2026, 11, 22, 1, 29), False),  # a minute too early
        (utc(2026, 11, 21, 1, 31), utc(2026, 11, 22, 1, 31), True),
        (utc(2026, 11, 1, 1, 31), utc(2026, 11, 22, 0, 0), True),  # the computer was off at half past two
        (utc(2026, 7, 1, 0, 31), utc(2026, 7, 1, 23), False),  # in summer
        (utc(2026, 6, 30, 0, 31), utc(2026, 7, 1, 0, 31), True),
    ],
)
def test_a_backup_is_due_once_the_planned_moment_has_passed_without_one(
    folder: Path, newest: dt.datetime | None, now: dt.datetime, due: bool
) -> None:
    backups = Backups(folder, "clinic")
    if newest is not None:
        backups.named(newest).touch()
    assert backups.newest() == newest
    assert backups.due(now) is due


def test_other_files_in_the_folder_are_none_of_its_business(folder: Path) -> None:
    others = ["clinic-20261122T013100Z.db.partial", "clinic-summer.db", "other-20261122T013100Z.db", "notes.txt"]
    for name in others:
        (folder / name).touch()
    assert Backups(folder, "clinic").files() == []
    assert Backups(folder, "clinic").newest() is None


def test_a_look_makes_what_is_due_and_takes_away_what_is_too_much(
    folder: Path, opened: Callable[[], Store], clock: HandClock
) -> None:
    copier = Copier(Backups(folder, "clinic", keep=2), opened, clock, lambda: None)
    for _ in range(4):
        copier.look()
        copier.look()  # no second one on the same day
        clock.today += DAY
    assert names(folder) == ["clinic-20261124T090000Z.db", "clinic-20261125T090000Z.db"]
    assert copier.newest == utc(2026, 11, 25, 9)
    with Store.open(parsed(f"sqlite:///{folder}/clinic-20261125T090000Z.db")) as copy:
        assert take(verify(copy)).good


def test_what_a_power_cut_left_of_a_backup_is_taken_away(
    folder: Path, opened: Callable[[], Store], clock: HandClock
) -> None:
    (folder / "clinic-20261101T013000Z.db.partial").touch()
    Copier(Backups(folder, "clinic"), opened, clock, lambda: None).look()
    assert names(folder) == ["clinic-20261122T090000Z.db"]


def test_a_changed_record_is_told_until_a_backup_shows_it_whole(
    folder: Path, opened: Callable[[], Store], clock: HandClock, tmp_path: Path
) -> None:
    copier = Copier(Backups(folder, "clinic"), opened, clock, lambda: None)
    with Store.open(parsed(f"sqlite:///{tmp_path}/record.db"), write=True) as store, store.transaction() as connection:
        connection.exec_driver_sql("UPDATE entry SET name = 'other' WHERE seq = 1")
    copier.look()
    assert copier.trouble.startswith("The backup shows that the record was changed. Entry 1 ")
    copier.look()
    assert copier.trouble


def wait_for(met: Callable[[], bool], changed: threading.Event) -> None:
    until = time.monotonic() + WAIT_S
    while not met():
        assert changed.wait(max(0.0, until - time.monotonic())), "it did not happen in time"
        changed.clear()


def test_a_folder_that_is_away_is_told_and_once_it_is_back_the_backup_is_made(
    folder: Path, opened: Callable[[], Store], clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    monkeypatch.setattr(module, "AGAIN_S", 0.01)
    folder.rmdir()
    changed = threading.Event()
    copier = Copier(Backups(folder, "clinic"), opened, clock, changed.set)
    copier.start()
    wait_for(lambda: "There is no folder" in copier.trouble, changed)
    folder.mkdir()
    wait_for(lambda: copier.trouble == "", changed)
    copier.end()
    assert names(folder) == ["clinic-20261122T090000Z.db"]


def test_the_end_of_the_service_does_not_wait_for_a_backup(
    folder: Path, opened: Callable[[], Store], clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    monkeypatch.setattr(module, "SLICE_S", 0.0)
    monkeypatch.setattr(module, "PAUSE_S", 1000.0)
    begun = threading.Event()

    def open_store() -> Store:
        begun.set()
        return opened()

    copier = Copier(Backups(folder, "clinic"), open_store, clock, lambda: None)
    copier.start()
    assert begun.wait(WAIT_S)
    copier.end()
    assert names(folder) == []
    assert copier.newest is None


def test_a_bug_is_told_and_does_not_end_the_backups(
    folder: Path, clock: HandClock, opened: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    monkeypatch.setattr(module, "AGAIN_S", 0.01)
    tries = 0

    def open_store() -> Store:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ZeroDivisionError("a bug")
        return opened()

    changed = threading.Event()
    copier = Copier(Backups(folder, "clinic"), open_store, clock, changed.set)
    copier.start()
    wait_for(lambda: tries > 1 and copier.trouble == "" and len(names(folder)) == 1, changed)
    copier.end()
