"""MOAA/S, the Modified Observer's Assessment of Alertness/Sedation: 5 awake to 0 no response.

Source: scale as tabulated in BMC Anesthesiology 2022; an older reprint words levels 1 and 0 differently. Level 0 is
what the esketamine label calls loss of consciousness. Wording ours.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Literal

from vitalwatch.errors import UsageError


class Moaas(IntEnum):
    """A charted level; lower is deeper."""

    AWAKE = 5
    SLOW = 4
    LOUD_VOICE = 3
    SHAKING = 2
    SQUEEZE = 1
    NO_RESPONSE = 0

    @property
    def meaning(self) -> str:
        """What the nurse sees, for the chart."""
        return MEANING[self]

    @property
    def deep_sedation(self) -> Literal["medium", "high"] | None:
        """Priority of the SED-DEEP alarm at this level, or ``None`` when it is not deep sedation."""
        if self <= Moaas.SQUEEZE:
            return "high"
        return "medium" if self <= Moaas.LOUD_VOICE else None


MEANING: Final = {
    Moaas.AWAKE: "Answers at once to the name, in a normal voice",
    Moaas.SLOW: "Answers to the name, but slowly",
    Moaas.LOUD_VOICE: "Answers only when the name is called loudly or again and again",
    Moaas.SHAKING: "Answers only when gently prodded or shaken",
    Moaas.SQUEEZE: "Reacts only to a painful squeeze of the trapezius",
    Moaas.NO_RESPONSE: "Does not react, not even to a painful squeeze",
}


def moaas_level(value: int) -> Moaas:
    """Read a charted number.

    Raises:
        UsageError: when it is not a whole number from 0 to 5.
    """
    try:
        return Moaas(value)
    except ValueError as error:
        raise UsageError(f"MOAA/S {value!r} is not a whole number from 0 to 5") from error
