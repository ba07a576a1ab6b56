"""SFLOAT: each special value, each exponent, and all 65,536 against an independent oracle."""

from __future__ import annotations

import struct
from decimal import Decimal

import pytest

from vitalwatch_drivers.bluetooth.sfloat import NO_NUMBER, sfloat


@pytest.mark.parametrize("bits", [0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801])
def test_a_special_value_is_no_number(bits: int) -> None:
    assert sfloat(bits) is None


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ("62 00", 98.0),
        ("cf f3", 97.5),
        ("78 00", 120.0),
        ("00 00", 0.0),
        ("ff 07", None),
        ("7f 00", 127.0),
        ("80 00", 128.0),
        ("81 00", 129.0),
        ("c8 00", 200.0),
        ("ff 00", 255.0),
        ("00 01", 256.0),
        ("2c 01", 300.0),
        ("fd 07", 2045.0),
        ("ff 0f", -1.0),
        ("03 08", -2045.0),
        ("18 f0", 2.4),
        ("ff f7", 204.7),  # the mantissa of "not a number" with an exponent: a pressure
        ("fe f7", 204.6),
        ("00 f8", -204.8),
    ],
)
def test_a_number_of_the_wire(wire: str, value: float | None) -> None:
    (bits,) = struct.unpack("<H", bytes.fromhex(wire))
    assert sfloat(bits) == value


@pytest.mark.parametrize(
    ("nibble", "value"),
    [
        *((0, 12.0), (1, 120.0), (2, 1200.0), (3, 12e3), (4, 12e4), (5, 12e5), (6, 12e6), (7, 12e7)),
        *((8, 12e-8), (9, 12e-7), (10, 12e-6), (11, 12e-5), (12, 12e-4), (13, 0.012), (14, 0.12), (15, 1.2)),
    ],
)
def test_an_exponent(nibble: int, value: float) -> None:
    assert sfloat(nibble << 12 | 12) == value


def test_every_value_is_what_decimal_arithmetic_gives() -> None:
    """The oracle takes sign and exponent apart in another way (signed C integers, decimal digits)."""
    for bits in range(0x10000):
        if bits in NO_NUMBER:
            continue
        (exponent,) = struct.unpack("b", bytes([(bits >> 8 & 0xF0)]))
        (mantissa,) = struct.unpack("<h", struct.pack("<H", bits << 4 & 0xFFFF))
        assert sfloat(bits) == float(Decimal(mantissa // 16).scaleb(exponent // 16)), hex(bits)
