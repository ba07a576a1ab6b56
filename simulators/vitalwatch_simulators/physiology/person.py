"""Who is in the chair: resting values, and how strongly this person answers to a drug.

Resting values are those of adults who pass the usual start gate of a ketamine clinic (at most 140/90 mmHg). The answer
to ketamine is fitted so that what a cuff reads has the published mean and spread: a rise of 16.0 (SD 11.2) / 11.0 (SD
8.5) mmHg at 40 minutes in 2,342 infusions (Yale), more than 180/110 mmHg in 0.98 % of them. The spread of the answer is
smaller than that of the readings, because two readings of one resting person differ too (``body``). How much of a
nasal dose acts is fitted to the label of nasal esketamine: means of 7 to 9 / 4 to 6 mmHg, and 40/25 mmHg passed at
least once in four weeks by 8 to 19 % of patients. Assumed: that both rises go together (correlation 0.7), and the
spread of the heart's answer (SD 6; the mean of +4 is that of a meta-analysis).

``python -m benchmarks.visits`` sets what comes of it beside what was published.
"""

from __future__ import annotations

import math
import random
from typing import Final

import msgspec

SYSTOLIC_RISE: Final = (16.0, 9.7)
DIASTOLIC_RISE: Final = (11.0, 6.5)
HEART_RISE: Final = (4.0, 6.0)
"""Mean and standard deviation at the peak of 0.5 mg/kg of ketamine over 40 min; mmHg, beats a minute."""

RISES_TOGETHER: Final = 0.7
"""Correlation of the systolic with the diastolic rise; assumed."""

NASAL: Final = (0.5, 0.55)
"""How strongly the usual nasal dose acts, where the usual infusion acts with 1: mean, and spread of its logarithm."""


class Person(msgspec.Struct, frozen=True):
    """One person at rest.

    Attributes:
        seed: the same seed is the same person.
        age: years.
        weight: kg.
        heart_rate: beats a minute.
        systolic: mmHg.
        diastolic: mmHg.
        respiration_rate: breaths a minute.
        temperature: °C.
        perfusion_index: pulsatile share of the light at the finger, %.
        shunt: how far SpO2 stays below what the lungs would give, %.
        systolic_rise: at the peak of the usual ketamine infusion, mmHg.
        diastolic_rise: the same, mmHg.
        heart_rise: the same, beats a minute.
        nasal: how strongly the usual nasal dose acts on this person, where the usual infusion acts with 1.
        drowsiness: share of breathing that the usual dose takes away at its peak.
    """

    seed: int
    age: int
    weight: float
    heart_rate: float
    systolic: float
    diastolic: float
    respiration_rate: float
    temperature: float
    perfusion_index: float
    shunt: float
    systolic_rise: float
    diastolic_rise: float
    heart_rise: float
    nasal: float
    drowsiness: float


def person(seed: int) -> Person:
    """Draw one person; the same seed gives the same one."""
    draw = random.Random(f"person/{seed}")

    def around(mean: float, spread: float, low: float, high: float) -> float:
        return min(high, max(low, draw.gauss(mean, spread)))

    both = draw.gauss(0.0, 1.0)
    own = draw.gauss(0.0, 1.0)
    systolic = around(121.0, 9.5, 102.0, 138.0)
    of_diastolic = RISES_TOGETHER * both + (1.0 - RISES_TOGETHER**2) ** 0.5 * own
    return Person(
        seed=seed,
        age=round(around(44.0, 13.0, 18.0, 80.0)),
        weight=round(around(78.0, 15.0, 48.0, 130.0), 1),
        heart_rate=around(74.0, 7.0, 60.0, 90.0),
        systolic=systolic,
        diastolic=around(75.0 + 0.35 * (systolic - 121.0), 5.5, 60.0, 88.0),
        respiration_rate=around(14.5, 1.5, 12.0, 18.0),
        temperature=around(36.7, 0.2, 36.2, 37.2),
        perfusion_index=around(3.2, 1.1, 1.4, 6.0),
        shunt=around(0.5, 0.3, 0.0, 1.2),
        systolic_rise=SYSTOLIC_RISE[0] + SYSTOLIC_RISE[1] * both,
        diastolic_rise=DIASTOLIC_RISE[0] + DIASTOLIC_RISE[1] * of_diastolic,
        heart_rise=around(*HEART_RISE, -10.0, 25.0),
        drowsiness=around(0.12, 0.06, 0.0, 0.3),
        nasal=NASAL[0] * math.exp(draw.gauss(-(NASAL[1] ** 2) / 2.0, NASAL[1])),
    )
