"""How strongly a dose of ketamine acts on pressure, heart and breathing at a time after it.

One compartment that fills and empties. The strength is 1 at the peak of the *usual* dose of the route, and grows with
the dose. Time courses:

* IV, 0.5 mg/kg over 40 min: peak at the end of the infusion (2,342 infusions, Yale), gone by 90 min (49 inpatients,
  Gdansk), so 6 % a minute;
* nasal esketamine, 84 mg: pressure peaks at about 40 min and the rise lasts about four hours (label);
* IM, 0.5 mg/kg: faster than IV and not to be stopped; a peak at about 15 min and the IV decay are assumed.

How much of a nasal dose acts differs from person to person: see ``person.NASAL``.
"""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias

import msgspec

Route: TypeAlias = Literal["iv", "im", "nasal"]

USUAL: Final[dict[Route, float]] = {"iv": 0.5, "im": 0.5, "nasal": 1.1}
"""mg/kg; nasal: 84 mg at 76 kg."""

_DECAY: Final[dict[Route, float]] = {"iv": 0.06, "im": 0.06, "nasal": 0.016}
"""Share that leaves in a minute."""

_UPTAKE: Final[dict[Route, float]] = {"im": 0.075, "nasal": 0.038}
"""Share of what was given that arrives in a minute."""

INFUSION_MIN: Final = 40.0


class Dose(msgspec.Struct, frozen=True):
    """One dose of ketamine.

    Attributes:
        route: how it is given.
        at: when it begins, seconds since the start of the simulation.
        mg_per_kg: how much; 0 for the usual dose of the route.
        minutes: how long an infusion runs.
        mg: how much in all, of which the person's weight makes mg/kg; 0 where ``mg_per_kg`` says it.
    """

    route: Route
    at: float
    mg_per_kg: float = 0.0
    minutes: float = INFUSION_MIN
    mg: float = 0.0

    def by_weight(self, kg: float) -> Dose:
        """The same dose in mg/kg, for a person of this weight."""
        return msgspec.structs.replace(self, mg_per_kg=self.mg / kg, mg=0.0) if self.mg else self

    def strength(self, t: float, stopped_at: float = math.inf) -> float:
        """How strongly it acts at ``t``: 1 at the peak of the usual dose of its route.

        Args:
            t: seconds since the start of the simulation.
            stopped_at: when the infusion was stopped, if it was; of no use for the other routes.
        """
        minutes = (t - self.at) / 60.0
        if minutes <= 0.0:
            return 0.0
        size = (self.mg_per_kg or USUAL[self.route]) / USUAL[self.route]
        decay = _DECAY[self.route]
        if self.route == "iv":
            runs = min(self.minutes, max(0.0, (stopped_at - self.at) / 60.0))
            filled = _filled(decay, min(minutes, runs)) * INFUSION_MIN / self.minutes
            return size * filled / _filled(decay, INFUSION_MIN) * math.exp(-decay * max(0.0, minutes - runs))
        uptake = _UPTAKE[self.route]
        peak = math.log(uptake / decay) / (uptake - decay)
        return size * _absorbed(uptake, decay, minutes) / _absorbed(uptake, decay, peak)


def _filled(decay: float, minutes: float) -> float:
    return 1.0 - math.exp(-decay * minutes)


def _absorbed(uptake: float, decay: float, minutes: float) -> float:
    return math.exp(-decay * minutes) - math.exp(-uptake * minutes)
