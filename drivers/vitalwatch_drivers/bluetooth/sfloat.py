"""SFLOAT, the 16-bit number of IEEE 11073-20601 in which Bluetooth health devices send measurements. Pure.

Bits 15-12 are the exponent (-8 to 7), bits 11-0 the mantissa (-2048 to 2047), both in two's complement; the number is
mantissa x 10^exponent. On the wire the low byte comes first.
"""

from __future__ import annotations

from typing import Final

NO_NUMBER: Final = {
    0x07FF: "not a number",
    0x0800: "not at this resolution",
    0x07FE: "plus infinity",
    0x0802: "minus infinity",
    0x0801: "reserved",
}
"""The whole 16 bits that are no measurement. With another exponent the same mantissas are plain numbers: F7FF is 204.7,
a pressure that a patient may well have."""


def sfloat(bits: int) -> float | None:
    """The number that 16 bits stand for, ``None`` for those that stand for none.

    Args:
        bits: 0 to 65535.

    Returns:
        The double that is nearest to the decimal number: 975 x 10^-1 is exactly what Python writes as 97.5.
    """
    if bits in NO_NUMBER:
        return None
    exponent = (bits >> 12) - (0x10 if bits & 0x8000 else 0)
    mantissa = (bits & 0x0FFF) - (0x1000 if bits & 0x0800 else 0)
    # A division of whole numbers is rounded once; a multiplication by 0.1 would be rounded twice.
    return float(mantissa * 10**exponent) if exponent >= 0 else mantissa / 10**-exponent
