"""``vitalwatch check`` as a person and a script meet it: exit codes, where it prints, and every kind of bad file."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tools.running import VITALWATCH

CHAIR = '[[chair]]\nid = "1"\n'
SIGNED = '[clinic]\nprofile = "ours.toml"\n[fallback]\nsound = true\n' + CHAIR
DEVICE = '[[device]]\nid = "ox"\nchair = "1"\ndriver = "nellcor"\nlink = "loop://ox"\n'


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    plain = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}
    command = [VITALWATCH, "check", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False, env=plain)


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    (tmp_path / "ours.toml").write_text('name = "ours"\nversion = "1"\nsigned_by = "Medical lead"\n', "utf-8")
    return tmp_path / "clinic.toml"


def test_a_sound_file_is_fine_and_needs_no_device(clinic: Path) -> None:
    clinic.write_text(SIGNED + DEVICE.replace("loop://ox", "serial:///dev/serial/by-id/none?baud=9600"), "utf-8")
    ended = check(clinic, "--strict")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"{clinic}: 1 chair, 1 device, no mistakes, 0 warnings.\n"


def test_warnings_alone_are_fine_and_with_strict_they_are_not(clinic: Path) -> None:
    clinic.write_text(SIGNED, "utf-8")
    ended, strict = check(clinic), check(clinic, "--strict")
    assert (ended.returncode, strict.returncode) == (0, 1)
    assert ended.stdout == strict.stdout
    hint = "Give it a [[device]], or take the chair out."
    assert ended.stdout.splitlines()[:3] == [
        f'{clinic}:5:3: warning: Chair "1" has no device: nothing is watched there. {hint}',
        "    5 | [[chair]]",
        "      |   ^",
    ]


def test_every_mistake_comes_at_once_with_its_line_and_a_caret(clinic: Path) -> None:
    clinic.write_text('[[chair]]\nid = 1\nlabl = "One"\n' + DEVICE.replace("nellcor", "nelcor"), "utf-8")
    ended = check(clinic)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert [line.partition(": ")[0] for line in ended.stdout.splitlines() if line.startswith(f"{clinic}:")] == [
        f"{clinic}:2:6",
        f"{clinic}:3:1",
        f"{clinic}:7:10",
        f"{clinic}",
    ]
    assert ended.stdout.count("^") == 3
    assert 'Did you mean "nellcor"?' in ended.stdout


def test_json_is_one_object_on_standard_output(clinic: Path) -> None:
    clinic.write_text("[[chair]]\nid = 1\n", "utf-8")
    ended = check(clinic, "--json")
    found = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert found.keys() == {"mistakes", "warnings"}
    (mistake,) = found["mistakes"]
    assert mistake.keys() == {"file", "line", "column", "key", "reason", "hint"}
    assert (mistake["file"], mistake["line"], mistake["column"], mistake["key"]) == (str(clinic), 2, 6, "chair.0.id")


def cannot_run(ended: subprocess.CompletedProcess[str]) -> str:
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    return ended.stderr


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_file_that_is_not_there_cannot_be_checked(clinic: Path, option: list[str]) -> None:
    assert "no such file" in cannot_run(check(clinic, *option))


def test_a_folder_cannot_be_checked(tmp_path: Path) -> None:
    assert "folder" in cannot_run(check(tmp_path))


def test_a_huge_file_is_not_read(clinic: Path) -> None:
    with clinic.open("wb") as file:
        file.truncate(5 * 1024**3)
    assert "1 MiB" in cannot_run(check(clinic))


def test_a_name_that_the_file_system_refuses_cannot_be_checked(tmp_path: Path) -> None:
    assert "cannot be read" in cannot_run(check(tmp_path / ("x" * 300 + ".toml")))


def test_a_file_that_no_one_may_read_cannot_be_checked(clinic: Path) -> None:
    clinic.write_text(CHAIR, "utf-8")
    clinic.chmod(0)
    if os.access(clinic, os.R_OK):
        pytest.skip("this account may read every file")
    assert "cannot be read" in cannot_run(check(clinic))


def test_without_a_file_the_next_step_is_said() -> None:
    assert "vitalwatch check clinic.toml" in cannot_run(check())


@pytest.mark.parametrize(
    "raw", [b"\x00\x01\x02\xff", b"\x7fELF\x02\x01", b"name = 'caf\xe9'\n", "ключ".encode("utf-16")]
)
def test_binary_and_other_encodings_are_explained_at_their_place(clinic: Path, raw: bytes) -> None:
    clinic.write_bytes(raw)
    ended = check(clinic)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.startswith(f"{clinic}:1:")
    assert "Traceback" not in ended.stdout


def test_a_circle_of_includes_is_told_with_its_files(clinic: Path) -> None:
    clinic.write_text('include = ["other.toml"]\n' + CHAIR, "utf-8")
    (clinic.parent / "other.toml").write_text('include = ["clinic.toml"]\n', "utf-8")
    ended = check(clinic)
    assert ended.returncode == 1
    assert f"{clinic.parent / 'other.toml'}:1:12: " in ended.stdout
    assert "clinic.toml -> other.toml -> clinic.toml" in ended.stdout


def test_a_secret_in_the_file_is_refused_and_not_shown(project: Path) -> None:
    ended = check(project / "tests" / "data" / "config_bad" / "broker-password-in-the-file.toml")
    assert ended.returncode == 1
    assert "password_file" in ended.stdout
    assert "do-not-write-me" not in ended.stdout


@pytest.mark.parametrize("file", ["clinic.example.toml", "profiles/iron.toml"])
def test_the_examples_have_no_mistake(project: Path, file: str) -> None:
    ended = check(project / "config" / file)
    assert ended.returncode == 0
    assert "no mistakes" in ended.stdout


@pytest.mark.parametrize("name", ["clinic", "profile"])
def test_the_schema_is_printed(project: Path, name: str) -> None:
    ended = check("--schema", name)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (project / "config" / "schema" / f"{name}.schema.json").read_text("utf-8")


def test_there_is_no_schema_of_something_else() -> None:
    assert "clinic or profile" in cannot_run(check("--schema", "chair"))
