"""Which of a Tempus Pro's numbers are our vitals, in which unit. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from vitalwatch.model import Vital
from vitalwatch_drivers.tempus.frames import Entry, Sign

KPA_IN_MMHG: Final = 7.50062

CUFF: Final = "NIBP"
CUFF_NAMES: Final = ("SYSNIBP", "DIANIBP", "MEANNIBP")
"""Names of the cuff's pressures. ``SYS``, ``DIA`` and ``MEAN`` with a source P1 to P4 are invasive and never these."""

STREAMS: Final[dict[tuple[str, str], tuple[Vital, int]]] = {
    ("HR", "ECG"): (Vital.HEART_RATE, 0),
    ("HR", "PULSE"): (Vital.PULSE_RATE, 0),
    ("SPO2", "PULSE"): (Vital.SPO2, 0),
    ("PI", "PULSE"): (Vital.PERFUSION_INDEX, 0),
    ("RESP", "CAPNO"): (Vital.RESPIRATION_RATE, 0),
    ("RESP", "ECG"): (Vital.RESPIRATION_RATE, 1),
    ("ETCO2", "CAPNO"): (Vital.ETCO2, 0),
    ("TEMPERATURE1", "T1"): (Vital.TEMPERATURE, 0),
    ("TEMPERATURE2", "T2"): (Vital.TEMPERATURE, 1),
}
"""Name and source of a number: the vital, and its place among several sources of the same. The first with a value
counts. HR and RESP from other sources (a cuff, an invasive pressure) are not told."""

PRESENT_S: Final = 10.0
"""A streamed number that is this much older than the newest of its message is not present any more."""


def present(entries: Iterable[Entry]) -> dict[Vital, Sign]:
    """The streamed vitals of a message, each from its best source with a value; the newest entry wins."""
    dated = [(entry.taken, entry) for entry in entries]
    newest = max((taken for taken, _ in dated if taken is not None), default=None)
    found: dict[tuple[str, str], tuple[float, Sign]] = {}
    for taken, entry in dated:
        age_s = (newest - taken).total_seconds() if newest and taken else 0.0
        for sign in entry.signs:
            source = (sign.name, sign.source)
            if source in STREAMS and age_s <= PRESENT_S and age_s <= found.get(source, (math.inf, sign))[0]:
                found[source] = (age_s, sign)
    best: dict[Vital, Sign] = {}
    for source, (_, sign) in sorted(found.items(), key=lambda each: (each[1][1].value is None, STREAMS[each[0]][1])):
        best.setdefault(STREAMS[source][0], sign)
    return best


def is_cuff(sign: Sign) -> bool:
    """Whether a number is a pressure that a cuff measured."""
    return sign.name in CUFF_NAMES and sign.source == CUFF


def has_streams(entry: Entry) -> bool:
    """Whether an entry holds anything else than what the cuff measured."""
    return any((sign.name, sign.source) in STREAMS for sign in entry.signs)


def in_our_unit(vital: Vital, sign: Sign) -> float | None:
    """A number in the vital's unit; NaN, which comes out as invalid, if its unit is not known."""
    if sign.value is None:
        return None
    unit = sign.unit.lower()
    if unit not in _UNITS[vital]:
        return math.nan
    factor, offset = _UNITS[vital][unit]
    return sign.value if factor == 1.0 else round(sign.value * factor + offset, 1)


_SAME: Final = (1.0, 0.0)
_RATE: Final = {"/min": _SAME, "bpm": _SAME}
_SHARE: Final = {"%": _SAME}
_PRESSURE: Final = {"mm[hg]": _SAME, "mmhg": _SAME, "kpa": (KPA_IN_MMHG, 0.0)}
_WARMTH: Final = {"c": _SAME, "cel": _SAME, "f": (5 / 9, -160 / 9), "[degf]": (5 / 9, -160 / 9)}

_UNITS: Final[dict[Vital, dict[str, tuple[float, float]]]] = {
    **dict.fromkeys((Vital.HEART_RATE, Vital.PULSE_RATE, Vital.CUFF_PULSE_RATE, Vital.RESPIRATION_RATE), _RATE),
    **dict.fromkeys((Vital.SPO2, Vital.PERFUSION_INDEX), _SHARE),
    **dict.fromkeys((Vital.ETCO2, Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE), _PRESSURE),
    Vital.TEMPERATURE: _WARMTH,
}
"""Units as sent, in small letters: factor and offset. Only ``/min``, ``%``, ``mm[Hg]`` and ``C`` were seen."""
