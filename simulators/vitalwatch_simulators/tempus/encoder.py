"""Values into the lines of a Tempus Pro, as in its one published message. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

INCIDENT: Final = "5A1D0000-0000-4000-8000-000000000001"
NUMBER: Final = 600001


class Sign(NamedTuple):
    """One number as it is written."""

    name: str
    value: float
    units: str
    source: str
    alert: int = 0


def entry(when: datetime, signs: Sequence[Sign]) -> dict[str, Any]:
    """Numbers that were taken at one time."""
    return {
        "$type": "Vital",
        "type": "Real Time",
        "tempusNumber": NUMBER,
        "incidentGUID": INCIDENT,
        "captureTime": when.strftime("%Y-%m-%d %H:%M:%S"),
        "signs": {"$type": "VitalSign[]", "$values": [_sign(sign) for sign in signs]},
    }


def line(entries: Sequence[dict[str, Any]]) -> bytes:
    """One message. How its check is reckoned is not known: it is always 0000."""
    message = {"$type": "Vitals", "vitals": {"$type": "Vital[]", "$values": list(entries)}, "crc": "0000"}
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"


def _sign(sign: Sign) -> dict[str, str]:
    return {
        "$type": "VitalSign",
        "code": "",
        "name": sign.name,
        "val": f"{sign.value:.1f}",
        "alert": str(sign.alert),
        "units": sign.units,
        "src": sign.source,
    }
