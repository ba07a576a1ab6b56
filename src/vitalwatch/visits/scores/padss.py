"""PADSS, the Post-Anaesthetic Discharge Scoring System: five items, 0 to 10 points, more is better, 9 = fit to go.

"Vital signs" are the systolic pressure and the pulse, the worse of the two counts (our choice); a change of exactly 20
or 40 % belongs to the better band. In an infusion chair "bleeding" means the IV site.

Source: scale as tabulated in the International Journal of Oral and Dental Health, table 4.
"""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import ClassVar, Final

from vitalwatch.model import Vital
from vitalwatch.visits.scores.score import Item, Score, change_item, chosen

FIT: Final = 9
VITAL_SIGNS: Final = ((20, 2), (40, 1), (inf, 0))


class Severity(StrEnum):
    """How bad a complaint is; pain, nausea and vomiting are "moderate" when treatment helped."""

    MINIMAL = "minimal"
    MODERATE = "moderate"
    SEVERE = "severe"


SEVERITY: Final = {Severity.MINIMAL: 2, Severity.MODERATE: 1, Severity.SEVERE: 0}


class Padss(Score, frozen=True, tag="padss"):
    """A PADSS result; there is one variant, so ``variant`` is empty."""

    title: ClassVar[str] = "PADSS"

    @property
    def fit_for_discharge(self) -> bool | None:
        """Whether the score is 9 or more; ``None`` while an item is missing."""
        return self.total >= FIT if self.total is not None else None


def score_padss(
    *,
    systolic: float | None = None,
    systolic_baseline: float | None = None,
    pulse: float | None = None,
    pulse_baseline: float | None = None,
    oriented: bool | None = None,
    steady_gait: bool | None = None,
    pain_nausea_vomiting: Severity | None = None,
    iv_site_bleeding: Severity | None = None,
    drank: bool | None = None,
    voided: bool | None = None,
) -> Padss:
    """Score a person before discharge; leave out what is not known.

    An item that joins two findings has points only when both are known.

    Args:
        systolic: mmHg, now.
        systolic_baseline: mmHg, before the dose.
        pulse: beats a minute, now.
        pulse_baseline: beats a minute, before the dose.
        oriented: knows person, place and time.
        steady_gait: walks without swaying.
        pain_nausea_vomiting: the worst of the three.
        iv_site_bleeding: bleeding where the IV was.
        drank: has drunk something.
        voided: has passed urine.

    Raises:
        UsageError: for a value outside its plausible range.
    """
    items = (
        _worse(
            change_item("vital_signs", Vital.SYSTOLIC, systolic, systolic_baseline, VITAL_SIGNS, percent=True),
            change_item("vital_signs", Vital.PULSE_RATE, pulse, pulse_baseline, VITAL_SIGNS, percent=True),
        ),
        _both("activity_and_mind", "oriented", oriented, "steady gait", steady_gait),
        chosen("pain_nausea_vomiting", pain_nausea_vomiting, SEVERITY),
        chosen("iv_site_bleeding", iv_site_bleeding, SEVERITY),
        _both("intake_and_output", "drank", drank, "voided", voided),
    )
    return Padss(variant="", items=items)


def _worse(first: Item, second: Item) -> Item:
    """Join two items of one name: fewer points count, and both must be known."""
    if first.points is None or second.points is None:
        return Item(first.name, None, None)
    return Item(first.name, f"{first.value}, {second.value}", min(first.points, second.points))


def _both(name: str, first: str, has_first: bool | None, second: str, has_second: bool | None) -> Item:
    """Score two findings: 2 points for both, 1 for either, 0 for neither."""
    if has_first is None or has_second is None:
        return Item(name, None, None)
    found = [word for word, has in ((first, has_first), (second, has_second)) if has]
    return Item(name, " and ".join(found) or "neither", len(found))
