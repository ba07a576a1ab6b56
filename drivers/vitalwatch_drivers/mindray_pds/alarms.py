"""The monitor's own alarms: message 54 for the person, message 56 for the equipment. Pure.

Each lists all that hold: ``10033^**SpO2 TOO HIGH``, ``205^SpO2 Sensor Off``. Its number is the same in every language,
but only a few numbers are known, so the English words are read too.

Source: protocol notes on monitors, section 4c; alarm rows in the tests of public receivers.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from vitalwatch.hl7 import Hl7Message, shown
from vitalwatch.model import Status, Vital

MOST_ALARMS: Final = 32
"""Alarms about the person that are told, most urgent first; their words share one line anyway."""

NOT_ALARMS: Final = frozenset({"2040", "2041"})
"""OBX-3 of a row that comes along with alarms, with the value 0. What it says is not known."""

STARS: Final = {3: "high", 2: "medium", 1: "low"}
"""The monitor puts stars before its words, on its screen and here."""

RANKS: Final = ("high", "medium", "", "low")
"""Most urgent first; the hub takes an alarm without a priority for a medium one."""

LIMIT_NUMBERS: Final[dict[str, tuple[Vital, ...]]] = {
    "10002": (Vital.HEART_RATE,),
    "10033": (Vital.SPO2,),
    "10044": (Vital.RESPIRATION_RATE,),
    "10076": (Vital.TEMPERATURE,),
}
"""Physiological alarms that are about a limit: HR low, SpO2 high, RR low, T1 low. The others' numbers are not known."""

_LIMIT_WORDS: Final = re.compile(r"(NIBP-[SDM]|(?:SPO2|PR|HR|RR|AWRR|ETCO2|T1|T2|NIBP)\b).*\b(?:HIGH|LOW|DESAT)\b")
_ALL_PRESSURES: Final = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)
_LIMIT_VITALS: Final[dict[str, tuple[Vital, ...]]] = {
    "SPO2": (Vital.SPO2,),
    "PR": (Vital.PULSE_RATE,),
    "HR": (Vital.HEART_RATE,),
    **dict.fromkeys(("RR", "AWRR"), (Vital.RESPIRATION_RATE,)),
    "ETCO2": (Vital.ETCO2,),
    **dict.fromkeys(("T1", "T2"), (Vital.TEMPERATURE,)),
    "NIBP": _ALL_PRESSURES,
    "NIBP-S": (Vital.SYSTOLIC,),
    "NIBP-D": (Vital.DIASTOLIC,),
    "NIBP-M": (Vital.MEAN_PRESSURE,),
}

OTHER_TECHNICAL: Final = "mindray_technical_alarm"
"""Status of a technical alarm that is about nothing below."""

SENSOR_OFF_NUMBER: Final = "205"

OXIMETER_STATES: Final = (
    ("SENSOR OFF", Status.SENSOR_OFF),
    ("FINGER OFF", Status.SENSOR_OFF),
    ("NO SENSOR", Status.NO_SENSOR),
    ("NO PULSE", Status.PULSE_LOST),
    ("SEARCH", Status.SEARCHING),
    ("LOW PERF", Status.LOW_PERFUSION),
    ("LOW SIGNAL", Status.LOW_SIGNAL),
    ("WEAK SIGNAL", Status.LOW_SIGNAL),
    ("MOTION", Status.MOTION),
    ("INTERF", Status.INTERFERENCE),
    ("LIGHT", Status.AMBIENT_LIGHT),
    ("FAULT", Status.SENSOR_FAULT),
    ("ERR", Status.SENSOR_FAULT),
)
"""Words of a technical alarm that names SpO2; the first that fits counts."""

BLIND: Final = frozenset(
    {Status.SENSOR_OFF, Status.NO_SENSOR, Status.SENSOR_FAULT, Status.SEARCHING, Status.PULSE_LOST}
)
"""While one of these holds, a number from the finger is no measurement (protocol notes on oximeters, section 0)."""


class Alarm(msgspec.Struct, frozen=True):
    """One alarm that the monitor says holds.

    Attributes:
        text: the monitor's own words, without stars.
        priority: high, medium, low, or empty if it has no stars.
        limit_of: whose limit it found passed; empty when it is about anything else.
    """

    text: str
    priority: str
    limit_of: tuple[Vital, ...]


def physiological(message: Hl7Message) -> list[Alarm]:
    """The alarms of a message 54, most urgent first."""
    alarms = sorted((_alarm(*entry) for entry in _entries(message)), key=lambda alarm: RANKS.index(alarm.priority))
    return alarms[:MOST_ALARMS]


def technical(message: Hl7Message) -> dict[str, str]:
    """The statuses of a message 56, each with the monitor's words."""
    told: dict[str, str] = {}
    for number, text in _entries(message):
        status = _status(number, text.upper())
        told[status] = shown(f"{told[status]}, {text}" if status in told else text)
    return told


def _entries(message: Hl7Message) -> list[tuple[str, str]]:
    """Number and words of each alarm of a list."""
    split = (row.value.partition("^") for row in message.rows if row.code not in NOT_ALARMS)
    told = [(number.strip(), shown(text)) for number, _, text in split]
    return [(number, text or f"alarm {number}") for number, text in told if number or text]


def _alarm(number: str, text: str) -> Alarm:
    words = text.lstrip("*")
    limit_of = LIMIT_NUMBERS.get(number, ())
    if not limit_of and (found := _LIMIT_WORDS.match(words.upper())):
        limit_of = _LIMIT_VITALS[found[1]]
    return Alarm(shown(words), STARS.get(len(text) - len(words), ""), limit_of)


def _status(number: str, text: str) -> str:
    if number == SENSOR_OFF_NUMBER:
        return Status.SENSOR_OFF
    if "SPO2" in text:
        return next((status for word, status in OXIMETER_STATES if word in text), OTHER_TECHNICAL)
    if "BATTERY" in text:
        return Status.BATTERY_LOW
    return Status.CUFF_FAILED if text.startswith("NIBP") else OTHER_TECHNICAL
