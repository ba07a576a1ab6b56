"""Whatever stands in a file: it loads, or it is a BadConfig whose every place lies in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.config import BadConfig, load, load_profile
from vitalwatch.config.check import Findings, findings
from vitalwatch.config.report import as_text
from vitalwatch.errors import ConfigError

PROJECT = Path(__file__).resolve().parents[3]
MORE = """
[[broker]]
name = "ward"
url = "mqtts://localhost:8883"
user = "vitalwatch"
password_env = "WARD_PASSWORD"
password_file = "secret"
version = "5"

[[person]]
name = "Nurse 1"
role = "nurse"
"""
EXAMPLE = (PROJECT / "config" / "clinic.example.toml").read_text("utf-8") + MORE
PROFILE = (PROJECT / "config" / "profiles" / "iron.toml").read_text("utf-8").replace('"iron"', '"ours"')
WORDS = sorted(set(re.findall(r'"[^"\n]*"|[\w.-]+|\[+|\]+', EXAMPLE + PROFILE)))

values = st.one_of(
    st.sampled_from(WORDS),
    st.from_regex(r"-?\d{1,25}(\.\d{1,3})?", fullmatch=True),
    st.sampled_from(
        ["true", "nan", "-inf", "2024-02-29", "[]", "{}", '[{id = "1"}]', '"é"', '"a\\nb"', '"\\u0000.toml"']
    ),
)
keys = st.sampled_from(
    [*sorted(set(re.findall(r"^(\w+) =", EXAMPLE + PROFILE, re.M))), "clinic", "chair", "web", "limits", "include"]
)
headers = st.sampled_from(sorted(set(re.findall(r"^\[.*?\]+", EXAMPLE + PROFILE, re.M))))
lines = st.one_of(headers, st.builds("{} = {}".format, keys, values))


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A good file with a piece cut out and something else put in."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 40)))
    piece: str = draw(st.one_of(st.text(max_size=5), values, lines))
    return text[:start] + piece + text[end:]


texts = st.one_of(st.text(), st.lists(lines, max_size=12).map("\n".join), damaged(EXAMPLE))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


def assert_places_lie_in_the_text(mistakes: Iterable[ConfigError], path: Path) -> None:
    rows = path.read_bytes().decode("utf-8-sig").split("\n")
    for mistake in mistakes:
        assert mistake.reason
        assert len(str(mistake).splitlines()) == 1
        if mistake.line and mistake.file == path:
            assert 1 <= mistake.line <= len(rows)
            assert 1 <= mistake.column <= len(rows[mistake.line - 1]) + 1


@given(text=texts)
def test_any_text_loads_or_is_explained(folder: Path, text: str) -> None:
    path = folder / "clinic.toml"
    path.write_bytes(text.encode("utf-8"))
    try:
        load(path)
    except BadConfig as error:
        assert_places_lie_in_the_text(error.mistakes, path)


@given(text=texts)
def test_check_has_words_for_any_text(folder: Path, text: str) -> None:
    path = folder / "checked.toml"
    path.write_bytes(text.encode("utf-8"))
    try:
        found = findings(path)
    except ConfigError as error:  # brackets too deep: told without a place
        found = Findings([error], [])
    assert_places_lie_in_the_text([*found.mistakes, *found.warnings], path)
    for finding in (*found.mistakes, *found.warnings):
        assert all(row.isprintable() for row in as_text(finding, "mistake").plain.split("\n"))


@given(text=st.one_of(st.text(), st.lists(lines, max_size=12).map("\n".join), damaged(PROFILE)))
def test_any_profile_text_loads_or_is_explained(folder: Path, text: str) -> None:
    path = folder / "ours.toml"
    path.write_bytes(text.encode("utf-8"))
    try:
        load_profile("ours.toml", folder)
    except BadConfig as error:
        assert_places_lie_in_the_text(error.mistakes, path)


@given(raw=st.binary())
def test_any_bytes_load_or_are_explained(folder: Path, raw: bytes) -> None:
    path = folder / "bytes.toml"
    path.write_bytes(raw)
    with pytest.raises(BadConfig):  # no random bytes name a chair
        load(path)
