"""Writes the tables of ``docs/config-reference.md`` and the schemas in ``config/schema`` from the config's models.

    .venv/bin/python tools/config_docs.py

Every word of the tables stands in the models: a setting's description, its range, its default. The sentences and
examples between the tables are written by hand and stay.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from vitalwatch.config import Chair, Clinic, ClinicFile, Device, Fallback, Person, Room, Wall, Web, load_profile
from vitalwatch.config.broker import BrokerBlock
from vitalwatch.config.journal import Journal
from vitalwatch.config.profile import BASE_PROFILE, Delays, Limits, Options, ProfileFile, Trends
from vitalwatch.config.schema import schema_text
from vitalwatch.driver import driver_names, load_driver

PROJECT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = PROJECT / "docs" / "config-reference.md"
SCHEMAS: Final = PROJECT / "config" / "schema"

_BLOCK: Final = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end of table -->)", re.DOTALL)

_SECTIONS: Final[dict[str, type[BaseModel]]] = {
    "clinic": Clinic,
    "web": Web,
    "wall": Wall,
    "fallback": Fallback,
    "journal": Journal,
    "room": Room,
    "chair": Chair,
    "device": Device,
    "broker": BrokerBlock,
    "person": Person,
}
_ONCE: Final = ("clinic", "web", "wall", "fallback", "journal")
"""Sections that a file has once."""

_VALUES: Final[dict[str, type[BaseModel]]] = {"limits": Limits, "delays": Delays, "options": Options, "trends": Trends}

_MOST_CHARACTERS: Final = 40
"""Longest default that is shown in a table; a longer one stands in the driver's own README."""


def tables() -> dict[str, str]:
    """The tables of the page by the names that it calls them."""
    with_settings = [name for name in driver_names() if load_driver(name).Options.model_fields]
    return {
        "file": _table(_file_rows()),
        **{name: _table(_rows(model)) for name, model in _SECTIONS.items()},
        "drivers": _table(_driver_rows()),
        **{f"driver-{name}": _table(_rows(load_driver(name).Options)) for name in with_settings},
        "profile": _table(_profile_rows()),
        **{f"profile-{name}": _table(_value_rows(name, model)) for name, model in _VALUES.items()},
    }


def _table(rows: Iterator[tuple[str, ...]]) -> str:
    head, *body = rows
    lines = [head, ("---",) * len(head), *body]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"


def _file_rows() -> Iterator[tuple[str, ...]]:
    yield ("section", "holds")
    for name, field in ClinicFile.model_fields.items():
        header = f"{name} = [...]" if name == "include" else f"[{name}]" if name in _ONCE else f"[[{name}]]"
        yield (f"`{header}`", field.description or "")


def _rows(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    yield ("key", "is", "without it", "meaning")
    schema = model.model_json_schema()
    for name, field in model.model_fields.items():
        kind = _kind(schema["properties"][name], schema.get("$defs", {}))
        yield (f"`{name}`", kind, _default(field), _sentence(field.description))


def _driver_rows() -> Iterator[tuple[str, ...]]:
    yield ("driver", "reads", "gives", "serial line")
    for name in driver_names():
        info = load_driver(name).info
        vitals = "what `vitals` maps" if "vitals" in load_driver(name).Options.model_fields else _listed(info.vitals)
        lines = ", ".join(f"{line.baud} {line.bits}{line.parity}{line.stop:g}" for line in info.settings)
        yield (f"`{name}`", info.title, vitals, lines or "none")


def _profile_rows() -> Iterator[tuple[str, ...]]:
    yield ("key", "is", "without it", "meaning")
    schema = ProfileFile.model_json_schema()
    for name, field in ProfileFile.model_fields.items():
        if name not in _VALUES:
            yield (f"`{name}`", _kind(schema["properties"][name], {}), _default(field), _sentence(field.description))


def _value_rows(section: str, model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    yield ("key", "is", f"in `{BASE_PROFILE}`", "meaning")
    base, schema = getattr(load_profile(BASE_PROFILE), section), model.model_json_schema()
    for name, field in model.model_fields.items():
        value = getattr(base, name)
        built_in = "off" if value is None else f"`{_toml(value)}`"
        kind = _kind(schema["properties"][name], schema.get("$defs", {}))
        yield (f"`{name}`", kind, built_in, _sentence(field.description))


def _kind(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """What may stand there, in words."""
    if "$ref" in schema:
        return _kind(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        kinds = [_kind(each, definitions) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(kinds)
    if "enum" in schema:
        return ", ".join(f"`{_toml(choice)}`" for choice in schema["enum"])
    match schema.get("type"):
        case "boolean":
            return "`true` or `false`"
        case "integer" | "number" as kind:
            return ("whole number" if kind == "integer" else "number") + _range(schema)
        case "array":
            return f"list of: {_kind(schema['items'], definitions)}"
        case "object":
            return "table"
        case _:
            return "text"


def _range(schema: dict[str, Any]) -> str:
    unit = f" {schema['unit']}" if "unit" in schema else ""
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None and high is None:
        return unit
    above = "above " if "exclusiveMinimum" in schema else ""
    return f", {above}{low:g} to {high:g}{unit}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    default = field.get_default(call_default_factory=True)
    if default in (None, {}, ""):
        return "none"
    text = _toml(default)
    return f"`{text}`" if len(text) <= _MOST_CHARACTERS else "see the driver's README"


def _toml(value: object) -> str:
    """A value as a TOML file would have it; a float that is whole without its point."""
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value, ensure_ascii=False)


def _sentence(text: str | None) -> str:
    return (text or "").rstrip(".")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def with_tables(page: str) -> str:
    """A page with its tables made anew; everything around them stays.

    Raises:
        SystemExit: if the page does not hold every table once.
    """
    made = tables()
    found = [match[2] for match in _BLOCK.finditer(page)]
    if sorted(found) != sorted(made):
        sys.exit(f"docs/config-reference.md should hold the tables {', '.join(sorted(made))}; holds {', '.join(found)}")
    return _BLOCK.sub(lambda match: f"{match[1]}\n{made[match[2]]}\n{match[3]}", page)


def main() -> None:
    """Make the tables and the schemas anew."""
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
    for name in ("clinic", "profile"):
        (SCHEMAS / f"{name}.schema.json").write_text(schema_text(name), "utf-8")


if __name__ == "__main__":
    main()
