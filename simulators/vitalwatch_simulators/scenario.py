"""Scenario files: what happens to a patient, a monitor and a line, when, and which alarms that has to give.

A scenario is a TOML file of steps in time::

    summary = "The oximeter comes off during the infusion."
    length = "15m"

    [[step]]
    at = "0s"
    give = { drug = "ketamine", route = "iv", mg_per_kg = 0.5, minutes = 40 }

    [[step]]
    at = "8m"
    event = "probe_off"
    lasts = "35s"
    expect = ["T-PROBE within 40s", "no SPO2-LOW"]

Steps are of five kinds: ``set`` pulls vitals to values, ``give`` gives a drug, ``event`` lets something befall the
person, the sensor or the cuff, ``fault`` breaks a monitor or its line, ``phase`` and ``baseline`` are what the nurse
tells the chair. A step that only expects something is one too. The format is described in
``config/scenarios/README.md``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from vitalwatch.config.document import read, to_json
from vitalwatch.config.explain import Explainer
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.errors import ConfigError
from vitalwatch_simulators.faults import FAULTS
from vitalwatch_simulators.patient import PULLED, Happening, Patient, Pull, Span, Stop
from vitalwatch_simulators.physiology.drugs import INFUSION_MIN, Dose, Route
from vitalwatch_simulators.physiology.episodes import KINDS, episode

_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")

SPAN_EVENTS: Final = {
    "probe_off": "off",
    "probe_unplugged": "unplugged",
    "probe_searching": "searching",
    "motion": "motion",
    "cuff_leak": "cuff_leak",
}
"""Events of sensor, arm and cuff, and what holds then."""


def seconds(text: object) -> object:
    """Read a duration: ``8m``, ``30s``, ``1h30m``, ``1.5s``."""
    if not isinstance(text, str):
        raise ValueError('is a time in quotes, for example "8m", "30s" or "1h30m"')
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        raise ValueError(f'"{text}" is not a time; write for example "8m", "30s" or "1h30m"')
    hours, minutes, rest = found.groups()
    return int(hours or 0) * 3600.0 + int(minutes or 0) * 60.0 + float(rest or 0)


Duration = Annotated[float, BeforeValidator(seconds)]


class Part(BaseModel):
    """Base of everything in a scenario: unknown keys are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Give(Part):
    """A dose."""

    drug: Literal["ketamine"]
    route: Route = "iv"
    mg_per_kg: float = Field(0.0, ge=0, le=5)
    mg: float = Field(0.0, ge=0, le=500)
    minutes: float = Field(INFUSION_MIN, gt=0, le=240)

    @model_validator(mode="after")
    def _one_size(self) -> Give:
        if self.mg and self.mg_per_kg:
            raise ValueError("say how much once: mg for the whole dose, or mg_per_kg")
        return self


class Expectation(Part):
    """What has to be seen of the alarms.

    Attributes:
        condition: a catalogue id, or the beginning of several with ``*`` behind.
        never: whether it must not become active.
        within: seconds from the step in which it has to (or must not) become active; infinite for the rest.
    """

    condition: str
    never: bool
    within: float

    @property
    def text(self) -> str:
        """As it stands in the file."""
        span = "" if math.isinf(self.within) else f" {'for' if self.never else 'within'} {self.within:g}s"
        return f"{'no ' if self.never else ''}{self.condition}{span}"

    def fits(self, condition: str) -> bool:
        """Whether it speaks of this condition."""
        return (
            condition.startswith(self.condition[:-1]) if self.condition.endswith("*") else condition == self.condition
        )


_EXPECTATION: Final = re.compile(r"(no )?([A-Z][A-Z0-9-]*\*?|\*)(?: (within|for) (\S+))?")


def expectation(text: object) -> object:
    """Read ``SPO2-LOW within 20s``, ``no DESAT``, ``no SPO2-* for 5m``."""
    found = _EXPECTATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or (found[3] == "for") != bool(found[1] and found[3]):
        raise ValueError('write "SPO2-LOW within 20s", "no SPO2-LOW" or "no SPO2-* for 5m"')
    if not found[1] and not found[3]:
        raise ValueError(f'say in which time: "{text} within 20s"')
    return {"condition": found[2], "never": bool(found[1]), "within": seconds(found[4]) if found[4] else math.inf}


