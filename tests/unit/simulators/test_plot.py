"""The picture of a visit."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from vitalwatch_simulators.plot import plot_visit
from vitalwatch_simulators.scenario import Scenario

SVG = "{http://www.w3.org/2000/svg}"


def scenario(**steps: object) -> Scenario:
    return Scenario.model_validate(
        {
            "summary": "Pressure < 90 & a <faint>",
            "length": "12m",
            "profile": "iron",
            "nibp_interval": "2m",
            "step": [{"at": "3m", "event": "vasovagal", "strength": 1.8}, *([steps] if steps else [])],
        }
    )


def words(picture: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(picture).iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def picture() -> str:
    return plot_visit(scenario(at="1m", event="probe_off", lasts="40s"), 1)


def test_it_is_a_picture_with_what_happened_and_which_alarms_there_were(picture: str):
    said = words(picture)
    assert "Pressure < 90 & a <faint>" in said
    assert {"Heart rate, bpm", "SpO2, %", "Blood pressure, mmHg", "What happens", "Alarms"} <= set(said)
    assert {"vasovagal", "probe off"} <= set(said)
    assert any(text.startswith("HR-LOW") for text in said)
    assert any(text.startswith("HR low") for text in said), "the words of the screen stand beside the bar"


def test_it_says_that_it_is_simulated(picture: str):
    assert any(text.startswith("SIMULATED, seed 1") for text in words(picture))


def test_a_curve_stops_while_the_sensor_sees_nothing(picture: str):
    paths = [each.get("d") or "" for each in ET.fromstring(picture).iter(f"{SVG}path")]
    moves = [path.count("M") for path in paths]
    assert moves == [2, 2, 1, 1, 1]  # heart rate, SpO2; systolic, diastolic, breaths are the body's


def test_a_failed_cuff_reading_is_a_cross():
    quiet, leaking = plot_visit(scenario(), 1), plot_visit(scenario(at="4m", event="cuff_leak", lasts="1m"), 1)
    assert words(quiet).count("×") == 0
    assert words(leaking).count("×") == 1


def test_the_same_seed_gives_the_same_picture_and_another_one_another(picture: str):
    same = scenario(at="1m", event="probe_off", lasts="40s")
    assert plot_visit(same, 1) == picture
    assert plot_visit(same, 2) != picture


def test_everything_stays_on_the_paper(picture: str):
    root = ET.fromstring(picture)
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    for text in root.iter(f"{SVG}text"):
        assert 0.0 <= float(text.get("x") or -1) <= width
        assert 0.0 <= float(text.get("y") or -1) <= height


def test_without_alarms_it_says_none():
    calm = Scenario.model_validate({"summary": "Calm.", "length": "3m"})
    assert {"What happens: none", "Alarms: none"} <= set(words(plot_visit(calm, 1)))
