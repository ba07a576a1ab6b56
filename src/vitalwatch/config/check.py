"""The work of ``vitalwatch check``: looks at a clinic file and says everything there is to say. Opens no device."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from vitalwatch.config.document import Document, read
from vitalwatch.config.includes import is_profile
from vitalwatch.config.lint import lint, lint_profile
from vitalwatch.config.load import examine
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.config.profile_files import read_profile
from vitalwatch.config.report import as_json, as_text, in_order
from vitalwatch.config.schema import schema_text
from vitalwatch.errors import ConfigError

FINE, FOUND_PROBLEMS = 0, 1
"""Exit codes. That the file cannot be read at all is an error, and the command line's own code."""


def check(path: Path | None, *, json: bool = False, strict: bool = False) -> int:
    """Print all mistakes of a clinic file and all warnings about it; returns the exit code.

    Args:
        path: the clinic file.
        json: print one JSON object.
        strict: warnings count as problems.

    Raises:
        ConfigError: if no file is named, or it cannot be read.
    """
    if path is None:
        raise ConfigError("Which file?", hint="For example: vitalwatch check clinic.toml")
    mistakes, warnings, _ = found = findings(path)
    if json:
        print(as_json(mistakes, warnings))
    else:
        out = Console(soft_wrap=True, highlight=False)
        for mistake in mistakes:
            out.print(as_text(mistake, "mistake"))
        for warning in warnings:
            out.print(as_text(warning, "warning"))
        out.print(Text(_summary(path, found)))
    return FOUND_PROBLEMS if mistakes or (strict and warnings) else FINE


def print_schema(name: str) -> int:
    """Print the JSON Schema of a kind of file; returns the exit code.

    Raises:
        ConfigError: if there is no such kind.
    """
    print(schema_text(name), end="")
    return FINE


class Findings(NamedTuple):
    """What there is to say about a file.

    Attributes:
        mistakes: in the order of the file.
        warnings: likewise; none while there are mistakes, except of what this account cannot fetch.
        about: what a file without mistakes holds, in a few words.
    """

    mistakes: list[ConfigError]
    warnings: list[ConfigError]
    about: str = ""


def findings(path: Path) -> Findings:
    """Look at a clinic file with all that belongs to it, or at a profile file.

    Raises:
        ConfigError: if the file cannot be read.
    """
    try:
        document = read(path)
        return _profile_findings(document) if is_profile(document) else _clinic_findings(path)
    except ConfigError as error:
        if not error.line:
            raise
        return Findings([error], [])


def _clinic_findings(path: Path) -> Findings:
    examined = examine(path)
    about = ""
    if examined.config is not None:
        about = f"{_count(len(examined.config.chairs), 'chair')}, {_count(len(examined.config.devices), 'device')}, "
    warnings = in_order([*examined.absent, *lint(examined)], path)
    return Findings(in_order(examined.mistakes, path), warnings, about)


def _profile_findings(document: Document) -> Findings:
    try:
        loaded = read_profile(document.path.name, document.path.parent)
    except BadConfig as error:
        return Findings(in_order(error.mistakes, document.path), [])
    return Findings([], in_order(lint_profile(loaded), document.path), f"profile {loaded.profile.name}, ")


def _summary(path: Path, found: Findings) -> str:
    """One sentence at the end."""
    if found.mistakes:
        return f"{path}: {_count(len(found.mistakes), 'mistake')}. Warnings are looked for when there is none."
    return f"{path}: {found.about}no mistakes, {_count(len(found.warnings), 'warning')}."


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
