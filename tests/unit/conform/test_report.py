"""What the kit found, as people and programs read it."""

from __future__ import annotations

from rich.console import Console

from vitalwatch.conform.report import Outcome, Report, Result, grades, table

GOOD = Result("golden frames", Outcome.DONE, "3 frames")
EXCUSED = Result("bit flips", Outcome.EXEMPT, "no checksum")
BAD = Result("bit flips", Outcome.FAILED, "", tuple(f"fault {number}" for number in range(5)))


def test_the_table_shows_each_check_and_the_first_faults() -> None:
    console = Console(width=100)
    with console.capture() as shown:
        console.print(table(Report("acme", False, 0, 1, (GOOD, BAD))))
    text = shown.get()
    assert "acme: 1 done, 0 exempt, 1 failed" in text
    assert "3 frames" in text
    assert "fault 2" in text
    assert "fault 3" not in text
    assert "and 2 more" in text


def test_the_grade_list_has_a_row_a_check_a_column_a_driver_and_every_reason() -> None:
    page = grades([Report("acme", True, 2, 3, (GOOD, EXCUSED)), Report("other", False, 0, 1, (GOOD, BAD))])
    assert page == (
        "| check | `acme` | `other` |\n"
        "|---|---|---|\n"
        "| golden frames | done | done |\n"
        "| bit flips | exempt | failed |\n"
        "| samples from a real device | 2 of 3 | 0 of 1 |\n"
        "\n"
        "- `acme`, bit flips: no checksum\n"
    )