class Step(Part):
    """Something that happens at one time."""

    at: Duration
    note: str = ""
    set: dict[str, float] = Field(default_factory=dict)
    over: Duration = 0.0
    lasts: Duration | None = None
    give: Give | None = None
    stop: Literal["infusion"] | None = None
    event: str | None = None
    strength: float = Field(1.0, gt=0, le=3)
    fault: str | None = None
    device: str | None = None
    phase: Literal["preparation", "infusion", "recovery"] | None = None
    baseline: bool = False
    expect: list[Annotated[dict[str, Any], BeforeValidator(expectation)]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names(self) -> Step:
        for vital in self.set:
            if vital not in PULLED:
                raise ValueError(f'"{vital}" cannot be set; there are: {", ".join(PULLED)}')
        events = (*SPAN_EVENTS, *KINDS)
        if self.event is not None and self.event not in events:
            raise ValueError(f'there is no event "{self.event}"; there are: {", ".join(events)}')
        if self.fault is not None and self.fault not in FAULTS:
            raise ValueError(f'there is no fault "{self.fault}"; there are: {", ".join(FAULTS)}')
        if self.device is not None and self.fault is None:
            raise ValueError("only a fault is that of a device")
        return self

    @property
    def expectations(self) -> list[Expectation]:
        """What is expected, read."""
        return [Expectation.model_construct(**each) for each in self.expect]

    def happenings(self, after: float = 0.0) -> Iterator[Happening]:
        """What the step does to the patient, ``after`` seconds later than it says."""
        at = self.at + after
        lasts = math.inf if self.lasts is None else self.lasts
        for vital, target in self.set.items():
            yield Pull(vital, target, at, self.over, lasts)
        if self.give is not None:
            yield Dose(self.give.route, at, self.give.mg_per_kg, self.give.minutes, self.give.mg)
        if self.stop is not None:
            yield Stop(at)
        if self.event in SPAN_EVENTS:
            yield Span(SPAN_EVENTS[self.event], at, at + lasts)  # type: ignore[arg-type]
        elif self.event is not None:
            onset = self.over or None
            yield episode(self.event, at, strength=self.strength, onset=onset, lasts=self.lasts)


class Scenario(Part):
    """A whole scenario.

    Attributes:
        summary: one line for people.
        length: how long it takes, seconds.
        profile: the alarm profile that its expectations are meant for.
        devices: kinds of simulated devices at the chair.
        nibp_interval: seconds between two cuff readings.
        same_arm: whether cuff and oximeter sit on one arm.
        seed: who the patient is, when nothing else is said.
        again: the steps begin anew each so many seconds; 0 for once.
        step: the steps, in any order.
    """

    summary: str = Field(min_length=1, max_length=120)
    length: Duration
    profile: str = "ketamine-iv"
    devices: list[str] = Field(default=["masimo", "json-cuff"], min_length=1)
    nibp_interval: Duration = 300.0
    same_arm: bool = False
    seed: int = 1
    again: Duration = 0.0
    step: list[Step] = Field(default_factory=list)

    def patient(self, seed: int | None = None) -> Patient:
        """The person to whom this happens."""
        return Patient(self.seed if seed is None else seed, self.happenings())

    def happenings(self) -> list[Happening]:
        """All that happens to the person."""
        return [each for begins in self.rounds() for step in self.step for each in step.happenings(begins)]

    def rounds(self) -> list[float]:
        """When the steps begin, seconds since the start: once, or each ``again`` seconds of the length."""
        return [n * self.again for n in range(math.ceil(self.length / self.again) if self.again else 1)]


def folder() -> Path:
    """The folder of the scenarios that come with VitalWatch: package data when installed, else of the checkout.

    Raises:
        ConfigError: if neither is there.
    """
    here = Path(__file__).resolve()
    for place in (here.parent / "builtin_scenarios", here.parents[2] / "config" / "scenarios"):
        if place.is_dir():
            return place
    raise ConfigError("The scenarios are not where they belong.", hint="Install VitalWatch again.")


def scenario_names() -> list[str]:
    """Names of the scenarios that come with VitalWatch, sorted."""
    return sorted(path.stem for path in folder().glob("*.toml"))


def load_scenario(name: str) -> Scenario:
    """Load a scenario by its name, or from a path that ends in ``.toml``.

    Raises:
        BadConfig: with all mistakes, if the file has any.
        ConfigError: if there is no such scenario, or it cannot be read.
    """
    if not name.endswith(".toml") and name not in scenario_names():
        hint = f"There are: {', '.join(scenario_names())}. A file of your own is named with its ending .toml."
        raise ConfigError(f'There is no scenario "{name}".', hint=hint)
    document = read(Path(name) if name.endswith(".toml") else folder() / f"{name}.toml")
    try:
        return Scenario.model_validate_json(to_json(document.data))
    except ValidationError as error:
        explainer = Explainer(Scenario, document.data, lambda path: (document, path))
        raise BadConfig(explainer.explain(error)) from None


def patient_in(name: str, seed: int) -> Patient:
    """A person to whom a scenario happens.

    Raises:
        ConfigError: as :func:`load_scenario`.
    """
    return load_scenario(name).patient(seed)
