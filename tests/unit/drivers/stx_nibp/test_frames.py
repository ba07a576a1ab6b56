"""Texts of an STX blood pressure module: the known commands, every field, and what is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.stx_nibp.conformance import status
from vitalwatch_drivers.stx_nibp.frames import GET_STATUS, START, End, ModuleStatus, Pressure, parse_text


def text(frame: bytes) -> bytes:
    return frame[1:-2]


def checked(body: bytes) -> bytes:
    return body + b"%02X" % (sum(body) & 0xFF)


@pytest.mark.parametrize(("request_", "code"), [(START, b"01"), (GET_STATUS, b"18")])
def test_requests_follow_the_rule_of_their_checksum(request_: bytes, code: bytes) -> None:
    assert request_ == b"\x02" + checked(code + b";;") + b"\x03\r"


def test_example_of_a_pressure() -> None:
    assert parse_text(b"035C0S3") == Pressure(35, cuff=0, state=3)


@pytest.mark.parametrize("raw", [b"999", b"999C0S3"])
def test_three_nines_are_the_end_and_no_pressure(raw: bytes) -> None:
    assert parse_text(raw) == End()


@pytest.mark.parametrize("mmhg", [0, 127, 128, 129, 200, 255, 256, 300, 998])
def test_pressures_around_byte_boundaries(mmhg: int) -> None:
    assert parse_text(b"%03dC2S7" % mmhg) == Pressure(mmhg, cuff=2, state=7)


def test_example_of_a_status() -> None:
    read = parse_text(b"S1;A0;C03;M00;P125080090;R075;T0005;;40")
    assert read == ModuleStatus(1, 0, message=0, systolic=125, diastolic=80, mean=90, pulse=75)


def test_the_checksum_that_the_description_prints_beside_its_example_breaks_its_own_rule() -> None:
    with pytest.raises(DecodeError) as error:
        parse_text(b"S1;A0;C03;M00;P125080090;R075;T0005;;D2")
    assert (error.value.protocol, error.value.offset) == ("stx-nibp", 37)


def test_example_of_a_failure_with_dashes_and_blanks() -> None:
    read = parse_text(checked(b"S2;A0;C05;M07;P---------;R---;T    ;;"))
    assert read == ModuleStatus(2, 0, message=7, systolic=None, diastolic=None, mean=None, pulse=None)


@pytest.mark.parametrize(
    "body",
    [
        b"S0;A0;C--;M--;P---------;R---;T----;;",
        b"S0;A0;C--;M--;P---------;R---;T----;",
        b"S0;A0;C--;M--;P---------;R---;T----",
    ],
)
def test_dashes_everywhere_are_none_and_the_semicolons_before_the_checksum_may_be_fewer(body: bytes) -> None:
    assert parse_text(checked(body)) == ModuleStatus(0, 0, None, None, None, None, None)


@pytest.mark.parametrize("number", [127, 128, 129, 200, 255, 256, 300, 999])
def test_numbers_of_a_status_around_byte_boundaries(number: int) -> None:
    read = parse_text(text(status(b"%03d" % number * 3, b"%03d" % number)))
    assert read == ModuleStatus(1, 0, 0, number, number, number, number)


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"99", b"9999", b"35C0S3", b"035C0S", b"035C0S3 ", b"-35C0S3", b"035C-S3", b"0350S3", b"03 C0S3"),
        checked(b"S1;A0;C03;M00;P125080090;R075;T0005;;").lower().replace(b"s", b"S"),
        checked(b"S1;A0;C03;M00;P12508009-;R075;T0005;;"),
        checked(b"S1;A0;C03;M00;P12508090;R075;T0005;;"),
        checked(b"S1;A0;C03;M00;P125080090;R75;T0005;;"),
        checked(b"S1;A0;C03;M0;P125080090;R075;T0005;;"),
        checked(b"S1;A0;C03;M00;P125080090;R075;T005;;"),
        b"S1;A0;C03;M00;P125080090;R075;T0005;;",
        b"NIBP2020 V2.14",
    ],
)
def test_what_has_not_its_exact_form_is_refused(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        parse_text(raw)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_frame_or_an_error(raw: bytes) -> None:
    with suppress(DecodeError):
        assert isinstance(parse_text(raw), Pressure | End | ModuleStatus)
