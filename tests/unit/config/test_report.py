"""Findings as text: whatever stands in a file, the caret stands under its place and nothing reaches the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from vitalwatch.config import report
from vitalwatch.config.check import check
from vitalwatch.errors import ConfigError


@pytest.fixture(autouse=True)
def _fresh_lines() -> None:
    report._lines.cache_clear()


def rows(path: Path, line: str, column: int) -> list[str]:
    path.write_bytes(line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line)
    report._lines.cache_clear()
    finding = ConfigError("Wrong.", file=path, line=1, column=column, hint="Right it.")
    return report.as_text(finding, "mistake").plain.split("\n")


def test_place_words_line_and_caret(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    assert rows(path, "port = 80 # page\r", 8) == [
        f"{path}:1:8: Wrong. Right it.",
        "    1 | port = 80 # page",
        "      |        ^",
    ]


def test_a_warning_says_that_it_is_one(tmp_path: Path) -> None:
    finding = ConfigError("Odd.", file=tmp_path / "clinic.toml")
    assert report.as_text(finding, "warning").plain == f"{tmp_path / 'clinic.toml'}: warning: Odd."


def test_a_tab_is_one_blank_and_wide_letters_move_the_caret(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    assert rows(path, '\tlabel = "椅子", x = 1', 17)[1:] == [
        '    1 |  label = "椅子", x = 1',
        "      | " + " " * 18 + "^",
    ]


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    _, line, caret = rows(tmp_path / "clinic.toml", 'a = "\x1b[31m\x07" # x', 1)
    assert "\x1b" not in line
    assert "\x07" not in line
    assert caret.endswith("| ^")


def test_a_long_line_is_cut_around_the_place(tmp_path: Path) -> None:
    text = "x" * 500 + "HERE" + "y" * 500
    _, line, caret = rows(tmp_path / "clinic.toml", text, 501)
    assert len(line) < 140
    assert line[caret.index("^") :].startswith("HERE")


@given(before=st.text(max_size=150), after=st.text(max_size=150))
def test_any_line_keeps_the_caret_under_its_place(
    tmp_path_factory: pytest.TempPathFactory, before: str, after: str
) -> None:
    text = (before + "\u00a7" + after).replace("\n", " ").encode("utf-8", "replace").decode()
    column = text.index("\u00a7") + 1
    _, line, caret = rows(tmp_path_factory.getbasetemp() / "any.toml", text, column)
    shown = line[: line.index("\u00a7")] if "\u00a7" in line else None
    assert shown is not None
    assert cell_len(shown) == caret.index("^")
    assert line.isprintable()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('password = "open-sesame" # x', 'password = "***********" # x'),
        ("  token='open-sesame'", "  token='***********'"),
        ('{name = "a", secret = "open-sesame", url = "b"}', '{name = "a", secret = "***********", url = "b"}'),
        ('url = "mqtt://me:open-sesame@ward"', 'url = "mqtt://**************@ward"'),
        ('password_file = "broker.password"', 'password_file = "broker.password"'),
        ('password = "open-sesame', 'password = "***********'),
        ('"password" = "open-sesame"', '"password" = "***********"'),
    ],
)
def test_secrets_are_starred_and_nothing_moves(tmp_path: Path, line: str, shown: str) -> None:
    assert rows(tmp_path / "clinic.toml", line, 1)[1] == f"    1 | {shown}"


def test_a_file_that_has_gone_since_is_told_without_its_line(tmp_path: Path) -> None:
    finding = ConfigError("Wrong.", file=tmp_path / "gone.toml", line=3, column=1)
    assert report.as_text(finding, "mistake").plain == f"{tmp_path / 'gone.toml'}:3:1: Wrong."


def test_json_is_one_object_with_the_fields_of_each_finding(tmp_path: Path) -> None:
    mistake = ConfigError("Wrong.", file=tmp_path / "ä.toml", line=3, column=7, key="web.port", hint="Right it.")
    assert json.loads(report.as_json([mistake], [])) == {
        "mistakes": [
            {
                "file": str(tmp_path / "ä.toml"),
                "line": 3,
                "column": 7,
                "key": "web.port",
                "reason": "Wrong.",
                "hint": "Right it.",
            }
        ],
        "warnings": [],
    }


def test_the_file_that_was_asked_for_comes_before_those_it_includes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.toml").write_text("[[chair]]\nid = 1\n", "utf-8")
    path = tmp_path / "clinic.toml"
    path.write_text('include = ["a.toml"]\n[web]\nport = "80"\n', "utf-8")
    assert check(path, json=True) == 1
    found = json.loads(capsys.readouterr().out)["mistakes"]
    assert [Path(mistake["file"]).name for mistake in found] == ["clinic.toml", "a.toml"]
