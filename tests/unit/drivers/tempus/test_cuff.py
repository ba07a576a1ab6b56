"""When a cuff reading is new, and how old it is."""

from __future__ import annotations

import pytest

from vitalwatch_drivers.tempus.conformance import EARLIER, NOW, cuff, entry, line, sign
from vitalwatch_drivers.tempus.cuff import CuffMemory, newest_reading
from vitalwatch_drivers.tempus.frames import parse_line

PULSE = sign("HR", "72.0", "/min", "ECG")
STREAM = entry(NOW, PULSE)
FIRST, SECOND = ("120.0", "80.0", "96.0"), ("188.0", "114.0", "139.0")

Message = list[dict[str, object]]


def news(*messages: Message) -> list[bool]:
    memory = CuffMemory()
    return [memory.is_new(newest_reading(parse_line(line(*message)))) for message in messages]


def age_s(*entries: dict[str, object]) -> float | None:
    cuff_of = newest_reading(parse_line(line(*entries)))
    assert cuff_of is not None
    return cuff_of.age_s


def test_a_reading_with_its_time_is_told_once_also_the_first() -> None:
    assert news([cuff(*FIRST), STREAM], [cuff(*FIRST), STREAM]) == [True, False]


def test_the_same_numbers_at_a_later_time_are_new() -> None:
    assert news([cuff(*FIRST), STREAM], [cuff(*FIRST, when="2026-03-02 12:02:40"), STREAM]) == [True, True]


def test_other_numbers_at_the_same_time_are_new() -> None:
    assert news([cuff(*FIRST), STREAM], [cuff(*SECOND), STREAM]) == [True, True]


def test_a_mean_that_is_added_later_makes_no_new_reading() -> None:
    assert news([cuff("120.0", "80.0", "--"), STREAM], [cuff(*FIRST), STREAM]) == [True, False]


def test_an_old_reading_that_is_sent_again_after_a_newer_one_is_not_new() -> None:
    later = cuff(*SECOND, when="2026-03-02 12:02:00")
    assert news([cuff(*FIRST), STREAM], [later, STREAM], [cuff(*FIRST), STREAM]) == [True, True, False]


def test_of_two_readings_in_a_message_the_newest_counts() -> None:
    found = newest_reading(parse_line(line(cuff(*SECOND, when=NOW), cuff(*FIRST), STREAM)))
    assert found is not None
    assert found.pressures == ("188.0", "114.0")


def test_a_first_reading_without_any_other_time_is_of_unknown_age_and_not_told() -> None:
    assert news([cuff(*FIRST)], [cuff(*FIRST)]) == [False, False]


def test_it_is_told_as_soon_as_its_age_is_known() -> None:
    assert news([cuff(*FIRST)], [cuff(*FIRST), STREAM], [cuff(*FIRST), STREAM]) == [False, True, False]


def test_a_later_reading_without_any_other_time_is_new() -> None:
    assert news([cuff(*FIRST)], [cuff(*SECOND, when=NOW)], [cuff(*SECOND, when=NOW)]) == [False, True, False]


def test_among_streamed_numbers_only_changed_pressures_are_new() -> None:
    messages = [[cuff(*FIRST, PULSE, when=f"2026-03-02 12:00:0{n}")] for n in range(2)]
    changed = [cuff(*SECOND, PULSE, when=NOW)]
    assert news(*messages, changed, changed) == [False, False, True, False]


def test_a_reading_where_there_was_none_before_is_new_also_without_a_time() -> None:
    assert news([STREAM], [cuff(*FIRST, PULSE)], [cuff(*FIRST, PULSE)]) == [False, True, False]


def test_a_reading_with_a_time_that_cannot_be_read_is_new_when_it_changes() -> None:
    assert news([cuff(*FIRST, when="?"), STREAM], [cuff(*SECOND, when="?"), STREAM]) == [False, True]


def test_pressures_without_values_are_no_reading() -> None:
    assert news([cuff("--", "--", "--"), STREAM], [STREAM]) == [False, False]


@pytest.mark.parametrize(
    ("when", "age"),
    [
        (EARLIER, 164.0),
        (NOW, 0.0),
        ("2026-03-02 12:02:50", 0.0),
        ("2026-03-01 12:02:44", 86400.0),
        ("1970-01-01 00:00:00", 0.0),
    ],
)
def test_the_age_is_the_difference_of_two_times_of_the_monitor(when: str, age: float) -> None:
    assert age_s(cuff(*FIRST, when=when), STREAM) == age


def test_without_another_time_there_is_no_age() -> None:
    assert age_s(cuff(*FIRST)) is None
    assert age_s(cuff(*FIRST, when="?"), STREAM) is None


def test_told_pressures_that_lose_their_time_are_not_new() -> None:
    assert news([cuff(*FIRST), STREAM], [cuff(*FIRST, PULSE, when=NOW)]) == [True, False]
