"""The models: strict, frozen, described, and told in the README."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from vitalwatch.config import Chair, Clinic, ClinicFile, Device, Person, ProfileConfig, Room, Web
from vitalwatch.config.broker import BrokerBlock
from vitalwatch.config.profile import Delays, Limits, Options, Trends

MODELS: list[type[BaseModel]] = [
    *(Clinic, ClinicFile, Chair, Device, Room, Web, BrokerBlock, Person),
    *(ProfileConfig, Limits, Delays, Options, Trends),
]


@pytest.mark.parametrize("model", MODELS)
def test_every_setting_is_described(model: type[BaseModel]) -> None:
    assert [name for name, field in model.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("model", [Limits, Delays, Trends])
def test_every_number_of_a_profile_has_a_unit(model: type[BaseModel]) -> None:
    for name, schema in model.model_json_schema()["properties"].items():
        assert "unit" in str(schema), name


@pytest.mark.parametrize("model", [Clinic, Chair, Device, Room, Web, BrokerBlock, Person])
def test_every_setting_of_a_clinic_file_stands_in_the_readme(project: Path, model: type[BaseModel]) -> None:
    readme = (project / "config" / "README.md").read_text("utf-8")
    assert [name for name in model.model_fields if f"`{name}`" not in readme and f".{name}]`" not in readme] == []


def test_a_loaded_setting_cannot_be_changed() -> None:
    chair = Chair(id="1")
    with pytest.raises(ValidationError):
        chair.id = "2"
