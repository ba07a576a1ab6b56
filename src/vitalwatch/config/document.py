"""One TOML file, read: its text, its data, and where everything in it stands."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic_core import from_json

from vitalwatch.errors import ConfigError

if TYPE_CHECKING:
    from vitalwatch.config.position import KeyPath, Positions

MAX_BYTES = 1024 * 1024
"""Longest config file that is read. A clinic of 500 chairs needs about a tenth of it."""

_SYNTAX_HINTS = (
    ("Cannot overwrite a value", "A name stands twice; keep one of the two."),
    ("Cannot declare", "This table stands twice; put its lines together under one header."),
    ("Invalid value", 'Text stands in quotes ("text"); numbers, true and false without.'),
    ("Expected '='", 'Each line is of the form: key = "value".'),
    ("Expected newline", "One setting a line; a number has only digits, and text stands in quotes."),
    ("Unterminated string", "A quotation mark is missing at the end."),
    ("Illegal character", "A quotation mark may be missing at the end of the line."),
    ("Unescaped", "In a path write / for \\, or put the text between single quotes."),
)
"""What to do about the parser's complaints, by how they begin."""


@dataclass(frozen=True)
class Document:
    """A TOML file that could be read.

    Attributes:
        path: the file.
        text: what stands in it.
        data: the same as plain values.
    """

    path: Path
    text: str
    data: dict[str, Any]

    @cached_property
    def positions(self) -> Positions:
        """Where each key and value stands; worked out on first use."""
        from vitalwatch.config.position import Positions  # late: only places need the second parser

        return Positions(self.text)

    def blocks(self, section: str) -> list[Any]:
        """The blocks of a ``[[section]]``, sound or not; none when it is something else."""
        found = self.data.get(section)
        return found if isinstance(found, list) else []

    def mistake(self, path: KeyPath, reason: str, hint: str = "", at: Literal["key", "value"] = "value") -> ConfigError:
        """Make the error for a mistake at a key or at its value."""
        place = self.positions.of_key(path) if at == "key" else self.positions.of_value(path)
        line, column = place or (0, 0)
        key = ".".join(str(part) for part in path)
        reason, hint = " ".join(reason.splitlines()), " ".join(hint.splitlines())
        return ConfigError(reason, file=self.path, line=line, column=column, key=key, hint=hint)


def read(path: Path) -> Document:
    """Read a TOML file.

    Raises:
        ConfigError: if it is missing, a folder, too long, not UTF-8 or not TOML; with the place, if there is one.
    """
    raw = _read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")  # editors on Windows put a mark before the first line
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        line, column = _end_of(before)
        reason = "This character is not UTF-8 text."
        hint = "Save the file with the encoding UTF-8."
        raise ConfigError(reason, file=path, line=line, column=column, hint=hint) from None
    return Document(path, text, _parse(path, text))


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise ConfigError("This is a folder, not a file.", file=path, hint="Name the .toml file in it.")
        if path.exists() and not path.is_file():
            raise ConfigError("This is not an ordinary file.", file=path, hint="Name a .toml file.")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError("There is no such file.", file=path, hint="Check the name and the folder.") from None
    except OSError as error:
        raise ConfigError(f"The file cannot be read: {error.strerror}.", file=path) from error
    if len(raw) > MAX_BYTES:
        hint = "Check that it is a config file and not a recording."
        raise ConfigError("The file is longer than 1 MiB.", file=path, hint=hint)
    return raw


def to_json(data: object) -> str:
    """TOML data as JSON text, for the strict models.

    Strict then means what it should for a text file: a list may become a tuple and a word an enum member, but "1"
    never a number. A TOML date becomes a list, which no setting takes.
    """
    return json.dumps(data, default=lambda date: [str(date)])


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text)
        from_json(to_json(data))  # refuses here, with a plain sentence, what is too long or too deep for the models
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, text, str(error)) from None
    except (ValueError, RecursionError):
        reason = "The file holds a number that is too long, or brackets that are too deep, to be settings."
        raise ConfigError(reason, file=path) from None
    return data


def _syntax_error(path: Path, text: str, message: str) -> ConfigError:
    """Turn the parser's complaint, ``reason (at line 3, column 8)``, into one with a place and a next step."""
    reason, _, where = message.rpartition(" (at ")
    numbers = [int(number) for number in re.findall(r"\d+", where)]
    line, column = numbers if len(numbers) == 2 else _end_of(text)
    hint = next((hint for start, hint in _SYNTAX_HINTS if reason.startswith(start)), "")
    return ConfigError(f"This is not TOML: {reason}.", file=path, line=line, column=column, hint=hint)


def _end_of(text: str) -> tuple[int, int]:
    """Line and column, from 1, of the place after the text's last character."""
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1
