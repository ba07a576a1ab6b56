"""The built-in profiles hold the numbers of the clinical notes (built-in profiles), typed in here a second time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from vitalwatch.config import BadConfig, ProfileConfig, load_profile, profile_names
from vitalwatch.config.profile import ProfileFile
from vitalwatch.errors import ConfigError

NAMES = ["adult-default", "biologic", "esketamine-nasal", "iron", "ketamine-im", "ketamine-iv"]

# One row a value; columns: adult-default, ketamine-iv, esketamine-nasal, iron, biologic. ketamine-im is as ketamine-iv.
COLUMNS = ["adult-default", "ketamine-iv", "esketamine-nasal", "iron", "biologic"]
TABLE: dict[str, list[Any]] = {
    "limits.spo2_low": [90, 92, 92, 90, 90],
    "limits.spo2_very_low": [85, 88, 88, 85, 85],
    "limits.heart_rate_low": [50, 50, 50, 50, 50],
    "limits.heart_rate_very_low": [40, 40, 40, 40, 40],
    "limits.heart_rate_high": [120, 120, 120, 120, 120],
    "limits.heart_rate_very_high": [150, 150, 150, 140, 140],
    "limits.systolic_high": [160, 170, 170, 170, 170],
    "limits.systolic_crisis": [180, 180, 180, 200, 200],
    "limits.systolic_at_once": [200, 200, 200, 200, 200],
    "limits.diastolic_high": [100, 105, 105, 105, 105],
    "limits.diastolic_crisis": [120, 110, 110, 120, 120],
    "limits.diastolic_at_once": [130, 120, 120, 130, 130],
    "limits.mean_low": [60, 60, 60, 60, 60],
    "limits.systolic_low": [90, 90, 90, 95, 95],
    "limits.systolic_very_low": [80, 80, 80, 85, 85],
    "limits.respiration_low": [8, 8, 8, 8, 8],
    "delays.spo2_low": [15, 15, 15, 15, 15],
    "delays.spo2_low_deep": [10, 10, 10, 10, 10],
    "delays.spo2_low_deeper": [5, 5, 5, 5, 5],
    "delays.spo2_very_low": [5, 5, 5, 5, 5],
    "delays.heart_rate_high": [10, 60, 60, 10, 10],
    "delays.heart_rate_very_high": [5, 5, 5, 5, 5],
    "delays.heart_rate_low": [10, 10, 10, 10, 10],
    "delays.heart_rate_very_low": [5, 5, 5, 5, 5],
    "delays.respiration_low": [30, 30, 30, 30, 30],
    "delays.apnea": [20, 20, 20, 20, 20],
    "options.sat_seconds": [0, 0, 0, 0, 0],
    "options.sat_seconds_counting": ["mindray"] * 5,
    "options.reaction": [False, False, False, True, True],
    "options.nibp_interval_min": [15, 5, 20, 5, 15],
    "trends.rise_systolic_percent": [20, 20, 20, 20, 20],
    "trends.rise_systolic": [30, 30, 30, 30, 30],
    "trends.rise_diastolic": [20, 20, 20, 20, 20],
    "trends.rise_medium_systolic": [None, 40, 40, None, None],
    "trends.rise_medium_diastolic": [None, 25, 25, None, None],
    "trends.fall_low_percent": [None, None, None, 20, 20],
    "trends.fall_medium_percent": [None, None, None, 30, 30],
}


def values_of(profile: ProfileConfig) -> dict[str, Any]:
    sections = ("limits", "delays", "options", "trends")
    return {f"{section}.{key}": value for section in sections for key, value in getattr(profile, section)}


def test_six_profiles_are_built_in() -> None:
    assert profile_names() == NAMES


@pytest.mark.parametrize("name", COLUMNS)
def test_built_in_profile_has_the_values_of_the_clinical_notes(name: str) -> None:
    column = COLUMNS.index(name)
    assert values_of(load_profile(name)) == {key: row[column] for key, row in TABLE.items()}


def test_ketamine_im_is_as_ketamine_iv() -> None:
    assert values_of(load_profile("ketamine-im")) == values_of(load_profile("ketamine-iv"))


@pytest.mark.parametrize("name", NAMES)
def test_built_in_profile_is_named_for_its_file_described_and_unsigned(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert profile.description
    assert profile.signature == "unsigned default"
    assert (profile.inherits is None) == (name == "adult-default")


@pytest.mark.parametrize("name", NAMES)
def test_each_value_knows_the_line_that_set_it(project: Path, name: str) -> None:
    profile = load_profile(name)
    stated = {key: value for key, value in values_of(profile).items() if value is not None}
    assert profile.sources.keys() == stated.keys()
    for key, value in stated.items():
        file, _, line = profile.sources[key].partition(":")
        text = (project / "config" / "profiles" / file).read_text("utf-8").splitlines()[int(line) - 1]
        setting, _, rest = text.partition(" = ")
        assert setting == key.partition(".")[2]
        written = rest.partition("#")[0].strip().strip('"')
        assert written == (
            str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else f"{value:g}"
        )


def test_a_value_comes_from_the_nearest_file_of_the_inheritance() -> None:
    sources = load_profile("ketamine-im").sources
    assert sources["limits.spo2_low"].startswith("ketamine-iv.toml:")
    assert sources["limits.systolic_low"].startswith("adult-default.toml:")


def test_a_clinics_own_profile_states_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(
        'name = "ours"\nversion = "3"\nsigned_by = "Chief nurse"\ninherits = "iron"\n[limits]\nspo2_low = 93\n', "utf-8"
    )
    profile = load_profile("ours.toml", tmp_path)
    iron = values_of(load_profile("iron"))
    assert values_of(profile) == iron | {"limits.spo2_low": 93}
    assert profile.sources["limits.spo2_low"] == "ours.toml:6"
    assert profile.signature == "signed by Chief nurse"


def test_signature_and_version_are_not_inherited(tmp_path: Path) -> None:
    (tmp_path / "signed.toml").write_text('name = "signed"\nversion = "1"\nsigned_by = "Chief nurse"\n', "utf-8")
    (tmp_path / "child.toml").write_text('name = "child"\nversion = "2"\ninherits = "signed.toml"\n', "utf-8")
    child = load_profile("child.toml", tmp_path)
    assert (child.version, child.signature) == ("2", "unsigned default")


def test_all_mistakes_of_a_profile_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(
        'name = "ours"\nversion = 1\n[limits]\nspo2_low = 99\nspo2_hihg = 1\n[delays]\napnea = -1\n', "utf-8"
    )
    with pytest.raises(BadConfig) as caught:
        load_profile("ours.toml", tmp_path)
    assert [mistake.line for mistake in caught.value.mistakes] == [2, 4, 5, 7]


def test_all_crossed_limits_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(
        'name = "ours"\nversion = "1"\n[limits]\nspo2_very_low = 95\nsystolic_low = 165\n', "utf-8"
    )
    with pytest.raises(BadConfig) as caught:
        load_profile("ours.toml", tmp_path)
    assert [mistake.key for mistake in caught.value.mistakes] == ["limits.spo2_very_low", "limits.systolic_low"]


def test_a_mistake_in_an_inherited_file_is_named_in_that_file(tmp_path: Path) -> None:
    (tmp_path / "parent.toml").write_text('name = "parent"\nversion = "1"\n[limits]\nspo2_low = 70\n', "utf-8")
    (tmp_path / "child.toml").write_text('name = "child"\nversion = "1"\ninherits = "parent.toml"\n', "utf-8")
    with pytest.raises(BadConfig) as caught:
        load_profile("child.toml", tmp_path)
    assert (caught.value.file, caught.value.line) == (tmp_path / "parent.toml", 4)


def test_an_unknown_name_has_no_place_of_its_own() -> None:
    with pytest.raises(ConfigError) as caught:
        load_profile("irn")
    assert caught.value.file is None
    assert '"iron"' in caught.value.hint


def test_crossed_limits_are_refused_by_the_model_itself() -> None:
    values = load_profile("iron").model_dump(exclude={"sources"})
    values["limits"]["spo2_very_low"] = 91.0
    with pytest.raises(ValidationError, match="spo2_very_low must be below"):
        ProfileFile.model_validate(values)
