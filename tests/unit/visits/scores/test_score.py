"""What every score result promises, and the face of the package."""

from __future__ import annotations

import msgspec
import pytest

from vitalwatch.visits import scores
from vitalwatch.visits.scores import (
    Aldrete,
    Mews,
    News2,
    Padss,
    Score,
    score_aldrete,
    score_mews,
    score_news2,
    score_padss,
)

RESULTS = [
    score_news2(age_years=40, pregnant=False, systolic=95, on_oxygen=True),
    score_mews(heart_rate=40),
    score_aldrete(systolic=150, systolic_before_dose=120),
    score_padss(oriented=True, steady_gait=False),
]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.title)
def test_a_stored_result_says_which_score_it_is_and_comes_back_the_same(result: Score) -> None:
    stored = msgspec.json.encode(result)
    assert msgspec.json.decode(stored, type=News2 | Mews | Aldrete | Padss) == result


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.title)
def test_a_result_cannot_be_changed(result: Score) -> None:
    with pytest.raises(AttributeError):
        result.items = ()  # type: ignore[misc]


def test_an_item_keeps_what_was_charted_beside_its_points() -> None:
    news2, mews, aldrete, padss = ({item.name: (item.value, item.points) for item in r.items} for r in RESULTS)
    assert news2["systolic"] == (95, 2)
    assert news2["oxygen"] == ("oxygen", 2)
    assert news2["pulse"] == (None, None)
    assert mews["heart_rate"] == (40, 2)
    assert aldrete["circulation"] == ("150 against 120 mmHg", 1)
    assert padss["activity_and_mind"] == ("oriented", 1)


def test_the_package_shows_these_names() -> None:
    assert scores.__all__ == [
        "Activity",
        "Acvpu",
        "Aldrete",
        "Avpu",
        "Breathing",
        "CirculationVariant",
        "HeartRate40",
        "Item",
        "Mews",
        "Moaas",
        "News2",
        "News2Band",
        "Oxygenation",
        "Padss",
        "Rass",
        "Score",
        "Severity",
        "Spo2Scale",
        "Wakefulness",
        "moaas_level",
        "news2_refusal",
        "rass_level",
        "score_aldrete",
        "score_mews",
        "score_news2",
        "score_padss",
    ]
    assert all(hasattr(scores, name) for name in scores.__all__)
