"""``--set key=value``: a driver's options from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from vitalwatch.config import BadConfig
from vitalwatch.config.document import Document, to_json
from vitalwatch.config.explain import Explainer
from vitalwatch.driver import DriverOptions
from vitalwatch.errors import ConfigError

_EXAMPLE: Final = "Write key=value, for example --set period_s=5, with dots for a key inside a table."


def options_from(model: type[DriverOptions], settings: list[str]) -> DriverOptions:
    """Make a driver's options from settings as written on the command line.

    A value is read as JSON where it is some (a number, ``true``, ``["--", -1]``), else as the text that it is. A number
    where the driver wants text is taken as text.

    Raises:
        ConfigError: if the settings cannot be used; its text names each mistake.
    """
    texts: dict[tuple[str, ...], str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        path = tuple(key.strip().split("."))
        if not equals or not all(path):
            raise ConfigError(f'"--set {setting}" says nothing.', hint=_EXAMPLE)
        if clash := next((p for p in texts if p[: len(path)] == path or path[: len(p)] == p), None):
            raise ConfigError(f'"{".".join(clash)}" and "{key.strip()}" are set at once.', hint="Keep one of the two.")
        texts[path] = value
    values = {path: _literal(text) for path, text in texts.items()}
    for path, text in texts.items():
        # A word that looks like a number is a mistake only if the text is one too.
        if path in _refused(model, values) and path not in _refused(model, as_text := {**values, path: text}):
            values = as_text
    tree = _tree(values)
    try:
        return model.model_validate_json(to_json(tree))
    except ValidationError as error:
        document = Document(Path("--set"), "", tree)
        raise BadConfig(Explainer(model, tree, lambda path: (document, path)).explain(error)) from None


def _literal(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _refused(model: type[DriverOptions], values: dict[tuple[str, ...], Any]) -> set[tuple[str, ...]]:
    """Which of the settings the model complains about."""
    try:
        model.model_validate_json(to_json(_tree(values)))
    except ValidationError as error:
        places = [tuple(map(str, details["loc"])) for details in error.errors()]
        return {path for path in values if any(place[: len(path)] == path for place in places)}
    return set()


def _tree(values: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in values.items():
        table = tree
        for step in path[:-1]:
            table = table.setdefault(step, {})
        table[path[-1]] = value
    return tree
