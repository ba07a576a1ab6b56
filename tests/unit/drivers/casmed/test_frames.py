"""Replies of a CASMED 740: columns, what stands for none, units, and what is refused.

No recording of this monitor is known: every vector is made from the columns that the VA's program reads.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitalwatch.errors import DecodeError
from vitalwatch_drivers.casmed.frames import (
    READ_NUMERICS,
    START_CUFF,
    CuffPressure,
    Numerics,
    Refusal,
    parse_reply,
)

NOTHING = Numerics(None, None, None, None, None, None)


def numerics(raw: bytes) -> Numerics:
    reply = parse_reply(raw)
    assert isinstance(reply, Numerics)
    return reply


def test_commands_are_those_of_the_program() -> None:
    assert (READ_NUMERICS, START_CUFF) == (b"X09\r", b"X131\r")


def test_replies_written_from_the_columns(project: Path) -> None:
    text = (project / "tests/data/casmed/replies.txt").read_text()
    assert [parse_reply(line.encode()) for line in text.splitlines()] == [
        Numerics(120, 80, 93, 72, 98, 36.8),
        Numerics(188, 114, 139, 128, 96, 37.0),
        Numerics(95, 60, 71, 64, 99, 38.0),
        NOTHING,
        CuffPressure(156),
        Refusal(disabled=True),
        Refusal(disabled=False),
    ]


@pytest.mark.parametrize("number", [1, 9, 10, 99, 100, 127, 128, 129, 200, 255, 256, 300, 511, 999])
@pytest.mark.parametrize("field", range(5))
@pytest.mark.parametrize("form", ["{:03d}", "{:3d}"])
def test_every_number_in_every_column_padded_either_way(number: int, field: int, form: str) -> None:
    columns = ["---"] * 5
    columns[field] = form.format(number)
    found = numerics(f"X09{''.join(columns)}---C".encode())
    read = [found.systolic, found.diastolic, found.mean, found.pulse, found.spo2]
    assert read == [number if n == field else None for n in range(5)]


@pytest.mark.parametrize("none", ["---", "   ", "000", "  0", " 00"])
@pytest.mark.parametrize("field", range(5))
def test_every_form_of_none_in_every_column(none: str, field: int) -> None:
    columns = ["111"] * 5
    columns[field] = none
    found = numerics(f"X09{''.join(columns)}370C".encode())
    read = [found.systolic, found.diastolic, found.mean, found.pulse, found.spo2]
    assert read == [None if n == field else 111 for n in range(5)]


@pytest.mark.parametrize(
    ("field", "celsius"),
    [
        *(("368C", 36.8), ("370C", 37.0), ("0368C", 36.8), (" 368C", 36.8), ("368C ", 36.8), ("0999C", 99.9)),
        *(("986F", 37.0), ("0986F", 37.0), ("1000F", 37.8), ("1004F", 38.0), ("1012F", 38.4), (" 900F", 32.2)),
    ],
)
def test_a_temperature_in_tenths_of_its_unit(field: str, celsius: float) -> None:
    assert numerics(f"X09---------------{field}".encode()).temperature == celsius


@pytest.mark.parametrize(
    "field",
    [
        *("---", "----", "---C", "----F", "--- ", "   ", "    ", "   C", "    F", "     "),
        *("000", "000C", "0000C", "0000F", "000F "),
    ],
)
def test_no_temperature(field: str) -> None:
    assert numerics(f"X09120080093072098{field}".encode()).temperature is None


@pytest.mark.parametrize("mmhg", [0, 7, 127, 128, 129, 200, 255, 256, 300])
def test_cuff_pressures(mmhg: int) -> None:
    assert parse_reply(f"X13{mmhg:03d}".encode()) == CuffPressure(mmhg)
    assert parse_reply(f"X13{mmhg:3d}".encode()) == CuffPressure(mmhg)


@pytest.mark.parametrize(
    ("raw", "offset"),
    [
        *((b"", 0), (b"X", 0), (b"X0", 0), (b"x09120080093072098368C", 0), (b"X*", 0), (b"X***", 0), (b"X?*", 0)),
        *((b"X04740-3MS ", 0), (b"X37", 0), (b"X14156", 0), (b"X15PASS", 0), (b"X131\xb2\xb3", 3)),
        *((b"X13", 3), (b"X131", 3), (b"X131560", 3), (b"X13---", 3), (b"X13-12", 3), (b"X13   ", 3), (b"X131 2", 3)),
        *((b"X09", 0), (b"X0912008009307209", 0)),
        *((b"X09 2 080093072098368C", 3), (b"X09120-80093072098368C", 6), (b"X0912008009.072098368C", 9)),
        *((b"X0912008009307?098368C", 12), (b"X09120080093072**8368C", 15), (b"X0912008009307209\xb2368C", 15)),
        *((b"X09120080093072098", 18), (b"X09120080093072098368", 18), (b"X09120080093072098368K", 18)),
        *((b"X0912008009307209836.8C", 18), (b"X0912008009307209812345F", 18), (b"X09120080093072098--C", 18)),
        *((b"X09120080093072098368C  ", 18), (b"X09120080093072098368C!", 18), (b"X09120080093072098\xb2368C", 18)),
    ],
)
def test_what_has_another_form_is_refused_with_its_place(raw: bytes, offset: int) -> None:
    with pytest.raises(DecodeError) as error:
        parse_reply(raw)
    assert (error.value.protocol, error.value.offset) == ("casmed", offset)


ABOVE_100_F = b"X091200800930720981012F"


@pytest.mark.parametrize("lost", [*range(19), 22])
def test_a_reply_with_a_temperature_of_four_digits_that_lost_a_byte_is_refused(lost: int) -> None:
    with pytest.raises(DecodeError):
        parse_reply(ABOVE_100_F[:lost] + ABOVE_100_F[lost + 1 :])


@pytest.mark.parametrize("lost", [19, 20, 21])
def test_a_lost_digit_of_the_temperature_leaves_one_that_no_body_has(lost: int) -> None:
    read = numerics(ABOVE_100_F[:lost] + ABOVE_100_F[lost + 1 :])
    assert read.spo2 == 98
    assert read.temperature is not None
    assert read.temperature < 0


@given(st.binary(max_size=30) | st.from_regex(rb"X(09|13)[-0-9 CF]{0,22}", fullmatch=True))
def test_any_bytes_are_a_reply_or_an_error(raw: bytes) -> None:
    with suppress(DecodeError):
        assert isinstance(parse_reply(raw), Numerics | CuffPressure | Refusal)
