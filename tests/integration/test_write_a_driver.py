"""The page that shows how to write a driver: its files are made, and its commands are run, as it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tools.running import VITALWATCH

PAGE = "docs/write-a-driver.md"


@pytest.fixture(scope="module")
def page(request: pytest.FixtureRequest) -> str:
    return (Path(request.config.rootpath) / PAGE).read_text("utf-8")


@pytest.fixture(scope="module")
def folder(page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that the page has one write, installed as pip leaves it."""
    place = tmp_path_factory.mktemp("ox1")
    files = re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert len(files) >= 7
    for name, text in files:
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text, "utf-8")
    (entry,) = re.findall(r"^(ox1 = .*)$", page, re.MULTILINE)
    facts = place / "ox1-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: ox1\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[vitalwatch.drivers]\n" + entry.replace('"', "") + "\n")
    return place


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the page in the folder."""
    first, *rest = shlex.split(command)
    program = {"vitalwatch": [VITALWATCH], "pytest": [sys.executable, "-m", "pytest"]}[first]
    settings = {"NO_COLOR": "1", "COLUMNS": "120", "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*program, *rest],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_command_of_the_page_succeeds(page: str, folder: Path) -> None:
    commands = re.findall(r"^\$ (.*)$", page, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["vitalwatch", "vitalwatch", "pytest"]
    for command in commands:
        ended = run(command, folder)
        assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"


def test_the_capture_is_read_as_the_page_says(folder: Path) -> None:
    lines = [json.loads(line) for line in run("vitalwatch decode ox1 capture.txt --json", folder).stdout.splitlines()]
    assert (lines[-1]["frames"], lines[-1]["bad_frames"]) == (4, 2)
    assert [line["value"] for line in lines if line.get("vital") == "pulse_rate"] == [72, 128, None, None]
    assert [line["status"] for line in lines if line["kind"] == "status" and line["active"]] == [
        "sensor_off",
        "searching",
    ]


def test_no_check_of_the_kit_fails_and_few_are_left_out(folder: Path) -> None:
    said = run("vitalwatch conform ox1", folder).stdout
    assert ", 0 failed" in said.splitlines()[0]
    assert int(re.findall(r"(\d+) exempt", said)[0]) <= 1
