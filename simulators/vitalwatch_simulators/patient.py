"""A simulated person in an infusion chair: what monitors at the chair can see, second by second.

The person is a body (``physiology``) to which things happen: doses, episodes, values that are pulled somewhere by hand,
a sensor that comes off. What happens may be known from the start (a scenario) or be told while it runs; either way the
same seed and the same happenings at the same times give the same vitals to the last digit, in whatever order and by
however many monitors they are asked for.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

import msgspec

from vitalwatch.errors import UsageError
from vitalwatch_simulators.physiology.body import Body, State
from vitalwatch_simulators.physiology.drugs import Dose
from vitalwatch_simulators.physiology.episodes import Episode, bump
from vitalwatch_simulators.physiology.person import Person, person

Sensor: TypeAlias = Literal["on", "off", "unplugged", "searching"]
"""How the oximeter's sensor sits: on the finger, fallen off, cable out, or just put on and looking for a pulse."""

SEARCH_S: Final = 8.0
"""How long a sensor that was put back on looks for the pulse."""

KEPT_S: Final = 600
"""How far back vitals can be asked for, in seconds before the newest that were."""

PULLED: Final = (
    "heart_rate",
    "spo2",
    "systolic",
    "diastolic",
    "respiration_rate",
    "etco2",
    "temperature",
    "perfusion_index",
)
"""What can be pulled to a value by hand."""


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
        respiration_rate: breaths a minute; 0 while breathing stands still.
        etco2: carbon dioxide at the end of a breath, mmHg; 0 without breaths.
        temperature: °C.
        beats: heart beats since the start, with the share of the present one that is over.
        cuff_leaks: whether the cuff cannot hold its pressure.
    """

    heart_rate: float
    spo2: float
    perfusion_index: float
    systolic: float
    diastolic: float
    mean_pressure: float
    sensor: Sensor
    motion: bool
    respiration_rate: float = 14.0
    etco2: float = 38.0
    temperature: float = 36.8
    beats: float = 0.0
    cuff_leaks: bool = False

    @property
    def spoils_cuff(self) -> bool:
        """Whether a cuff measurement that ends now has no result."""
        return self.motion or self.cuff_leaks


class Pull(msgspec.Struct, frozen=True):
    """A value is pulled to a target by hand, whatever the body does.

    Attributes:
        vital: one of ``PULLED``.
        target: in the vital's unit.
        at: when it begins, seconds since the start.
        over: seconds until it is there, and until it is back.
        lasts: seconds at the target; infinite for good.
    """

    vital: str
    target: float
    at: float
    over: float
    lasts: float = math.inf


class Span(msgspec.Struct, frozen=True):
    """A sensor sits otherwise, the arm moves or the cuff leaks, from ``at`` until ``until``, seconds."""

    what: Literal["off", "unplugged", "searching", "motion", "cuff_leak"]
    at: float
    until: float


class Stop(msgspec.Struct, frozen=True):
    """Every infusion that runs at this time, seconds since the start, is stopped."""

    at: float


Happening: TypeAlias = Dose | Episode | Pull | Span | Stop
"""Anything that can happen to the person."""


class Patient:
    """One simulated person.

    Args:
        seed: who it is; the same seed gives the same person.
        happenings: what is known from the start to happen.
    """

    def __init__(self, seed: int, happenings: Iterable[Happening] = ()) -> None:
        self.person: Person = person(seed)
        self._body = Body(self.person)
        self._doses: list[Dose] = []
        self._stops: list[float] = []
        self._episodes: list[Episode] = []
        self._pulls: list[Pull] = []
        self._spans: list[Span] = []
        self._newest = 0
        self._states: deque[State] = deque([self._body.step(0.0, (), ())], maxlen=KEPT_S)
        for happening in happenings:
            self.happen(happening)

    def happen(self, happening: Happening) -> None:
        """Let something happen. What of it lies before the newest vitals that were asked for is already past."""
        self._forget()
        match happening:
            case Dose():
                self._doses.append(happening.by_weight(self.person.weight))
            case Episode():
                self._episodes.append(happening)
            case Pull():
                self._pulls.append(happening)
            case Span():
                self._spans.append(happening)
            case Stop():
                self._stops.append(happening.at)

    def stop_infusions(self, at: float) -> None:
        """Stop every infusion that runs."""
        self.happen(Stop(at))

    def refit(self, at: float) -> None:
        """Let somebody put sensor and cuff right: what was wrong with them at ``at`` is over then."""
        self._spans = [
            msgspec.structs.replace(span, until=at) if span.what != "motion" and span.at <= at < span.until else span
            for span in self._spans
        ]

    def vitals(self, t: float) -> PatientVitals:
        """The state of the person at ``t`` seconds since the start, ``t`` >= 0.

        Raises:
            UsageError: if ``t`` lies more than ``KEPT_S`` before the newest time that was asked for.
        """
        before = math.floor(t)
        self._move_to(before + 1)
        first, second = self._state(before), self._state(before + 1)
        share = t - before

        def at(name: str) -> float:
            start: float = getattr(first, name)
            end: float = getattr(second, name)
            return self._pulled(name, start + (end - start) * share, t)

        systolic, diastolic = at("systolic"), at("diastolic")
        return PatientVitals(
            heart_rate=at("heart_rate"),
            spo2=at("spo2"),
            perfusion_index=at("perfusion_index"),
            systolic=systolic,
            diastolic=diastolic,
            mean_pressure=diastolic + (systolic - diastolic) / 3.0,
            sensor=self._sensor(t),
            motion=self._holds("motion", t),
            respiration_rate=at("respiration_rate"),
            etco2=at("etco2"),
            temperature=at("temperature"),
            beats=at("beats"),
            cuff_leaks=self._holds("cuff_leak", t),
        )

    def _forget(self) -> None:
        """Drop what was over before the oldest time that can still be asked for: a clinic may run for days."""
        oldest = self._newest - KEPT_S
        self._episodes = [each for each in self._episodes if each.at + each.onset + each.lasts + each.fades > oldest]
        self._pulls = [each for each in self._pulls if each.at + each.lasts + 2 * each.over > oldest]
        self._spans = [each for each in self._spans if each.until + SEARCH_S > oldest]

    def _move_to(self, second: int) -> None:
        doses = [(dose, min((at for at in self._stops if at >= dose.at), default=math.inf)) for dose in self._doses]
        while self._newest < second:
            self._newest += 1
            self._states.append(self._body.step(float(self._newest), doses, self._episodes))

    def _state(self, second: int) -> State:
        place = second - self._newest - 1
        if -place > len(self._states):
            raise UsageError(f"the person's state at {second} s is forgotten; the newest is that at {self._newest} s")
        return self._states[place]

    def _pulled(self, name: str, value: float, t: float) -> float:
        for pull in self._pulls:
            if pull.vital == name:
                value += (pull.target - value) * bump(t - pull.at, pull.over, pull.lasts, pull.over)
        return value

    def _holds(self, what: str, t: float) -> bool:
        return any(span.what == what and span.at <= t < span.until for span in self._spans)

    def _sensor(self, t: float) -> Sensor:
        """The newest that holds; a sensor that was off looks for the pulse for a while when it is back."""
        for span in reversed(self._spans):
            if span.what == "motion" or span.what == "cuff_leak":
                continue
            if span.at <= t < span.until:
                return span.what
            if span.what != "searching" and span.until <= t < span.until + SEARCH_S:
                return "searching"
        return "on"
