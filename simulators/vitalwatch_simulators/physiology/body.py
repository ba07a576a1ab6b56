"""One body, moved on second by second: rate, pressure, breathing and oxygen as they hang together.

Theory of operation. Drugs and episodes say where rate, pressure and breathing want to go; each gets there with its own
lag. A pressure that falls without a drug's doing is met by a faster heart, and a rise by a slower one (baroreflex), but
for a faint, in which the reflex fails. Oxygen is a store: the lungs' oxygen pressure is filled by breathing and emptied
by the body, blood takes from it along the dissociation curve (Severinghaus 1979), and the finger sees that half a
minute later. So breathing that stops shows as a fall of SpO2 only after a while, slow at first and then fast, and still
falling when breathing is back.

Figures of a resting adult that breathes room air: inspired oxygen pressure 150 mmHg, lungs' 100 mmHg, from which a
minute without breathing takes about 45 mmHg; carbon dioxide 40 mmHg. Lags are assumed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from typing import Final

import msgspec

from vitalwatch_simulators.physiology.drugs import Dose
from vitalwatch_simulators.physiology.episodes import KINDS, Change, Episode
from vitalwatch_simulators.physiology.person import Person

INSPIRED_O2: Final = 150.0
LUNG_O2: Final = 100.0
LUNG_CO2: Final = 40.0
"""mmHg at rest."""

O2_USED_S: Final = 0.75
"""mmHg that the body takes out of the lungs' oxygen pressure in a second."""

CO2_LAG_S: Final = 90.0
HEART_LAG_S: Final = 12.0
PRESSURE_LAG_S: Final = 20.0
FINGER_LAG_S: Final = 12.0
FINGER_DELAY_S: Final = 18
"""From the lungs to the finger."""

BAROREFLEX: Final = 0.25
"""Beats a minute for each mmHg that the mean pressure is away from where drug and rest put it."""

SLOWEST_HEART: Final = 25.0
FASTEST_HEART: Final = 200.0
"""Beats a minute, before the beat-to-beat spread; assumed."""

LEAST_DIASTOLIC: Final = 20.0
LEAST_PULSE_PRESSURE: Final = 20.0
"""mmHg, whatever befalls the body: no heart gives less and beats."""

SWAY: Final = {"heart_rate": 0.035, "systolic": 0.037, "diastolic": 0.059, "breathing": 0.05, "perfusion": 0.10}
"""Spread of the slow wander of a resting body, as a share.

That of the pressures is fitted to three cuff readings in a row: they lie more than 10 mmHg apart in 12.9 % (systolic)
and 13.0 % (diastolic) of 53,737 people (NHANES; Papaioannou, Blood Press Monit 2020;25:131). The others are assumed.
"""
SWAY_S: Final = 90.0
BEAT_SPREAD: Final = 0.012
"""Beat to beat, beside what breathing does to the heart."""
BREATH_SPREAD: Final = 0.02


class State(msgspec.Struct, frozen=True):
    """A body at one second; units as in :class:`~vitalwatch_simulators.patient.PatientVitals`.

    Attributes:
        beats: heart beats since the start, with the share of the present one.
        breaths: breaths since the start, with the share of the present one.
    """

    heart_rate: float
    systolic: float
    diastolic: float
    spo2: float
    respiration_rate: float
    etco2: float
    temperature: float
    perfusion_index: float
    beats: float = 0.0
    breaths: float = 0.0


