"""What the doctor says about the record and its backups."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.integration.journal.stories import keep, story
from vitalwatch.clock import SystemClock
from vitalwatch.config import Config, load
from vitalwatch.doctor.finding import Finding
from vitalwatch.doctor.record import look_at_record
from vitalwatch.journal.database import parsed
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.copier import Backups


@pytest.fixture
def clinic(tmp_path: Path) -> Config:
    (tmp_path / "copies").mkdir()
    path = tmp_path / "clinic.toml"
    path.write_text('[journal]\nbackup = "copies"\n[[chair]]\nid = "1"\n', "utf-8")
    return load(path)


def levels(config: Config) -> list[str]:
    return [finding.level for finding in look_at_record(config)]


def found(config: Config) -> list[Finding]:
    return list(look_at_record(config))


def make_backup(config: Config, ago: dt.timedelta) -> None:
    Backups(config.folder / "copies", "clinic").named(SystemClock().wall() - ago).touch()


def test_before_the_first_start_there_is_nothing_to_complain_of_but_the_backup(clinic: Config) -> None:
    assert levels(clinic) == ["ok", "warn"]
    assert not (clinic.folder / "clinic.journal.db").exists()


def test_a_record_with_a_fresh_backup_is_fine(clinic: Config) -> None:
    with Store.open(parsed("sqlite:///clinic.journal.db", clinic.folder), write=True) as store:
        keep(store, story(10, 1_580_000_000.0))
    make_backup(clinic, dt.timedelta(hours=5))
    assert levels(clinic) == ["ok", "ok"]
    assert "2020-01-26 00:53 UTC" in found(clinic)[0].found


def test_a_backup_that_was_missed_is_told(clinic: Config) -> None:
    make_backup(clinic, dt.timedelta(days=3))
    assert levels(clinic) == ["ok", "warn"]


def test_a_folder_that_is_away_fails(clinic: Config) -> None:
    (clinic.folder / "copies").rmdir()
    assert levels(clinic) == ["ok", "fail"]


def test_no_folder_named_is_worth_a_look(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text('[[chair]]\nid = "1"\n', "utf-8")
    assert levels(load(path)) == ["ok", "warn"]


def test_a_record_that_cannot_be_read_fails_with_the_next_step(clinic: Config) -> None:
    (clinic.folder / "clinic.journal.db").write_bytes(b"no database" * 100)
    finding = found(clinic)[0]
    assert finding.level == "fail"
    assert finding.next_step


def test_rows_that_wait_are_told(clinic: Config) -> None:
    (clinic.folder / "clinic.journal.spool").touch()
    assert levels(clinic) == ["ok", "warn", "warn"]
