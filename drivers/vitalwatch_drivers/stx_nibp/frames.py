"""The texts of an STX blood pressure module as frozen values, their parser, the host's requests. No meaning, no state.

Both sides write ``02`` text ``03`` CR. Three texts come from the module::

    152C0S3                                        while the cuff is used: pressure, cuff code, state
    999                                            the cuff is used no more
    S1;A0;C05;M00;P125080090;R075;T0295;;4D        answer to command 18: state, mode, cycle, message, pressures …

Only the answer has a checksum: the sum of everything before it, modulo 256, in hexadecimal. So the other two must have
their exact form.

Sources: the open-source readers CardioArtLab/NIBP-project (SINNOR N6) and tincho77/NIBP-ABATON; the Technical
Description of the PAR NIBP2020 UP, revisions 2.12 and 2.14, as quoted by other open-source readers.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

import msgspec

from vitalwatch.errors import DecodeError

PROTOCOL: Final = "stx-nibp"

STX: Final = 0x02
ETX: Final = 0x03

START: Final = b"\x0201;;D7\x03\r"
"""Inflates the cuff. Sent for a person's command only."""

GET_STATUS: Final = b"\x0218;;DF\x03\r"

_PRESSURE: Final = re.compile(rb"(\d{3})C(\d)S(\d)")
_NUMBER: Final = rb"(\d{3}|---)"
_STATUS: Final = re.compile(
    rb"S(\d);A(\d);C(?:\d\d|--);M(\d\d|--);P%b%b%b;R%b;T(?:\d{4}|-{4}| {4});{0,2}([0-9A-F]{2})"
    % (_NUMBER, _NUMBER, _NUMBER, _NUMBER)
)


class Pressure(msgspec.Struct, frozen=True):
    """What is in the cuff now; comes by itself several times a second while the cuff is used.

    Attributes:
        mmhg: 0 to 998.
        cuff: 0 for a cuff that fits the mode, 1 for a neonatal cuff in adult mode, 2 for an adult one in neonatal mode.
        state: what the cuff is used for: 3 for a measurement.
    """

    mmhg: int
    cuff: int
    state: int


class End(msgspec.Struct, frozen=True):
    """The cuff is used no more. Whether there is a reading, the status says."""


class ModuleStatus(msgspec.Struct, frozen=True):
    """The answer to a request for the status. It holds the last reading, whenever that was.

    Attributes:
        state: what the module does.
        mode: 0 for adults, 1 for neonates.
        message: 0 when the last measurement went well, else what was wrong; ``None`` for dashes.
        systolic: mmHg; as the other numbers ``None`` for dashes.
        diastolic: mmHg.
        mean: mmHg.
        pulse: bpm.
    """

    state: int
    mode: int
    message: int | None
    systolic: int | None
    diastolic: int | None
    mean: int | None
    pulse: int | None


Frame: TypeAlias = Pressure | End | ModuleStatus


def parse_text(text: bytes) -> Frame:
    """Read what stands between STX and ETX.

    Raises:
        DecodeError: if it is none of the three texts, or its checksum is wrong.
    """
    if text == b"999":
        return End()
    if pressure := _PRESSURE.fullmatch(text):
        mmhg, cuff, used_for = map(int, pressure.groups())
        # The readers take three nines for the end wherever they stand; a cuff never holds 999 mmHg.
        return End() if mmhg == 999 else Pressure(mmhg, cuff, used_for)
    status = _STATUS.fullmatch(text)
    if status is None:
        raise DecodeError("is none of the module's texts", protocol=PROTOCOL, excerpt=text[:32])
    *fields, checksum = status.groups()
    if sum(text[:-2]) & 0xFF != int(checksum, 16):
        raise DecodeError("has a wrong checksum", protocol=PROTOCOL, offset=len(text) - 2, excerpt=text[:32])
    state, mode, *numbers = fields
    message, systolic, diastolic, mean, pulse = (int(digits) if digits.isdigit() else None for digits in numbers)
    return ModuleStatus(int(state), int(mode), message, systolic, diastolic, mean, pulse)
