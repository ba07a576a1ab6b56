"""Writes the grade list of ``drivers/README.md`` from a run of the conformance kit on every driver of this project.

.venv/bin/python -m tools.driver_grades
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from vitalwatch.conform import Report, find_subject, run_checks
from vitalwatch.conform.report import grades
from vitalwatch.driver import driver_names, load_driver

PAGE: Final = Path(__file__).resolve().parents[1] / "drivers" / "README.md"

_BLOCK: Final = re.compile(r"(<!-- grades -->\n).*?(<!-- end of grades -->)", re.DOTALL)


@cache
def report_on(name: str) -> Report:
    """What the kit finds in a driver; it is run once."""
    return run_checks(find_subject(name))


def drivers() -> list[str]:
    """The drivers of this project, without any that is installed beside them."""
    return [name for name in driver_names() if load_driver(name).__module__.startswith("vitalwatch_drivers.")]


def with_grades(page: str) -> str:
    """The page with its grade list made anew."""
    table = grades(report_on(name) for name in drivers())
    return _BLOCK.sub(lambda block: f"{block[1]}\n{table}\n{block[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(with_grades(PAGE.read_text("utf-8")), "utf-8")
