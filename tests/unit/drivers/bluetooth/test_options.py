"""What a config may and may not say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from vitalwatch.model import CUFF_VITALS, Vital
from vitalwatch_drivers.bluetooth.options import BluetoothOptions


def test_left_out_the_device_may_give_everything_once_a_second_as_bytes() -> None:
    options = BluetoothOptions()
    assert set(options.vitals) == {
        *CUFF_VITALS,
        Vital.SPO2,
        Vital.PULSE_RATE,
        Vital.PERFUSION_INDEX,
        Vital.HEART_RATE,
    }
    assert (options.payload, options.usual_period_s) == ("raw", 1.0)


def test_a_cuff_alone_may_be_silent_for_long_unless_the_config_says_otherwise() -> None:
    assert BluetoothOptions(characteristics=["2A35"]).usual_period_s == 300.0
    assert BluetoothOptions(characteristics=["2A35"], period_s=60).usual_period_s == 60.0
    assert BluetoothOptions(characteristics=["2A35", "2A37"]).usual_period_s == 1.0


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"characteristics": []}, ("characteristics",)),
        ({"characteristics": ["2A5E"]}, ("characteristics", 0)),  # spot checks watch nobody
        ({"payload": "json"}, ("payload",)),
        ({"topics": {"a": "2A19"}}, ("topics", "a")),
        ({"topics": {"a//b": "2A5F"}}, ("topics", "a//b", "[key]")),
        ({"topics": {"": "2A5F"}}, ("topics", "", "[key]")),
        ({"period_s": 0}, ("period_s",)),
        ({"user": 1}, ("user",)),
    ],
)
def test_mistakes_are_refused_where_they_stand(options: dict[str, Any], key: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as error:
        BluetoothOptions.model_validate(options)
    assert [mistake["loc"] for mistake in error.value.errors()] == [key]


@pytest.mark.parametrize("name", BluetoothOptions.model_fields)
def test_every_option_is_described_and_in_the_readme(name: str, project: Path) -> None:
    readme = (project / "drivers/vitalwatch_drivers/bluetooth/README.md").read_text(encoding="utf-8")
    assert BluetoothOptions.model_fields[name].description
    assert f"\n| `{name}` | " in readme
