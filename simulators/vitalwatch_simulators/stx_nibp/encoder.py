"""Puts what an STX blood pressure module says into its frames, and knows the commands of a host. Pure.

Forms are those of the Technical Description of the PAR NIBP2020 UP, as quoted by open-source readers, and of
CardioArtLab/NIBP-project for the SINNOR N6. Knows no patient and no time.
"""

from __future__ import annotations

from typing import Final

import msgspec

START: Final = "01"
GET_STATUS: Final = "18"
LONGEST_WAIT_S: Final = 9999
"""The time to the next measurement has four digits."""


class Shown(msgspec.Struct, frozen=True):
    """What the status shows.

    Attributes:
        state: 1 standby, 2 error, 3 measuring.
        message: 0 for none.
        numbers: systolic, diastolic, mean in mmHg and pulse in bpm; ``None`` for dashes.
        next_s: seconds to the next measurement; ``None`` when none is planned.
    """

    state: int = 1
    message: int = 0
    numbers: tuple[int, int, int, int] | None = None
    next_s: int | None = None


def frame(text: str) -> bytes:
    """A text between STX and ETX, and the CR behind it."""
    return b"\x02" + text.encode("ascii") + b"\x03\r"


def checksum(text: str) -> str:
    """Two hexadecimal digits for the sum of all characters before them."""
    return f"{sum(map(ord, text)) % 256:02X}"


def command(code: str) -> bytes:
    """What a host sends, without the CR that some hosts put behind it."""
    return frame(f"{code};;{checksum(f'{code};;')}")[:-1]


def pressure(mmhg: int, cuff: int = 0, state: int = 3) -> bytes:
    """The pressure in the cuff while it is used; state 3 is a measurement."""
    return frame(f"{mmhg:03d}C{cuff}S{state}")


def end() -> bytes:
    """The cuff is used no more."""
    return frame("999")


def status(shown: Shown) -> bytes:
    """The answer to command 18, in adult mode."""
    if shown.numbers is None:
        numbers, pulse = "-" * 9, "---"
    else:
        systolic, diastolic, mean, rate = shown.numbers
        numbers, pulse = f"{systolic:03d}{diastolic:03d}{mean:03d}", f"{rate:03d}"
    wait = "    " if shown.next_s is None else f"{min(shown.next_s, LONGEST_WAIT_S):04d}"
    text = f"S{shown.state};A0;C00;M{shown.message:02d};P{numbers};R{pulse};T{wait};;"
    return frame(text + checksum(text))
