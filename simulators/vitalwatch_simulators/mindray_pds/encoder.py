"""Puts what a Mindray monitor shows into messages of its port 4601, and reads its client's question. Pure; no patient.

Layout: protocol notes on monitors, section 4c, after recorded messages of a BeneView T8: HL7 2.3.1 in MLLP frames,
MSH-10 says what a message is about, -100 is "no value", message 205 says of each parameter whether it has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

ECG, SPO2, NIBP = 2101, 2103, 2105
"""Modules."""

NO_VALUE: Final = "-100"
NO_TIME: Final = "00000000000000"


class Shown(msgspec.Struct, frozen=True):
    """One parameter on the screen.

    Attributes:
        parameter: its number.
        label: its label.
        value: as shown; ``None`` without a value.
    """

    parameter: int
    label: str
    value: str | None


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


def heartbeat() -> bytes:
    """Message 106."""
    return _message("ORU^R01", 106)


def admitted() -> bytes:
    """Message 101 of a monitor with nobody admitted."""
    return _message("ADT^A01", 101, "EVN||00000000|", "PID|||", "PV1||I|^^&1&2130706433&4601&&1|")


def numerics(module: int, shown: Sequence[Shown], *, demo: bool = False) -> bytes:
    """Message 204 of a module, and the 205 with the states that belong to it."""
    flag = "DEMO" if demo else ""
    values = (f"OBX||NM|{one.parameter}^{one.label}|{module}|{one.value or NO_VALUE}|||{flag}|||F" for one in shown)
    states = (f"OBX||CE|2037^|{one.parameter}|{2 if one.value is None else 3}^||||||F" for one in shown)
    return _message("ORU^R01", 204, *values) + _message("ORU^R01", 205, *states)


def cuff(result: CuffResult | None) -> bytes:
    """Message 503; all four rows without a value if nothing was measured yet."""
    at = NO_TIME if result is None else f"{result.at:%Y%m%d%H%M%S}"
    values = (None, None, None) if result is None else (result.diastolic, result.mean, result.systolic)
    rows = zip(("171^Dia", "172^Mean", "170^Sys"), values, strict=True)
    return _message(
        "ORU^R01",
        503,
        *(
            f"OBX||NM|{parameter}|{NIBP}|{NO_VALUE if value is None else value}||||||F||APERIODIC|{at}"
            for parameter, value in rows
        ),
    )


def physiological(alarms: Sequence[str], clock: datetime) -> bytes:
    """Message 54: number and words of all alarms that hold, stars first in the words."""
    return _message("ORU^R01", 54, *(f"OBX||CE|2|1|{alarm}||||||F|||{clock:%Y%m%d%H%M%S}|" for alarm in alarms))


def technical(alarms: Sequence[str]) -> bytes:
    """Message 56: number and words of all technical alarms that hold."""
    return _message("ORU^R01", 56, *(f"OBX||CE|4||{alarm}||||||F|" for alarm in alarms))


def asks(message: bytes) -> bool:
    """Whether what came in a frame is the question for realtime results."""
    header, *segments = message.replace(b"\n", b"\r").split(b"\r")
    fields = header.split(b"|")
    query = len(fields) > 9 and fields[0] == b"MSH" and fields[8:10] == [b"QRY^R02", b"1203"]
    return query and any(segment.startswith(b"QRF|MON|") for segment in segments)


def _message(kind: str, number: int, *segments: str) -> bytes:
    header = f"MSH|^~\\&|||||||{kind}|{number}|P|2.3.1|"
    return b"\x0b" + "".join(f"{segment}\r" for segment in (header, *segments)).encode() + b"\x1c\r"
