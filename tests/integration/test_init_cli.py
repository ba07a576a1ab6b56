"""``vitalwatch init`` by flags, by questions and answers, and against a file that is there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tools.running import VITALWATCH
from vitalwatch.config import load


def vitalwatch(folder: Path, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    plain = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}
    command = [VITALWATCH, *arguments]
    return subprocess.run(
        command, cwd=folder, input=answers, capture_output=True, text=True, timeout=20, check=False, env=plain
    )


def test_by_flags_for_a_script(tmp_path: Path) -> None:
    link = "serial:///dev/serial/by-id/usb-{n}?baud=9600"
    flags = ("--name", "Day unit", "--chairs", "8", "--driver", "nellcor", "--link", link)
    ended = vitalwatch(tmp_path, "init", *flags)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (
        "clinic.toml is written. Next: put your ports and topics into it, then  vitalwatch check clinic.toml\n"
    )
    assert vitalwatch(tmp_path, "check", "clinic.toml").returncode == 0
    loaded = load(tmp_path / "clinic.toml")
    assert len(loaded.chairs) == 8
    assert loaded.links["monitor-8"].path == "/dev/serial/by-id/usb-8"


def test_by_questions(tmp_path: Path) -> None:
    ended = vitalwatch(tmp_path, "init", "day.toml", answers="Day unit\n2\nyes\nmqtt-json\n\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    loaded = load(tmp_path / "day.toml")
    assert loaded.clinic.name == "Day unit"
    assert [link.topic for link in loaded.links.values()] == ["clinic/chair-1", "clinic/chair-2"]


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text("precious", "utf-8")
    ended = vitalwatch(tmp_path, "init")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--force" in ended.stderr
    assert path.read_text("utf-8") == "precious"
    assert vitalwatch(tmp_path, "init", "--force").returncode == 0
    assert load(path).chairs


def test_a_flag_that_cannot_be_used_is_a_plain_sentence(tmp_path: Path) -> None:
    ended = vitalwatch(tmp_path, "init", "--driver", "nelcor")
    assert ended.returncode == 2
    assert 'Did you mean "nellcor"?' in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_has_an_example(tmp_path: Path) -> None:
    for command in ("init", "check"):
        ended = vitalwatch(tmp_path, command, "--help")
        assert ended.returncode == 0
        assert f"vitalwatch {command}" in ended.stdout
        assert "Example:" in ended.stdout
