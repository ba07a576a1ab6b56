"""A simulated clinic that runs: its chairs, what is going on there, and what people may let happen while it does.

Nothing here knows how people ask; ``control`` takes it over HTTP and ``terminal`` from a keyboard.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from vitalwatch.clock import SystemClock
from vitalwatch.config.document import Document, to_json
from vitalwatch.config.explain import Explainer
from vitalwatch.errors import ConfigError, VitalWatchError
from vitalwatch_simulators.clinic import DevicePlan, make_rig, put_on_link
from vitalwatch_simulators.faults import FAULTS
from vitalwatch_simulators.patient import KEPT_S, Patient, PatientVitals
from vitalwatch_simulators.plan import ChairPlan, ClinicPlan
from vitalwatch_simulators.rig import Rig
from vitalwatch_simulators.scenario import Step
from vitalwatch_simulators.serve import serve
from vitalwatch_simulators.wires.plug import Plug
from vitalwatch_simulators.wires.timeline import Timeline

NOT_LIVE: Final = frozenset({"at", "note", "device", "phase", "baseline", "expect"})
"""Keys of a scenario's step that mean nothing when something is to happen now."""

Found = TypeVar("Found")


class Refused(VitalWatchError):  # noqa: N818 - reads as what it is
    """Something that cannot happen; nothing was done. The text says why, and what there is."""


class NotThereError(Refused):
    """There is no such chair or device."""


class LiveDevice:
    """One device of a running clinic.

    Attributes:
        address: its name in the clinic, ``CHAIR/DEVICE``.
        plan: what it is, and where it speaks.
        rig: the monitor with its faults.
        plug: the rig on its wire.
    """

    def __init__(self, address: str, plan: DevicePlan, rig: Rig) -> None:
        self.address = address
        self.plan = plan
        self.rig = rig
        self.plug = Plug(put_on_link(plan, rig), rig.line)

    def possible_faults(self) -> list[str]:
        """What can go wrong with it."""
        return [fault for fault in FAULTS if self.rig.can(fault)]

    def break_(self, fault: str, at: float, lasts: float) -> None:
        """Let a fault hold from ``at`` on for so many seconds."""
        self.rig.line.begin(fault, at, lasts)
        self.plug.look()

    def mend(self, at: float) -> None:
        """End every fault, also those that are to come."""
        self.rig.line.end(at)
        self.plug.look()


class LiveChair:
    """One chair of a running clinic.

    Attributes:
        plan: what was planned.
        patient: who sits there.
        devices: by their names at this chair.

    Raises:
        ConfigError: if the scenario breaks a device in a way that it cannot be broken, or a link does not fit.
        LinkError: if a link cannot be read.
    """

    def __init__(self, plan: ChairPlan, started: datetime, seed: int) -> None:
        self.plan = plan
        self.patient: Patient = plan.scenario.patient(plan.seed)
        self.devices = {
            name: self._device(f"{plan.id}/{name}", device, started, seed) for name, device in plan.devices.items()
        }
        for begins in plan.scenario.rounds():
            self._begin_faults(begins)

    async def go_on(self, timeline: Timeline) -> None:
        """Begin the scenario anew each time that it says so, beyond its own length."""
        scenario = self.plan.scenario
        if not scenario.again:
            return
        for number in itertools.count(len(scenario.rounds())):
            begins = number * scenario.again
            await timeline.until(begins)
            for step in scenario.step:
                for happening in step.happenings(begins):
                    self.patient.happen(happening)
            for device in self.devices.values():
                device.rig.line.forget(begins - KEPT_S)
            self._begin_faults(begins)

    def _device(self, address: str, plan: DevicePlan, started: datetime, seed: int) -> LiveDevice:
        return LiveDevice(address, plan, make_rig(plan, self.patient, started, f"{seed}/{address}"))

    def _begin_faults(self, begins: float) -> None:
        for step in self.plan.scenario.step:
            if step.fault is None:
                continue
            for device in self._broken_by(step):
                device.break_(step.fault, begins + step.at, math.inf if step.lasts is None else step.lasts)

    def _broken_by(self, step: Step) -> list[LiveDevice]:
        assert step.fault is not None
        if step.device is None:
            return [device for device in self.devices.values() if device.rig.can(step.fault)]
        meant = [device for name, device in self.devices.items() if step.device in (name, device.plan.device)]
        for device in meant:
            if not device.rig.can(step.fault):
                raise ConfigError(f"A {device.plan.device} cannot have the fault {step.fault}.", key="scenario")
        return meant


