"""The command line: help that reads well, and starts that cannot be, refused in plain words."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.running import VITALWATCH
from vitalwatch import __version__
from vitalwatch.web import bind

CHAIR = '[[chair]]\nid = "1"\n'


def vitalwatch(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, without colours, on a screen 80 columns wide."""
    plain = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}
    return subprocess.run([VITALWATCH, *arguments], capture_output=True, text=True, timeout=20, check=False, env=plain)


def test_help_lists_the_commands_and_says_what_this_is() -> None:
    ended = vitalwatch("--help")
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert re.search(r"^\W*run\b.*Watch the chairs", ended.stdout, re.MULTILINE)
    assert re.search(r"^\W*demo\b.*simulated clinic", ended.stdout, re.MULTILINE)
    assert "primary alarm" in ended.stdout


@pytest.mark.parametrize(
    ("command", "example"),
    [("run", "vitalwatch run config/clinic.example.toml"), ("demo", "vitalwatch demo --chairs 16 --no-browser")],
)
def test_each_command_has_help_with_an_example(command: str, example: str) -> None:
    ended = vitalwatch(command, "--help")
    assert ended.returncode == 0
    assert f"Example:  {example}" in re.sub(r"[│\n ]+", " ", ended.stdout).replace("Example: ", "Example:  ")


def test_the_version_is_one_line() -> None:
    ended = vitalwatch("--version")
    assert (ended.returncode, ended.stdout) == (0, f"vitalwatch {__version__}\n")


def test_every_mistake_in_the_config_is_named_with_its_place_and_nothing_starts(
    clinic_file: Callable[[str], Path],
) -> None:
    text = '[[chair]]\nid = "1"\nlable = "One"\n\n[[device]]\nid = "d"\nchair = "2"\ndriver = "nelcor"\nlink = "loop://d"\n'
    config = clinic_file(text)
    ended = vitalwatch("run", str(config))
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert f"{config}:6:1: " in ended.stderr
    assert f"{config}:11:10: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_config_that_is_not_there_is_a_plain_sentence(tmp_path: Path) -> None:
    ended = vitalwatch("run", str(tmp_path / "none.toml"))
    assert ended.returncode == 2
    assert str(tmp_path / "none.toml") in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_port_that_is_taken_is_a_plain_sentence_with_the_next_step(command: str, tmp_path: Path) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        config = tmp_path / "clinic.toml"
        config.write_text(f"[web]\nport = {port}\n\n{CHAIR}")
        arguments = [str(config)] if command == "run" else ["--no-browser", "--port", str(port)]
        ended = vitalwatch(command, *arguments)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Port {port} on 127.0.0.1 is used by another program.")
    assert ended.stdout == ""


def test_what_the_command_does_not_know_is_refused() -> None:
    ended = vitalwatch("demo", "--chairs", "0")
    assert ended.returncode == 2
    assert "--chairs" in ended.stderr
