"""A row's value: a number, none, or something that cannot be used. Pure."""

from __future__ import annotations

import math
import re
from typing import Final

from vitalwatch.hl7 import Hl7Message, Row
from vitalwatch.model import Mode, Validity, Vital
from vitalwatch_drivers.hl7.nomenclature import in_unit_of

NO_VALUE: Final = frozenset({-1.0, -100.0, -999.0, -99.9, 8388607.0})
"""Numbers that mean "none": -1, -100 and -100.00 (Mindray, Northern), -999 and -99.9 (XH80X), 0x7FFFFF."""

NO_RESULT: Final = frozenset("XDWINOS")
"""OBX-11: no result, deleted, wrong, pending, not asked for … None of them stands beside a measurement."""

FLAG_VALIDITY: Final = {
    "INV": Validity.INVALID,
    "NAV": Validity.UNAVAILABLE,
    "ONGOING": Validity.ONGOING,
    "CALIB": Validity.CALIBRATION,
    "QUES": Validity.QUESTIONABLE,
}
"""OBX-8, worst first (IHE PCD technical framework volume 2, appendix B, OBX-8)."""

LIMIT_FLAGS: Final = ("HH", "LL", "H", "L", ">", "<")
"""OBX-8: outside a limit of the monitor's own (HL7 table 0078)."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{0,9})?")
_DASHES: Final = re.compile(r"[-+. ?*]*")


def value_of(row: Row, vital: Vital) -> tuple[float | None, Validity]:
    """The number in the vital's unit and how far it can be trusted.

    ``None`` for the sender's "no value", NaN for text where a number should be: a value that is there
    and cannot be used.
    """
    if row.status in NO_RESULT or _DASHES.fullmatch(row.value):
        return None, Validity.UNAVAILABLE
    if not _NUMBER.fullmatch(row.value):
        return math.nan, Validity.INVALID
    number = float(row.value)
    if number in NO_VALUE:
        return None, Validity.UNAVAILABLE
    validity = next((worst for flag, worst in FLAG_VALIDITY.items() if flag in row.flags), Validity.VALID)
    return in_unit_of(vital, number, row.unit), validity


def mode_of(message: Hl7Message) -> Mode:
    """Whether a message is about a patient: by OBX-8 of any row, and by MSH-11 (training, debugging)."""
    flags = frozenset().union(*(row.flags for row in message.rows))
    if "DEMO" in flags:
        return Mode.DEMO
    return Mode.TEST if "TEST" in flags or message.processing.upper() in ("T", "D") else Mode.REAL