class LiveClinic:
    """All that runs in one process.

    Args:
        plan: what runs.
        started: what the devices' own clocks read at the start, with its offset.

    Raises:
        ConfigError: if the plan cannot be carried out.
        LinkError: if a link cannot be read.

    Attributes:
        timeline: the time that all share.
        chairs: by their ids.
    """

    def __init__(self, plan: ClinicPlan, started: datetime) -> None:
        self.timeline = Timeline(SystemClock(plan.speed))
        self.chairs = {chair.id: LiveChair(chair, started, plan.seed) for chair in plan.chairs}

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled; ``ready`` is called when every wire is open.

        Raises:
            LinkError: if a wire cannot be opened at the start.
        """
        plugs = [device.plug for device in self.devices()]
        tasks = [
            asyncio.create_task(serve(plugs, self.timeline, ready=ready), name="wires"),
            *(
                asyncio.create_task(chair.go_on(self.timeline), name=f"scenario of chair {name}")
                for name, chair in self.chairs.items()
            ),
        ]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in ended:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def devices(self) -> Iterator[LiveDevice]:
        """Every device of every chair."""
        for chair in self.chairs.values():
            yield from chair.devices.values()

    def vitals(self, chair: str) -> PatientVitals:
        """How the person in a chair is now."""
        return self.chairs[chair].patient.vitals(self.timeline.now())

    def break_(self, address: str, wanted: Mapping[str, object]) -> str:
        """Let a fault happen now.

        Args:
            address: ``CHAIR/DEVICE``; ``CHAIR`` for all of its devices that can have it.
            wanted: ``fault``, and ``lasts`` if it is to end by itself, as in a scenario's step.

        Returns:
            A sentence that says what happens.

        Raises:
            Refused: if it cannot.
        """
        devices = self._addressed(address)
        step = _step(wanted, {"fault", "lasts"})
        if step.fault is None:
            raise Refused(f"Say which fault. There are: {', '.join(FAULTS)}.")
        able = [device for device in devices if device.rig.can(step.fault)]
        if not able:
            raise Refused(f"{address} cannot have {step.fault}. It can have: {_union(devices)}.")
        now = self.timeline.now()
        for device in able:
            device.rig.line.forget(now - KEPT_S)
            device.break_(step.fault, now, math.inf if step.lasts is None else step.lasts)
        return f"{', '.join(device.address for device in able)}: {FAULTS[step.fault].summary}{_for(step)}."

    def mend(self, address: str) -> str:
        """End every fault of a device, or of all at a chair; also those that its scenario has still to come.

        Raises:
            Refused: if there is no such device.
        """
        devices = self._addressed(address)
        for device in devices:
            device.mend(self.timeline.now())
        return f"{', '.join(device.address for device in devices)}: nothing is wrong any more."

    def befall(self, chair: str, wanted: Mapping[str, object]) -> str:
        """Let something happen to a person now.

        Args:
            chair: whose person.
            wanted: ``event``, ``set``, ``give`` or ``stop``, with ``lasts``, ``over`` and ``strength``, as in a
                scenario's step.

        Returns:
            A sentence that says what happens.

        Raises:
            Refused: if it cannot.
        """
        patient = self._chair(chair).patient
        step = _step(wanted, set(Step.model_fields) - NOT_LIVE - {"fault"})
        happenings = list(step.happenings(self.timeline.now()))
        if not happenings:
            raise Refused("Say what happens: an event, values to set, a dose to give, or stop.")
        for happening in happenings:
            patient.happen(happening)
        said = [step.event] if step.event else []
        said += [f"{vital} goes to {value:g}" for vital, value in step.set.items()]
        said += [f"{step.give.drug} is given ({step.give.route})"] if step.give else []
        said += ["infusions stop"] if step.stop else []
        return f"Chair {chair}: {', '.join(said)}{_for(step)}."

    def _chair(self, name: str) -> LiveChair:
        return _find(name, self.chairs, "chair")

    def _addressed(self, address: str) -> list[LiveDevice]:
        chair, slash, name = address.partition("/")
        devices = self._chair(chair).devices
        return [_find(name, devices, f"device at chair {chair}")] if slash else list(devices.values())


def _find(name: str, known: Mapping[str, Found], what: str) -> Found:
    if name not in known:
        raise NotThereError(f'There is no {what} called "{name}". There are: {", ".join(known)}.')
    return known[name]


def _union(devices: list[LiveDevice]) -> str:
    return ", ".join(fault for fault in FAULTS if any(device.rig.can(fault) for device in devices))


def _for(step: Step) -> str:
    return "" if step.lasts is None else f", for {step.lasts:g} s"


def _step(wanted: Mapping[str, object], known: set[str]) -> Step:
    """Read what is wanted as a step of a scenario that happens now."""
    for key in wanted:
        if key not in known:
            raise Refused(f'"{key}" means nothing here. Known: {", ".join(sorted(known))}.')
    data: dict[str, Any] = {"at": "0s", **wanted}
    document = Document(Path(), "", data)
    try:
        return Step.model_validate_json(to_json(data))
    except ValidationError as error:
        mistakes = Explainer(Step, data, lambda path: (document, path)).explain(error)
        raise Refused(" ".join(f"{mistake.reason} {mistake.hint}".strip() for mistake in mistakes)) from None
