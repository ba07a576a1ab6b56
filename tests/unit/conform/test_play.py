"""Reports in the short words of a sample."""

from __future__ import annotations

import pytest

from vitalwatch.conform.play import difference, said
from vitalwatch.model import DeviceStatus, Mode, Observation, Validity, Vital, Waveform

SPO2 = Observation("d", Vital.SPO2, 97.0, Validity.VALID, 1.0)


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (SPO2, "spo2 97 valid"),
        (Observation("d", Vital.SPO2, None, Validity.UNAVAILABLE, 1.0), "spo2 none unavailable"),
        (Observation("d", Vital.TEMPERATURE, 36.6, Validity.QUESTIONABLE, 1.0), "temperature 36.6 questionable"),
        (Observation("d", Vital.SPO2, 97.0, Validity.VALID, 1.0, Mode.DEMO), "spo2 97 valid demo"),
        (
            Observation("d", Vital.SYSTOLIC, 120.0, Validity.VALID, 1.0, reading_age_s=159.0),
            "systolic 120 valid 159 s old",
        ),
        (DeviceStatus("d", "motion", True, 1.0, "MO"), "+motion"),
        (DeviceStatus("d", "motion", False, 1.0), "-motion"),
        (Waveform("d", "pleth", 75.0, (1.0, None, 2.5), 1.0), "pleth 75 Hz 1 none 2.5"),
    ],
)
def test_each_kind_of_report_has_its_words(report: Observation, line: str) -> None:
    assert said([report]) == [line]


def test_blocks_of_a_curve_are_joined_and_come_last() -> None:
    block = Waveform("d", "pleth", 75.0, (1.0,), 1.0)
    assert said([block, SPO2, block]) == ["spo2 97 valid", "pleth 75 Hz 1 1"]


@pytest.mark.parametrize(
    ("got", "told"),
    [
        (["a", "b"], ""),
        (["a", "c"], 'report 2: expected "b", got "c"'),
        (["a"], 'report 2: expected "b", got "nothing more"'),
        (["a", "b", "c"], 'report 3: expected "nothing more", got "c"'),
    ],
)
def test_the_first_difference_is_told(got: list[str], told: str) -> None:
    assert difference(["a", "b"], got) == told
