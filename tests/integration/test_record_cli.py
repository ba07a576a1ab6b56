"""The commands ``replay``, ``backtest`` and ``why`` on a record, as people and scripts call them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.integration.journal.chronicle import BEGIN_S, Chronicle
from tools.running import VITALWATCH
from vitalwatch.journal.database import parsed
from vitalwatch.journal.record import Kind
from vitalwatch.journal.schema import entry
from vitalwatch.journal.store import Store


def vitalwatch(*arguments: object) -> subprocess.CompletedProcess[str]:
    plain = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "160", "TZ": "UTC"}
    command = [VITALWATCH, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=plain)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """97 % for a minute, 88 % for one, 97 % for one."""
    path = tmp_path / "clinic.journal.db"
    with Store.open(parsed(f"sqlite:///{path}"), write=True) as store:
        chronicle = Chronicle(store, ("1",))
        for value in (97.0, 88.0, 97.0):
            chronicle.spo2(value, 60)
        chronicle.write()
    return path


@pytest.fixture
def clinic_file(record: Path) -> Path:
    path = record.with_name("clinic.toml")
    path.write_text(
        '[[chair]]\nid = "1"\n[[device]]\nid = "ox-1"\nchair = "1"\ndriver = "nellcor"\nlink = "loop://ox-1"\n'
    )
    return path


def test_a_record_is_played_and_found_identical(record: Path) -> None:
    ended = vitalwatch("replay", record)
    assert ended.returncode == 0, ended.stderr
    assert "Identical to the byte." in ended.stdout
    said, kept = (line.split()[2 if line.startswith("said") else 1] for line in ended.stdout.splitlines()[-3:-1])
    assert said == kept
    assert "2027-01-15T" in ended.stdout


@pytest.mark.parametrize("form", ["clinic file", "url"])
def test_it_is_found_by_its_clinic_file_and_by_its_url(clinic_file: Path, record: Path, form: str) -> None:
    name = clinic_file if form == "clinic file" else f"sqlite:///{record}"
    assert "Identical to the byte." in vitalwatch("replay", name).stdout


def test_every_line_is_in_the_documented_form_and_the_last_is_the_summary(record: Path) -> None:
    *found, last = map(json.loads, vitalwatch("replay", record, "--json").stdout.splitlines())
    active = [line for line in found if (line.get("to"), line["condition"]) == ("active", "SPO2-LOW")]
    assert [(line["value"], line["limit"], line["chair"]) for line in active] == [(88.0, 90.0, "1")]
    assert BEGIN_S + 60 < active[0]["t"] < BEGIN_S + 90
    assert last["kind"] == "summary"
    assert (last["identical"], last["unlike"], last["missed"], last["said"]) == (True, None, [], len(found))
    assert last["sha256"] == last["sha256_kept"]


def test_a_span_is_that_part(record: Path) -> None:
    *found, last = map(
        json.loads,
        vitalwatch(
            "replay", record, "--since", int(BEGIN_S + 60), "--until", "2027-01-15T08:01:40Z", "--json"
        ).stdout.splitlines(),
    )
    assert last["identical"]
    assert found
    assert all(BEGIN_S + 60 <= line["t"] < BEGIN_S + 100 for line in found)


def test_a_record_that_was_changed_is_exit_code_1_with_the_first_difference(record: Path) -> None:
    with Store.open(parsed(f"sqlite:///{record}"), write=True) as store:
        changed = next(store.entries(kinds=[Kind.TRANSITION], names=["SPO2-LOW"]))
        with store.transaction() as connection:
            body = changed.body.replace('"value":88.0', '"value":89.0')
            connection.execute(update(entry).where(entry.c.seq == changed.seq).values(body=body))
    ended = vitalwatch("replay", record)
    assert ended.returncode == 1
    assert "NOT identical" in ended.stdout
    assert '"value":89.0' in ended.stdout.replace("\n", "")


def test_other_limits_are_played_without_comparing(record: Path) -> None:
    ended = vitalwatch("replay", record, "--profile", "ketamine-iv")
    assert ended.returncode == 0
    assert "Alarms under ketamine-iv" in ended.stdout
    assert "dentical" not in ended.stdout


def test_backtest_shows_what_other_limits_would_have_done(record: Path, tmp_path: Path) -> None:
    loose = tmp_path / "loose.toml"
    loose.write_text('name = "loose"\nversion = "1"\n[limits]\nspo2_low = 86\n')
    ended = vitalwatch("backtest", record, "--against", loose)
    assert ended.returncode == 0, ended.stderr
    assert "From the limits of then to loose: 1 vanish, 0 appear" in ended.stdout
    assert "vanishes  1  2027-01-15T" in ended.stdout
    assert "█" in ended.stdout
    found = json.loads(vitalwatch("backtest", record, "--against", loose, "--json").stdout)
    assert [alarm["condition"] for alarm in found["difference"]["vanish"]] == ["SPO2-LOW"]
    assert found["chairs"] == ["1"]


def test_why_answers_for_a_moment(clinic_file: Path) -> None:
    ended = vitalwatch("why", "1", "SPO2-LOW", clinic_file, "--at", int(BEGIN_S + 110))
    assert ended.returncode == 0, ended.stderr
    assert "2027-01-15T08:01:50+00:00: SPO2-LOW is active; SpO2 low 88 < 90" in ended.stdout
    assert "before: active" in ended.stdout
    calm = json.loads(vitalwatch("why", "1", "SPO2-LOW", clinic_file, "--at", int(BEGIN_S + 30), "--json").stdout)
    assert calm["explanation"]["state"] == "idle"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("replay", "RECORD", "--since", "soon"), "is no time"),
        (("replay", "RECORD", "RECORD"), "played alone"),
        (("replay", "RECORD", "--baseline", "first:5m"), "--baseline is for recorded series"),
        (("replay", "sqlite:///nowhere.db"), "no such file"),
        (("replay", "SERIES", "--since", "1h"), "are for a record"),
        (("why", "9", "SPO2-LOW", "RECORD", "--at", str(int(BEGIN_S + 10))), "no chair"),
        (("backtest", "RECORD", "--against", "no-such-profile"), "no-such-profile"),
    ],
)
def test_what_cannot_be_done_is_exit_code_2_in_plain_words(
    record: Path, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    series = tmp_path / "series.csv"
    series.write_text("time,SpO2\n0,97\n1,97\n")
    named = {"RECORD": str(record), "SERIES": str(series)}
    ended = vitalwatch(*(named.get(argument, argument) for argument in arguments))
    assert ended.returncode == 2
    assert words in ended.stderr
    assert ended.stdout == ""
