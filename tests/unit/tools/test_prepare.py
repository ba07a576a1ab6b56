"""What ``make`` decides before it does anything: environment, page, the system's programs."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hatch_build import Page
from tools import prepare
from tools.prepare import PreparationError, Stamp, decide, higher_level, python_problem

WANTED = Stamp(level="dev", python="3.11.7", project="/home/ada/vitalwatch", inputs="abc")


@pytest.mark.parametrize(
    ("found", "venv_python", "todo"),
    [
        pytest.param(WANTED, "3.11.7", "nothing", id="all as it should be"),
        pytest.param(None, "", "create", id="fresh clone"),
        pytest.param(WANTED, "", "create", id="its Python was removed"),
        pytest.param(WANTED._replace(python="3.12.1"), "3.12.1", "create", id="made with another Python"),
        pytest.param(WANTED._replace(project="/mnt/old"), "3.11.7", "create", id="the folder was moved"),
        pytest.param(WANTED._replace(inputs="old"), "3.11.7", "install", id="pyproject.toml changed"),
        pytest.param(WANTED._replace(level="demo"), "3.11.7", "install", id="demo grows to dev"),
        pytest.param(None, "3.11.7", "install", id="interrupted, or made by hand"),
        pytest.param(None, "3.12.1", "create", id="made by hand with another Python"),
    ],
)
def test_environment_is_left_filled_or_made_anew(found: Stamp | None, venv_python: str, todo: str) -> None:
    assert decide(found, WANTED, venv_python) == todo


def test_level_never_goes_down() -> None:
    assert higher_level("demo", None) == "demo"
    assert higher_level("demo", WANTED) == "dev"
    assert higher_level("dev", WANTED._replace(level="demo")) == "dev"


def test_python_3_10_is_refused_and_3_11_taken() -> None:
    assert "3.11 or newer" in python_problem((3, 10), has_venv=True)
    assert python_problem((3, 11), has_venv=True) == ""


def test_python_without_its_venv_module_names_the_package_to_install() -> None:
    assert "python3.12-venv" in python_problem((3, 12), has_venv=False)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"level": "dev"}', '{"level": "x", "python": "", "project": "", "inputs": ""}']
)
def test_unreadable_stamp_counts_as_none(tmp_path: Path, text: str) -> None:
    stamp = tmp_path / "prepared.json"
    stamp.write_text(text)
    assert prepare.read_stamp(stamp) is None


def test_stamp_is_read_back(tmp_path: Path) -> None:
    stamp = tmp_path / "prepared.json"
    stamp.write_text(json.dumps(WANTED._asdict()))
    assert prepare.read_stamp(stamp) == WANTED


def test_version_of_a_venv_whose_python_is_gone_is_empty(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.touch()
    assert prepare.version_of_venv(tmp_path) == "3.11.7"
    python.unlink()
    python.symlink_to(tmp_path / "removed")
    assert prepare.version_of_venv(tmp_path) == ""


class Project:
    """A stand-in project folder, and the commands that were run in it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.venv = folder / ".venv"
        self.commands: list[list[str]] = []
        self.fails = ""
        for name in prepare.INPUTS:
            (folder / name).write_text(name)
        monkeypatch.setattr(prepare, "PROJECT", folder)
        monkeypatch.setattr(prepare, "VENV", self.venv)
        monkeypatch.setattr(prepare, "STAMP", self.venv / "prepared.json")
        monkeypatch.setattr(prepare, "run", self._run)

    def _run(self, command: list[str]) -> bool:
        self.commands.append(command)
        if "venv" in command:
            (self.venv / "bin").mkdir(parents=True)
            (self.venv / "bin" / "python").touch()
            (self.venv / "pyvenv.cfg").write_text(f"version = {platform.python_version()}\n")
        return not (self.fails and self.fails in command)


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path, monkeypatch)


def test_second_run_does_nothing(fresh: Project) -> None:
    assert prepare.prepare_environment("demo") == "demo"
    assert [("venv" in command, ".[demo]" in command) for command in fresh.commands] == [(True, False), (False, True)]
    fresh.commands.clear()
    assert prepare.prepare_environment("demo") == "demo"
    assert fresh.commands == []


