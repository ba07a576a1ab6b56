"""MEWS, the Modified Early Warning Score: five items, 0 to 14 points, more is worse, 5 or more is critical.

The table says "below 40" and "41 to 50" for the heart rate and leaves out 40 itself; reprints fill the gap in two ways
and hospitals vary it. The result therefore names the variant.

Source: Subbe et al., QJM 2001, as reprinted in the Postgraduate Medical Journal.
"""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import ClassVar, Final

from vitalwatch.model import Vital
from vitalwatch.visits.scores.score import Score, chosen, measured

CRITICAL: Final = 5


class HeartRate40(StrEnum):
    """What a heart rate of exactly 40 scores. The default of :func:`score_mews` is the more careful one."""

    SCORES_2 = "heart_rate_40_scores_2"
    SCORES_1 = "heart_rate_40_scores_1"


SYSTOLIC: Final = ((70, 3), (80, 2), (100, 1), (199, 0), (inf, 2))
HEART_RATE: Final = {
    HeartRate40.SCORES_2: ((40, 2), (50, 1), (100, 0), (110, 1), (129, 2), (inf, 3)),
    HeartRate40.SCORES_1: ((39, 2), (50, 1), (100, 0), (110, 1), (129, 2), (inf, 3)),
}
RESPIRATION: Final = ((8, 2), (14, 0), (20, 1), (29, 2), (inf, 3))
TEMPERATURE: Final = ((34.9, 2), (38.4, 0), (inf, 2))


class Avpu(StrEnum):
    """Consciousness as MEWS asks for it; unlike NEWS2 it has no place for new confusion."""

    ALERT = "alert"
    VOICE = "voice"
    PAIN = "pain"
    UNRESPONSIVE = "unresponsive"


CONSCIOUSNESS: Final = {Avpu.ALERT: 0, Avpu.VOICE: 1, Avpu.PAIN: 2, Avpu.UNRESPONSIVE: 3}


class Mews(Score, frozen=True, tag="mews"):
    """A MEWS result; ``variant`` is the :class:`HeartRate40` used."""

    title: ClassVar[str] = "MEWS"

    @property
    def critical(self) -> bool | None:
        """Whether the score is 5 or more; ``None`` while missing items could still decide it."""
        if self.at_least >= CRITICAL:
            return True
        return False if self.complete else None


def score_mews(
    *,
    systolic: float | None = None,
    heart_rate: float | None = None,
    respiration_rate: float | None = None,
    temperature: float | None = None,
    consciousness: Avpu | None = None,
    variant: HeartRate40 = HeartRate40.SCORES_2,
) -> Mews:
    """Score one set of observations of an adult; leave out what is not known.

    Args:
        systolic: mmHg.
        heart_rate: beats a minute; 0 is asystole.
        respiration_rate: breaths a minute; 0 is apnoea.
        temperature: °C, rounded to 0.1 before it is looked up (34.94 counts as 34.9, 34.95 as 35.0).
        consciousness: as found now.
        variant: what a heart rate of exactly 40 scores in this clinic.

    Raises:
        UsageError: for a value outside its plausible range.
    """
    items = (
        measured("systolic", Vital.SYSTOLIC, systolic, SYSTOLIC),
        measured("heart_rate", Vital.HEART_RATE, heart_rate, HEART_RATE[variant]),
        measured("respiration_rate", Vital.RESPIRATION_RATE, respiration_rate, RESPIRATION),
        measured("temperature", Vital.TEMPERATURE, temperature, TEMPERATURE),
        chosen("consciousness", consciousness, CONSCIOUSNESS),
    )
    return Mews(variant=variant.value, items=items)