class Body:
    """A body that begins at rest at second 0.

    Args:
        person: whose it is.
    """

    def __init__(self, person: Person) -> None:
        self.person = person
        self._draw = random.Random(f"body/{person.seed}")
        self._sway = {name: self._draw.gauss(0.0, spread) for name, spread in SWAY.items()}
        self._beat_noise = 0.0
        self._heart = person.heart_rate
        self._mean = person.diastolic + (person.systolic - person.diastolic) / 3.0
        self._systolic, self._diastolic = person.systolic, person.diastolic
        self._lung_o2, self._lung_co2 = LUNG_O2, LUNG_CO2
        self._on_the_way = [_saturation(LUNG_O2)] * FINGER_DELAY_S
        self._finger = _saturation(LUNG_O2)
        self._beats = self._draw.random()
        self._breaths = self._draw.random()

    def step(self, t: float, doses: Iterable[tuple[Dose, float]], episodes: Iterable[Episode]) -> State:
        """Move on by one second, to ``t``.

        Args:
            t: seconds since the start; one more than at the last call.
            doses: what was given, each with the time at which it was stopped (infinite if it was not).
            episodes: what has befallen the person.
        """
        who = self.person
        strength = sum(
            dose.strength(t, stopped) * (who.nasal if dose.route == "nasal" else 1.0) for dose, stopped in doses
        )
        change, faint = _sum(episodes, t)
        self._wander()
        breathing = self._breathe(strength, change)
        self._circulate(strength, change, faint)
        rate = max(
            0.0, who.respiration_rate * (1.0 + change.respiration_rate) * (breathing if breathing < 0.25 else 1.0)
        )
        rate *= 1.0 + self._sway["breathing"]
        self._breaths += rate / 60.0
        # The heart speeds up while breathing in.
        heart = self._heart * (1.0 + self._beat_noise + BREATH_SPREAD * math.sin(math.tau * self._breaths))
        self._beats += heart / 60.0
        return State(
            heart_rate=heart,
            systolic=self._systolic,
            diastolic=self._diastolic,
            spo2=max(1.0, self._finger - who.shunt - change.shunt),
            respiration_rate=rate if rate >= 1.0 else 0.0,
            etco2=self._lung_co2 if rate >= 1.0 else 0.0,
            temperature=who.temperature + change.temperature,
            perfusion_index=max(0.05, who.perfusion_index * (1.0 + change.perfusion) * (1.0 + self._sway["perfusion"])),
            beats=self._beats,
            breaths=self._breaths,
        )

    def _wander(self) -> None:
        keep = math.exp(-1.0 / SWAY_S)
        fresh = math.sqrt(1.0 - keep * keep)
        for name, spread in SWAY.items():
            self._sway[name] = keep * self._sway[name] + fresh * self._draw.gauss(0.0, spread)
        self._beat_noise = 0.6 * self._beat_noise + 0.8 * self._draw.gauss(0.0, BEAT_SPREAD)

    def _breathe(self, strength: float, change: Change) -> float:
        """Move air, oxygen and carbon dioxide; gives the air moved as a share of that at rest."""
        breathing = max(0.0, (1.0 + change.breathing) * (1.0 - min(0.9, self.person.drowsiness * strength)))
        breathing *= 1.0 + (self._sway["breathing"] if breathing else 0.0)
        filled = O2_USED_S * breathing * (INSPIRED_O2 - self._lung_o2) / (INSPIRED_O2 - LUNG_O2)
        self._lung_o2 = max(15.0, self._lung_o2 + filled - O2_USED_S)
        wanted = LUNG_CO2 / max(0.35, breathing)
        self._lung_co2 += (min(90.0, wanted) - self._lung_co2) / CO2_LAG_S
        self._on_the_way.append(_saturation(self._lung_o2))
        self._finger += (self._on_the_way.pop(0) - self._finger) / FINGER_LAG_S
        return breathing

    def _circulate(self, strength: float, change: Change, faint: float) -> None:
        who = self.person
        rest = 1.0 + change.pressure
        systolic = who.systolic * (rest + self._sway["systolic"]) + who.systolic_rise * strength
        diastolic = who.diastolic * (rest + self._sway["diastolic"]) + who.diastolic_rise * strength
        systolic = max(LEAST_DIASTOLIC + LEAST_PULSE_PRESSURE, systolic)
        diastolic = max(LEAST_DIASTOLIC, min(diastolic, systolic - LEAST_PULSE_PRESSURE))
        self._systolic += (systolic - self._systolic) / PRESSURE_LAG_S
        self._diastolic += (diastolic - self._diastolic) / PRESSURE_LAG_S
        mean = self._diastolic + (self._systolic - self._diastolic) / 3.0
        expected = who.diastolic + (who.systolic - who.diastolic) / 3.0
        expected += strength * (who.diastolic_rise + (who.systolic_rise - who.diastolic_rise) / 3.0)
        # A change that says itself what the heart does already holds the reflex's part.
        reflex = 0.0 if faint or change.heart_rate else BAROREFLEX * (expected - mean)
        heart = who.heart_rate * (1.0 + self._sway["heart_rate"]) * (1.0 + change.heart_rate)
        heart += who.heart_rise * strength + reflex
        hunger = max(0.0, 90.0 - self._finger)  # a body short of oxygen drives the heart
        heart = min(FASTEST_HEART, max(SLOWEST_HEART, heart + 0.8 * hunger))
        self._heart += (heart - self._heart) / HEART_LAG_S


def _sum(episodes: Iterable[Episode], t: float) -> tuple[Change, float]:
    """All that holds at ``t``, added up, and how much of a faint there is."""
    total = dict.fromkeys(Change.__struct_fields__, 0.0)
    faint = 0.0
    for each in episodes:
        share = each.share(t)
        if not share:
            continue
        change = KINDS[each.kind].change
        for name in total:
            total[name] += share * getattr(change, name)
        if each.kind == "vasovagal":
            faint += share
    return Change(**total), faint


def _saturation(o2: float) -> float:
    """Saturation of the blood in % at an oxygen pressure in mmHg (Severinghaus, J Appl Physiol 1979;46:599)."""
    return 100.0 / (23_400.0 / (o2**3 + 150.0 * o2) + 1.0)
