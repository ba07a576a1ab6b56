"""The work of ``vitalwatch init``: asks a few questions and writes a clinic file that ``vitalwatch check`` accepts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from vitalwatch.config.clinic import Clinic
from vitalwatch.config.explain import nearest, shown
from vitalwatch.config.load import load
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.config.section import Label
from vitalwatch.config.starter import MAX_CHAIRS, NUMBER, Monitor, check_link, text_of, usual_link
from vitalwatch.driver import driver_names
from vitalwatch.errors import ConfigError

Answer = TypeVar("Answer")

USUAL_CHAIRS = 2


@dataclass(frozen=True)
class Given:
    """What was said on the command line; ``None`` is asked for."""

    name: str | None = None
    chairs: int | None = None
    driver: str | None = None
    link: str | None = None


def init(path: Path, given: Given, *, force: bool = False, ask: Callable[[str], str] = input) -> None:
    """Write a first clinic file.

    Args:
        path: the file to write.
        given: what need not be asked.
        force: replace a file that is there.
        ask: shows a question and gives the answer; raises EOFError when nobody answers, which takes the usual
            answer for it and all that follow.

    Raises:
        ConfigError: if something given cannot be used, or the file cannot be written.
    """
    if path.exists() and not force:
        raise ConfigError("This file is there already.", file=path, hint="Name another one, or replace it by --force.")
    questions = _Questions(ask)
    name = questions.get("Name of the clinic", given.name, Clinic().name, _name)
    chairs = questions.get("Number of chairs", _text(given.chairs), str(USUAL_CHAIRS), _chairs)
    monitors = _monitors(questions, given, chairs)
    _write(path, text_of(name, monitors), force=force)


def _monitors(questions: _Questions, given: Given, chairs: int) -> list[Monitor]:
    told = given.driver is not None or given.link is not None
    question = "Same kind of monitor at all chairs (yes or no)"
    if chairs > 1 and (told or questions.get(question, None, "yes", _yes)):
        driver, link = _monitor(questions, given, chairs)
        return [Monitor(driver, link.replace(NUMBER, str(number))) for number in range(1, chairs + 1)]
    return [_monitor(questions, given, 1, str(number)) for number in range(1, chairs + 1)]


def _monitor(questions: _Questions, given: Given, chairs: int, number: str = "") -> Monitor:
    """Ask for driver and link of one chair, or of all of a number of chairs."""
    where = f" of chair {number}" if number else ""
    names = driver_names()
    usual = "nellcor" if "nellcor" in names else names[0]
    driver = questions.get(f"Driver{where} ({', '.join(names)})", given.driver, usual, _driver)

    def link(text: str) -> str:
        check_link(driver, text, chairs)
        return text

    question = f"Link{where}" if chairs == 1 else f"Link, with {NUMBER} for the chair's number"
    answer = questions.get(question, given.link, usual_link(driver).replace(NUMBER, number or NUMBER), link)
    return Monitor(driver, answer.replace(NUMBER, number or NUMBER))


class _Questions:
    """Gets answers: given ones are checked once, asked ones until they can be used."""

    def __init__(self, ask: Callable[[str], str]) -> None:
        self._ask = ask
        self._anyone_there = True

    def get(self, question: str, given: str | None, usual: str, take: Callable[[str], Answer]) -> Answer:
        """The answer to one question. ``take`` turns text into it, or raises ConfigError.

        Raises:
            ConfigError: if what was given cannot be used.
        """
        if given is not None:
            return take(given)
        while self._anyone_there:
            try:
                text = self._ask(f"{question} [{usual}]: ").strip()
                return take(text or usual)
            except EOFError:
                self._anyone_there = False
                print()  # the question stands there without an answer
            except ConfigError as error:
                print(error, file=sys.stderr)
        return take(usual)


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _name(text: str) -> str:
    try:
        return TypeAdapter(Label).validate_python(text)
    except ValidationError:
        raise ConfigError(f"{shown(text)} cannot be the name.", hint="It has 1 to 40 characters on one line.") from None


def _chairs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_CHAIRS:
        raise ConfigError(
            f"{shown(text)} is no number of chairs.", hint=f"It is a whole number from 1 to {MAX_CHAIRS}."
        )
    return int(text)


def _yes(text: str) -> bool:
    word = text.lower()
    if word not in ("y", "yes", "n", "no"):
        raise ConfigError("Please answer yes or no.")
    return word.startswith("y")


def _driver(text: str) -> str:
    if text not in driver_names():
        raise ConfigError(f"There is no driver {shown(text)}.", hint=nearest(text, driver_names(), "Installed are"))
    return text


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write the file, once it is sure that it can be loaded."""
    with TemporaryDirectory() as folder:
        draft = Path(folder) / "draft.toml"
        draft.write_text(text, "utf-8")
        try:
            load(draft)
        except BadConfig as error:  # two chairs were given one port
            raise ConfigError(f"The answers do not fit each other: {error.reason}", hint=error.hint) from None
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileNotFoundError:
        raise ConfigError(f"There is no folder {path.parent}.", hint="Make it first.") from None
    except OSError as error:
        raise ConfigError(f"The file cannot be written: {error.strerror}.", file=path) from error
