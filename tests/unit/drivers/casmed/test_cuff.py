"""When pressures on the screen are a new reading, when they are a repeat, and when a measurement has failed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.driver import Command
from vitalwatch.model import CUFF_VITALS, DeviceStatus, Observation, Report, Validity
from vitalwatch_drivers.casmed import CasmedDriver
from vitalwatch_drivers.casmed.cuff import FRESH_S, QUIET_S, SETTLE_S, START_S
from vitalwatch_drivers.casmed.options import CasmedOptions

NONE = "-" * 9
OLD = "118076090"
NEW = "128081097"
INFLATING = ("cuff_inflating", True, "")
NOT_INFLATING = ("cuff_inflating", False, "")


class Screen:
    """A monitor whose screen the test writes, read by a driver once a second."""

    def __init__(self, *, oximeter: bool = True) -> None:
        self.driver = CasmedDriver("bp-1", CasmedOptions(oximeter=oximeter))
        self.now = 100.0

    def show(self, pressures: str, seconds: int = 2, *, pulse: str = "072", spo2: str = "097") -> list[Report]:
        """Cuff readings and statuses that are told while the screen shows this for so many seconds."""
        return self.say(*[f"X09{pressures}{pulse}{spo2}368C"] * seconds)

    def inflate(self, seconds: int = 1) -> list[Report]:
        return self.say(*["X13156"] * seconds)

    def say(self, *replies: str) -> list[Report]:
        told: list[Report] = []
        for reply in replies:
            self.now += 1.0
            told += self.driver.receive(f"{reply}\r".encode(), self.now)
        return [
            r for r in told if isinstance(r, DeviceStatus) or (isinstance(r, Observation) and r.vital in CUFF_VITALS)
        ]

    def start(self) -> None:
        self.driver.command(Command.START_NIBP, self.now)
        assert self.driver.due(self.now).send == (b"X131\r",)


def readings(reports: list[Report]) -> list[tuple[str, float | None, str]]:
    return [(str(r.vital), r.value, str(r.validity)) for r in reports if isinstance(r, Observation)]


def statuses(reports: list[Report]) -> list[tuple[str, bool, str]]:
    return [(r.status, r.active, r.detail) for r in reports if isinstance(r, DeviceStatus)]


def reading(pressures: str, validity: str = "valid") -> list[tuple[str, float | None, str]]:
    names = ("systolic", "diastolic", "mean_pressure")
    return [(name, float(pressures[3 * n : 3 * n + 3]), validity) for n, name in enumerate(names)]


# --- without a measurement that was seen ----------------------------------------------------------------------------


def test_pressures_that_stand_there_at_the_beginning_may_be_anybodys_and_are_not_told() -> None:
    assert Screen().show(OLD, 60) == []


def test_other_pressures_are_a_new_reading_told_once() -> None:
    screen = Screen()
    screen.show(OLD)
    told = screen.show(NEW, 60)
    assert readings(told) == reading(NEW)
    assert {(r.at, r.reading_age_s) for r in told if isinstance(r, Observation)} == {(104.0, 0.0)}


def test_pressures_after_an_empty_screen_are_a_new_reading() -> None:
    screen = Screen()
    screen.show(NONE)
    assert readings(screen.show(NEW, 60)) == reading(NEW)


@pytest.mark.parametrize("other", ["129081097", "128082097", "128081098", "128081---"])
def test_one_other_number_is_enough(other: str) -> None:
    screen = Screen()
    screen.show(NEW)
    assert readings(screen.show(other))[0][0] == "systolic"


def test_another_pulse_spo2_or_temperature_is_no_new_reading() -> None:
    screen = Screen()
    screen.show(NEW)
    assert screen.show(NEW, 5, pulse="073", spo2="---") == []


def test_the_same_numbers_after_dashes_are_a_repeat() -> None:
    screen = Screen()
    screen.show(NONE)
    screen.show(NEW)
    assert screen.show(NONE, 40) == []
    assert screen.show(NEW, 40) == []


def test_one_reply_with_a_changed_digit_is_no_reading_and_neither_is_the_next_good_one() -> None:
    screen = Screen()
    screen.show(NEW)
    assert screen.say(*(f"X09{shown}072097368C" for shown in (NEW, "168081097", NEW, NEW, NEW))) == []


def test_a_reading_of_which_only_one_number_has_appeared_is_not_told() -> None:
    screen = Screen()
    screen.show(OLD)
    assert screen.show("128076090", 1) == []
    assert readings(screen.show(NEW)) == reading(NEW)


@pytest.mark.parametrize("half", ["128------", "---081097", "000081097", "128000097"])
def test_half_a_reading_is_none(half: str) -> None:
    screen = Screen()
    screen.show(NONE)
    assert screen.show(half, 10) == []


def test_a_reading_without_a_mean_is_told_without_one() -> None:
    screen = Screen()
    screen.show(NONE)
    assert readings(screen.show("128081---")) == reading(NEW)[:2]


@pytest.mark.parametrize("mean", ["080", "129", "999"])
def test_a_mean_outside_the_pressures_is_invalid(mean: str) -> None:
    screen = Screen()
    screen.show(NONE)
    told = readings(screen.show(f"128081{mean}"))
    assert told == [*reading(NEW)[:2], ("mean_pressure", None, "invalid")]


@pytest.mark.parametrize("crossed", ["081128097", "100100100"])
def test_a_systolic_that_is_not_above_the_diastolic_is_invalid(crossed: str) -> None:
    screen = Screen()
    screen.show(NONE)
    assert [(value, validity) for _, value, validity in readings(screen.show(crossed))] == [(None, "invalid")] * 3


@pytest.mark.parametrize(
    ("pressures", "values"),
    [
        *(("127080096", [127, 80, 96]), ("128127127", [128, 127, 127]), ("129128128", [129, 128, 128])),
        *(("200150167", [200, 150, 167]), ("256250255", [256, 250, 255]), ("300250270", [300, 250, 270])),
        *(("301250270", [None, 250, 270]), ("999081097", [None, 81, 97]), ("120009097", [120, None, 97])),
    ],
)
def test_pressures_around_boundaries(pressures: str, values: list[float | None]) -> None:
    screen = Screen()
    screen.show(NONE)
    assert [value for _, value, _ in readings(screen.show(pressures))] == values


# --- the pulse of the cuff ------------------------------------------------------------------------------------------


def test_beside_an_spo2_the_pulse_is_not_the_cuffs() -> None:
    screen = Screen()
    screen.show(NONE)
    assert readings(screen.show(NEW)) == reading(NEW)


def test_without_an_spo2_the_pulse_is_the_cuffs_told_with_a_new_reading_only() -> None:
    screen = Screen()
    screen.show(NONE, spo2="---")
    assert readings(screen.show(NEW, 9, pulse="128", spo2="---")) == [
        *reading(NEW),
        ("cuff_pulse_rate", 128.0, "valid"),
    ]


@pytest.mark.parametrize(("pulse", "value"), [("---", None), ("000", None), ("351", None), ("256", 256)])
def test_a_monitor_without_an_oximeter(pulse: str, value: float | None) -> None:
    screen = Screen(oximeter=False)
    screen.show(NONE)
    told = {name: number for name, number, _ in readings(screen.show(NEW, pulse=pulse))}
    assert told.get("cuff_pulse_rate") == value


# --- a measurement that was seen ------------------------------------------------------------------------------------


def test_a_commanded_measurement_from_start_to_reading() -> None:
    screen = Screen()
    screen.show(OLD)
    screen.start()
    assert statuses(screen.inflate(5)) == [INFLATING]
    assert screen.show(OLD, 1) == []
    assert screen.inflate(5) == []
    told = screen.show(NEW, 30)
    assert statuses(told) == [NOT_INFLATING]
    assert readings(told) == reading(NEW)
    assert {r.at for r in told if isinstance(r, Observation)} == {screen.now - 30 + QUIET_S}


def test_the_same_numbers_after_a_measurement_may_be_those_of_before_a_failure() -> None:
    screen = Screen()
    screen.show(OLD)
    screen.inflate(20)
    told = screen.show(OLD, int(QUIET_S + SETTLE_S) - 1)
    assert readings(told) == []
    assert readings(screen.show(OLD, 30)) == reading(OLD, "questionable")


def test_the_same_numbers_that_came_back_after_dashes_may_be_old_too() -> None:
    screen = Screen()
    screen.show(NEW)
    screen.inflate()
    screen.show(NONE, 10)
    assert readings(screen.show(NEW, 30)) == reading(NEW, "questionable")


def test_new_numbers_that_appear_late_are_taken_and_not_the_old_ones_before_them() -> None:
    screen = Screen()
    screen.show(OLD)
    screen.inflate(20)
    assert readings(screen.show(OLD, int(SETTLE_S))) == []
    assert readings(screen.show(NEW, 30)) == reading(NEW)


def test_first_numbers_after_opening_and_a_measurement_are_questionable() -> None:
    screen = Screen()
    screen.inflate(20)
    assert readings(screen.show(NEW, 30)) == reading(NEW, "questionable")


def test_first_numbers_after_opening_a_measurement_and_dashes_are_new() -> None:
    screen = Screen()
    screen.inflate()
    screen.show(NONE, 20)
    assert readings(screen.show(NEW, 30)) == reading(NEW)


def test_pressures_are_not_read_while_the_cuff_inflates() -> None:
    screen = Screen()
    screen.show(OLD)
    for _ in range(10):
        assert readings([*screen.inflate(), *screen.show("156120130", 2)]) == []


def test_a_long_step_is_one_measurement() -> None:
    screen = Screen()
    screen.show(OLD)
    screen.inflate(3)
    screen.show(OLD, 6)
    assert statuses(screen.inflate(3)) == [INFLATING]
    assert readings(screen.show(NEW, 30)) == reading(NEW)


def test_dashes_after_a_measurement_are_a_failure_that_stands_until_the_next_one_begins() -> None:
    screen = Screen()
    screen.show(OLD)
    screen.inflate(20)
    assert statuses(screen.show(NONE, 30)) == [NOT_INFLATING, ("cuff_failed", True, "ended without a result")]
    assert statuses(screen.inflate()) == [INFLATING, ("cuff_failed", False, "")]


def test_a_start_without_pressure_has_failed_after_its_time() -> None:
    screen = Screen()
    screen.show(OLD)
    screen.start()
    assert screen.show(OLD, int(START_S) - 1) == []
    assert statuses(screen.show(OLD)) == [("cuff_failed", True, "the cuff did not inflate")]


def test_a_reading_ends_a_failure_even_if_no_cuff_pressure_was_told() -> None:
    screen = Screen()
    screen.show(OLD)
    screen.start()
    screen.show(OLD, int(START_S))
    told = screen.show(NEW)
    assert statuses(told) == [("cuff_failed", False, "")]
    assert readings(told) == reading(NEW)


# --- a link that was cut --------------------------------------------------------------------------------------------


def test_known_pressures_are_no_new_reading_on_another_connection() -> None:
    screen = Screen()
    screen.show(NONE)
    screen.show(NEW)
    screen.driver.reset()
    assert screen.show(NEW, 60) == []


@pytest.mark.parametrize(
    ("gap_s", "age_s"), [(10.0, 0.0), (FRESH_S - 2, 0.0), (FRESH_S, FRESH_S + 2), (3600.0, 3602.0)]
)
def test_pressures_that_changed_during_a_cut_have_the_greatest_age_that_they_can_have(
    gap_s: float, age_s: float
) -> None:
    screen = Screen()
    screen.show(OLD)
    screen.driver.reset()
    screen.now += gap_s
    told = screen.show(NEW)
    assert readings(told) == reading(NEW)
    assert {r.reading_age_s for r in told if isinstance(r, Observation)} == {age_s}


def test_a_reading_after_a_long_silence_in_a_measurement_has_the_greatest_age_that_it_can_have() -> None:
    screen = Screen()
    screen.show(OLD)
    screen.inflate()
    screen.now += 3600.0
    told = screen.show(NEW)
    assert readings(told) == reading(NEW)
    assert {r.reading_age_s for r in told if isinstance(r, Observation)} == {3602.0}


@pytest.mark.parametrize("refusal", ["X**", "X??"])
def test_a_monitor_that_only_refuses_any_more_does_not_inflate_for_ever(refusal: str) -> None:
    screen = Screen()
    screen.inflate()
    assert NOT_INFLATING in statuses(screen.say(*[refusal] * int(QUIET_S)))


def test_a_cuff_that_still_inflates_after_a_cut_is_told_again() -> None:
    screen = Screen()
    screen.inflate()
    screen.driver.reset()
    assert statuses(screen.inflate()) == [INFLATING]


@given(st.lists(st.sampled_from([NONE, OLD, NEW]), max_size=40))
def test_without_a_seen_measurement_no_reading_is_told_twice_in_a_row(screens: list[str]) -> None:
    screen = Screen()
    told = [r for each in screens for r in screen.show(each) if isinstance(r, Observation)]
    systolics = [r.value for r in told if r.vital == "systolic"]
    assert all(one != other for one, other in pairwise(systolics))
    assert {r.validity for r in told} <= {Validity.VALID}
