"""Findings about config files as people and programs read them: place, words, the line, a caret; or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from rich.cells import cell_len
from rich.text import Text

from vitalwatch.config.document import MAX_BYTES
from vitalwatch.config.explain import SECRETS
from vitalwatch.errors import ConfigError

_WIDTH: Final = 120
"""Most characters of a line that are shown, so that a caret stays below its place."""

_BEFORE: Final = 80
"""Most characters that are shown before the caret."""

_SECRET: Final = re.compile(
    rf"""\b(?:{"|".join(sorted(SECRETS, key=len, reverse=True))}|password_env)["']?\s*=\s*["']?([^"',#}}]*)"""
    r"|://([^/@\s\"']*)@",
    re.IGNORECASE,
)
"""What may be a secret on a line that should not hold one. The name of a good ``password_env`` is never shown: only
lines with a finding are."""


def in_order(findings: Iterable[ConfigError], first: Path) -> list[ConfigError]:
    """Findings by file, line and column: those of the file that was asked for before those of others."""
    return sorted(findings, key=lambda f: (f.file != first, str(f.file or ""), f.line, f.column, f.reason))


def as_json(mistakes: Iterable[ConfigError], warnings: Iterable[ConfigError]) -> str:
    """One JSON object. ``line`` and ``column`` count from 1; 0 means the whole file."""
    return json.dumps(
        {"mistakes": [_fields(m) for m in mistakes], "warnings": [_fields(w) for w in warnings]}, ensure_ascii=False
    )


def _fields(finding: ConfigError) -> dict[str, str | int]:
    return {
        "file": str(finding.file or ""),
        "line": finding.line,
        "column": finding.column,
        "key": finding.key,
        "reason": finding.reason,
        "hint": finding.hint,
    }


def as_text(finding: ConfigError, kind: Literal["mistake", "warning"]) -> Text:
    """``file:line:column: reason hint`` and below it the line, with a caret under the place."""
    colour = "bold red" if kind == "mistake" else "yellow"
    where = f"{finding.file}:{finding.line}:{finding.column}: " if finding.line else f"{finding.file}: "
    text = Text(_printable(where), style="bold")
    if kind == "warning":
        text.append("warning: ", style=colour)
    text.append(_printable(f"{finding.reason} {finding.hint}".strip()), style="not bold")
    line = _line_of(finding)
    if line is not None:
        shown, before = _cut(_without_secrets(line), finding.column - 1)
        number = f"{finding.line:>5} | "
        text.append(f"\n{number}{shown}\n", style="not bold")
        text.append(f"{' ' * (len(number) - 2)}| {' ' * before}^", style=f"not bold {colour}")
    return text


def _line_of(finding: ConfigError) -> str | None:
    if finding.file is None or not finding.line:
        return None
    lines = _lines(finding.file)
    return lines[finding.line - 1] if finding.line <= len(lines) else None


@lru_cache(maxsize=8)
def _lines(file: Path) -> list[str]:
    """The lines of a file, counted as the parser counts them; none when it has gone since it was read."""
    try:
        with file.open("rb") as source:
            return source.read(MAX_BYTES).decode("utf-8-sig", "replace").split("\n")
    except OSError:
        return []


def _without_secrets(line: str) -> str:
    """A line with every character of what may be a secret as ``*``, so that a log may keep it."""

    def hide(match: re.Match[str]) -> str:
        start, end = match.span(1) if match[1] is not None else match.span(2)
        return line[match.start() : start] + "*" * (end - start) + line[end : match.end()]

    return _SECRET.sub(hide, line)


def _cut(line: str, column: int) -> tuple[str, int]:
    """The part of a line around a place, and how many cells stand before it on the screen."""
    start = max(0, column - _BEFORE)
    before, after = _printable(line[start:column]), _printable(line[column : start + _WIDTH].rstrip())
    if start:
        before = f"...{before}"
    more = "..." if len(line.rstrip()) > start + _WIDTH else ""
    return f"{before}{after}{more}", cell_len(before)


def _printable(text: str) -> str:
    """Text that does nothing to a terminal: a tab is a blank, other control characters are a replacement mark."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "\ufffd" for c in text)
