"""Cuff readings: put together from rows in any order, told once, never told as newer than they are."""

from __future__ import annotations

import math

import pytest

from vitalwatch.hl7 import parse_stamp
from vitalwatch.model import Vital
from vitalwatch_drivers.mindray_pds.conformance import cuff, message
from vitalwatch_drivers.mindray_pds.cuff import CuffMemory, CuffReading, reading_of
from vitalwatch_drivers.mindray_pds.frames import parse

NOON, LATER = "20260302120000", "20260302121000"


def read(*rows: str) -> CuffReading:
    return reading_of(parse(message(503, *rows)[1:-2]))


def reading(systolic: str = "120", diastolic: str = "80", at: str = NOON) -> CuffReading:
    return read(cuff("170^Sys", systolic, at), cuff("171^Dia", diastolic, at))


def test_rows_in_any_order_make_one_reading() -> None:
    made = read(cuff("171^", "80", NOON), cuff("172^", "93", NOON), cuff("173^", "63", NOON), cuff("170^", "120", NOON))
    assert made.parts == {
        Vital.SYSTOLIC: 120.0,
        Vital.DIASTOLIC: 80.0,
        Vital.MEAN_PRESSURE: 93.0,
        Vital.CUFF_PULSE_RATE: 63.0,
    }
    assert made.measured == parse_stamp(NOON)


def test_a_second_row_without_a_value_takes_nothing_away() -> None:
    made = read(cuff("170^", "120", NOON), cuff("170^", "-100", "00000000000000"))
    assert (made.parts, made.measured) == ({Vital.SYSTOLIC: 120.0}, parse_stamp(NOON))


@pytest.mark.parametrize("number", ["-100", "-100.00", "-1", "", "0", "---"])
def test_no_pressure_is_no_reading(number: str) -> None:
    assert read(cuff("170^", number), cuff("171^", number), cuff("173^", "60")).empty


def test_text_for_a_pressure_is_a_reading_that_cannot_be_used() -> None:
    made = read(cuff("170^", "Error"))
    assert not made.empty
    assert math.isnan(made.parts[Vital.SYSTOLIC] or 0.0)


def test_a_reading_is_new_by_its_time() -> None:
    memory = CuffMemory()
    told = [memory.is_new(reading(at=at)) for at in (NOON, NOON, LATER, NOON, LATER)]
    assert told == [True, False, True, False, False]


def test_without_a_time_a_reading_is_new_when_it_differs() -> None:
    memory, zeros = CuffMemory(), "00000000000000"
    told = [memory.is_new(reading(systolic, at=zeros)) for systolic in ("120", "120", "180", "180", "120")]
    assert told == [True, False, True, False, True]


def test_memory_is_bounded() -> None:
    memory = CuffMemory()
    assert all(memory.is_new(reading(at=f"202603021{n:05d}")) for n in range(1000))
    assert memory.is_new(reading(at="20260302100000"))


@pytest.mark.parametrize(
    ("clock", "at", "age_s"),
    [
        (None, NOON, 0.0),
        (NOON, NOON, 0.0),
        (LATER, NOON, 600.0),
        (NOON, LATER, 0.0),
        ("20270302120000", NOON, 0.0),
        ("rubbish", NOON, 0.0),
        (LATER, "00000000000000", 0.0),
        (LATER, "20260302120000+0100", 0.0),
    ],
)
def test_a_reading_is_at_least_as_old_as_the_latest_time_of_the_monitor_says(
    clock: str | None, at: str, age_s: float
) -> None:
    memory = CuffMemory()
    memory.clock(parse_stamp(clock) if clock else None)
    assert memory.age_s(reading(at=at)) == age_s


def test_the_clock_only_goes_on_until_it_is_set_back_by_far() -> None:
    memory = CuffMemory()
    for shown in (NOON, LATER, NOON):
        memory.clock(parse_stamp(shown))
    assert memory.age_s(reading(at=NOON)) == 600.0
    memory.clock(parse_stamp("20200101000000"))
    assert memory.age_s(reading(at="20191231235959")) == 1.0
