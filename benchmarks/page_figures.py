"""One measured figure of the page, with its goal, and how a list of them is printed. Used by ``page``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from rich.table import Table

Step: TypeAlias = Callable[[str], None]
"""Tells what is measured from now on."""


class Figure(NamedTuple):
    """One row: what was measured where, and the most that it may be (``None``: no goal)."""

    where: str
    what: str
    value: float
    unit: str
    at_most: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether it keeps to its goal, if it has one."""
        return self.at_most is None or self.value <= self.at_most

    @property
    def json(self) -> dict[str, Any]:
        """For programs."""
        return {**self._asdict(), "is_met": self.is_met}


def table(figures: list[Figure]) -> Table:
    """For people."""
    made = Table("where", "what", "measured", "goal")
    before = ""
    for figure in figures:
        goal = "" if figure.at_most is None else f"≤ {short(figure.at_most)} {figure.unit}"
        where = "" if figure.where == before else figure.where
        missed = "" if figure.is_met else "[bold]missed[/] "
        made.add_row(where, figure.what, f"{short(figure.value)} {figure.unit}", f"{missed}{goal}")
        before = figure.where
    return made


def short(number: float) -> str:
    """With as many decimals as mean something."""
    return f"{number:.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.3g}"
