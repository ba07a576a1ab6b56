"""The catalogue of vitals: what each is called, measured in, coded as, and may plausibly be.

Codes: IEEE 11073-10101 (MDC), LOINC and UCUM as collected in the project's protocol notes. Plausible ranges are the
widest of the vendor ranges that the clinical notes list; a number outside is no measurement.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


class Vital(StrEnum):
    """A kind of quantity, named the same in config, JSON, CSV, metrics and on the screen."""

    HEART_RATE = "heart_rate"
    PULSE_RATE = "pulse_rate"
    CUFF_PULSE_RATE = "cuff_pulse_rate"
    SPO2 = "spo2"
    PERFUSION_INDEX = "perfusion_index"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    MEAN_PRESSURE = "mean_pressure"
    RESPIRATION_RATE = "respiration_rate"
    ETCO2 = "etco2"
    TEMPERATURE = "temperature"


class VitalInfo(msgspec.Struct, frozen=True):
    """What is fixed about one vital.

    Attributes:
        label: the short name on a tile.
        unit: the unit of every value of this vital, as people read it.
        ucum: the same unit as a UCUM code.
        mdc: IEEE 11073-10101 code (partition << 16 | term).
        mdc_name: that code's name.
        loinc: LOINC code.
        low: lowest plausible value, in ``unit``.
        high: highest plausible value, in ``unit``.
        episodic: true for values that arrive now and then (a cuff reading), false for a stream.
        zero_is_real: true when 0 can be a measurement (asystole, apnoea) and not only a device's "none".
    """

    label: str
    unit: str
    ucum: str
    mdc: int
    mdc_name: str
    loinc: str
    low: float
    high: float
    episodic: bool = False
    zero_is_real: bool = False


CATALOGUE: Final[dict[Vital, VitalInfo]] = {
    Vital.HEART_RATE: VitalInfo(
        "HR", "bpm", "/min", 147842, "MDC_ECG_HEART_RATE", "8867-4", 10, 350, zero_is_real=True
    ),
    Vital.PULSE_RATE: VitalInfo("PR", "bpm", "/min", 149530, "MDC_PULS_OXIM_PULS_RATE", "8889-8", 10, 350),
    Vital.CUFF_PULSE_RATE: VitalInfo(
        "PR cuff", "bpm", "/min", 149546, "MDC_PULS_RATE_NON_INV", "8867-4", 10, 350, episodic=True
    ),
    Vital.SPO2: VitalInfo("SpO2", "%", "%", 150456, "MDC_PULS_OXIM_SAT_O2", "59408-5", 1, 100),
    Vital.PERFUSION_INDEX: VitalInfo("PI", "%", "%", 150488, "MDC_BLD_PERF_INDEX", "61006-3", 0.01, 30),
    Vital.SYSTOLIC: VitalInfo(
        "SYS", "mmHg", "mm[Hg]", 150021, "MDC_PRESS_BLD_NONINV_SYS", "8480-6", 30, 300, episodic=True
    ),
    Vital.DIASTOLIC: VitalInfo(
        "DIA", "mmHg", "mm[Hg]", 150022, "MDC_PRESS_BLD_NONINV_DIA", "8462-4", 10, 250, episodic=True
    ),
    Vital.MEAN_PRESSURE: VitalInfo(
        "MAP", "mmHg", "mm[Hg]", 150023, "MDC_PRESS_BLD_NONINV_MEAN", "8478-0", 15, 280, episodic=True
    ),
    Vital.RESPIRATION_RATE: VitalInfo(
        "RR", "/min", "/min", 151562, "MDC_RESP_RATE", "9279-1", 1, 150, zero_is_real=True
    ),
    Vital.ETCO2: VitalInfo("EtCO2", "mmHg", "mm[Hg]", 151708, "MDC_CONC_AWAY_CO2_ET", "19891-1", 0, 150),
    Vital.TEMPERATURE: VitalInfo("Temp", "°C", "Cel", 150344, "MDC_TEMP", "8310-5", 20, 45),
}

CUFF_VITALS: Final = frozenset(vital for vital, info in CATALOGUE.items() if info.episodic)
"""The vitals that one cuff measurement gives, together and now and then."""


def plausible(vital: Vital, value: float) -> bool:
    """Whether ``value`` (in the vital's unit) lies in the range that a body and a device can give."""
    info = CATALOGUE[vital]
    return info.low <= value <= info.high or (value == 0 and info.zero_is_real)


def standing_s(period_s: float) -> float:
    """How long one sample of a stream speaks for the present, in seconds, given its source's period.

    After this time the value is unknown to the alarm core and drawn as stale on the tile.
    """
    return max(5.0, 2.0 * period_s)


def gone_s(period_s: float) -> float:
    """How long after its last sample a streamed value may be shown at all, in seconds; then the tile reads ``--``."""
    return max(10.0, 3.0 * period_s)
