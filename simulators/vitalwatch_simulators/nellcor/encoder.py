"""Puts readings of a Nellcor oximeter into the bytes of its ASCII table. Pure; knows no patient and no time.

Columns are those of a recorded N-560 with firmware 1.56.00 (lines of 61 characters, blank padded); codes are those of
the N-595 data port description. Where a pulse limit code and the battery code stand is not in any recording: they
take the free places between the recorded ones.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Signal: TypeAlias = Literal["", "MO", "PS", "SD", "SO", "LP", "LM"]
"""State of the signal; empty when it is good."""


class Limits(msgspec.Struct, frozen=True):
    """The monitor's own alarm limits, low and high; the defaults are those of the recorded N-560.

    Attributes:
        spo2: in %.
        pulse: in bpm.
    """

    spo2: tuple[int, int] = (90, 100)
    pulse: tuple[int, int] = (60, 170)


class Reading(msgspec.Struct, frozen=True):
    """What one line of the table shows.

    Attributes:
        spo2: in %; 0 while searching after the sensor was put on, ``None`` for dashes.
        pulse: in bpm; as for ``spo2``.
        amplitude: pulse amplitude, unitless, 0 to 254; ``None`` for dashes.
        signal: state of the signal.
        spo2_alarm: SpO2 outside the monitor's limits.
        pulse_alarm: pulse rate outside the monitor's limits.
        battery: low battery.
        audio: alarm sound paused for a while (AS) or off (AO).
    """

    spo2: int | None
    pulse: int | None
    amplitude: int | None
    signal: Signal = ""
    spo2_alarm: Literal["", "SL", "SH"] = ""
    pulse_alarm: Literal["", "PL", "PH"] = ""
    battery: Literal["", "LB"] = ""
    audio: Literal["", "AS", "AO"] = ""


def data_line(clock: datetime, reading: Reading, limits: Limits) -> bytes:
    """One data line with its line end; ``clock`` is the monitor's own time of day."""
    stamp = f"{clock.day:02d}-{_MONTHS[clock.month - 1]}-{clock.year % 100:02d} {clock:%H:%M:%S}"
    spo2 = _shown(reading.spo2) + _mark(reading.spo2, limits.spo2)
    pulse = _shown(reading.pulse) + _mark(reading.pulse, limits.pulse)
    codes = (reading.signal, reading.spo2_alarm, reading.pulse_alarm, reading.battery, reading.audio)
    status = " ".join(f"{code:2}" for code in codes)
    return f"{stamp}   {spo2}    {pulse}    {_shown(reading.amplitude)}    {status}   \r\n".encode("ascii")


def header(limits: Limits) -> bytes:
    """The three lines that head each page."""
    return (
        f"N-560    VERSION 1.56.00    CRC:XXXX  SpO2 Limit: {limits.spo2[0]}-{limits.spo2[1]}%"
        f"    PR Limit: {limits.pulse[0]}-{limits.pulse[1]}BPM\r\n"
        "                             ADULT            0SAT-S \r\n"
        "TIME                 %SpO2   BPM     PA     Status\r\n"
    ).encode("ascii")


def _shown(value: int | None) -> str:
    return "---" if value is None else f"{value:3d}"


def _mark(value: int | None, limits: tuple[int, int]) -> str:
    # The zeros of a search carry no mark.
    return "*" if value and not limits[0] <= value <= limits[1] else " "
