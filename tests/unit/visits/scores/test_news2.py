"""NEWS2: the published table at every boundary, and what an incomplete set may and may not say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import UsageError
from vitalwatch.visits.scores import Acvpu, News2, News2Band, Spo2Scale, news2_refusal, score_news2

NORMAL: dict[str, Any] = {
    "respiration_rate": 16,
    "spo2": 98,
    "on_oxygen": False,
    "systolic": 120,
    "pulse": 70,
    "consciousness": Acvpu.ALERT,
    "temperature": 37.0,
}


def scored(**values: Any) -> News2:
    return score_news2(**({"age_years": 40, "pregnant": False} | values))


def points(score: News2, name: str) -> int | None:
    return next(item.points for item in score.items if item.name == name)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("respiration_rate", {0: 3, 8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3}),
        ("spo2", {91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0, 100: 0}),
        ("systolic", {90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3}),
        ("pulse", {0: 3, 40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3}),
        ("temperature", {35.0: 3, 35.1: 1, 36.0: 1, 36.1: 0, 38.0: 0, 38.1: 1, 39.0: 1, 39.1: 2}),
    ],
)
def test_each_band_starts_and_ends_where_the_table_says(name: str, table: dict[float, int]) -> None:
    assert {value: points(scored(**{name: value}), name) for value in table} == table


@pytest.mark.parametrize(
    ("on_oxygen", "table"),
    [
        (False, {83: 3, 84: 2, 85: 2, 86: 1, 87: 1, 88: 0, 92: 0, 93: 0, 97: 0, 100: 0}),
        (True, {83: 3, 84: 2, 85: 2, 86: 1, 87: 1, 88: 0, 92: 0, 93: 1, 94: 1, 95: 2, 96: 2, 97: 3, 100: 3}),
        (None, {83: 3, 85: 2, 87: 1, 88: 0, 92: 0, 93: None, 97: None}),
    ],
)
def test_scale_2_depends_on_oxygen_from_93_percent_up(on_oxygen: bool | None, table: dict[float, int | None]) -> None:
    got = {v: points(scored(spo2=v, on_oxygen=on_oxygen, scale=Spo2Scale.SCALE_2), "spo2") for v in table}
    assert got == table


def test_oxygen_adds_two_points() -> None:
    assert points(scored(on_oxygen=True), "oxygen") == 2
    assert points(scored(on_oxygen=False), "oxygen") == 0


def test_anything_but_alert_scores_three() -> None:
    got = {level: points(scored(consciousness=level), "consciousness") for level in Acvpu}
    assert got == {level: 0 if level is Acvpu.ALERT else 3 for level in Acvpu}


@pytest.mark.parametrize(
    ("name", "value", "scored_as", "expected"),
    [
        ("temperature", 38.04, 38.0, 0),
        ("temperature", 38.05, 38.1, 1),
        ("temperature", 35.04, 35.0, 3),
        ("temperature", 35.05, 35.1, 1),
        ("spo2", 91.4, 91, 3),
        ("spo2", 91.5, 92, 2),
        ("pulse", 130.49, 130, 2),
        ("pulse", 130.5, 131, 3),
    ],
)
def test_values_between_two_bands_are_rounded_as_charted(
    name: str, value: float, scored_as: float, expected: int
) -> None:
    item = next(item for item in scored(**{name: value}).items if item.name == name)
    assert (item.value, item.points) == (scored_as, expected)


def test_a_full_normal_set_is_zero_of_twenty() -> None:
    score = scored(**NORMAL)
    assert (score.total, score.band, score.missing, str(score)) == (0, News2Band.LOW, (), "NEWS2 0")


def test_the_worst_set_is_twenty() -> None:
    score = scored(
        respiration_rate=30,
        spo2=80,
        on_oxygen=True,
        systolic=80,
        pulse=140,
        consciousness=Acvpu.UNRESPONSIVE,
        temperature=34,
    )
    assert score.total == 20


def test_pressure_pulse_and_spo2_alone_are_a_partial_score_and_no_number() -> None:
    score = scored(systolic=95, pulse=70, spo2=97)
    assert score.total is None
    assert score.at_least == 2
    assert str(score) == "NEWS2 partial (3 of 7), >= 2"
    assert f"{score}" == str(score)
    assert score.missing == ("respiration_rate", "oxygen", "consciousness", "temperature")


def test_nothing_known_is_not_a_score_of_zero() -> None:
    score = scored()
    assert (score.total, score.band) == (None, None)
    assert str(score) == "NEWS2 partial (0 of 7), >= 0"


@pytest.mark.parametrize(
    ("changes", "total", "band"),
    [
        ({"temperature": 39.1, "pulse": 120}, 4, News2Band.LOW),
        ({"respiration_rate": 25}, 3, News2Band.SINGLE_THREE),
        ({"respiration_rate": 25, "pulse": 91}, 4, News2Band.SINGLE_THREE),
        ({"temperature": 39.1, "pulse": 120, "spo2": 95}, 5, News2Band.URGENT),
        ({"temperature": 39.1, "pulse": 120, "spo2": 93}, 6, News2Band.URGENT),
        ({"respiration_rate": 25, "pulse": 131}, 6, News2Band.URGENT),
        ({"temperature": 39.1, "pulse": 120, "spo2": 93, "systolic": 110}, 7, News2Band.EMERGENCY),
    ],
)
def test_bands_begin_at_five_at_a_single_three_and_at_seven(
    changes: dict[str, Any], total: int, band: News2Band
) -> None:
    score = scored(**NORMAL | changes)
    assert (score.total, score.band) == (total, band)


def test_a_partial_score_already_shows_the_band_it_has_reached_and_what_is_missing() -> None:
    score = scored(systolic=85)
    assert (score.total, score.band) == (None, News2Band.SINGLE_THREE)
    assert "temperature" in score.response


def test_a_partial_score_is_never_low() -> None:
    without_temperature = {name: value for name, value in NORMAL.items() if name != "temperature"}
    score = scored(**without_temperature)
    assert score.band is None
    assert score.response == "No band can be told yet. Not known: temperature."


def test_the_scale_is_kept_in_the_result() -> None:
    assert scored().variant == "spo2_scale_1"
    assert scored(scale=Spo2Scale.SCALE_2).variant == "spo2_scale_2"


@pytest.mark.parametrize(("age_years", "pregnant"), [(15, False), (0, False), (30, True)])
def test_people_it_is_not_for_are_refused(age_years: float, pregnant: bool) -> None:
    assert news2_refusal(age_years, pregnant=pregnant)
    with pytest.raises(UsageError):
        scored(**NORMAL, age_years=age_years, pregnant=pregnant)


def test_sixteen_years_is_old_enough() -> None:
    assert news2_refusal(16, pregnant=False) is None
    assert scored(**NORMAL, age_years=16).complete


@pytest.mark.parametrize("age_years", [-1, 131, float("nan")])
def test_an_impossible_age_is_refused(age_years: float) -> None:
    with pytest.raises(UsageError):
        scored(age_years=age_years)


@pytest.mark.parametrize("scale", Spo2Scale)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("respiration_rate", -1),
        ("respiration_rate", 151),
        ("spo2", 0),
        ("spo2", 101),
        ("systolic", 0),
        ("systolic", 301),
        ("pulse", 5),
        ("pulse", 351),
        ("temperature", 98.6),
        ("temperature", 0),
        ("temperature", float("inf")),
    ],
)
def test_an_implausible_value_is_refused_not_scored(name: str, value: float, scale: Spo2Scale) -> None:
    with pytest.raises(UsageError):
        scored(**{name: value}, scale=scale)


@pytest.mark.parametrize("name", ["respiration_rate", "spo2", "systolic", "pulse", "temperature"])
def test_not_a_number_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        scored(**{name: float("nan")})


def test_an_unknown_consciousness_word_is_refused() -> None:
    with pytest.raises(UsageError):
        scored(consciousness="sleepy")


SETS = st.fixed_dictionaries(
    {
        "respiration_rate": st.floats(1, 150),
        "spo2": st.floats(1, 100),
        "on_oxygen": st.booleans(),
        "systolic": st.floats(30, 300),
        "pulse": st.floats(10, 350),
        "consciousness": st.sampled_from(Acvpu),
        "temperature": st.floats(20, 45),
        "scale": st.sampled_from(Spo2Scale),
    }
)
BAND_ORDER = [None, *News2Band]


@given(SETS, st.sets(st.sampled_from(list(NORMAL))))
def test_a_missing_value_never_makes_the_lower_bound_too_high(values: dict[str, Any], left_out: set[str]) -> None:
    full = scored(**values)
    partial = scored(**{name: value for name, value in values.items() if name not in left_out})
    assert full.total is not None
    assert 0 <= partial.at_least <= full.total <= 20
    assert BAND_ORDER.index(partial.band) <= BAND_ORDER.index(full.band)
    assert partial.complete == (not left_out)


@given(
    SETS,
    st.sampled_from(
        [("respiration_rate", 12, 20), ("systolic", 111, 219), ("pulse", 51, 90), ("temperature", 36.1, 38.0)]
    ),
    st.data(),
)
def test_moving_away_from_normal_never_lowers_the_score(
    values: dict[str, Any], vital: tuple[str, float, float], data: st.DataObject
) -> None:
    name, low, high = vital
    limits = {"respiration_rate": (1, 150), "systolic": (30, 300), "pulse": (10, 350), "temperature": (20, 45)}[name]
    near, far = sorted(data.draw(st.tuples(st.floats(high, limits[1]), st.floats(high, limits[1]))))
    assert total(values | {name: near}) <= total(values | {name: far})
    far, near = sorted(data.draw(st.tuples(st.floats(limits[0], low), st.floats(limits[0], low))))
    assert total(values | {name: near}) <= total(values | {name: far})


@given(SETS, st.floats(1, 100), st.floats(1, 100))
def test_less_spo2_never_lowers_the_score_on_scale_1(values: dict[str, Any], first: float, second: float) -> None:
    low, high = sorted((first, second))
    on_scale_1 = values | {"scale": Spo2Scale.SCALE_1}
    assert total(on_scale_1 | {"spo2": high}) <= total(on_scale_1 | {"spo2": low})


@given(SETS)
def test_starting_oxygen_always_adds_points(values: dict[str, Any]) -> None:
    assert total(values | {"on_oxygen": False}) + 2 <= total(values | {"on_oxygen": True})


def total(values: dict[str, Any]) -> int:
    score = scored(**values)
    assert score.total is not None
    return score.total
