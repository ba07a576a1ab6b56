"""How numbers and times read."""

from __future__ import annotations

import pytest

from vitalwatch.alarms.words import number, span


@pytest.mark.parametrize(
    ("value", "text"), [(88, "88"), (88.0, "88"), (0.0, "0"), (89.6, "89.6"), (89.5, "89.5"), (None, "--")]
)
def test_a_number_is_whole_or_has_one_decimal(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("value", "limit"), [(89.97, 90), (120.04, 120)])
def test_a_value_beyond_a_limit_never_reads_as_the_limit(value: float, limit: float) -> None:
    assert float(number(value)) != limit


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (14.9, "0:14"), (59.99, "0:59"), (60, "1:00"), (725, "12:05"), (3723, "1:02:03"), (-1, "0:00")],
)
def test_a_length_of_time(seconds: float, text: str) -> None:
    assert span(seconds) == text
