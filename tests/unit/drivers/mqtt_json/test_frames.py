"""Time stamps of a sender: when two of them can be compared."""

from __future__ import annotations

import pytest

from vitalwatch_drivers.mqtt_json.frames import Stamp

UNREADABLE = Stamp("soon")
LOCAL = Stamp("2026-03-02T10:15:07", 1000.0)
ZONED = Stamp("2026-03-02T10:15:07Z", 1000.0, zoned=True)


def test_two_stamps_of_one_kind_have_a_difference() -> None:
    assert ZONED.seconds_since(Stamp("earlier", 940.5, zoned=True)) == 59.5
    assert LOCAL.seconds_since(Stamp("later", 1001.0)) == -1.0


@pytest.mark.parametrize(
    ("stamp", "earlier"), [(LOCAL, ZONED), (ZONED, LOCAL), (UNREADABLE, ZONED), (ZONED, UNREADABLE)]
)
def test_stamps_that_cannot_be_compared_have_no_difference(stamp: Stamp, earlier: Stamp) -> None:
    assert stamp.seconds_since(earlier) is None


def test_the_same_time_written_in_two_ways_is_one_key_and_an_unreadable_stamp_is_its_text() -> None:
    assert ZONED.key == Stamp("2026-03-02T11:15:07+01:00", 1000.0, zoned=True).key
    assert UNREADABLE.key == "soon"
