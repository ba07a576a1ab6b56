"""Puts readings of a Masimo oximeter into its ASCII 1 lines, in the layouts of three models. Pure; no patient, no time.

Layouts are those of lines recorded from a Rad-8 and a colour-screen Radical-7, and of the Radical-7 service manual
(blue screen). Flags: Rad-8 operator's manual, "Exception messages"; alarm bits were found by experiment on a Rad-8.
Lines end with LF CR, as the manual says.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntFlag
from typing import Final, Literal, TypeAlias

import msgspec

Model: TypeAlias = Literal["rad-8", "radical-7-blue", "radical-7-colour"]


class Exc(IntFlag):
    """Bits of ``EXC``, what the monitor says about its signal."""

    NO_SENSOR = 0x001
    LOW_PERFUSION = 0x004
    PULSE_SEARCH = 0x008
    SENSOR_OFF = 0x020
    LOW_SIGNAL_IQ = 0x400
    SET_LOCKED = 0x800


class Alarm(IntFlag):
    """Bits of ``ALARM``, the monitor's own alarms."""

    SPO2_HIGH = 0x01
    SPO2_LOW = 0x02
    PULSE_HIGH = 0x04
    PULSE_LOW = 0x08
    SOUNDING = 0x10
    SILENCED = 0x20


_LAYOUTS: Final[dict[Model, str]] = {
    "rad-8": (
        "{stamp} SN={serial} SPO2={spo2}% BPM={pulse} PI={perfusion}% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+--"
        " ALARM={alarms:04X} EXC={exceptions:06X}"
    ),
    "radical-7-blue": (
        "{stamp} SN={serial} SPO2={spo2}% BPM={pulse} PI={perfusion}% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+--"
        " PVI=--- ALARM={alarms:04X} EXC={exceptions:06X}"
    ),
    "radical-7-colour": (
        "{stamp} SN={serial} SPO2={spo2}% BPM={pulse} PI={perfusion} SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=---"
        " DESAT=-- PIDELTA=+-- PVI=--- ALARM={alarms:06X} EXC={exceptions:07X} EXC1=00000000"
    ),
}


class Reading(msgspec.Struct, frozen=True):
    """What one line shows.

    Attributes:
        spo2: in %; ``None`` for dashes.
        pulse: in bpm; ``None`` for dashes.
        perfusion_index: in %, 0.02 to 20; ``None`` for dashes.
        exceptions: what it says about its signal.
        alarms: its own alarms.
    """

    spo2: int | None
    pulse: int | None
    perfusion_index: float | None
    exceptions: Exc = Exc.SET_LOCKED
    alarms: Alarm = Alarm(0)


def data_line(clock: datetime, reading: Reading, *, serial: str, model: Model) -> bytes:
    """One line with its line end; ``clock`` is the monitor's own time, ``serial`` ten digits or ten dashes."""
    text = _LAYOUTS[model].format(
        stamp=f"{clock.month:02d}/{clock.day:02d}/{clock.year % 100:02d} {clock:%H:%M:%S}",
        serial=serial,
        spo2=_shown(reading.spo2),
        pulse=_shown(reading.pulse),
        perfusion="--.--" if reading.perfusion_index is None else f"{reading.perfusion_index:05.2f}",
        alarms=reading.alarms,
        exceptions=reading.exceptions,
    )
    return f"{text}\n\r".encode("ascii")


def _shown(value: int | None) -> str:
    return "---" if value is None else f"{value:03d}"
