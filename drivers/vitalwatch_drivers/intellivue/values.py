"""Numbers, states and units of numerics, and which vital each is. Pure.

Source: protocol notes on monitors, sections 0 and 1 (state bits as in the public reader of mdpnp); IEEE 11073-10101 for
codes and units.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from vitalwatch.model import Mode, Validity, Vital
from vitalwatch_drivers.intellivue.frames import Attributes, Reader

OBSERVED, COMPOUND_OBSERVED = 0x0950, 0x094B

INVALID, QUESTIONABLE, UNAVAILABLE, CALIBRATING, TEST = 0x8000, 0x4000, 0x2000, 0x1000, 0x0800
DEMO, ONGOING, IN_ALARM = 0x0400, 0x0020, 0x0002
NO_VALUE: Final = INVALID | QUESTIONABLE | UNAVAILABLE | CALIBRATING | TEST
"""States beside which a number is no measurement (F800)."""

_VALIDITIES: Final = (
    (INVALID, Validity.INVALID),
    (CALIBRATING, Validity.CALIBRATION),
    (NO_VALUE, Validity.UNAVAILABLE),
)

SPECIALS: Final = {
    0x7FFFFF: Validity.UNAVAILABLE,  # not a number
    0x800000: Validity.UNAVAILABLE,  # not at this resolution
    0x800001: Validity.UNAVAILABLE,  # reserved
    0x7FFFFE: Validity.OVERFLOW,  # + infinity
    0x800002: Validity.UNDERFLOW,  # - infinity
}
"""Mantissas that are no numbers, whatever the exponent."""

PERCENT, DIMENSIONLESS, BEATS, BREATHS, MMHG, KPA, CELSIUS, FAHRENHEIT = (
    *(0x0220, 0x0200, 0x0AA0, 0x0AE0, 0x0F20, 0x0F03, 0x17A0, 0x1140),
)
MMHG_A_KPA: Final = 7.50062

_RATES: Final = frozenset({BEATS, BREATHS})
_PRESSURES: Final = frozenset({MMHG, KPA})
UNITS: Final[dict[Vital, frozenset[int]]] = {
    **dict.fromkeys((Vital.HEART_RATE, Vital.PULSE_RATE, Vital.CUFF_PULSE_RATE, Vital.RESPIRATION_RATE), _RATES),
    **dict.fromkeys((Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.ETCO2), _PRESSURES),
    Vital.SPO2: frozenset({PERCENT}),
    Vital.PERFUSION_INDEX: frozenset({PERCENT, DIMENSIONLESS}),
    Vital.TEMPERATURE: frozenset({CELSIUS, FAHRENHEIT}),
}
"""Units that a vital can come in; in any other the number cannot be understood."""

VITALS: Final[dict[int, tuple[Vital, int]]] = {
    0x4182: (Vital.HEART_RATE, 0),
    0x4822: (Vital.PULSE_RATE, 0),  # from the pleth, Philips' own
    0x481A: (Vital.PULSE_RATE, 1),
    0x480A: (Vital.PULSE_RATE, 2),  # of an unnamed source
    0x482A: (Vital.CUFF_PULSE_RATE, 0),
    0xF0E5: (Vital.CUFF_PULSE_RATE, 0),
    0x4BB8: (Vital.SPO2, 0),
    0x4BB0: (Vital.PERFUSION_INDEX, 0),
    0x4BD8: (Vital.PERFUSION_INDEX, 1),
    0x4A05: (Vital.SYSTOLIC, 0),
    0x4A06: (Vital.DIASTOLIC, 0),
    0x4A07: (Vital.MEAN_PRESSURE, 0),
    0x500A: (Vital.RESPIRATION_RATE, 0),
    0x5012: (Vital.RESPIRATION_RATE, 1),  # airway
    0x502A: (Vital.RESPIRATION_RATE, 2),  # CO2
    0x501A: (Vital.RESPIRATION_RATE, 3),  # impedance
    0x506A: (Vital.RESPIRATION_RATE, 4),  # from the pleth
    0x509C: (Vital.ETCO2, 0),
    0x50B0: (Vital.ETCO2, 1),
    0x4B48: (Vital.TEMPERATURE, 0),
    0xE050: (Vital.TEMPERATURE, 1),  # axillary
}
"""Vital of a physiological id, and how direct the source is, 0 first. Pressures inside a vessel are not here."""


class Numeric(msgspec.Struct, frozen=True):
    """One number of a monitor, in our unit.

    Attributes:
        vital: what it is.
        rank: how direct its source is, 0 first.
        value: ``None`` unless it is a measurement.
        validity: why not, or valid.
        state: the monitor's state bits.
    """

    vital: Vital
    rank: int
    value: float | None
    validity: Validity
    state: int

    @property
    def mode(self) -> Mode:
        """What the number itself says of where it comes from."""
        return Mode.TEST if self.state & TEST else Mode.DEMO if self.state & DEMO else Mode.REAL


def read_float(raw: int) -> tuple[float | None, Validity]:
    """Read a FLOAT-Type: exponent of ten in the high byte, mantissa in the rest, both signed."""
    mantissa, exponent = raw & 0xFFFFFF, raw >> 24
    if mantissa in SPECIALS:
        return None, SPECIALS[mantissa]
    mantissa -= (mantissa & 0x800000) << 1
    exponent -= (exponent & 0x80) << 1
    # Divided and not multiplied by 0.1: 366 * 0.1 is not 36.6.
    return (mantissa * 10.0**exponent if exponent >= 0 else mantissa / 10.0**-exponent), Validity.VALID


def numerics(attributes: Attributes) -> Iterator[Numeric]:
    """All numbers of an object that are vitals of ours; others are left out.

    Raises:
        DecodeError: if one is shorter than it says.
    """
    if OBSERVED in attributes:
        yield from _numeric(Reader(attributes[OBSERVED]))
    if COMPOUND_OBSERVED in attributes:
        count, part = Reader(attributes[COMPOUND_OBSERVED]).counted()
        for _ in range(count):
            yield from _numeric(part)


def _numeric(reader: Reader) -> Iterator[Numeric]:
    source, state, unit, raw = reader.u16(), reader.u16(), reader.u16(), reader.u32()
    if source not in VITALS:
        return
    vital, rank = VITALS[source]
    value, validity = read_float(raw)
    if state & NO_VALUE:
        value, validity = None, next(word for bits, word in _VALIDITIES if state & bits)
    elif value is not None and unit not in UNITS[vital]:
        value, validity = None, Validity.INVALID
    yield Numeric(vital, rank, _converted(value, unit), validity, state)


def _converted(value: float | None, unit: int) -> float | None:
    if value is None:
        return None
    if unit == KPA:
        return round(value * MMHG_A_KPA, 1)
    return round((value - 32) / 1.8, 2) if unit == FAHRENHEIT else value
