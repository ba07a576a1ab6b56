"""What a CASMED 740 says, as bytes. Pure; knows no patient, no time.

Written from the protocol notes on monitors, section 6, which are those of the VA's VistA Vitals program.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

Unit: TypeAlias = Literal["C", "F"]

NO_COMMANDS: Final = b"X**\r"
"""Answer to anything while remote control is disabled."""

UNKNOWN: Final = b"X??\r"


class Shown(msgspec.Struct, frozen=True):
    """The numbers on the screen; ``None`` for dashes.

    Attributes:
        systolic: mmHg.
        diastolic: mmHg.
        mean: mmHg.
        pulse: bpm.
        spo2: %.
        temperature: °C.
    """

    systolic: int | None = None
    diastolic: int | None = None
    mean: int | None = None
    pulse: int | None = None
    spo2: int | None = None
    temperature: float | None = None


def numerics(shown: Shown, unit: Unit = "C") -> bytes:
    """Answer to X09."""
    numbers = (shown.systolic, shown.diastolic, shown.mean, shown.pulse, shown.spo2)
    text = "".join("---" if number is None else f"{number:03d}" for number in numbers)
    return f"X09{text}{_temperature(shown.temperature, unit)}{unit}\r".encode("ascii")


def cuff_pressure(mmhg: int) -> bytes:
    """What is told again and again while a measurement runs."""
    return f"X13{mmhg:03d}\r".encode("ascii")


def text_reply(code: str, text: str) -> bytes:
    """Answer to X04 (model) or X05 (serial number): eight characters."""
    return f"{code}{text:<8.8}\r".encode("ascii")


def _temperature(celsius: float | None, unit: Unit) -> str:
    """Tenths in three digits, or in four from 100.0 °F on."""
    if celsius is None:
        return "---"
    return f"{round(10 * celsius if unit == 'C' else 18 * celsius + 320):03d}"
