"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import UsageError
from vitalwatch.journal.history.when import when

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)
NOW_US = round(NOW.timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("text", "ago_s"), [("90s", 90), ("15m", 900), ("8h", 28_800), ("30d", 2_592_000), ("1.5h", 5400), (" 2h ", 7200)]
)
def test_so_long_ago(text: str, ago_s: int) -> None:
    assert when(text, NOW) == NOW_US - ago_s * 1_000_000


def test_a_time_that_names_its_zone_is_in_that_zone() -> None:
    assert when("2026-11-22T11:42+01:00", NOW) == NOW_US


def test_a_time_without_a_zone_is_this_computers() -> None:
    local = datetime(2026, 11, 22, 10, 42).astimezone()
    assert when("2026-11-22T10:42", NOW) == round(local.timestamp() * 1_000_000)


def test_a_day_is_its_beginning() -> None:
    assert when("2026-11-22", NOW) == when("2026-11-22T00:00", NOW)


@given(st.datetimes(datetime(2001, 1, 1), datetime(2200, 1, 1)), st.integers(-12, 12))  # noqa: DTZ001
def test_any_time_is_read_as_it_was_written(moment: datetime, hours: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert when(zoned.isoformat(), NOW) == round(zoned.timestamp() * 1_000_000)
    assert when(str(int(zoned.timestamp())), NOW) == int(zoned.timestamp()) * 1_000_000


@pytest.mark.parametrize("text", ["", "soon", "10:42", "5w", "-3h", "2026-13-01", "1e9", "99999999999999"])
def test_anything_else_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        when(text, NOW)
