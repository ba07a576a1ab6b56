"""Which vital a row is about, and its number in the vital's unit. Pure tables.

Sources: IEEE 11073-10101 (MDC codes, partition << 16 | term), LOINC, UCUM; the dialects by samples of Mindray, Comen,
GE and Philips devices and by clients of Edan gateways (protocol notes on monitors, sections 0 and 4).
"""

from __future__ import annotations

import math
import re
from typing import Final

import msgspec

from vitalwatch.hl7 import Row
from vitalwatch.model import CUFF_VITALS, Vital

KPA_IN_MMHG: Final = 7.50062


class Source(msgspec.Struct, frozen=True):
    """Where a value comes from.

    Attributes:
        vital: what it is.
        rank: how direct: 0 is taken before 1 when a device gives the same vital from two places.
    """

    vital: Vital
    rank: int = 0


_MDC: Final[tuple[tuple[int, str, Vital, int], ...]] = (
    (150456, "MDC_PULS_OXIM_SAT_O2", Vital.SPO2, 0),
    (149530, "MDC_PULS_OXIM_PULS_RATE", Vital.PULSE_RATE, 0),
    (149538, "MDC_PLETH_PULS_RATE", Vital.PULSE_RATE, 0),
    (149514, "MDC_PULS_RATE", Vital.PULSE_RATE, 1),
    (149546, "MDC_PULS_RATE_NON_INV", Vital.CUFF_PULSE_RATE, 0),
    (192741, "", Vital.CUFF_PULSE_RATE, 0),  # Philips private F0E5
    (147842, "MDC_ECG_HEART_RATE", Vital.HEART_RATE, 0),
    (147842, "MDC_ECG_CARD_BEAT_RATE", Vital.HEART_RATE, 0),
    (150021, "MDC_PRESS_BLD_NONINV_SYS", Vital.SYSTOLIC, 0),
    (150022, "MDC_PRESS_BLD_NONINV_DIA", Vital.DIASTOLIC, 0),
    (150023, "MDC_PRESS_BLD_NONINV_MEAN", Vital.MEAN_PRESSURE, 0),
    (150301, "MDC_PRESS_CUFF_SYS", Vital.SYSTOLIC, 1),
    (150302, "MDC_PRESS_CUFF_DIA", Vital.DIASTOLIC, 1),
    (150303, "MDC_PRESS_CUFF_MEAN", Vital.MEAN_PRESSURE, 1),
    (151562, "MDC_RESP_RATE", Vital.RESPIRATION_RATE, 0),
    (151570, "MDC_AWAY_RESP_RATE", Vital.RESPIRATION_RATE, 1),
    (151594, "MDC_CO2_RESP_RATE", Vital.RESPIRATION_RATE, 1),
    (151578, "MDC_TTHOR_RESP_RATE", Vital.RESPIRATION_RATE, 2),
    (151658, "", Vital.RESPIRATION_RATE, 3),  # from the pleth
    (151708, "MDC_CONC_AWAY_CO2_ET", Vital.ETCO2, 0),
    (151728, "MDC_AWAY_CO2_ET", Vital.ETCO2, 1),
    (151712, "MDC_CONC_AWAY_CO2_EXP", Vital.ETCO2, 2),  # GE B40
    (150344, "MDC_TEMP", Vital.TEMPERATURE, 0),
    (188496, "MDC_TEMP_AXIL", Vital.TEMPERATURE, 1),
    (150488, "MDC_BLD_PERF_INDEX", Vital.PERFUSION_INDEX, 0),
    (150448, "MDC_PULS_OXIM_PERF_REL", Vital.PERFUSION_INDEX, 1),
)

MDC_CODES: Final = {code: Source(vital, rank) for code, _, vital, rank in _MDC}
MDC_NAMES: Final = {name: Source(vital, rank) for _, name, vital, rank in _MDC if name}
"""A known name goes before the code: Comen sends its pulse as 149522^MDC_PULS_RATE, the code of an invasive pulse, and
some senders put 150017 (any blood pressure) beside the name of a cuff pressure."""

INVASIVE: Final = frozenset(range(150032, 150072))
"""Codes of pressures inside a vessel, arterial and others. Never a cuff's, whatever the name beside them says."""

_INSIDE: Final = re.compile(r"_(ART|ABP|AORT|VEN|PULM|INTRA|UMB)")
"""In a name: inside a vessel."""

