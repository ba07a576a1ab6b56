"""RASS, the Richmond Agitation-Sedation Scale: +4 combative, 0 alert and calm, -5 unrousable.

Source: scale as published by the Scottish Intensive Care Society. Wording ours.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Literal

from vitalwatch.errors import UsageError


class Rass(IntEnum):
    """A charted level; above 0 is agitation, below 0 is sedation."""

    COMBATIVE = 4
    VERY_AGITATED = 3
    AGITATED = 2
    RESTLESS = 1
    ALERT_AND_CALM = 0
    DROWSY = -1
    LIGHT_SEDATION = -2
    MODERATE_SEDATION = -3
    DEEP_SEDATION = -4
    UNROUSABLE = -5

    @property
    def meaning(self) -> str:
        """What the nurse sees, for the chart."""
        return MEANING[self]

    @property
    def deep_sedation(self) -> Literal["medium"] | None:
        """Priority of the SED-DEEP alarm at this level, or ``None`` when it is not deep sedation."""
        return "medium" if self <= Rass.MODERATE_SEDATION else None

    def __str__(self) -> str:
        """The level with its sign, as it is charted: ``+1``, ``0``, ``-3``."""
        return f"{self.value:+d}" if self.value else "0"


MEANING: Final = {
    Rass.COMBATIVE: "Fights, a danger to others",
    Rass.VERY_AGITATED: "Very agitated, pulls at lines or lashes out",
    Rass.AGITATED: "Agitated, moves often without aim",
    Rass.RESTLESS: "Restless or anxious, movements not forceful",
    Rass.ALERT_AND_CALM: "Alert and calm",
    Rass.DROWSY: "Drowsy; a voice wakes for more than 10 s, with eye contact",
    Rass.LIGHT_SEDATION: "A voice wakes for less than 10 s, with eye contact",
    Rass.MODERATE_SEDATION: "Moves or opens the eyes to a voice, no eye contact",
    Rass.DEEP_SEDATION: "Nothing to a voice; moves or opens the eyes when touched or in pain",
    Rass.UNROUSABLE: "Reacts neither to a voice nor to touch or pain",
}


def rass_level(value: int) -> Rass:
    """Read a charted number.

    Raises:
        UsageError: when it is not a whole number from -5 to +4.
    """
    try:
        return Rass(value)
    except ValueError as error:
        raise UsageError(f"RASS {value!r} is not a whole number from -5 to +4") from error
