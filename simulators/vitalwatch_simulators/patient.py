"""A simulated person in an infusion chair: vitals as a pure function of seed, story and time.

Nothing here knows a device or a wire. ``Patient.vitals(t)`` gives the same answer for the same ``t`` in whatever order
it is asked, so two monitors on one chair agree about the person, and a run can be repeated to the last digit.

The model is small on purpose: a resting adult who wanders slowly, plus one *story*. It is good for showing and testing
alarms and says nothing about how often they happen in real rooms.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

import msgspec

Sensor: TypeAlias = Literal["on", "off", "unplugged", "searching"]
"""How the oximeter's sensor sits: on the finger, fallen off, cable out, or just put on and looking for a pulse."""


class PatientVitals(msgspec.Struct, frozen=True):
    """The state of the person at one time. The values are the body's, also while no sensor can see them.

    Attributes:
        heart_rate: beats a minute.
        spo2: arterial oxygen saturation, %.
        perfusion_index: pulsatile share of the light at the finger, %.
        systolic: mmHg.
        diastolic: mmHg.
        mean_pressure: mmHg, diastolic plus a third of the pulse pressure.
        sensor: how the oximeter's sensor sits.
        motion: whether the arm with sensor and cuff moves too much for a clean reading.
    """

    heart_rate: float
    spo2: float
    perfusion_index: float
    systolic: float
    diastolic: float
    mean_pressure: float
    sensor: Sensor
    motion: bool


class Turn(msgspec.Struct, frozen=True):
    """What a story does to the resting person at one time.

    ``pull`` values move a vital from its resting value (0) to the story's target (1); rises are added.

    Attributes:
        spo2_pull: share of the way to ``DESATURATION_SPO2``.
        heart_rate_pull: share of the way to ``FAST_HEART_RATE``.
        pressure_pull: share of the way to ``CRISIS_PRESSURE``.
        pressure_rise: share of ``KETAMINE_RISE`` that is added.
        sensor: how the oximeter's sensor sits.
        motion: whether the arm moves.
    """

    spo2_pull: float = 0.0
    heart_rate_pull: float = 0.0
    pressure_pull: float = 0.0
    pressure_rise: float = 0.0
    sensor: Sensor = "on"
    motion: bool = False


class Story(msgspec.Struct, frozen=True):
    """A named course of events.

    Attributes:
        summary: one line for people.
        turn: what it does at a time in seconds since the start.
    """

    summary: str
    turn: Callable[[float], Turn]


KETAMINE_RISE: Final = (16.0, 11.0)
"""Mean rise of systolic and diastolic at the peak of an IV ketamine infusion, mmHg: 2,342 infusions at Yale, SD
11.2 / 8.5, peak at 40 min. The spread between people is left out; every simulated person gets the mean."""

KETAMINE_PEAK_S: Final = 40 * 60.0
KETAMINE_END_S: Final = 90 * 60.0
"""Back at the resting pressure: 49 inpatients in Gdansk, within 1.5 h of the start."""

DESATURATION_SPO2: Final = 84.0
FAST_HEART_RATE: Final = 134.0
CRISIS_PRESSURE: Final = (188.0, 114.0)
"""Beyond the > 180/110 that ketamine clinics act on."""

EPISODE_S: Final = 360.0
"""Stories of one short event begin again after this time, so that a long demo keeps showing it."""


def _smooth(t: float, begin: float, end: float) -> float:
    """Go from 0 at ``begin`` to 1 at ``end`` without a corner (half a cosine)."""
    share = min(1.0, max(0.0, (t - begin) / (end - begin)))
    return (1.0 - math.cos(math.pi * share)) / 2.0


def _bump(t: float, rise: tuple[float, float], fall: tuple[float, float]) -> float:
    """Be 0, go up to 1 during ``rise`` and back to 0 during ``fall``."""
    return _smooth(t, *rise) - _smooth(t, *fall)


def _probe_off(t: float) -> Turn:
    into = t % EPISODE_S
    if 40.0 <= into < 75.0:
        return Turn(sensor="off")
    if 75.0 <= into < 83.0:
        return Turn(sensor="searching")
    return Turn()


