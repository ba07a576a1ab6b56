"""Observations: a value is there exactly when it may be used, whatever a device sent."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import UsageError
from vitalwatch.model import USABLE, Mode, Observation, Validity, Vital, observe, observe_cuff, plausible

ANY_NUMBER = st.none() | st.floats() | st.integers(-1000, 1000).map(float)


def by_vital(reading: list[Observation]) -> dict[Vital, Observation]:
    return {observation.vital: observation for observation in reading}


@given(st.sampled_from(Vital), ANY_NUMBER, st.sampled_from(Validity), st.sampled_from(Mode))
def test_whatever_comes_in_a_value_is_there_exactly_when_it_is_usable_and_plausible(
    vital: Vital, value: float | None, validity: Validity, mode: Mode
) -> None:
    made = observe("ox", vital, value, 5.0, validity=validity, mode=mode, device_time="12:00", reading_age_s=2.0)
    usable = value is not None and validity in USABLE and plausible(vital, value)
    assert made.value == (value if usable else None)
    assert (made.validity in USABLE) == usable
    assert (made.device, made.vital, made.at, made.mode, made.device_time, made.reading_age_s) == (
        *("ox", vital, 5.0, mode),
        *("12:00", 2.0),
    )


def test_a_missing_value_is_unavailable() -> None:
    assert observe("ox", Vital.SPO2, None, 0.0).validity is Validity.UNAVAILABLE


@pytest.mark.parametrize("value", [0.0, -1.0, 101.0, math.nan])
def test_an_impossible_value_is_invalid_and_does_not_come_through(value: float) -> None:
    made = observe("ox", Vital.SPO2, value, 0.0)
    assert (made.value, made.validity) == (None, Validity.INVALID)


def test_a_doubtful_value_comes_through_marked() -> None:
    made = observe("ox", Vital.SPO2, 91.0, 0.0, validity=Validity.QUESTIONABLE)
    assert (made.value, made.validity) == (91.0, Validity.QUESTIONABLE)


def test_a_value_beside_a_validity_that_forbids_it_is_left_out_and_the_validity_stays() -> None:
    made = observe("ox", Vital.SPO2, 91.0, 0.0, validity=Validity.ONGOING)
    assert (made.value, made.validity) == (None, Validity.ONGOING)


@pytest.mark.parametrize(
    ("value", "validity"), [(None, Validity.VALID), (97.0, Validity.UNAVAILABLE), (140.0, Validity.VALID)]
)
def test_an_observation_that_contradicts_itself_cannot_be_made(value: float | None, validity: Validity) -> None:
    with pytest.raises(UsageError):
        Observation("ox", Vital.SPO2, value, validity, 0.0)


def test_a_cuff_reading_brings_its_parts_and_its_age() -> None:
    made = by_vital(observe_cuff("cuff", 124, 78, 9.0, mean=93, pulse=70, reading_age_s=30.0))
    assert {vital: part.value for vital, part in made.items()} == {
        Vital.SYSTOLIC: 124,
        Vital.DIASTOLIC: 78,
        Vital.MEAN_PRESSURE: 93,
        Vital.CUFF_PULSE_RATE: 70,
    }
    assert all(part.episodic and part.reading_age_s == 30.0 and part.at == 9.0 for part in made.values())


def test_mean_and_pulse_are_left_out_when_the_device_did_not_send_them() -> None:
    assert list(by_vital(observe_cuff("cuff", 124, 78, 0.0))) == [Vital.SYSTOLIC, Vital.DIASTOLIC]


@pytest.mark.parametrize(("systolic", "diastolic"), [(80.0, 80.0), (78.0, 124.0)])
def test_pressures_that_are_crossed_are_no_reading_and_take_the_mean_with_them(
    systolic: float, diastolic: float
) -> None:
    made = by_vital(observe_cuff("cuff", systolic, diastolic, 0.0, mean=90, pulse=70))
    pressures = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)
    assert [(made[vital].value, made[vital].validity) for vital in pressures] == [(None, Validity.INVALID)] * 3
    assert made[Vital.CUFF_PULSE_RATE].value == 70


def test_a_reading_without_a_diastolic_keeps_its_systolic() -> None:
    made = by_vital(observe_cuff("cuff", 210, None, 0.0))
    assert made[Vital.SYSTOLIC].value == 210
    assert made[Vital.DIASTOLIC].validity is Validity.UNAVAILABLE


@given(ANY_NUMBER, ANY_NUMBER, ANY_NUMBER, ANY_NUMBER)
def test_no_cuff_reading_ever_shows_a_systolic_at_or_below_its_diastolic(
    systolic: float | None, diastolic: float | None, mean: float | None, pulse: float | None
) -> None:
    made = by_vital(observe_cuff("cuff", systolic, diastolic, 0.0, mean=mean, pulse=pulse))
    high, low = made[Vital.SYSTOLIC].value, made[Vital.DIASTOLIC].value
    assert high is None or low is None or high > low
