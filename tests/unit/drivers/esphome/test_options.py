"""What a config may and may not say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from vitalwatch.model import Vital
from vitalwatch_drivers.esphome.options import EsphomeOptions


def test_left_out_it_is_an_oximeter_that_speaks_each_second() -> None:
    options = EsphomeOptions()
    assert options.vitals == {Vital.SPO2: "spo2", Vital.PULSE_RATE: "pulse_rate"}
    assert (options.period_s, options.temperature_unit, options.pressure_unit) == (1.0, "°C", "mmHg")


def test_a_table_as_toml_gives_it_is_taken() -> None:
    options = EsphomeOptions.model_validate(
        {"vitals": {"temperature": "skin"}, "statuses_off": {"sensor_off": "finger"}, "none": ["x", -9], "period_s": 5}
    )
    assert options.vitals == {Vital.TEMPERATURE: "skin"}
    assert options.none == ["x", -9]


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"vitals": {"sp02": "spo2"}}, ("vitals", "sp02", "[key]")),
        ({"vitals": {"spo2": ""}}, ("vitals", "spo2")),
        ({"vitals": {"spo2": "sensor/spo2"}}, ("vitals", "spo2")),
        ({"vitals": {"spo2": "#"}}, ("vitals", "spo2")),
        ({"vitals": {}}, ("vitals",)),
        ({"vitals": {"spo2": "a", "pulse_rate": "a"}}, ()),
        ({"vitals": {"systolic": "sys"}}, ()),
        ({"vitals": {"cuff_pulse_rate": "pulse"}}, ()),
        ({"statuses": {"Sensor Off": "finger"}}, ("statuses", "Sensor Off", "[key]")),
        ({"statuses": {"motion": ""}}, ("statuses", "motion")),
        ({"statuses": {"motion": "a"}, "statuses_off": {"motion": "b"}}, ()),
        ({"real_zero": ["spo2"]}, ("real_zero", 0)),
        ({"temperature_unit": "K"}, ("temperature_unit",)),
        ({"pressure_unit": "bar"}, ("pressure_unit",)),
        ({"period_s": 0}, ("period_s",)),
        ({"prefix": "ox-1"}, ("prefix",)),
    ],
)
def test_mistakes_are_refused_where_they_stand(options: dict[str, Any], key: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as error:
        EsphomeOptions.model_validate(options)
    assert [mistake["loc"] for mistake in error.value.errors()] == [key]


@pytest.mark.parametrize("name", EsphomeOptions.model_fields)
def test_every_option_is_described_and_in_the_readme(name: str, project: Path) -> None:
    readme = (project / "drivers/vitalwatch_drivers/esphome/README.md").read_text(encoding="utf-8")
    assert EsphomeOptions.model_fields[name].description
    assert f"\n| `{name}` | " in readme
