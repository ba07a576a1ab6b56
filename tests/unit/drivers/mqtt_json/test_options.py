"""What a config may and may not say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from vitalwatch.model import Vital
from vitalwatch_drivers.mqtt_json.options import RECOMMENDED, MqttJsonOptions


def test_left_out_everything_is_as_recommended() -> None:
    options = MqttJsonOptions()
    assert options.vitals == RECOMMENDED
    assert options.period_s == 1.0
    assert "--" in options.none
    assert -1.0 in options.none


def test_a_table_as_toml_gives_it_is_taken_and_replaces_the_recommended_one() -> None:
    options = MqttJsonOptions.model_validate(
        {"vitals": {"spo2": "SPO2"}, "none": ["x", -1, 0.5], "period_s": 5, "real_zero": ["heart_rate"], "status": ""}
    )
    assert options.vitals == {Vital.SPO2: "SPO2"}
    assert options.none == ["x", -1, 0.5]
    assert options.period_s == 5.0


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"vitals": {"sp02": "spo2"}}, ("vitals", "sp02", "[key]")),
        ({"vitals": {"spo2": ""}}, ("vitals", "spo2")),
        ({"vitals": {"spo2": "a..b"}}, ("vitals", "spo2")),
        ({"vitals": {"spo2": 5}}, ("vitals", "spo2")),
        ({"vitals": {}}, ("vitals",)),
        ({"time": "a."}, ("time",)),
        ({"period_s": 0}, ("period_s",)),
        ({"period_s": "1"}, ("period_s",)),
        ({"pressure_unit": "bar"}, ("pressure_unit",)),
        ({"real_zero": ["spo2"]}, ("real_zero", 0)),
        ({"topic": "x"}, ("topic",)),
        ({"vitals": {"systolic": "a"}}, ()),
        ({"vitals": {"mean_pressure": "a"}}, ()),
        ({"cuff_time": "time"}, ()),
    ],
)
def test_mistakes_are_refused_where_they_stand(options: dict[str, Any], key: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as error:
        MqttJsonOptions.model_validate(options)
    assert [mistake["loc"] for mistake in error.value.errors()] == [key]


def test_both_times_may_be_switched_off() -> None:
    assert MqttJsonOptions(time="", cuff_time="").cuff_time == ""


@pytest.mark.parametrize("name", MqttJsonOptions.model_fields)
def test_every_option_is_described_and_in_the_readme(name: str, project: Path) -> None:
    readme = (project / "drivers/vitalwatch_drivers/mqtt_json/README.md").read_text(encoding="utf-8")
    assert MqttJsonOptions.model_fields[name].description
    assert f"\n| `{name}` | " in readme
