"""Puts readings into HL7 v2.6 messages in their MLLP frame. Pure; no patient, no time.

Layout: IHE Patient Care Device technical framework volume 2, PCD-01, as a Mindray VS-900 fills it in: cuff pressures
under 150301 to 150303 with their own time in OBX-14 and ``APERIODIC`` in OBX-17, -100 for "no value".
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

NO_VALUE: Final = "-100"

PERCENT: Final = "262688^MDC_DIM_PERCENT^MDC"
BEATS: Final = "264864^MDC_DIM_BEAT_PER_MIN^MDC"
MMHG: Final = "266016^MDC_DIM_MMHG^MDC"


class CuffResult(msgspec.Struct, frozen=True):
    """One finished cuff measurement.

    Attributes:
        systolic: mmHg.
        diastolic: mmHg.
        mean: mmHg.
        at: when it was finished, by the monitor's clock.
    """

    systolic: int
    diastolic: int
    mean: int
    at: datetime


class Shown(msgspec.Struct, frozen=True):
    """What one message shows.

    Attributes:
        heart_rate: from the ECG, bpm.
        spo2: %; ``None`` without a reading. The next two alike.
        pulse: from the oximeter, bpm.
        perfusion_index: %.
        cuff: the last finished cuff measurement, if there was one.
    """

    heart_rate: int
    spo2: int | None
    pulse: int | None
    perfusion_index: float | None
    cuff: CuffResult | None


def message(clock: datetime, shown: Shown, *, number: int, device: str, demo: bool = False) -> bytes:
    """One whole message in its frame.

    Args:
        clock: the monitor's time of day.
        shown: the values.
        number: MSH-10.
        device: the monitor's name for itself, with its EUI-64.
        demo: whether every value is flagged DEMO.
    """
    now = f"{clock:%Y%m%d%H%M%S}"
    perfusion_index = None if shown.perfusion_index is None else f"{shown.perfusion_index:.2f}"
    rows = [
        ("147842^MDC_ECG_HEART_RATE^MDC", "1.7.4.147842", f"{shown.heart_rate}", BEATS, now, ""),
        ("150456^MDC_PULS_OXIM_SAT_O2^MDC", "1.3.1.150456", _shown(shown.spo2), PERCENT, now, ""),
        ("149530^MDC_PULS_OXIM_PULS_RATE^MDC", "1.3.1.149530", _shown(shown.pulse), BEATS, now, ""),
        ("150488^MDC_BLD_PERF_INDEX^MDC", "1.3.1.150488", perfusion_index or NO_VALUE, PERCENT, now, ""),
    ]
    if shown.cuff is not None:
        taken = f"{shown.cuff.at:%Y%m%d%H%M%S}"
        rows += [
            ("150301^MDC_PRESS_CUFF_SYS^MDC", "1.1.9.150301", f"{shown.cuff.systolic}", MMHG, taken, "^APERIODIC"),
            ("150303^MDC_PRESS_CUFF_MEAN^MDC", "1.1.9.150303", f"{shown.cuff.mean}", MMHG, taken, "^APERIODIC"),
            ("150302^MDC_PRESS_CUFF_DIA^MDC", "1.1.9.150302", f"{shown.cuff.diastolic}", MMHG, taken, "^APERIODIC"),
        ]
    flag = "DEMO" if demo else ""
    segments = [
        (
            f"MSH|^~\\&|{device}||||{now}||ORU^R01^ORU_R01|{number}|P|2.6|||AL|NE||UNICODE UTF-8|||"
            "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO"
        ),
        "PID|||^^^Hospital^PI||^^^^^^L",
        "PV1||I",
        f"OBR|1|{number}^{device}|{number}^{device}|182777000^monitoring of patient^SCT|||{now}",
        *(
            f"OBX|{place}|NM|{code}|{sub_id}|{value}|{unit}||{flag}|||R|||{at}|||{method}"
            for place, (code, sub_id, value, unit, at, method) in enumerate(rows, start=1)
        ),
    ]
    return b"\x0b" + "".join(f"{segment}\r" for segment in segments).encode("utf-8") + b"\x1c\r"


def _shown(value: int | None) -> str:
    return NO_VALUE if value is None else str(value)
