"""What the models refuse, said in plain words: what is wrong, in which block, and what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from vitalwatch.config.document import Document
from vitalwatch.errors import ConfigError

if TYPE_CHECKING:
    from vitalwatch.config.position import KeyPath

_KINDS = {
    "string_type": "text in quotes",
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "an ordinary number",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}
"""What a setting should have been, by the model's error type."""

_BOUNDS = {
    "greater_than_equal": ("ge", "too low: the lowest allowed is"),
    "greater_than": ("gt", "too low: it must be above"),
    "less_than_equal": ("le", "too high: the highest allowed is"),
    "less_than": ("lt", "too high: it must be below"),
}

SECRETS = frozenset({"password", "passwd", "passphrase", "passwort", "pass", "secret", "token", "api_key", "apikey"})
"""Keys under which people write secrets. None of them is a setting."""

_CHOICES = ("literal_error", "enum")
_BAD_TEXT = ("string_pattern_mismatch", "string_too_short", "string_too_long")
_MOST_NAMES_LISTED = 20
_MOST_CHARACTERS_SHOWN = 60


class Explainer:
    """Turns what a model refused into mistakes with places.

    Args:
        model: the model that refused.
        data: what it was given.
        home: the file in which a setting stands, and its path there; given its path, ``prefix`` included.
        prefix: path of ``data`` within the whole.
    """

    def __init__(
        self,
        model: type[BaseModel],
        data: dict[str, Any],
        home: Callable[[KeyPath], tuple[Document, KeyPath]],
        prefix: KeyPath = (),
    ) -> None:
        self._model = model
        self._data = data
        self._home = home
        self._prefix = prefix

    def explain(self, error: ValidationError) -> list[ConfigError]:
        """One mistake for each thing that the model refused."""
        mistakes: dict[KeyPath, ConfigError] = {}
        for details in error.errors(include_url=False):  # a union complains once for each of its branches
            mistakes.setdefault(self._path_in_file(details), self._mistake(details))
        return list(mistakes.values())

    def _mistake(self, details: ErrorDetails) -> ConfigError:
        path = self._path_in_file(details)
        document, place = self._home((*self._prefix, *path))
        key = _name(place)
        if details["loc"][-1:] == ("[key]",):  # not the value is wrong but the name that it stands under
            hint = nearest(key, _choices(details), "Known here:") if details["type"] in _CHOICES else details["msg"]
            return document.mistake(place, f"unknown key {shown(key)}{block(document, place)}.", hint, at="key")
        if details["type"] == "extra_forbidden":
            reason = f"unknown key {shown(key)}{block(document, place)}."
            return document.mistake(place, reason, self._instead_of(path, key), at="key")
        if details["type"] == "missing":
            reason = f'"{key}" is missing{block(document, place)}.'
            return document.mistake(place, reason, f"Add a line {key} = ... {self._meaning(path)}", at="key")
        return document.mistake(place, *self._words(details, path, key, value_at(self._data, path)))

    def _instead_of(self, path: KeyPath, key: str) -> str:
        """What to do about a key that is not known where it stands."""
        top = self._model.model_fields.get(key)
        if key.lower() in SECRETS:
            return "A secret does not stand in a config file: name a file with password_file in [[broker]]."
        if not self._prefix and top is not None and _model_in(top.annotation) is None:
            return f"{key} stands at the top of the file, before the first header."
        model = _model_at(self._model, path[:-1])
        known = list(model.model_fields) if model else []
        return nearest(key, known, "Known here:") if known else "There is nothing to set here."

    def _words(self, details: ErrorDetails, path: KeyPath, key: str, value: object) -> tuple[str, str]:
        """Reason and hint for a value that cannot be used."""
        kind, context = details["type"], details.get("ctx", {})
        if kind in _KINDS:
            return f"{key} must be {_KINDS[kind]}, not {_found(value)}.", _other_form(path, value, kind)
        if kind in _BOUNDS:
            bound, words = _BOUNDS[kind]
            reason = f"{key} = {shown(value)} is {words} {context[bound]:g}{self._unit(path)}."
            return reason, self._meaning(path)
        if kind in _CHOICES:
            return f"{key} = {shown(value)} cannot be used.", _one_of(value, _choices(details))
        if kind in _BAD_TEXT:
            # What is no variable's name may well be the password itself.
            given = "" if key == "password_env" else f" = {shown(value)}"
            return f"{key}{given} cannot be used.", self._meaning(path)
        return details["msg"].removeprefix("Value error, ").rstrip(".") + ".", ""

    def _path_in_file(self, details: ErrorDetails) -> KeyPath:
        """The error's path without the steps that only the model knows, such as the branches of a union."""
        path: KeyPath = ()
        for step in details["loc"]:
            if _has(value_at(self._data, path), step):
                path += (step,)
        return (*path, details["loc"][-1]) if details["type"] == "missing" else path

    def _field(self, path: KeyPath) -> FieldInfo | None:
        model = _model_at(self._model, path[:-1])
        return model.model_fields.get(str(path[-1])) if model and path else None

    def _meaning(self, path: KeyPath) -> str:
        field = self._field(path)
        return f"Meaning: {field.description.rstrip('.')}." if field and field.description else ""

    def _unit(self, path: KeyPath) -> str:
        field = self._field(path)
        extra = field.json_schema_extra if field else None
        return f" {extra['unit']}" if isinstance(extra, dict) and "unit" in extra else ""


