"""What befalls the people of a simulated clinic day, and how often; drawn, so that a seed gives the same day. Pure.

Nobody has published how often a probe falls off in an infusion chair. Where a rate has a source it is named; the rest
is assumed, and the figures of ``clinic_day`` hang on it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

import msgspec

from vitalwatch_simulators.patient import Happening, Span
from vitalwatch_simulators.physiology.episodes import Episode, episode

Treatment: TypeAlias = Literal["ketamine-iv", "iron"]
INFUSION_MIN: Final[dict[Treatment, float]] = {"ketamine-iv": 40.0, "iron": 30.0}

FIDGETS_AN_HOUR: Final = 2.0
"""An arm that moves for 5 to 40 s; what spoils a cuff reading now and then. Assumed."""

PROBES_OFF_AN_HOUR: Final = 0.37
"""12 outages in 32.3 h of one stay (MIMIC, record s00001); that awake people are like that is assumed."""

PUT_BACK_SHARE: Final = 0.5
"""So many put it back on by themselves within 5 to 60 s; assumed. The others wait for the nurse."""

LOOSE_CUFFS: Final = 0.02
"""Share of visits whose cuff leaks until somebody puts it right; assumed."""

EVERYDAY: Final[dict[Treatment, dict[str, float]]] = {
    "ketamine-iv": {"sleep": 0.3, "anxiety": 0.1, "cold_hands": 0.03},
    "iron": {"sleep": 0.2, "anxiety": 0.05, "cold_hands": 0.03},
}
"""Share of visits; assumed."""

RARE: Final[dict[Treatment, dict[str, float]]] = {
    "ketamine-iv": {"vasovagal": 0.01, "shallow_breathing": 0.01, "apnoea": 0.003},
    "iron": {"vasovagal": 0.01, "iron_reaction": 0.005, "anaphylaxis": 0.00024},
}
"""Share of visits; assumed: reviews call reactions to iron rare and severe ones very rare (Haematologica 2014)."""


class Luck(msgspec.Struct, frozen=True):
    """What befalls one visit, times from its beginning.

    Attributes:
        person: seed of who it is.
        happenings: all of it.
        rare: names of the rare events in it.
        trouble: whether a sensor or cuff gives trouble (arms that move are everyday).
    """

    person: int
    happenings: tuple[Happening, ...]
    rare: tuple[str, ...]
    trouble: bool


def luck_of(seed: str, treatment: Treatment, length: float, probes_off: float = PROBES_OFF_AN_HOUR) -> Luck:
    """Draw what befalls one visit of ``length`` seconds; probes come off so often an hour."""
    draw = random.Random(f"luck/{seed}")
    spans = [Span("searching", 0.0, 8.0)]
    spans += [Span("motion", at, at + draw.uniform(5.0, 40.0)) for at in _times(draw, FIDGETS_AN_HOUR, length)]
    probes = [
        Span("off", at, at + (draw.uniform(5.0, 60.0) if draw.random() < PUT_BACK_SHARE else math.inf))
        for at in _times(draw, probes_off, length)
    ]
    loose = [Span("cuff_leak", draw.uniform(0.0, length), math.inf)] if draw.random() < LOOSE_CUFFS else []
    everyday = [_episode(draw, kind, length) for kind, share in EVERYDAY[treatment].items() if draw.random() < share]
    rare = [kind for kind, share in RARE[treatment].items() if draw.random() < share]
    happenings: tuple[Happening, ...] = (
        *spans,
        *probes,
        *loose,
        *everyday,
        *(_episode(draw, kind, length) for kind in rare),
    )
    trouble = bool(probes or loose) or any(each.kind == "cold_hands" for each in everyday)
    return Luck(draw.randrange(1_000_000_000), happenings, tuple(rare), trouble)


def _times(draw: random.Random, an_hour: float, length: float) -> Iterator[float]:
    at = draw.expovariate(an_hour / 3600.0)
    while at < length:
        yield at
        at += draw.expovariate(an_hour / 3600.0)


def _episode(draw: random.Random, kind: str, length: float) -> Episode:
    """In the middle of the visit: after it has begun, and with time to pass."""
    return episode(kind, draw.uniform(0.15, 0.6) * length)
