"""JSON Schemas of the clinic file and of a profile file, with which editors complete and check while one types."""

from __future__ import annotations

import json
from typing import Any

from vitalwatch.config.clinic import ClinicFile
from vitalwatch.config.profile import ProfileFile
from vitalwatch.driver import driver_names, load_driver
from vitalwatch.errors import ConfigError

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ALWAYS_STATED = ["name", "version"]
"""What a profile file cannot inherit."""


def schema_text(name: str) -> str:
    """The schema of ``clinic`` or ``profile`` files, as it stands in a ``.schema.json`` file.

    Raises:
        ConfigError: if there is no such kind of file.
    """
    make = _MAKERS.get(name)
    if make is None:
        raise ConfigError(f'There is no schema "{name}".', hint=f"Write {' or '.join(_MAKERS)}.")
    return json.dumps(make(), indent=2, ensure_ascii=False) + "\n"


def _clinic() -> dict[str, Any]:
    """The models' own schema, with the options of each installed driver told apart by ``driver``."""
    made = ClinicFile.model_json_schema()
    definitions: dict[str, Any] = made["$defs"]
    branches = []
    for driver in driver_names():
        options = load_driver(driver).Options.model_json_schema(ref_template=f"#/$defs/{driver}.{{model}}")
        inner = options.pop("$defs", {})
        definitions.update({f"{driver}.{key}": value for key, value in inner.items()})
        definitions[f"{driver}.options"] = options
        branches.append({"properties": {"driver": {"const": driver}, "options": {"$ref": f"#/$defs/{driver}.options"}}})
    unknown = {"not": {"enum": driver_names()}}  # a driver that is installed where the service runs, and not here
    definitions["Device"]["oneOf"] = [*branches, {"properties": {"driver": unknown}}]
    return {"$schema": _DIALECT, **made, "title": "VitalWatch clinic"}


def _profile() -> dict[str, Any]:
    """The schema of a whole profile, in which a file may leave out whatever it inherits."""
    made = ProfileFile.model_json_schema()
    for section in made["$defs"].values():
        section.pop("required", None)
    return {"$schema": _DIALECT, **made, "required": _ALWAYS_STATED, "title": "VitalWatch alarm profile"}


_MAKERS = {"clinic": _clinic, "profile": _profile}