def test_demo_leaves_a_dev_environment_alone(fresh: Project) -> None:
    prepare.prepare_environment("dev")
    fresh.commands.clear()
    assert prepare.prepare_environment("demo") == "dev"
    assert fresh.commands == []


def test_failed_installation_is_taken_up_again_without_a_new_venv(fresh: Project) -> None:
    fresh.fails = "pip"
    with pytest.raises(PreparationError):
        prepare.prepare_environment("dev")
    fresh.fails = ""
    fresh.commands.clear()
    prepare.prepare_environment("dev")
    assert len(fresh.commands) == 1
    assert "pip" in fresh.commands[0]


def test_failed_update_of_a_good_environment_does_not_count_as_done(fresh: Project, tmp_path: Path) -> None:
    prepare.prepare_environment("dev")
    (tmp_path / "pyproject.toml").write_text("changed")
    fresh.fails = "pip"
    with pytest.raises(PreparationError):
        prepare.prepare_environment("dev")
    (tmp_path / "pyproject.toml").write_text("pyproject.toml")  # back to what the old stamp was made from
    fresh.fails = ""
    fresh.commands.clear()
    prepare.prepare_environment("dev")
    assert len(fresh.commands) == 1


def test_half_a_venv_is_not_left_behind(fresh: Project) -> None:
    fresh.fails = "venv"
    with pytest.raises(PreparationError):
        prepare.prepare_environment("demo")
    assert not fresh.venv.exists()


def test_stale_page_is_built_with_node_in_dev_and_through_pip_in_demo(
    fresh: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Page, "is_current", lambda page: False)
    prepare.prepare_page("dev")
    prepare.prepare_page("demo")
    assert "hatch_build.py" in fresh.commands[0]
    assert "--no-deps" in fresh.commands[1]
    monkeypatch.setattr(Page, "is_current", lambda page: True)
    prepare.prepare_page("dev")
    assert len(fresh.commands) == 2


# The system's programs


@pytest.fixture
def only_mosquitto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has mosquitto and nothing else, and a user who may install nothing."""
    program = tmp_path / "mosquitto"
    program.touch(mode=0o755)
    monkeypatch.setattr(prepare, "search_path", lambda: str(tmp_path))
    monkeypatch.setattr(prepare, "root_prefix", lambda: None)
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.usefixtures("only_mosquitto")
def test_missing_program_is_one_sentence_with_the_command_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    prepare.prepare_programs(["mosquitto", "chromium"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert "sudo apt-get install chromium" in lines[0]
    assert "skipped" in lines[0]


@pytest.mark.usefixtures("only_mosquitto")
def test_missing_program_is_an_error_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(PreparationError):
        prepare.prepare_programs(["mosquitto", "chromium"])
    prepare.prepare_programs(["mosquitto"])


@pytest.mark.usefixtures("only_mosquitto")
def test_apt_installs_only_what_is_missing_even_when_its_update_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def record(command: list[str], **_options: Any) -> subprocess.CompletedProcess[bytes]:
        ran.append(command)
        return subprocess.CompletedProcess(command, returncode=100 if "update" in command else 0, stdout=b"")

    monkeypatch.setattr(prepare, "root_prefix", lambda: ["sudo", "-n"])
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None if name == "chromium" else name)
    monkeypatch.setattr(subprocess, "run", record)
    prepare.prepare_programs(["mosquitto", "chromium"])
    update, install = ran
    assert "update" in update
    assert install[:2] == ["sudo", "-n"]
    assert "chromium" in install
    assert "mosquitto" not in install


def test_root_needs_no_sudo_and_a_plain_user_without_it_installs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert prepare.root_prefix() == []
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert prepare.root_prefix() is None


def test_every_program_that_the_makefile_asks_for_is_known(project: Path) -> None:
    calls = [line.split() for line in (project / "Makefile").read_text().splitlines() if "$(prepare) " in line]
    assert calls
    for _, level, *packages in calls:
        assert level in prepare.LEVELS
        assert set(packages) <= set(prepare.PROGRAMS)
