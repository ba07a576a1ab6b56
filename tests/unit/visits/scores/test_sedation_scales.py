"""MOAA/S and RASS: the levels, and where deep sedation begins."""

from __future__ import annotations

import pytest

from vitalwatch.errors import UsageError
from vitalwatch.visits.scores import Moaas, Rass, moaas_level, rass_level


def test_moaas_deep_sedation_is_medium_from_3_and_high_from_1() -> None:
    assert {int(level): level.deep_sedation for level in Moaas} == {
        5: None,
        4: None,
        3: "medium",
        2: "medium",
        1: "high",
        0: "high",
    }


def test_rass_deep_sedation_begins_at_minus_3() -> None:
    deep = {int(level) for level in Rass if level.deep_sedation}
    assert deep == {-3, -4, -5}
    assert Rass.MODERATE_SEDATION.deep_sedation == "medium"


@pytest.mark.parametrize("scale", [Moaas, Rass])
def test_each_level_has_a_meaning_of_its_own(scale: type[Moaas] | type[Rass]) -> None:
    meanings = [level.meaning for level in scale]
    assert all(meanings)
    assert len(set(meanings)) == len(meanings)


def test_every_charted_number_is_a_level() -> None:
    assert [moaas_level(value) for value in range(6)] == [0, 1, 2, 3, 4, 5]
    assert [rass_level(value) for value in range(-5, 5)] == [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4]


@pytest.mark.parametrize("value", [-1, 6, 2.5, float("nan")])
def test_moaas_refuses_what_is_no_level(value: int) -> None:
    with pytest.raises(UsageError):
        moaas_level(value)


@pytest.mark.parametrize("value", [-6, 5, -0.5, float("nan")])
def test_rass_refuses_what_is_no_level(value: int) -> None:
    with pytest.raises(UsageError):
        rass_level(value)


def test_levels_print_as_they_are_charted() -> None:
    assert [str(rass_level(value)) for value in (1, 0, -3)] == ["+1", "0", "-3"]
    assert str(Moaas.SHAKING) == "2"
