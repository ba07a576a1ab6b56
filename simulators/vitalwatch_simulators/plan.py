"""Clinic plans: which simulated devices sit at which chair, and what happens there. TOML, read with all its mistakes.

::

    seed = 1

    [[chair]]
    id = "1"
    scenario = "desaturation"

    [[chair.device]]
    kind = "nellcor"
    link = "pty:/tmp/chair-1"

All devices of a chair are on one person, to whom the chair's scenario happens. The keys are described in the
simulators' README.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from pydantic import Field, ValidationError

from vitalwatch.config.document import Document, read, to_json
from vitalwatch.config.explain import Explainer
from vitalwatch.config.mistakes import BadConfig
from vitalwatch.errors import ConfigError, LinkError
from vitalwatch_simulators.clinic import DEVICES, DevicePlan, has_cuff
from vitalwatch_simulators.links import parse_link
from vitalwatch_simulators.mqtt_json.monitor import INFLATING_S
from vitalwatch_simulators.scenario import Duration, Part, Scenario, load_scenario

MOST_CHAIRS: Final = 500
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,32}")


class _Device(Part):
    kind: str = Field(description="A kind of simulated device; vitalwatch-sim --help lists them.")
    link: str = Field(description="Where it speaks.")
    id: str = Field("", description="Its name at the chair, and for itself if its protocol says one.")
    interval: Duration | None = Field(None, description="Time from one cuff reading to the next.")


class _Chair(Part):
    id: str = Field(description="Its name: 1 to 32 letters, digits, . _ or -.")
    scenario: str = Field("quiet", description="A scenario's name, or the path of a file that ends in .toml.")
    seed: int | None = Field(None, description="Who the person is.")
    device: list[_Device] = Field(min_length=1, description="The devices, one [[chair.device]] block each.")


class _File(Part):
    speed: float = Field(1.0, gt=0, le=1000, description="Simulated seconds in one real second.")
    seed: int = Field(1, description="The same seed gives the same persons and the same faults.")
    chair: list[_Chair] = Field(
        min_length=1, max_length=MOST_CHAIRS, description="The chairs, one [[chair]] block each."
    )


class ChairPlan(msgspec.Struct, frozen=True):
    """One simulated chair.

    Attributes:
        id: its name.
        scenario: what happens at it.
        seed: who the person is.
        devices: its devices by their names at this chair.
        named: what the plan calls the scenario.
    """

    id: str
    scenario: Scenario
    seed: int
    devices: dict[str, DevicePlan]
    named: str = ""


class ClinicPlan(msgspec.Struct, frozen=True):
    """Many chairs in one process.

    Attributes:
        chairs: all of them, at least one.
        speed: simulated seconds in one real second.
        seed: of persons and faults.
    """

    chairs: tuple[ChairPlan, ...]
    speed: float = 1.0
    seed: int = 1


def person_seed(seed: int, number: int) -> int:
    """Who sits in the chair with this number, from 1, when nothing else is said."""
    return seed * 1000 + number


def load_plan(path: Path) -> ClinicPlan:
    """Read a plan file.

    Raises:
        BadConfig: with every mistake, if the file, or a scenario that it names, has any.
        ConfigError: if it cannot be read.
    """
    document = read(path)
    try:
        file = _File.model_validate_json(to_json(document.data))
    except ValidationError as error:
        raise BadConfig(Explainer(_File, document.data, lambda path: (document, path)).explain(error)) from None
    scenarios, mistakes = _scenarios(document, file)
    mistakes += [*_doubles(document, file), *_misfits(document, file)]
    if not mistakes:
        mistakes += _unknown_devices(document, file, scenarios)
    if mistakes:
        raise BadConfig(mistakes)
    chairs = tuple(
        ChairPlan(
            chair.id,
            scenarios[chair.scenario],
            person_seed(file.seed, number) if chair.seed is None else chair.seed,
            {device.id or device.kind: _device(device, chair.id, scenarios[chair.scenario]) for device in chair.device},
            chair.scenario,
        )
        for number, chair in enumerate(file.chair, 1)
    )
    return ClinicPlan(chairs, file.speed, file.seed)


def _device(device: _Device, chair: str, scenario: Scenario) -> DevicePlan:
    interval = scenario.nibp_interval if device.interval is None else device.interval
    name = device.id or f"{device.kind}-{chair}"
    return DevicePlan(device.kind, device.link, name, interval if has_cuff(device.kind) else None)


def _scenarios(document: Document, file: _File) -> tuple[dict[str, Scenario], list[ConfigError]]:
    """The scenarios that the chairs name, each read once; and what is wrong with them."""
    found: dict[str, Scenario] = {}
    mistakes: list[ConfigError] = []
    for number, chair in enumerate(file.chair):
        name = chair.scenario
        if name in found:
            continue
        try:
            # A relative path is meant from the folder of the plan.
            found[name] = load_scenario(str(document.path.parent / name) if name.endswith(".toml") else name)
        except BadConfig as error:
            mistakes += error.mistakes
        except ConfigError as error:
            mistakes.append(document.mistake(("chair", number, "scenario"), error.reason, error.hint))
    return found, mistakes


def _doubles(document: Document, file: _File) -> Iterator[ConfigError]:
    """Names that cannot be used, and names and links that stand twice."""
    chairs: set[str] = set()
    for number, chair in enumerate(file.chair):
        yield from _named(document, ("chair", number, "id"), chair.id, chairs, "chair")
        devices: set[str] = set()
        for place, device in enumerate(chair.device):
            at = ("chair", number, "device", place, "id" if device.id else "kind")
            yield from _named(document, at, device.id or device.kind, devices, "device of this chair")


def _named(
    document: Document, at: tuple[str | int, ...], name: str, taken: set[str], what: str
) -> Iterator[ConfigError]:
    if _ID.fullmatch(name) is None:
        hint = "A name is 1 to 32 letters, digits, dots, underscores or hyphens."
        yield document.mistake(at, f'"{name}" cannot be a name.', hint)
    if name in taken:
        yield document.mistake(at, f'Another {what} is called "{name}".', "Give this one an id of its own.")
    taken.add(name)


def _misfits(document: Document, file: _File) -> Iterator[ConfigError]:
    """Kinds that there are not, links that do not fit them, and intervals of what has no cuff."""
    links: set[str] = set()
    for number, chair in enumerate(file.chair):
        for place, device in enumerate(chair.device):
            at = ("chair", number, "device", place)
            kind = DEVICES.get(device.kind)
            if kind is None:
                hint = f"There are: {', '.join(DEVICES)}."
                yield document.mistake((*at, "kind"), f'There is no device "{device.kind}".', hint)
                continue
            if device.interval is not None and not has_cuff(device.kind):
                reason = f"A {device.kind} has no cuff whose interval can be set."
                yield document.mistake((*at, "interval"), reason, "Leave it out.")
            elif device.interval is not None and device.interval <= INFLATING_S:
                reason = f"A cuff cannot measure every {device.interval:g} s."
                yield document.mistake((*at, "interval"), reason, f"A measurement takes {INFLATING_S:g} s.")
            try:
                link = parse_link(device.link)
            except LinkError as error:
                yield document.mistake((*at, "link"), f"{error}.")
                continue
            if not isinstance(link, kind.links):
                forms = " or ".join(fitting.form for fitting in kind.links)
                yield document.mistake((*at, "link"), f"A {device.kind} does not speak on {link}.", f"Give it {forms}.")
            if str(link) in links:
                yield document.mistake((*at, "link"), f"Two devices have the link {link}.", "Give each its own.")
            links.add(str(link))


def _unknown_devices(document: Document, file: _File, scenarios: dict[str, Scenario]) -> Iterator[ConfigError]:
    """Scenarios that break a device which their chair has not."""
    for number, chair in enumerate(file.chair):
        here = {name for device in chair.device for name in (device.kind, device.id)}
        for step in scenarios[chair.scenario].step:
            if step.device is not None and step.device not in here:
                reason = f'The scenario "{chair.scenario}" breaks a device "{step.device}", and this chair has none.'
                yield document.mistake(("chair", number, "scenario"), reason, "Name a device so, or choose another.")
                break
