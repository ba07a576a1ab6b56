"""Clinic plans: what is read, and what is refused with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitalwatch.config.mistakes import BadConfig
from vitalwatch.errors import ConfigError
from vitalwatch_simulators.plan import MOST_CHAIRS, load_plan

GOOD = """speed = 10.0
seed = 7

[[chair]]
id = "1"
scenario = "vasovagal"

[[chair.device]]
kind = "nellcor"
link = "pty:/tmp/1"

[[chair.device]]
kind = "json-cuff"
link = "mqtt://127.0.0.1/1/cuff"
id = "cuff"

[[chair]]
id = "2"
seed = 3

[[chair.device]]
kind = "json-cuff"
link = "mqtt://127.0.0.1/2/cuff"
interval = "90s"
"""


@pytest.fixture
def plan(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "plan.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_a_plan_is_read_with_what_its_scenarios_say(plan: Callable[[str], Path]) -> None:
    read = load_plan(plan(GOOD))
    assert (read.speed, read.seed) == (10.0, 7)
    one, two = read.chairs
    assert (one.id, one.named, one.seed) == ("1", "vasovagal", 7001)
    assert list(one.devices) == ["nellcor", "cuff"]
    assert (one.devices["nellcor"].id, one.devices["nellcor"].interval_s) == ("nellcor-1", None)
    assert (one.devices["cuff"].id, one.devices["cuff"].interval_s) == ("cuff", 120.0)  # the scenario's interval
    assert (two.named, two.seed, two.devices["json-cuff"].interval_s) == ("quiet", 3, 90.0)


def test_a_scenario_of_ones_own_is_meant_from_the_folder_of_the_plan(
    plan: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text('summary = "Ours."\nlength = "5m"\n', "utf-8")
    read = load_plan(plan(GOOD.replace('"vasovagal"', '"own.toml"')))
    assert read.chairs[0].scenario.summary == "Ours."


def test_as_many_chairs_as_promised_are_read(plan: Callable[[str], Path]) -> None:
    chairs = "".join(
        f'[[chair]]\nid = "{n}"\n[[chair.device]]\nkind = "masimo"\nlink = "pty:/tmp/{n}"\n' for n in range(MOST_CHAIRS)
    )
    assert len(load_plan(plan(chairs)).chairs) == MOST_CHAIRS
    one_more = '[[chair]]\nid = "x"\n[[chair.device]]\nkind = "masimo"\nlink = "pty:/tmp/x"\n'
    with pytest.raises(BadConfig):
        load_plan(plan(chairs + one_more))


@pytest.mark.parametrize(
    ("right", "wrong", "line", "words"),
    [
        ('kind = "nellcor"', 'kind = "welch"', 9, "nellcor"),
        ('link = "pty:/tmp/1"', 'link = "/dev/ttyS0"', 10, "pty"),
        ('link = "pty:/tmp/1"', 'link = "mqtt://127.0.0.1/1/ox"', 10, "pty:PATH"),
        ('link = "pty:/tmp/1"', 'link = "pty:/tmp/1"\ninterval = "60s"', 11, "no cuff"),
        ('link = "pty:/tmp/1"', 'link = "pty:/tmp/1"\ncolour = "red"', 11, "colour"),
        ('scenario = "vasovagal"', 'scenario = "holiday"', 6, "vasovagal"),
        ('scenario = "vasovagal"', 'scenario = "none.toml"', 6, "no such file"),
        ('scenario = "vasovagal"', 'scenario = "silent-monitor"', 6, '"masimo"'),
        ('id = "2"', 'id = "1"', 18, "Another chair"),
        ('id = "2"', 'id = "a chair"', 18, "cannot be a name"),
        ('id = "2"', "id = 2", 18, "quotes"),
        ('id = "cuff"', 'id = "nellcor"', 15, "Another device"),
        ('"mqtt://127.0.0.1/2/cuff"', '"mqtt://127.0.0.1/1/cuff"', 23, "Two devices"),
        ('interval = "90s"', 'interval = "20s"', 24, "25 s"),
        ('interval = "90s"', "interval = 90", 24, "time in quotes"),
        ("speed = 10.0", "speed = 0.0", 1, "too low"),
        ('scenario = "vasovagal"', "scenario = vasovagal", 6, "quotes"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    right: str, wrong: str, line: int, words: str, plan: Callable[[str], Path]
) -> None:
    assert GOOD.count(right) == 1
    with pytest.raises(ConfigError) as error:
        load_plan(plan(GOOD.replace(right, wrong)))
    assert error.value.line == line
    assert words in str(error.value)


def test_every_mistake_is_named_at_once_those_of_a_scenario_in_its_own_file(
    plan: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text('summary = "Ours."\nlength = "5 minutes"\n', "utf-8")
    text = GOOD.replace('"vasovagal"', '"own.toml"').replace('"nellcor"', '"welch"')
    with pytest.raises(BadConfig) as error:
        load_plan(plan(text))
    assert [(m.file and m.file.name, m.line) for m in error.value.mistakes] == [("own.toml", 2), ("plan.toml", 9)]


@pytest.mark.parametrize("text", ["", "chair = 5", "[[chair]]\n", '[[chair]]\nid = "1"\ndevice = []\n'])
def test_a_file_without_chairs_or_devices_is_no_plan(text: str, plan: Callable[[str], Path]) -> None:
    with pytest.raises(BadConfig):
        load_plan(plan(text))


def test_a_missing_file_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load_plan(tmp_path / "none.toml")
    assert error.value.file == tmp_path / "none.toml"
