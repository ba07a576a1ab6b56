"""NEWS2, the National Early Warning Score: seven items, 0 to 20 points, more is worse.

For adults of 16 years and older who are not pregnant. To be shown, not to alarm: in a ketamine session the drug itself
moves pulse, blood pressure and consciousness.

Source: Royal College of Physicians, National Early Warning Score (NEWS) 2, 2017, chart 1 and table of thresholds.
"""

from __future__ import annotations

from enum import StrEnum
from math import inf
from typing import ClassVar, Final

from vitalwatch.errors import UsageError
from vitalwatch.model import Vital
from vitalwatch.visits.scores.score import Item, Score, charted, chosen, measured, points_in

YOUNGEST_YEARS: Final = 16
OLDEST_YEARS: Final = 130

RESPIRATION: Final = ((8, 3), (11, 1), (20, 0), (24, 2), (inf, 3))
SPO2_SCALE_1: Final = ((91, 3), (93, 2), (95, 1), (inf, 0))
SPO2_SCALE_2_ON_AIR: Final = ((83, 3), (85, 2), (87, 1), (inf, 0))
SPO2_SCALE_2_ON_OXYGEN: Final = ((83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2), (inf, 3))
SYSTOLIC: Final = ((90, 3), (100, 2), (110, 1), (219, 0), (inf, 3))
PULSE: Final = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (inf, 3))
TEMPERATURE: Final = ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (inf, 2))


class Spo2Scale(StrEnum):
    """Which SpO2 row counts. Scale 2 only for confirmed hypercapnic failure with a target of 88 to 92 %."""

    SCALE_1 = "spo2_scale_1"
    SCALE_2 = "spo2_scale_2"


class Acvpu(StrEnum):
    """Consciousness as NEWS2 asks for it."""

    ALERT = "alert"
    NEW_CONFUSION = "new_confusion"
    VOICE = "voice"
    PAIN = "pain"
    UNRESPONSIVE = "unresponsive"


CONSCIOUSNESS: Final = {
    Acvpu.ALERT: 0,
    Acvpu.NEW_CONFUSION: 3,
    Acvpu.VOICE: 3,
    Acvpu.PAIN: 3,
    Acvpu.UNRESPONSIVE: 3,
}


class News2Band(StrEnum):
    """How strongly the score asks for a response, mildest first."""

    LOW = "low"
    SINGLE_THREE = "single_three"
    URGENT = "urgent"
    EMERGENCY = "emergency"


RESPONSE: Final = {
    News2Band.LOW: "No urgent response by this score; go on with the planned checks.",
    News2Band.SINGLE_THREE: "One value is far out: urgent assessment by a clinician, a full set at least every hour.",
    News2Band.URGENT: "Urgent assessment by a clinician, a full set at least every hour.",
    News2Band.EMERGENCY: "Emergency assessment now, monitoring without a break.",
}


class News2(Score, frozen=True, tag="news2"):
    """A NEWS2 result; ``variant`` is the :class:`Spo2Scale` used."""

    title: ClassVar[str] = "NEWS2"

    @property
    def band(self) -> News2Band | None:
        """The band that the known items already reach; more values can only raise it.

        ``None`` while an item is missing and the known ones reach no band: a partial score is never "low".
        """
        if self.at_least >= 7:
            return News2Band.EMERGENCY
        if self.at_least >= 5:
            return News2Band.URGENT
        if any(item.points == 3 for item in self.items):
            return News2Band.SINGLE_THREE
        return News2Band.LOW if self.complete else None

    @property
    def response(self) -> str:
        """What the band asks for, and which values are missing."""
        response = RESPONSE[self.band] if self.band else "No band can be told yet."
        return response if self.complete else f"{response} Not known: {', '.join(self.missing)}."


def news2_refusal(age_years: float, *, pregnant: bool) -> str | None:
    """Say in plain words why NEWS2 is not for this person, or ``None`` when it is.

    Raises:
        UsageError: when the age is not between 0 and 130 years.
    """
    if not 0 <= age_years <= OLDEST_YEARS:
        raise UsageError(f"age {age_years!r} is not between 0 and {OLDEST_YEARS} years")
    if age_years < YOUNGEST_YEARS:
        return f"NEWS2 is not for people under {YOUNGEST_YEARS} years"
    return "NEWS2 is not for pregnancy" if pregnant else None


def score_news2(
    *,
    age_years: float,
    pregnant: bool,
    respiration_rate: float | None = None,
    spo2: float | None = None,
    on_oxygen: bool | None = None,
    systolic: float | None = None,
    pulse: float | None = None,
    consciousness: Acvpu | None = None,
    temperature: float | None = None,
    scale: Spo2Scale = Spo2Scale.SCALE_1,
) -> News2:
    """Score one set of observations; leave out what is not known.

    Args:
        age_years: completed years; 16 or more.
        pregnant: must be false.
        respiration_rate: breaths a minute; 0 is apnoea.
        spo2: %.
        on_oxygen: true with any added oxygen, false on room air.
        systolic: mmHg.
        pulse: beats a minute; 0 is asystole.
        consciousness: as found now.
        temperature: °C, rounded to 0.1 before it is looked up (38.04 counts as 38.0, 38.05 as 38.1).
        scale: scale 2 needs a prescriber's confirmation of hypercapnic failure.

    Raises:
        UsageError: for a person this score is not for (ask :func:`news2_refusal` first), or a value outside its
            plausible range.
    """
    refusal = news2_refusal(age_years, pregnant=pregnant)
    if refusal:
        raise UsageError(refusal)
    items = (
        measured("respiration_rate", Vital.RESPIRATION_RATE, respiration_rate, RESPIRATION),
        _spo2_item(spo2, on_oxygen, scale),
        _oxygen_item(on_oxygen),
        measured("systolic", Vital.SYSTOLIC, systolic, SYSTOLIC),
        measured("pulse", Vital.HEART_RATE, pulse, PULSE),
        chosen("consciousness", consciousness, CONSCIOUSNESS),
        measured("temperature", Vital.TEMPERATURE, temperature, TEMPERATURE),
    )
    return News2(variant=scale.value, items=items)


def _spo2_item(spo2: float | None, on_oxygen: bool | None, scale: Spo2Scale) -> Item:
    if spo2 is None:
        return Item("spo2", None, None)
    value = charted(Vital.SPO2, spo2)
    if scale == Spo2Scale.SCALE_1:
        return Item("spo2", value, points_in(SPO2_SCALE_1, value))
    on_air_points = points_in(SPO2_SCALE_2_ON_AIR, value)
    on_oxygen_points = points_in(SPO2_SCALE_2_ON_OXYGEN, value)
    if on_oxygen is None and on_air_points != on_oxygen_points:
        return Item("spo2", value, None)  # from 93 % up scale 2 depends on the oxygen: nothing to count on yet
    return Item("spo2", value, on_oxygen_points if on_oxygen else on_air_points)


def _oxygen_item(on_oxygen: bool | None) -> Item:
    if on_oxygen is None:
        return Item("oxygen", None, None)
    return Item("oxygen", "oxygen", 2) if on_oxygen else Item("oxygen", "air", 0)
