"""``vitalwatch journal`` as a person and a script meet it: exit codes, where it prints, and a service that runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.integration.journal.stories import keep, story
from vitalwatch.cli import cli
from vitalwatch.journal.database import parsed
from vitalwatch.journal.packing import Item
from vitalwatch.journal.record import Kind, Started
from vitalwatch.journal.store import Store

LONG_AGO_S = 1_580_000_000.0  # in January 2020

CLINIC = '[clinic]\nname = "Test"\n[journal]\nbackup = "copies"\nkeep_samples_days = 1\n[[chair]]\nid = "1"\n'


def journal(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["journal", *map(str, arguments)], env={"COLUMNS": "80"})


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A clinic with a record beside it."""
    file = tmp_path / "clinic.toml"
    file.write_text(CLINIC, "utf-8")
    (tmp_path / "copies").mkdir()
    with Store.open(parsed(f"sqlite:///{tmp_path}/clinic.journal.db"), write=True) as store:
        keep(store, [Item(Kind.STARTED, LONG_AGO_S, Started("1.0", resumed=False)), *story(1000, LONG_AGO_S)])
    return file


@pytest.fixture
def service(clinic: Path) -> Iterator[Path]:
    """Somebody who writes the record."""
    with Store.open(parsed(f"sqlite:///{clinic.parent}/clinic.journal.db"), write=True):
        yield clinic


def change(clinic: Path) -> None:
    with closing(sqlite3.connect(clinic.parent / "clinic.journal.db")) as connection, connection:
        connection.execute("UPDATE entry SET name = 'other' WHERE seq = 1")


def test_a_good_record_is_good_also_while_the_service_runs(service: Path) -> None:
    ended = journal("verify", service)
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "1000 samples" in ended.stdout
    assert "Everything is as it was written. Last entry: 1301:" in ended.stdout


def test_a_changed_record_is_found_and_named(clinic: Path) -> None:
    change(clinic)
    ended = journal("verify", clinic)
    assert ended.exit_code == 1
    assert "Entry 1 (started, 2020-01-26 00:53:20 UTC)" in ended.stdout
    found = json.loads(journal("verify", clinic, "--json").stdout)
    assert (found["good"], found["problems"][0]["seq"]) == (False, 1)


def test_a_damaged_file_is_a_problem_that_is_found(clinic: Path) -> None:
    record = clinic.parent / "clinic.journal.db"
    data = bytearray(record.read_bytes())
    data[4096 * 3 : 4096 * 3 + 200] = bytes(200)
    record.write_bytes(bytes(data))
    ended = journal("verify", record)
    assert ended.exit_code == 1
    assert "damaged" in ended.stdout


def test_the_last_entry_of_a_backup_shows_that_the_record_is_still_the_same(service: Path) -> None:
    copied = json.loads(journal("backup", service, "--json").stdout)
    known = f"{copied['last_entry']}:{copied['hash']}"
    assert journal("verify", service, "--known", known).exit_code == 0
    assert journal("verify", service, "--known", known.replace(":", ":ff")).exit_code == 1
    assert journal("verify", service, "--known", "nonsense").exit_code == 2


def test_a_backup_goes_into_the_folder_of_the_clinic_file_or_where_it_is_told(service: Path) -> None:
    ended = journal("backup", service)
    assert ended.exit_code == 0, ended.stderr
    (made,) = (service.parent / "copies").iterdir()
    assert made.name.startswith("clinic-")
    assert str(made) in ended.stdout
    assert journal("backup", service, service.parent / "mine.db").exit_code == 0
    again = journal("backup", service, service.parent / "mine.db")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "There is a file of this name." in again.stderr


def test_a_backup_is_restored_only_where_there_is_no_record(clinic: Path) -> None:
    copy, other = clinic.parent / "copy.db", clinic.parent / "other.toml"
    assert journal("backup", clinic, copy).exit_code == 0
    assert journal("restore", copy, clinic).exit_code == 2
    other.write_text(CLINIC, "utf-8")
    assert journal("restore", copy, other).exit_code == 0
    assert journal("verify", other).stdout == journal("verify", clinic).stdout


def test_rows_that_wait_for_another_record_are_not_mixed_with_a_restored_one(clinic: Path) -> None:
    copy, other = clinic.parent / "copy.db", clinic.parent / "other.toml"
    assert journal("backup", clinic, copy).exit_code == 0
    other.write_text(CLINIC, "utf-8")
    (clinic.parent / "other.journal.spool").write_bytes(b"rows")
    ended = journal("restore", copy, other)
    assert ended.exit_code == 2
    assert "Rows wait in" in ended.stderr
    assert not (clinic.parent / "other.journal.db").exists()


def test_compaction_follows_the_clinic_file_and_gives_space_back(clinic: Path) -> None:
    record = clinic.parent / "clinic.journal.db"
    assert json.loads(journal("compact", record, "--json").stdout)["blocks"] == 0  # no clinic file: nothing goes
    found = json.loads(journal("compact", clinic, "--json").stdout)
    assert found["blocks"] == 100
    assert found["bytes_after"] < found["bytes_before"]
    verified = json.loads(journal("verify", clinic, "--json").stdout)
    assert (verified["good"], verified["samples"]) == (True, 0)
    assert verified["entries"] == 301 + 3  # which say what was taken out: samples, curves, seconds


@pytest.mark.parametrize("command", [["compact"], ["upgrade"], ["downgrade", "--to", "0001"]])
def test_who_would_write_leaves_it_while_the_service_runs(service: Path, command: list[str]) -> None:
    ended = journal(command[0], service, *command[1:])
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "Another VitalWatch writes this record. End the other one." in ended.stderr


@pytest.mark.parametrize("command", [["verify"], ["backup"], ["compact"], ["upgrade"], ["downgrade", "--to", "0001"]])
def test_a_record_that_is_not_there_is_not_made(tmp_path: Path, command: list[str]) -> None:
    ended = journal(command[0], tmp_path / "none.db", *command[1:])
    assert ended.exit_code == 2
    assert ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_record_is_taken_back_and_brought_forward(clinic: Path) -> None:
    before = journal("verify", clinic).stdout
    back = journal("downgrade", clinic, "--to", "0001")
    assert (back.exit_code, back.stderr) == (0, "")
    assert "clinic.journal.db.form-0002" in back.stdout
    asked = journal("verify", clinic)
    assert asked.exit_code == 2
    assert "vitalwatch journal upgrade" in asked.stderr
    assert json.loads(journal("upgrade", clinic, "--json").stdout)["form"] == "0002"
    assert journal("verify", clinic).stdout == before
    assert journal("downgrade", clinic, "--to", "0000").exit_code == 2


@pytest.mark.parametrize("command", ["verify", "backup", "restore", "compact", "upgrade", "downgrade"])
def test_each_has_its_help_with_an_example(command: str) -> None:
    ended = journal(command, "--help")
    assert ended.exit_code == 0
    assert f"vitalwatch journal {command} " in ended.stdout
