"""What can befall a body in an infusion chair, each with its course.

An episode grows for ``onset`` seconds to its full strength, stays for ``lasts``, and goes in ``fades``. Sources: the
semi-synthetic events of the project's evaluation notes (anaphylaxis: systolic -30 %, heart rate +40 % in 5 min, SpO2
-5; vasovagal: heart rate -30 %, systolic -25 % in 2 min); labels of IV iron and biologics name falling pressure and a
rising heart rate without figures, so those of the milder reactions are assumed, as are sleep and anxiety.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec


class Change(msgspec.Struct, frozen=True):
    """What an episode does to a body at full strength.

    Attributes:
        heart_rate: share that is added.
        pressure: share that is added to systolic and diastolic.
        breathing: share that is added to the air moved; -1 stops it.
        respiration_rate: share that is added to the breaths a minute alone.
        shunt: SpO2 that the lungs lose, %.
        temperature: °C that are added.
        perfusion: share that is added to the perfusion index.
    """

    heart_rate: float = 0.0
    pressure: float = 0.0
    breathing: float = 0.0
    respiration_rate: float = 0.0
    shunt: float = 0.0
    temperature: float = 0.0
    perfusion: float = 0.0


class Kind(msgspec.Struct, frozen=True):
    """A kind of episode and its usual course, seconds."""

    summary: str
    change: Change
    onset: float
    lasts: float
    fades: float


KINDS: Final[dict[str, Kind]] = {
    "anaphylaxis": Kind(
        "a severe reaction: pressure falls, the heart races, the lungs fail a little",
        Change(heart_rate=0.40, pressure=-0.30, shunt=5.0, respiration_rate=0.5, perfusion=-0.6),
        300.0,
        600.0,
        900.0,
    ),
    "iron_reaction": Kind(
        "a mild reaction to IV iron: flushed, a falling pressure and a faster heart",
        Change(heart_rate=0.18, pressure=-0.12, perfusion=0.3),
        300.0,
        600.0,
        900.0,
    ),
    "biologic_reaction": Kind(
        "a reaction to a biologic: fever, a falling pressure and a faster heart",
        Change(heart_rate=0.30, pressure=-0.18, respiration_rate=0.2, temperature=1.2),
        900.0,
        1200.0,
        1800.0,
    ),
    "vasovagal": Kind(
        "a faint: heart rate and pressure fall together",
        Change(heart_rate=-0.30, pressure=-0.25, perfusion=-0.4),
        120.0,
        90.0,
        240.0,
    ),
    "apnoea": Kind("breathing stops", Change(breathing=-1.0), 2.0, 75.0, 5.0),
    "shallow_breathing": Kind(
        "breathing too shallow for the oxygen used", Change(breathing=-0.48, respiration_rate=-0.4), 60.0, 600.0, 60.0
    ),
    "sleep": Kind(
        "asleep", Change(heart_rate=-0.10, pressure=-0.08, breathing=-0.10, respiration_rate=-0.15), 300.0, 1800.0, 30.0
    ),
    "anxiety": Kind(
        "anxious", Change(heart_rate=0.22, pressure=0.09, breathing=0.3, respiration_rate=0.35), 60.0, 600.0, 300.0
    ),
    "cold_hands": Kind("hardly any pulse at the finger", Change(perfusion=-0.93), 120.0, 900.0, 120.0),
}
"""Every kind of episode by its name."""


class Episode(msgspec.Struct, frozen=True):
    """One episode of one person.

    Attributes:
        kind: a name in ``KINDS``.
        at: when it begins, seconds since the start of the simulation.
        strength: 1 for its usual strength.
        onset: seconds until it is at full strength.
        lasts: seconds at full strength.
        fades: seconds in which it goes.
    """

    kind: str
    at: float
    strength: float
    onset: float
    lasts: float
    fades: float

    def share(self, t: float) -> float:
        """How much of the kind's change holds at ``t``, 0 to ``strength``."""
        return self.strength * bump(t - self.at, self.onset, self.lasts, self.fades)


def episode(
    kind: str, at: float, *, strength: float = 1.0, onset: float | None = None, lasts: float | None = None
) -> Episode:
    """An episode of a known kind that begins at ``at``; what is left out is as usual for its kind.

    Raises:
        KeyError: if there is no such kind.
    """
    usual = KINDS[kind]
    return Episode(
        kind,
        at,
        strength,
        usual.onset if onset is None else onset,
        usual.lasts if lasts is None else lasts,
        usual.fades,
    )


def bump(since: float, onset: float, lasts: float, fades: float) -> float:
    """Go from 0 to 1 in ``onset``, stay for ``lasts`` and go back in ``fades`` seconds, without corners."""
    return _smooth(since, onset) - _smooth(since - onset - lasts, fades)


def _smooth(since: float, length: float) -> float:
    if since <= 0.0:
        return 0.0
    return 1.0 if since >= length else (1.0 - math.cos(math.pi * since / length)) / 2.0