LOINC: Final = {
    "59408-5": Source(Vital.SPO2),
    "2708-6": Source(Vital.SPO2, 1),
    "8889-8": Source(Vital.PULSE_RATE),
    "8867-4": Source(Vital.HEART_RATE),
    "8480-6": Source(Vital.SYSTOLIC),
    "8462-4": Source(Vital.DIASTOLIC),
    "8478-0": Source(Vital.MEAN_PRESSURE),
    "9279-1": Source(Vital.RESPIRATION_RATE),
    "19891-1": Source(Vital.ETCO2),
    "8310-5": Source(Vital.TEMPERATURE),
    "61006-3": Source(Vital.PERFUSION_INDEX),
}

EDAN: Final = {
    "393216": Source(Vital.SYSTOLIC),
    "393217": Source(Vital.DIASTOLIC),
    "393219": Source(Vital.CUFF_PULSE_RATE),
    "327680": Source(Vital.SPO2),
    "131072": Source(Vital.HEART_RATE),
    "458752": Source(Vital.TEMPERATURE),
}

TEXTS: Final = {
    "SPO2": Source(Vital.SPO2),
    "PR": Source(Vital.PULSE_RATE),
    "PULSE": Source(Vital.PULSE_RATE),
    "HR": Source(Vital.HEART_RATE),
    "RR": Source(Vital.RESPIRATION_RATE),
    "RESP": Source(Vital.RESPIRATION_RATE),
    "ETCO2": Source(Vital.ETCO2),
    "TEMP": Source(Vital.TEMPERATURE),
    "PI": Source(Vital.PERFUSION_INDEX),
    **dict.fromkeys(("NBPS", "NIBP_SYS", "NIBP-S"), Source(Vital.SYSTOLIC)),
    **dict.fromkeys(("NBPD", "NIBP_DIA", "NIBP-D"), Source(Vital.DIASTOLIC)),
    **dict.fromkeys(("NBPM", "NIBP_MEAN", "NIBP_MAP", "NIBP-M"), Source(Vital.MEAN_PRESSURE)),
    "NIBP_PR": Source(Vital.CUFF_PULSE_RATE),
}
"""Plain words, for rows of a maker's own code system. A plain SYS or BP is in no list: it may be an artery's."""

_PHILIPS: Final = re.compile(r"0002-([0-9a-f]{4})", re.IGNORECASE)
"""Partition and term of an MDC code in hexadecimal."""

_PHYSIOLOGICAL: Final = 0x20000


def source_of(row: Row) -> Source | None:
    """Which vital a row is about; ``None`` for all that is not in our catalogue."""
    if row.system == "EHC":
        return EDAN.get(row.code)
    if row.system in ("LN", "LOINC"):
        return LOINC.get(row.code)
    name = row.name.upper()
    hexadecimal = _PHILIPS.fullmatch(row.code)
    if hexadecimal:
        code = _PHYSIOLOGICAL + int(hexadecimal[1], 16)
    else:
        code = int(row.code) if row.code.isascii() and row.code.isdecimal() and len(row.code) < 10 else 0
    if code in INVASIVE or (_INSIDE.search(name) and "NONINV" not in name):
        return None
    if name in MDC_NAMES:
        return MDC_NAMES[name]
    if hexadecimal or row.system in ("MDC", ""):
        found = MDC_CODES.get(code)
        if found or row.system == "MDC":
            return found
    return TEXTS.get(name) or TEXTS.get(row.code.upper())


def in_unit_of(vital: Vital, number: float, unit: str) -> float:
    """A number in the vital's own unit; NaN if its unit is none that can be converted.

    A missing unit is taken for the vital's own. Rates and shares are in one unit everywhere; theirs
    is not looked at.

    Args:
        vital: what it is.
        number: as sent.
        unit: OBX-6: code, text and system, of MDC, UCUM or plain words.
    """
    code, text, *_ = [*unit.upper().split("^"), ""]
    words = f"{code} {text}"
    if vital is Vital.TEMPERATURE:
        # The text goes first: Fahrenheit is sent with codes that mean something else (268160, 268224).
        if "FAHR" in words or "DEGF" in words or code in ("266560", "°F", "F"):
            return round((number - 32.0) / 1.8, 2)
        return number if not code or code in _CELSIUS or "DEGC" in words or "CEL" in words else math.nan
    if vital is Vital.ETCO2 or vital in CUFF_VITALS - {Vital.CUFF_PULSE_RATE}:
        if "KPA" in words or "KILO_PASCAL" in words or code == "265987":
            return round(number * KPA_IN_MMHG, 1)
        return number if not code or code == "266016" or "MMHG" in words.replace("[", "").replace("]", "") else math.nan
    return number


_CELSIUS: Final = frozenset({"268192", "°C", "C", "℃"})