STORIES: Final[dict[str, Story]] = {
    "quiet": Story("rests; nothing should alarm", lambda _: Turn()),
    "ketamine": Story(
        "pressure rises by 16/11 mmHg until 40 min and is back by 90 min",
        lambda t: Turn(pressure_rise=_bump(t, (0.0, KETAMINE_PEAK_S), (KETAMINE_PEAK_S, KETAMINE_END_S))),
    ),
    "desaturation": Story(
        "SpO2 falls to 84 % from 15 s on and recovers from 70 s on; again every 6 min",
        lambda t: Turn(spo2_pull=_bump(t % EPISODE_S, (15.0, 35.0), (70.0, 90.0))),
    ),
    "probe_off": Story("the oximeter's sensor is off the finger from 40 to 75 s; again every 6 min", _probe_off),
    "pressure_rise": Story(
        "pressure is above 180/110 mmHg from 30 s to 15 min, so from the second cuff reading on",
        lambda t: Turn(pressure_pull=_bump(t, (10.0, 30.0), (900.0, 1500.0))),
    ),
    "fast_heart": Story(
        "the heart goes up to 134 bpm from 20 s on and slows from 3 min on; again every 6 min",
        lambda t: Turn(heart_rate_pull=_bump(t % EPISODE_S, (20.0, 40.0), (180.0, 240.0))),
    ),
    "motion": Story(
        "the arm moves from 20 to 60 s; again every 6 min", lambda t: Turn(motion=20.0 <= t % EPISODE_S < 60.0)
    ),
}
"""Every story by its name."""


class _Wander:
    """A resting value of one person that drifts slowly and flickers a little from second to second.

    Args:
        seed: text that names the person and the vital; same text, same course.
        low: lowest resting value of any person.
        high: highest resting value of any person.
        drift: how far the slow part goes to either side.
        flicker: how far the part that changes each second goes to either side.
    """

    def __init__(self, seed: str, low: float, high: float, drift: float, flicker: float) -> None:
        draw = random.Random(seed)
        self._seed = seed
        self._rest = draw.uniform(low, high)
        self._flicker = flicker
        # Three waves of some minutes each; together they never go further than ``drift``.
        self._waves = [
            (drift / 3.0, math.tau / draw.uniform(60.0, 600.0), draw.uniform(0.0, math.tau)) for _ in range(3)
        ]

    def at(self, t: float) -> float:
        """The value at ``t`` seconds since the start."""
        slow = sum(size * math.sin(pace * t + phase) for size, pace, phase in self._waves)
        quick = random.Random(f"{self._seed}/{math.floor(t)}").uniform(-self._flicker, self._flicker)
        return self._rest + slow + quick


class Patient:
    """One simulated person.

    Args:
        seed: who it is; the same seed gives the same person.
        story: a name in ``STORIES``.

    Raises:
        KeyError: if there is no such story.
    """

    def __init__(self, seed: int, story: str = "quiet") -> None:
        self._story = STORIES[story]
        # Resting adults well inside the usual limits: what alarms is the story, never the wander.
        self._heart_rate = _Wander(f"{seed}/heart_rate", 62.0, 86.0, 4.0, 1.0)
        self._spo2 = _Wander(f"{seed}/spo2", 96.0, 98.5, 0.7, 0.3)
        self._perfusion_index = _Wander(f"{seed}/perfusion_index", 1.5, 6.0, 0.5, 0.2)
        self._systolic = _Wander(f"{seed}/systolic", 108.0, 128.0, 5.0, 1.5)
        self._diastolic = _Wander(f"{seed}/diastolic", 64.0, 80.0, 3.0, 1.0)

    def vitals(self, t: float) -> PatientVitals:
        """The state of the person at ``t`` seconds since the start, ``t`` >= 0."""
        turn = self._story.turn(t)
        systolic = _pulled(self._systolic.at(t), CRISIS_PRESSURE[0], turn.pressure_pull)
        diastolic = _pulled(self._diastolic.at(t), CRISIS_PRESSURE[1], turn.pressure_pull)
        systolic += KETAMINE_RISE[0] * turn.pressure_rise
        diastolic += KETAMINE_RISE[1] * turn.pressure_rise
        return PatientVitals(
            heart_rate=_pulled(self._heart_rate.at(t), FAST_HEART_RATE, turn.heart_rate_pull),
            spo2=_pulled(self._spo2.at(t), DESATURATION_SPO2, turn.spo2_pull),
            perfusion_index=self._perfusion_index.at(t),
            systolic=systolic,
            diastolic=diastolic,
            mean_pressure=diastolic + (systolic - diastolic) / 3.0,
            sensor=turn.sensor,
            motion=turn.motion,
        )


def _pulled(rest: float, target: float, share: float) -> float:
    """Move ``share`` of the way from ``rest`` to ``target``."""
    return rest + (target - rest) * share
