"""Rehearses scenarios one after the other, and tells people or programs what came of them."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from vitalwatch_simulators.rehearse import Rehearsal, rehearse
from vitalwatch_simulators.scenario import load_scenario


def rehearse_all(names: Sequence[str], seed: int | None, *, as_json: bool) -> bool:
    """Rehearse scenarios and print what came of them.

    Args:
        names: of scenarios, or paths of their files.
        seed: who the patients are; the scenarios' own without it.
        as_json: print one JSON object instead of tables.

    Returns:
        Whether every expectation was met.

    Raises:
        ConfigError: if there is no such scenario, or it cannot be played.
    """
    scenarios = {name: load_scenario(name) for name in names}  # all mistakes before the first is played
    total = sum(scenario.length for scenario in scenarios.values())
    came: dict[str, Rehearsal] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with quietly(), bar as progress:
        task = progress.add_task("", total=total)
        over = 0.0
        for name, scenario in scenarios.items():
            progress.update(task, description=name)
            came[name] = rehearse(scenario, seed=seed, progress=_moving(progress, task, over))
            over += scenario.length
    if as_json:
        print(json.dumps({name: _to_json(each) for name, each in came.items()}, ensure_ascii=False))
    else:
        _show(came)
    return all(each.met for each in came.values())


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep the service's log to itself: what matters of it is in the tables."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def _moving(progress: Progress, task: Any, over: float) -> Callable[[float], None]:
    return lambda seconds: progress.update(task, completed=over + seconds)


def _to_json(rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "met": rehearsal.met,
        "expectations": [
            {"at": verdict.at, "expected": verdict.expected, "met": verdict.met, "seen_at": verdict.seen_at}
            for verdict in rehearsal.verdicts
        ],
        "alarms": [
            {"at": alarm.at, "condition": alarm.condition, "priority": alarm.priority, "text": alarm.text}
            for alarm in rehearsal.alarms
        ],
    }


def _show(came: dict[str, Rehearsal]) -> None:
    console = Console()
    expected = Table("scenario", "from", "expectation", "met", "when")
    for name, rehearsal in came.items():
        for verdict in rehearsal.verdicts:
            when = "" if verdict.seen_at is None else clock(verdict.seen_at)
            met = Text("yes", "green") if verdict.met else Text("no", "bold red")
            expected.add_row(name, clock(verdict.at), verdict.expected, met, when)
    seen = Table("scenario", "alarms seen")
    for name, rehearsal in came.items():
        alarms = [f"{clock(alarm.at)} {alarm.condition}" for alarm in rehearsal.alarms]
        seen.add_row(name, Text(", ".join(alarms) or "none"))
    console.print(expected)
    console.print(seen)
    missed = sum(not verdict.met for rehearsal in came.values() for verdict in rehearsal.verdicts)
    total = sum(len(rehearsal.verdicts) for rehearsal in came.values())
    console.print(f"{total - missed} of {total} expectations met")


def clock(seconds: float) -> str:
    """``mm:ss`` of a moment."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
