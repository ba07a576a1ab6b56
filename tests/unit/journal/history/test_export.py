"""Tables of the record: their columns are those of the document, and no cell runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from vitalwatch.journal.history.export import ACTS, ALARMS, VALUES, act_rows, alarm_rows, as_csv, harmless


@pytest.mark.parametrize(("name", "columns"), [("Values", VALUES), ("Alarms", ALARMS), ("Acts", ACTS)])
def test_every_column_is_documented_in_its_order(project: Path, name: str, columns: Mapping[str, type]) -> None:
    page = (project / "docs/history.md").read_text()
    table = re.search(rf"^{name}:.*?\n\n(\|.*?)(\n\n|\Z)", page, re.DOTALL | re.MULTILINE)
    assert table is not None
    assert re.findall(r"^\| `(\w+)` \|", table[1], re.MULTILINE) == list(columns)


def test_an_empty_table_has_its_columns() -> None:
    for columns, rows in ((ALARMS, alarm_rows([])), (ACTS, act_rows([]))):
        assert "".join(as_csv(columns, [rows])) == ",".join(columns) + "\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["", "a=1", -1.5, None, 0])
def test_all_else_stays_as_it_is(cell: object) -> None:
    assert harmless(cell) is cell
