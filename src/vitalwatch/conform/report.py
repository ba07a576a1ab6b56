"""What the kit found, as values, as JSON and as tables."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

_MOST_FAULTS_SHOWN: Final = 3


class Outcome(StrEnum):
    """How a check ended."""

    DONE = "done"
    EXEMPT = "exempt"
    FAILED = "failed"


class Result(msgspec.Struct, frozen=True):
    """One check of one driver.

    Attributes:
        check: its name.
        outcome: how it ended.
        detail: what was done; for an exempt one, why.
        faults: what is wrong, in sentences; none unless it failed.
        figures: what was measured, with the unit in the name.
    """

    check: str
    outcome: Outcome
    detail: str
    faults: tuple[str, ...] = ()
    figures: dict[str, float] = {}


class Report(msgspec.Struct, frozen=True):
    """All checks of one driver.

    Attributes:
        driver: its name.
        passed: whether no check failed.
        recorded: how many samples come from a real device.
        samples: how many there are.
        results: in the order of the checks.
    """

    driver: str
    passed: bool
    recorded: int
    samples: int
    results: tuple[Result, ...]


_STYLES: Final = {Outcome.DONE: "green", Outcome.EXEMPT: "yellow", Outcome.FAILED: "bold red"}


def table(report: Report) -> Table:
    """One driver's checks for people."""
    rows = Table(title=f"{report.driver}: {verdict(report)}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("check", "outcome"):
        rows.add_column(heading, no_wrap=True)
    rows.add_column("what was found", overflow="fold")
    for result in report.results:
        faults = list(result.faults[:_MOST_FAULTS_SHOWN])
        if more := len(result.faults) - len(faults):
            faults.append(f"and {more} more")
        found = "\n".join(faults) if faults else result.detail
        rows.add_row(result.check, Text(result.outcome, style=_STYLES[result.outcome]), Text(found))
    return rows


def verdict(report: Report) -> str:
    """The whole in a few words."""
    counts = {outcome: sum(result.outcome is outcome for result in report.results) for outcome in Outcome}
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome)


def grades(reports: Iterable[Report]) -> str:
    """The grade list of several drivers in Markdown: a row a check, a column a driver, then why what is exempt."""
    columns = list(reports)
    names = [result.check for result in columns[0].results]
    lines = [
        "| check | " + " | ".join(f"`{report.driver}`" for report in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for row, name in enumerate(names):
        lines.append(f"| {name} | " + " | ".join(str(report.results[row].outcome) for report in columns) + " |")
    lines.append(
        "| samples from a real device | "
        + " | ".join(f"{report.recorded} of {report.samples}" for report in columns)
        + " |"
    )
    lines.append("")
    for report in columns:
        lines += [f"- `{report.driver}`, {r.check}: {r.detail}" for r in report.results if r.outcome is Outcome.EXEMPT]
    return "\n".join(lines) + "\n"
