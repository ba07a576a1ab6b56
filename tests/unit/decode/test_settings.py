"""``--set key=value`` becomes a driver's options, or a plain sentence."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import Field

from vitalwatch.decode.settings import options_from
from vitalwatch.driver import DriverOptions, NoOptions, load_driver
from vitalwatch.errors import ConfigError


class Options(DriverOptions):
    format: Literal[1, 2, 7] = 2
    dialect: Literal["v7", "8", "eb"] = "v7"
    rate: float = Field(default=1.0, gt=0)
    label: str = ""
    wave: bool = False
    names: list[str] = Field(default=[])
    paths: dict[str, str] = Field(default={})


@pytest.mark.parametrize(
    ("settings", "key", "value"),
    [
        (["format=7"], "format", 7),
        (["rate=5"], "rate", 5.0),
        (["rate=0.5"], "rate", 0.5),
        (["wave=true"], "wave", True),
        (["dialect=eb"], "dialect", "eb"),
        (["dialect=8"], "dialect", "8"),
        (["label=12"], "label", "12"),
        (["label=true"], "label", "true"),
        (["label=a=b"], "label", "a=b"),
        (["label="], "label", ""),
        (['names=["x", "y"]'], "names", ["x", "y"]),
        (["paths.spo2=a.b", "paths.pulse=1"], "paths", {"spo2": "a.b", "pulse": "1"}),
        (['paths={"spo2": "a"}'], "paths", {"spo2": "a"}),
        ([], "format", 2),
    ],
)
def test_a_value_gets_the_type_that_the_driver_wants(settings: list[str], key: str, value: object) -> None:
    assert getattr(options_from(Options, settings), key) == value


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["rates=5"], 'Did you mean "rate"'),
        (["rate=fast"], "rate must be a number"),
        (["rate=-1"], "too low"),
        (["format=3"], "1, 2"),
        (["dialect=ve"], "v7, 8, eb"),
        (["wave=yes"], "true or false"),
        (["rate"], "key=value"),
        (["=5"], "key=value"),
        (["paths.=5"], "key=value"),
        (["rate=1", "rate=2"], "at once"),
        (["paths=x", "paths.spo2=y"], "at once"),
    ],
)
def test_a_mistake_is_told_in_plain_words(settings: list[str], words: str) -> None:
    with pytest.raises(ConfigError) as told:
        options_from(Options, settings)
    assert words in str(told.value)


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as told:
        options_from(Options, ["rates=5", "rate=-1", "label=12"])
    assert len(str(told.value).splitlines()) == 2


def test_a_driver_without_options_says_so() -> None:
    with pytest.raises(ConfigError, match="nothing to set"):
        options_from(NoOptions, ["a=1"])


def test_the_options_of_a_real_driver() -> None:
    model = load_driver("mqtt-json").Options
    made = options_from(model, ["vitals.spo2=data.sat", "period_s=5", 'none=["--", -1]']).model_dump(mode="json")
    assert (made["vitals"], made["period_s"], made["none"]) == ({"spo2": "data.sat"}, 5.0, ["--", -1.0])
