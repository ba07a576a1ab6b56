"""The ``[wall]`` section: which colours of values are taken, and why others are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vitalwatch.config import Wall
from vitalwatch.config.wall import BRIGHT, CLASSIC, DARKER, DIM


def test_without_the_section_the_wall_is_classic() -> None:
    assert Wall().look == {"palette": "classic", "colours": {}}
    assert Wall(palette="mono").look == {"palette": "mono", "colours": {}}


def test_one_own_colour_leaves_the_others_classic() -> None:
    assert Wall(spo2="#c7a6ff").look == {"palette": "clinic", "colours": {**CLASSIC, "spo2": "#c7a6ff"}}


def test_the_classic_colours_would_be_taken_as_a_clinics_own() -> None:
    Wall(heart_rate=CLASSIC["hr"], spo2=CLASSIC["spo2"], pressure=CLASSIC["pressure"])


@pytest.mark.parametrize(
    ("colour", "reason"),
    [
        ("#336644", "too dark to be read on a tile"),
        ("#8f9498", "too dark to be read on a tile when the screen is dim"),
        ("#4cc9f0", "looks like an alarm of low priority"),
        ("#ffdd22", "looks like an alarm of medium priority"),
        ("red", "String should match pattern"),
        ("#fff", "String should match pattern"),
    ],
)
def test_a_colour_that_is_hard_to_read_or_like_an_alarm_is_refused(colour: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Wall(spo2=colour)


@given(st.sampled_from(["high", "medium", "low"]), st.tuples(*[st.integers(-6, 6)] * 3))
def test_nothing_near_an_alarms_colour_is_taken(priority: str, by: tuple[int, int, int]) -> None:
    alarm = bytes.fromhex(BRIGHT[priority][1:])
    near = bytes(min(255, max(0, part + change)) for part, change in zip(alarm, by, strict=True)).hex()
    with pytest.raises(ValidationError):
        Wall(heart_rate=f"#{near}")


def test_the_surroundings_are_those_of_the_page(project: Path) -> None:
    css = (project / "dashboard/web/src/tokens.css").read_text()

    def block(selector: str) -> dict[str, str]:
        body = css.split(selector, 1)[1].split("}", 1)[0]
        return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))

    bright, dim = block('[data-light="bright"] {'), block('\n[data-light="dim"] {')
    assert {name: bright[name] for name in BRIGHT} == BRIGHT
    assert {name: dim[name] for name in DIM} == DIM
    assert {name: bright[name] for name in CLASSIC} == CLASSIC
    assert f"var(--clinic-hr) {DARKER:.0%}" in css
