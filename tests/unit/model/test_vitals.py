"""The catalogue of vitals: complete, and with ranges that let bodies through and nonsense not."""

from __future__ import annotations

import math

import pytest

from vitalwatch.model import CATALOGUE, CUFF_VITALS, Vital, gone_s, plausible, standing_s

# Vital, lowest and highest value that is a measurement. Written out here and not read from the catalogue.
EDGES = [
    (Vital.HEART_RATE, 10, 350),
    (Vital.PULSE_RATE, 10, 350),
    (Vital.CUFF_PULSE_RATE, 10, 350),
    (Vital.SPO2, 1, 100),
    (Vital.PERFUSION_INDEX, 0.01, 30),
    (Vital.SYSTOLIC, 30, 300),
    (Vital.DIASTOLIC, 10, 250),
    (Vital.MEAN_PRESSURE, 15, 280),
    (Vital.RESPIRATION_RATE, 1, 150),
    (Vital.ETCO2, 0, 150),
    (Vital.TEMPERATURE, 20, 45),
]


def test_every_vital_stands_in_the_catalogue_and_in_the_table_of_edges() -> None:
    assert list(CATALOGUE) == list(Vital) == [vital for vital, _, _ in EDGES]


@pytest.mark.parametrize(("vital", "low", "high"), EDGES)
def test_both_ends_of_the_plausible_range_belong_to_it_and_nothing_beyond(
    vital: Vital, low: float, high: float
) -> None:
    assert plausible(vital, low)
    assert plausible(vital, high)
    assert not plausible(vital, math.nextafter(high, math.inf))
    assert not plausible(vital, math.nextafter(low, -math.inf))


@pytest.mark.parametrize("vital", Vital)
@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, -math.inf])
def test_what_devices_send_for_none_is_never_plausible(vital: Vital, value: float) -> None:
    assert not plausible(vital, value)


def test_zero_is_a_measurement_only_where_a_heart_or_breath_can_stop_or_no_gas_is_seen() -> None:
    assert {vital for vital in Vital if plausible(vital, 0)} == {Vital.HEART_RATE, Vital.RESPIRATION_RATE, Vital.ETCO2}


def test_cuff_vitals_are_the_episodic_ones() -> None:
    assert {Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.CUFF_PULSE_RATE} == CUFF_VITALS


def test_no_two_vitals_share_a_code_or_a_label() -> None:
    for field in ("mdc", "mdc_name", "label"):
        assert len({getattr(info, field) for info in CATALOGUE.values()}) == len(CATALOGUE)


@pytest.mark.parametrize(("period_s", "stands", "goes"), [(1.0, 5.0, 10.0), (2.5, 5.0, 10.0), (4.0, 8.0, 12.0)])
def test_a_sample_stands_two_periods_and_is_gone_after_three_but_never_sooner_than_5_and_10_s(
    period_s: float, stands: float, goes: float
) -> None:
    assert (standing_s(period_s), gone_s(period_s)) == (stands, goes)
