"""The benchmark of the alarms' quality: events are found, artefacts are not, and a case is the same each time."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks import alarm_quality as quality
from benchmarks.injections import KINDS, SPO2, Quiet, make
from benchmarks.plot import Curve, draw


@pytest.fixture(scope="module")
def quiet(shared: Path) -> Quiet:
    return Quiet(shared / "recordings")


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_a_case_is_the_same_each_time_and_its_truth_lies_inside_it(quiet: Quiet, kind: int) -> None:
    case = make(quiet, kind, 3)
    assert case == make(quiet, kind, 3)
    assert [row.at for row in case.rows] == [index * case.period_s for index in range(len(case.rows))]
    if case.truth is not None:
        assert 0 < case.truth.onset < case.truth.end <= case.rows[-1].at + case.period_s


def test_quiet_stretches_are_quiet(quiet: Quiet) -> None:
    drawn = quiet.stretch(random.Random(1), 5000)
    assert len(drawn) == 5000
    assert min(spo2 for _, _, spo2 in drawn) >= 94


def test_a_deep_fall_is_found_by_every_rule_and_a_spike_only_by_the_hasty_one(shared: Path) -> None:
    quality._begin(shared / "recordings")
    _, fall = quality.run_case(0, 0)
    assert {rule for rule, outcome in fall.items() if outcome.found_s is not None} == set(quality.RULES)
    _, spike = quality.run_case(2, 0)
    assert spike["ours"].false == 0
    assert spike["B0"].false > 0


def test_what_is_shown_in_an_event_is_at_least_as_bad_as_its_truth_says(quiet: Quiet) -> None:
    for number in range(20):
        case = make(quiet, 0, number)
        assert case.truth is not None
        lowest = min(row.values[SPO2] or 100.0 for row in case.rows)
        assert lowest <= 84


def test_the_interval_is_wilsons() -> None:
    assert quality.wilson(200, 200) == "200/200 (98.1-100.0 %)"
    assert quality.wilson(0, 200) == "0/200 (0.0-1.9 %)"


def test_the_plot_is_an_image_with_every_point() -> None:
    curve = Curve("a < b", ((0.0, 1.0, "0 s"), (2.0, 0.5, "15 s")))
    root = ET.fromstring(draw([curve], "title"))
    assert len(root.findall(".//{http://www.w3.org/2000/svg}circle")) == 2
