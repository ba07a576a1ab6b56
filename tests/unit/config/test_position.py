"""Every key and value is found where it was written."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.config.position import KeyPath, Place, Positions

SAMPLE = """# comment é
top = 1
"qu oted".b . 'c' = "x"

[web] # why
port = 8080

[[chair]]
id = "é1" # é
list = [1, # one
  {deep = true, a.b = [2]}]

[[device]]
id = "a"
[device.options]
n = 1
[device.options.vitals]
spo2 = "s"

[[device]]
id = "b"
options.x = 2
[[device.part]]
k = 1
[[device.part]]
k = 2
"""


def test_keys_and_values_of_each_form_of_toml() -> None:
    positions = Positions(SAMPLE)
    expected: dict[KeyPath, tuple[Place, Place]] = {
        ("top",): (Place(2, 1), Place(2, 7)),
        ("qu oted",): (Place(3, 1), Place(3, 21)),
        ("qu oted", "b", "c"): (Place(3, 15), Place(3, 21)),
        ("web",): (Place(5, 2), Place(5, 2)),
        ("web", "port"): (Place(6, 1), Place(6, 8)),
        ("chair",): (Place(8, 3), Place(8, 3)),
        ("chair", 0, "id"): (Place(9, 1), Place(9, 6)),
        ("chair", 0, "list"): (Place(10, 1), Place(10, 8)),
        ("chair", 0, "list", 0): (Place(10, 9), Place(10, 9)),
        ("chair", 0, "list", 1, "deep"): (Place(11, 4), Place(11, 11)),
        ("chair", 0, "list", 1, "a", "b", 0): (Place(11, 24), Place(11, 24)),
        ("device", 0, "options", "n"): (Place(16, 1), Place(16, 5)),
        ("device", 0, "options", "vitals", "spo2"): (Place(18, 1), Place(18, 8)),
        ("device", 1, "id"): (Place(21, 1), Place(21, 6)),
        ("device", 1, "options", "x"): (Place(22, 9), Place(22, 13)),
        ("device", 1, "part", 0, "k"): (Place(24, 1), Place(24, 5)),
        ("device", 1, "part", 1, "k"): (Place(26, 1), Place(26, 5)),
    }
    assert {path: (positions.of_key(path), positions.of_value(path)) for path in expected} == expected


def test_what_is_not_there_is_found_at_the_table_around_it() -> None:
    positions = Positions(SAMPLE)
    assert positions.of_value(("device", 1, "link")) == Place(20, 3)
    assert positions.of_value(("device", 0, "options", "vitals", "pulse")) == Place(17, 17)
    assert positions.of_value(("clinic", "name")) is None


def test_columns_count_characters_also_after_windows_line_ends() -> None:
    positions = Positions('a = "é"\r\nb = {é = 1}'.replace("é =", '"é" =') + "\r\n")
    assert positions.of_value(("b", "é")) == Place(2, 12)


scalars = st.one_of(st.integers(-(10**9), 10**9), st.booleans(), st.text(max_size=6))
names = st.one_of(st.from_regex(r"[a-z0-9_-]{1,5}", fullmatch=True), st.text(max_size=4))
tables = st.dictionaries(names, scalars, max_size=4)


def literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@given(blocks=st.lists(st.tuples(names, tables), max_size=5), indent=st.integers(0, 3))
def test_any_blocks_are_found_where_they_were_written(blocks: list[tuple[str, dict[str, Any]]], indent: int) -> None:
    rows: list[str] = []
    expected: dict[KeyPath, Place] = {}
    counts: dict[str, int] = {}
    for name, table in blocks:
        index = counts.get(name, 0)
        counts[name] = index + 1
        rows.append(f"[[{literal(name)}]] # é")
        for key, value in table.items():
            row = f"{' ' * indent}{literal(key)} = "
            rows.append(row + literal(value))
            expected[(name, index, key)] = Place(len(rows), len(row) + 1)
    text = "\n".join(rows)
    tomllib.loads(text)  # the text is good TOML
    positions = Positions(text)
    assert {path: positions.of_value(path) for path in expected} == expected
