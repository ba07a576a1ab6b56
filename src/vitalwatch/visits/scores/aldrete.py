"""Modified Aldrete score: five items, 0 to 10 points, more is better, 9 or more to leave recovery.

Published tables differ in the circulation item: some compare the blood pressure in percent of the pre-dose value, some
in mmHg. The result names the variant. The systolic pressure stands for "blood pressure" (our choice); a difference of
exactly 20 or exactly 50 belongs to the better band.

Source: Aldrete 1995, as tabulated in World Journal of Gastroenterology 2015, table 2.
"""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import ClassVar, Final

from vitalwatch.model import Vital
from vitalwatch.visits.scores.score import Score, change_item, chosen

LEAVE_RECOVERY: Final = 9
CIRCULATION: Final = ((20, 2), (50, 1), (inf, 0))


class CirculationVariant(StrEnum):
    """What the bands of the circulation item count."""

    PERCENT = "circulation_percent"
    MMHG = "circulation_mmhg"


class Activity(StrEnum):
    """Limbs moved on command. Three count as two and one as none: the level that is fully reached."""

    FOUR_LIMBS = "four_limbs"
    TWO_LIMBS = "two_limbs"
    NO_LIMBS = "no_limbs"


class Breathing(StrEnum):
    """How the person breathes without help."""

    DEEP_AND_COUGHS = "deep_and_coughs"
    LIMITED = "limited"
    APNOEIC = "apnoeic"


class Wakefulness(StrEnum):
    """How awake the person is."""

    FULLY_AWAKE = "fully_awake"
    ROUSED_BY_CALLING = "roused_by_calling"
    NOT_RESPONDING = "not_responding"


class Oxygenation(StrEnum):
    """SpO2 with the oxygen it takes: above 92 % on air, oxygen needed to stay above 90 %, below 90 % in spite of it.

    The nurse chooses, for "needs" is a judgement; whatever fits neither end is the middle one.
    """

    GOOD_ON_AIR = "good_on_air"
    NEEDS_OXYGEN = "needs_oxygen"
    LOW_ON_OXYGEN = "low_on_oxygen"


ACTIVITY: Final = {Activity.FOUR_LIMBS: 2, Activity.TWO_LIMBS: 1, Activity.NO_LIMBS: 0}
BREATHING: Final = {Breathing.DEEP_AND_COUGHS: 2, Breathing.LIMITED: 1, Breathing.APNOEIC: 0}
WAKEFULNESS: Final = {Wakefulness.FULLY_AWAKE: 2, Wakefulness.ROUSED_BY_CALLING: 1, Wakefulness.NOT_RESPONDING: 0}
OXYGENATION: Final = {Oxygenation.GOOD_ON_AIR: 2, Oxygenation.NEEDS_OXYGEN: 1, Oxygenation.LOW_ON_OXYGEN: 0}


class Aldrete(Score, frozen=True, tag="aldrete"):
    """A modified Aldrete result; ``variant`` is the :class:`CirculationVariant` used."""

    title: ClassVar[str] = "Aldrete"

    @property
    def may_leave_recovery(self) -> bool | None:
        """Whether the score is 9 or more; ``None`` while an item is missing."""
        return self.total >= LEAVE_RECOVERY if self.total is not None else None


def score_aldrete(
    *,
    activity: Activity | None = None,
    breathing: Breathing | None = None,
    systolic: float | None = None,
    systolic_before_dose: float | None = None,
    wakefulness: Wakefulness | None = None,
    oxygenation: Oxygenation | None = None,
    variant: CirculationVariant = CirculationVariant.PERCENT,
) -> Aldrete:
    """Score a person in recovery; leave out what is not known.

    Args:
        activity: limbs moved on command.
        breathing: how the person breathes.
        systolic: mmHg, now.
        systolic_before_dose: mmHg, the visit's baseline.
        wakefulness: how awake the person is.
        oxygenation: SpO2 with the oxygen it takes.
        variant: whether the pressure is compared in percent or in mmHg.

    Raises:
        UsageError: for a value outside its plausible range.
    """
    percent = variant == CirculationVariant.PERCENT
    items = (
        chosen("activity", activity, ACTIVITY),
        chosen("breathing", breathing, BREATHING),
        change_item("circulation", Vital.SYSTOLIC, systolic, systolic_before_dose, CIRCULATION, percent=percent),
        chosen("wakefulness", wakefulness, WAKEFULNESS),
        chosen("oxygenation", oxygenation, OXYGENATION),
    )
    return Aldrete(variant=variant.value, items=items)
