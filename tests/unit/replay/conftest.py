"""Recordings written for a test, and their play."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitalwatch.alarms import Output, Profile, Transition
from vitalwatch.replay import play, survey


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a recording and gives its path."""

    def write(text: str, name: str = "recording.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def played(write: Callable[[str], Path]) -> Callable[..., list[Output]]:
    """Plays the text of a recording at chair "1"."""

    def played(text: str, baseline_s: float | None = None) -> list[Output]:
        return list(play(survey(write(text)), "1", Profile(), baseline_s=baseline_s))

    return played


def edges(outputs: list[Output], condition: str) -> list[tuple[float, str, str]]:
    """When a condition changed its state, from what to what."""
    return [
        (output.at, output.source.value, output.target.value)
        for output in outputs
        if isinstance(output, Transition) and output.condition == condition
    ]


def series(header: str, *cells: str, step: float = 1) -> str:
    """A recording whose rows have these cells after their time."""
    rows = (f"{index * step:g},{cell}" for index, cell in enumerate(cells))
    return "\n".join([f"time,{header}", *rows, ""])
