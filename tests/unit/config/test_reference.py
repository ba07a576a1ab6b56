"""The pages about config and the exported schemas are those of the code, and every example in them can be loaded."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tools import config_docs
from vitalwatch.config import ClinicFile
from vitalwatch.config.check import check, findings
from vitalwatch.config.profile import ProfileFile
from vitalwatch.config.schema import schema_text
from vitalwatch.driver import driver_names
from vitalwatch.errors import ConfigError

PAGES = ("docs/config-reference.md", "docs/wire-your-clinic.md")
NEXT = "Next: .venv/bin/python tools/config_docs.py"


def examples(page: str) -> tuple[list[str], dict[str, str]]:
    """The clinic files of a page, and the parts that they include, by the names under which they do."""
    clinics, parts = [], {}
    for text in re.findall(r"^```toml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        name = re.match(r"# file: (\S+)\n", text)
        if name:
            parts[name[1]] = text
        else:
            clinics.append(text)
    return clinics, parts


@pytest.mark.parametrize("name", PAGES)
def test_every_example_of_a_page_can_be_loaded(project: Path, tmp_path: Path, name: str) -> None:
    clinics, parts = examples((project / name).read_text("utf-8"))
    assert len(clinics) >= 4
    for part, text in parts.items():
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).write_text(text, "utf-8")
    for text in clinics:
        (tmp_path / "clinic.toml").write_text(text, "utf-8")
        assert findings(tmp_path / "clinic.toml").mistakes == [], text
    included = {each for text in clinics for each in tomllib.loads(text).get("include", [])}
    assert included == parts.keys()


def test_the_mistake_that_is_shown_is_what_check_says(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (project / "docs" / "wire-your-clinic.md").read_text("utf-8")
    first, *_ = examples(page)[0]
    monkeypatch.chdir(tmp_path)
    Path("clinic.toml").write_text(first.replace("label", "labl"), "utf-8")
    assert check(Path("clinic.toml")) == 1
    assert f"$ vitalwatch check clinic.toml\n{capsys.readouterr().out}```" in page


def test_the_tables_of_the_reference_are_those_of_the_models(project: Path) -> None:
    page = (project / "docs" / "config-reference.md").read_text("utf-8")
    assert config_docs.with_tables(page) == page, NEXT


def test_a_page_without_one_of_its_tables_is_refused() -> None:
    with pytest.raises(SystemExit):
        config_docs.with_tables("<!-- table: clinic -->\n<!-- end of table -->\n")


@pytest.mark.parametrize("name", ["clinic", "profile"])
def test_the_exported_schema_is_current(project: Path, name: str) -> None:
    assert (project / "config" / "schema" / f"{name}.schema.json").read_text("utf-8") == schema_text(name), NEXT


def test_there_is_no_schema_of_anything_else() -> None:
    with pytest.raises(ConfigError):
        schema_text("chair")


@pytest.mark.parametrize("file", ["clinic.example.toml", "replay-n560.toml", "profiles/*.toml"])
def test_every_example_file_names_a_schema_that_is_there(project: Path, file: str) -> None:
    for path in (project / "config").glob(file):
        named = re.match(r"#:schema (\S+)\n", path.read_text("utf-8"))
        assert named, path
        kind = "profile" if path.parent.name == "profiles" else "clinic"
        assert (path.parent / named[1]).resolve() == project / "config" / "schema" / f"{kind}.schema.json"


def test_the_schema_knows_every_section_and_refuses_others() -> None:
    made = json.loads(schema_text("clinic"))
    assert made["properties"].keys() == ClinicFile.model_fields.keys()
    assert made["additionalProperties"] is False


def test_the_schema_tells_the_options_of_each_driver_apart() -> None:
    made = json.loads(schema_text("clinic"))
    branches = made["$defs"]["Device"]["oneOf"]
    assert [branch["properties"]["driver"].get("const") for branch in branches] == [*driver_names(), None]
    for branch in branches[:-1]:
        reference = branch["properties"]["options"]["$ref"].removeprefix("#/$defs/")
        assert made["$defs"][reference]["additionalProperties"] is False


def test_every_reference_of_a_schema_leads_somewhere() -> None:
    for name in ("clinic", "profile"):
        text = schema_text(name)
        definitions = json.loads(text)["$defs"]
        for reference in re.findall(r'"\$ref": "#/\$defs/([^"]+)"', text):
            assert reference in definitions


def test_a_profile_file_may_leave_out_what_it_inherits() -> None:
    made = json.loads(schema_text("profile"))
    assert made["required"] == ["name", "version"]
    assert all("required" not in section for section in made["$defs"].values())


def test_a_clinic_file_and_a_profile_share_no_key_so_that_they_are_told_apart() -> None:
    assert not ClinicFile.model_fields.keys() & ProfileFile.model_fields.keys()


def test_every_example_file_fits_its_schema(project: Path) -> None:
    jsonschema: Any = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    for path in (project / "config").rglob("*.toml"):
        if path.parent.name == "scenarios":  # these are the simulators'
            continue
        name = "profile" if path.parent.name == "profiles" else "clinic"
        validator = jsonschema.Draft202012Validator(json.loads(schema_text(name)))
        assert [error.message for error in validator.iter_errors(tomllib.loads(path.read_text("utf-8")))] == []
