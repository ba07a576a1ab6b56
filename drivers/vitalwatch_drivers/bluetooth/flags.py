"""What the status bits of the profiles mean: for people, and for the numbers beside them. Tables and sums of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vitalwatch.model import Mode, Status, Validity

DISPLAY_HELD: Final = "display_held"
ANALYSING: Final = "analysing"
CALIBRATING: Final = "calibrating"
STORED: Final = "stored_reading"
UNKNOWN_FLAG: Final = "unknown_flag"

SENSOR: Final[dict[int, tuple[str, str]]] = {
    0: (DISPLAY_HELD, "the display is held longer than usual"),
    1: (Status.SENSOR_FAULT, "equipment malfunction"),
    2: (Status.LOW_SIGNAL, "irregular signal processing"),
    3: (Status.LOW_SIGNAL, "inadequate signal"),
    4: (Status.LOW_SIGNAL, "poor signal"),
    5: (Status.LOW_PERFUSION, "low perfusion"),
    6: (Status.LOW_SIGNAL, "erratic signal"),
    7: (Status.SEARCHING, "no pulse in the signal"),
    8: (Status.LOW_SIGNAL, "questionable pulse"),
    9: (ANALYSING, "signal analysis is going on"),
    10: (Status.INTERFERENCE, "interference"),
    11: (Status.SENSOR_OFF, "sensor not on the patient"),
    12: (Status.SENSOR_FAULT, "unknown sensor"),
    13: (Status.SENSOR_OFF, "sensor displaced"),
    14: (Status.SENSOR_FAULT, "sensor malfunction"),
    15: (Status.NO_SENSOR, "sensor disconnected"),
}
"""Device and sensor status of 2A5F (PLXS, Device and Sensor Status). Bits from 16 on are reserved."""

BLIND: Final = frozenset({Status.SENSOR_FAULT, Status.SEARCHING, Status.SENSOR_OFF, Status.NO_SENSOR})
"""While one of these holds, a number from the finger is no measurement, however good it looks."""

DOUBTFUL: Final = frozenset(
    {Status.LOW_SIGNAL, Status.LOW_PERFUSION, Status.INTERFERENCE, DISPLAY_HELD, ANALYSING, UNKNOWN_FLAG}
)
"""While one of these holds, a number from the finger is questionable."""

# Measurement status of 2A5F. Bit 5 (ongoing), 7 (validated) and 8 (fully qualified) change nothing.
EARLY: Final = 1 << 6
FROM_STORAGE: Final = 1 << 9
DEMO: Final = 1 << 10
TEST: Final = 1 << 11
CALIBRATION: Final = 1 << 12
UNAVAILABLE: Final = 1 << 13
QUESTIONABLE: Final = 1 << 14
INVALID: Final = 1 << 15
RESERVED_MEASUREMENT: Final = 0x001F

CUFF: Final[dict[int, tuple[str, str]]] = {
    0: ("cuff_motion", "body movement"),
    1: ("cuff_loose", "cuff too loose"),
    2: ("irregular_pulse", "irregular pulse"),
    5: ("cuff_position", "arm in the wrong position"),
}
"""Status of a cuff measurement, 2A35 (BLS, Measurement Status). Bits 3-4 are one field; bits from 6 on are reserved."""

PULSE_RANGE: Final = {1: "above the device's range", 2: "below the device's range", 3: "reserved value"}
"""Bits 3-4 of a cuff measurement's status; 0: within the range."""


def sensor_statuses(sensor: int, measurement: int) -> dict[str, str]:
    """All that a 2A5F says is the matter: status and its words."""
    statuses = _told(SENSOR, sensor, 24)
    if measurement & DEMO:
        statuses[Status.DEMO] = "demo data"
    if measurement & FROM_STORAGE:
        statuses[STORED] = "from the device's memory"
    if measurement & CALIBRATION:
        statuses[CALIBRATING] = "calibration is going on"
    if reserved := measurement & RESERVED_MEASUREMENT:
        add(statuses, UNKNOWN_FLAG, f"measurement status {reserved:#06x}")
    return statuses


def sensor_validity(statuses: Mapping[str, str], measurement: int) -> Validity:
    """How far the numbers of a 2A5F can be trusted."""
    if BLIND & statuses.keys() or measurement & (UNAVAILABLE | FROM_STORAGE):
        return Validity.UNAVAILABLE
    if measurement & INVALID:
        return Validity.INVALID
    if measurement & CALIBRATION:
        return Validity.CALIBRATION
    doubtful = DOUBTFUL & statuses.keys() or measurement & (EARLY | QUESTIONABLE)
    return Validity.QUESTIONABLE if doubtful else Validity.VALID


def sensor_mode(measurement: int) -> Mode:
    """Real, test or demo; a device that says both is taken for a demo."""
    if measurement & DEMO:
        return Mode.DEMO
    return Mode.TEST if measurement & TEST else Mode.REAL


def cuff_statuses(status: int) -> dict[str, str]:
    """All that a 2A35 says is the matter with its reading. Each makes it questionable."""
    statuses = _told(CUFF, status & ~0x0018, 16)
    if pulse_range := status >> 3 & 3:
        statuses["pulse_out_of_range"] = PULSE_RANGE[pulse_range]
    return statuses


def add(statuses: dict[str, str], status: str, words: str) -> None:
    """Keep a status beside those that are there; of the same one, both words."""
    statuses[status] = f"{statuses[status]}, {words}" if status in statuses else words


def _told(meanings: Mapping[int, tuple[str, str]], bits: int, size: int) -> dict[str, str]:
    """Every status that bits speak of; for a bit that no specification lists, one that says which it is."""
    statuses: dict[str, str] = {}
    for bit in range(size):
        if bits >> bit & 1:
            add(statuses, *meanings.get(bit, (UNKNOWN_FLAG, f"bit {bit}")))
    return statuses
