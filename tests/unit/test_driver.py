"""The driver contract's helpers: how drivers are found, and the book of statuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Due, StatusBook, driver_names, load_driver, only_limits
from vitalwatch.errors import UsageError
from vitalwatch.model import DeviceStatus, Status, Vital


def test_the_drivers_of_this_project_are_found_by_their_names() -> None:
    assert {"masimo", "mqtt-json", "nellcor"} <= set(driver_names())


@pytest.mark.parametrize("name", driver_names())
def test_every_installed_driver_goes_by_its_own_name_and_says_what_it_gives(name: str) -> None:
    driver = load_driver(name)
    assert driver.info.name == name
    assert driver.info.vitals
    assert driver.info.models
    assert driver.info.period_s > 0
    made = driver("d", driver.Options())
    assert isinstance(made.due(0.0), Due)
    assert made.period_s > 0
    assert set(made.vitals) <= set(driver.info.vitals)


def test_an_unknown_driver_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match="nellcor"):
        load_driver("nelcor")


def test_a_status_is_told_once_when_it_begins_and_once_when_it_ends() -> None:
    book = StatusBook("ox")
    assert book.update({Status.MOTION: "MO"}, 1.0) == [DeviceStatus("ox", "motion", True, 1.0, "MO")]
    assert book.update({Status.MOTION: "MO"}, 2.0) == []
    assert book.update({}, 3.0) == [DeviceStatus("ox", "motion", False, 3.0)]


def test_a_status_whose_detail_changes_is_told_again() -> None:
    book = StatusBook("ox")
    book.update({Status.MONITOR_ALARM: "SL"}, 1.0)
    (told,) = book.update({Status.MONITOR_ALARM: "PL SL"}, 2.0)
    assert (told.active, told.detail) == (True, "PL SL")


def test_an_alarm_that_becomes_more_urgent_under_the_same_words_is_told_again() -> None:
    book = StatusBook("m")
    book.update({Status.MONITOR_ALARM: "SpO2 low"}, 1.0, limit_of=(Vital.SPO2,), priority="low")
    (worse,) = book.update({Status.MONITOR_ALARM: "SpO2 low"}, 2.0, limit_of=(Vital.SPO2,), priority="high")
    assert (worse.priority, worse.limit_of) == ("high", (Vital.SPO2,))
    (other,) = book.update({Status.MONITOR_ALARM: "SpO2 low"}, 3.0, priority="high")
    assert other.limit_of == ()
    assert book.update({Status.MONITOR_ALARM: "SpO2 low"}, 4.0, priority="high") == []


def test_alarms_are_about_limits_only_if_each_of_them_is() -> None:
    assert only_limits([(Vital.SPO2,), (Vital.HEART_RATE, Vital.SPO2)]) == (Vital.SPO2, Vital.HEART_RATE)
    assert only_limits([(Vital.SPO2,), ()]) == ()
    assert only_limits([]) == ()


def test_what_began_is_told_before_what_ended_each_in_order_of_name() -> None:
    book = StatusBook("ox")
    book.update({"b": "", "a": ""}, 1.0)
    told = book.update({"d": "", "c": ""}, 2.0)
    assert [(status.status, status.active) for status in told] == [
        *(("c", True), ("d", True)),
        *(("a", False), ("b", False)),
    ]


def test_only_a_monitors_own_alarm_says_which_limits_it_is_about() -> None:
    told = StatusBook("ox").update({Status.MONITOR_ALARM: "SL", Status.MOTION: "MO"}, 1.0, limit_of=(Vital.SPO2,))
    assert {status.status: status.limit_of for status in told} == {"monitor_alarm": (Vital.SPO2,), "motion": ()}


def test_after_clear_a_standing_status_is_told_anew_and_no_end_is_made_up() -> None:
    book = StatusBook("ox")
    book.update({"a": ""}, 1.0)
    book.clear()
    assert book.update({}, 2.0) == []
    book.clear()
    assert [status.status for status in book.update({"a": ""}, 3.0)] == ["a"]


@given(st.lists(st.dictionaries(st.sampled_from(Status), st.sampled_from(["", "x", "y"])), max_size=8))
def test_adding_up_what_the_book_tells_always_gives_what_holds(steps: list[dict[str, str]]) -> None:
    book = StatusBook("ox")
    known: dict[str, str] = {}
    for now, present in enumerate(steps):
        for change in book.update(present, float(now)):
            if change.active:
                assert known.get(change.status) != change.detail
                known[change.status] = change.detail
            else:
                del known[change.status]
        assert known == present
