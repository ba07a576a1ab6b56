"""Which vital a parameter is, and what its number says. Pure.

Parameters are known by number alone: their labels differ by model and language.

Source: protocol notes on monitors, section 4c, and recorded messages.
"""

from __future__ import annotations

import math
import re
from typing import Final

import msgspec

from vitalwatch.hl7 import Hl7Message, Row
from vitalwatch.model import Mode, Validity, Vital


class Parameter(msgspec.Struct, frozen=True):
    """A parameter that is a vital of ours.

    Attributes:
        vital: which.
        rank: how direct: 0 is taken before 1 when a monitor has two parameters for a vital.
    """

    vital: Vital
    rank: int = 0


PARAMETERS: Final = {
    "101": Parameter(Vital.HEART_RATE),
    "151": Parameter(Vital.RESPIRATION_RATE),
    "160": Parameter(Vital.SPO2),
    "161": Parameter(Vital.PULSE_RATE),
    "162": Parameter(Vital.PERFUSION_INDEX),
    "200": Parameter(Vital.TEMPERATURE),
    "201": Parameter(Vital.TEMPERATURE, 1),
    "250": Parameter(Vital.ETCO2),
    "280": Parameter(Vital.RESPIRATION_RATE, 1),
    "600": Parameter(Vital.PULSE_RATE, 1),
}
"""Of message 204. None of ours: 102 (extra beats), 105 to 117 (ST), 202 (difference of two temperatures), 251 (inspired
CO2), 500 to 502 (arterial pressure: never a cuff's), 587 (pulse pressure variation), and all that is in no list."""

CUFF_PARAMETERS: Final = {
    "170": Vital.SYSTOLIC,
    "171": Vital.DIASTOLIC,
    "172": Vital.MEAN_PRESSURE,
    "173": Vital.CUFF_PULSE_RATE,
}
"""Of message 503."""

FINGER: Final = frozenset({"160", "161", "162"})
"""Parameters that the oximeter's sensor gives."""

NO_VALUE: Final = frozenset({-100.0, -1.0})
"""Also written -100.00. No vital of ours is below 0."""

NO_RESULT: Final = frozenset("XDW")
"""OBX-11: no result, deleted, wrong."""

_OWN_UNITS: Final = {
    Vital.TEMPERATURE: frozenset({"C", "°C", "℃", "CEL", "DEGC"}),
    **dict.fromkeys((Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.ETCO2), frozenset({"MMHG", "MM[HG]"})),
}
"""OBX-6 is empty in all that was seen. If a monitor fills it in one day, no other unit may pass for ours."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{0,9})?")
_DASHES: Final = re.compile(r"[-+. ?*]*")

STATE: Final = "2037"
"""OBX-3 of a row of message 205; OBX-4 is the parameter, OBX-5 its state."""

PRESENT, ABSENT = "3", "2"
"""States: a value, and none. Inferred from a recording, in which they stand beside numbers and beside -100."""


def value_of(row: Row, vital: Vital) -> tuple[float | None, Validity]:
    """The number of a row and how far it can be trusted.

    ``None`` for "no value", NaN for text where a number should be or a unit that is not the vital's: a value that is
    there and cannot be used.
    """
    if row.status in NO_RESULT or _DASHES.fullmatch(row.value):
        return None, Validity.UNAVAILABLE
    if not _NUMBER.fullmatch(row.value):
        return math.nan, Validity.INVALID
    number = float(row.value)
    if number in NO_VALUE:
        return None, Validity.UNAVAILABLE
    unit = row.unit.split("^")[0].upper()
    if "INV" in row.flags or (unit and unit not in _OWN_UNITS.get(vital, {unit})):
        return math.nan, Validity.INVALID
    return number, Validity.VALID


def states_of(message: Hl7Message) -> dict[str, str]:
    """What a message 205 says of the parameters that are ours: the state of each."""
    return {
        row.sub_id: row.value.split("^")[0].strip()
        for row in message.rows
        if row.code == STATE and row.sub_id in PARAMETERS
    }


def mode_of(message: Hl7Message) -> Mode:
    """Whether a message is about a patient: by OBX-8 of any row, and by MSH-11 (training, debugging)."""
    if any("DEMO" in row.flags for row in message.rows):
        return Mode.DEMO
    return Mode.TEST if message.processing.upper() in ("T", "D") else Mode.REAL