def nearest(name: str, known: Iterable[str], listing: str) -> str:
    """A hint: the name that was probably meant, or all of them."""
    names = list(known)
    for guess in get_close_matches(name, names, n=1):
        return f'Did you mean "{guess}"?'
    return f"{listing} {', '.join(names)}." if 0 < len(names) <= _MOST_NAMES_LISTED else ""


def shown(value: object) -> str:
    """A value as the file would have it, cut when it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MOST_CHARACTERS_SHOWN else f"{text[:_MOST_CHARACTERS_SHOWN]}..."


def block(document: Document, path: KeyPath) -> str:
    """The block around a key as people call it: `` in chair "C2"``, `` in [web]``, nothing at the top of a file."""
    around = path[:-1]
    if not around:
        return ""
    header = f"[{'.'.join(str(step) for step in around if isinstance(step, str))}]"
    if len(around) == 1 or not isinstance(around[1], int):
        return f" in {header}"
    item = value_at(document.data, around[:2])
    name = item.get("id", item.get("name")) if isinstance(item, dict) else None
    owner = f"{around[0]} {shown(name)}" if isinstance(name, str) else f"{around[0]} number {around[1] + 1}"
    return f" in {owner}" if len(around) == 2 else f" in {header} of {owner}"


def value_at(data: object, path: Sequence[str | int]) -> object:
    """The value at a path, or none when nothing stands there."""
    for step in path:
        if not _has(data, step):
            return None
        data = data[step]  # type: ignore[index]
    return data


def _has(data: object, step: str | int) -> bool:
    if isinstance(data, dict):
        return step in data
    return isinstance(data, list) and isinstance(step, int) and step < len(data)


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    """The model of the table at a path, found through the fields' types."""
    found: type[BaseModel] | None = model
    for step in path:
        if isinstance(step, int):
            continue  # an element has the type that its list names
        field = found.model_fields.get(step) if found else None
        found = _model_in(field.annotation) if field else None
    return found


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _name(path: KeyPath) -> str:
    """What to call the setting at a path."""
    if not path:
        return "the file"
    return str(path[-1]) if isinstance(path[-1], str) else f"{path[-2]} number {path[-1] + 1}"


def _choices(details: ErrorDetails) -> list[str]:
    """The allowed words, out of ``'a', 'b' or 'c'``."""
    return [choice.strip("'") for choice in re.split(r", | or ", details["ctx"]["expected"])]


def _one_of(value: object, choices: list[str]) -> str:
    if isinstance(value, str):
        return nearest(value, choices, "It is one of")
    return f"It is one of {', '.join(choices)}."


def _found(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, bool):
        return shown(value)
    if isinstance(value, int | float):
        return f"the number {shown(value)}"
    return f"the date {value}"


def _other_form(path: KeyPath, value: object, kind: str) -> str:
    """How to write the same thing so that it has the right kind, if that is plain."""
    key = path[-1] if path else ""
    if not isinstance(key, str):
        return ""
    if kind == "string_type" and isinstance(value, int | float):
        return f'Put quotes round it: {key} = "{str(value).lower()}".'
    if isinstance(value, str) and kind != "string_type" and re.fullmatch(r"-?\d+(\.\d+)?|true|false", value):
        return f"Leave the quotes out: {key} = {value}."
    if isinstance(value, str) and kind == "tuple_type":
        return f"Put brackets round it: {key} = [{shown(value)}]."
    if isinstance(value, dict) and kind in ("tuple_type", "list_type"):
        return f"Write the header with two brackets: [[{key}]]."
    if isinstance(value, list) and kind in ("model_type", "dict_type"):
        return f"Write the header with single brackets: [{key}]."
    return ""
