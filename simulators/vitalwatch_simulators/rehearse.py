"""Plays a scenario through the real service as fast as it goes, and says whether the alarms were those expected.

Everything is real but the wires and the time: simulated monitors speak their bytes, drivers read them, the hub and the
alarm engine decide, and a screen's frames are read. The links are ``loop://`` and the event loop's time jumps from one
event to the next, so an hour takes seconds, and the same scenario and seed give the same alarms at the same moments.
"""

from __future__ import annotations

import asyncio
import json
import math
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from vitalwatch import app
from vitalwatch.alarms.events import SetPhase, TakeBaseline
from vitalwatch.config import load
from vitalwatch.errors import ConfigError
from vitalwatch.hub import Hub, Viewer
from vitalwatch.links import Links
from vitalwatch_simulators.clinic import DevicePlan, make_rig
from vitalwatch_simulators.rig import Rig
from vitalwatch_simulators.scenario import Expectation, Scenario, Step
from vitalwatch_simulators.virtual_time import VirtualClock, run_virtually
from vitalwatch_simulators.wires.loop import OnLoop
from vitalwatch_simulators.wires.timeline import Timeline
from vitalwatch_simulators.wiring import WiredChair, WiredDevice, clinic_toml

CHAIR: Final = "1"
NURSE: Final = "simulated nurse"
STARTED: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""What the clocks of monitors and service show at the start of every rehearsal."""


class Alarm(msgspec.Struct, frozen=True):
    """An alarm that became active.

    Attributes:
        at: seconds since the start.
        condition: catalogue id.
        priority: at that moment.
        text: as the screen shows it.
        ended_at: when it was over; infinite if it was not.
    """

    at: float
    condition: str
    priority: str
    text: str
    ended_at: float = math.inf


class Verdict(msgspec.Struct, frozen=True):
    """Whether one expectation was met.

    Attributes:
        at: seconds of the step that has it.
        expected: as it stands in the file.
        met: whether it was.
        seen_at: when the alarm that it speaks of became active; ``None`` if it did not.
    """

    at: float
    expected: str
    met: bool
    seen_at: float | None


class Rehearsal(msgspec.Struct, frozen=True):
    """What came of a scenario."""

    alarms: tuple[Alarm, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def met(self) -> bool:
        """Whether every expectation was met."""
        return all(verdict.met for verdict in self.verdicts)


def rehearse(
    scenario: Scenario, *, seed: int | None = None, progress: Callable[[float], None] = lambda _: None
) -> Rehearsal:
    """Play a scenario.

    Args:
        scenario: what happens.
        seed: who the patient is; the scenario's own without it.
        progress: is called now and then with the seconds that are over.

    Raises:
        ConfigError: if the scenario names devices or faults that do not go together.
    """
    return run_virtually(lambda: _Stage(scenario, seed).play(progress))


class _Stage:
    """One chair in a service, and what its screen shows."""

    def __init__(self, scenario: Scenario, seed: int | None) -> None:
        self._scenario = scenario
        seed = scenario.seed if seed is None else seed
        self._clock = VirtualClock(STARTED)
        self._timeline = Timeline(self._clock)
        self._links = Links(self._clock, Path())
        self._patient = scenario.patient(seed)
        plans = [DevicePlan(kind, "", f"{kind}-1", interval_s=scenario.nibp_interval) for kind in scenario.devices]
        self._rigs: dict[str, Rig] = {
            plan.device: make_rig(plan, self._patient, STARTED, f"{seed}/{plan.device}") for plan in plans
        }
        self._hub: Hub | None = None
        self._alarms: list[Alarm] = []

    async def play(self, progress: Callable[[float], None]) -> Rehearsal:
        """Let the whole scenario happen."""
        self._begin_faults()
        self._hub = hub = self._service()
        viewer = hub.connect()
        hub.screens.can(viewer, "on", visible=True)
        tasks = [
            asyncio.create_task(hub.run(), name="hub"),
            asyncio.create_task(self._watch(hub, viewer), name="screen"),
            asyncio.create_task(self._act(), name="nurse"),
            *(asyncio.create_task(self._pull_plug(kind, rig), name=f"plug {kind}") for kind, rig in self._rigs.items()),
            *(
                asyncio.create_task(OnLoop(rig, self._links.loop(kind), kind).run(self._timeline), name=kind)
                for kind, rig in self._rigs.items()
            ),
        ]
        self._timeline.begin()
        try:
            await self._wait(tasks, progress)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        alarms = tuple(self._alarms)
        return Rehearsal(alarms, tuple(_verdicts(self._scenario, alarms)))

    def _service(self) -> Hub:
        scenario = self._scenario
        devices = tuple(WiredDevice(f"{kind}-1", kind, f"loop://{kind}") for kind in scenario.devices)
        chair = WiredChair(CHAIR, devices, scenario.profile, scenario.nibp_interval, scenario.same_arm)
        with tempfile.TemporaryDirectory(prefix="vitalwatch-rehearsal-") as folder:
            path = Path(folder) / "clinic.toml"
            path.write_text(clinic_toml("Rehearsal", [chair]), "utf-8")
            config = load(path)
        return app.make_hub(config, self._clock, self._links)

    def _begin_faults(self) -> None:
        for step in self._scenario.step:
            if step.fault is None:
                continue
            for kind, rig in self._of(step).items():
                if not rig.can(step.fault):
                    raise ConfigError(f"{kind} cannot have the fault {step.fault}.", hint="Name another device.")
                for begins in self._scenario.rounds():
                    rig.line.begin(step.fault, begins + step.at, math.inf if step.lasts is None else step.lasts)

    def _of(self, step: Step) -> dict[str, Rig]:
        """The rigs that a fault is of."""
        if step.device is not None and step.device not in self._rigs:
            raise ConfigError(
                f"There is no device {step.device} in the scenario.", hint=f"It has: {', '.join(self._rigs)}."
            )
        if step.fault is None:
            return {}
        return {
            kind: rig
            for kind, rig in self._rigs.items()
            if step.device in (None, kind) and (step.device or rig.can(step.fault))
        }

    async def _wait(self, tasks: list[asyncio.Task[None]], progress: Callable[[float], None]) -> None:
        """Wait for the end; what fails before, also of what the nurse does, is told."""
        going = set(tasks)
        while (left := self._scenario.length - self._timeline.now()) > 0:
            ended, going = await asyncio.wait(going, timeout=min(60.0, left), return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
            progress(min(self._scenario.length, self._timeline.now()))

    async def _watch(self, hub: Hub, viewer: Viewer) -> None:
        """Read the screen's frames, and have each drawn at once."""
        while True:
            frame: dict[str, Any] = json.loads(await viewer.next_frame())
            hub.screens.drew(viewer, frame["seq"])
            if frame["type"] == "alarm" and "to" in frame["transition"]:
                self._take(frame["transition"], frame["alarm"]["text"])

    def _take(self, transition: dict[str, Any], text: str) -> None:
        at, condition = round(self._timeline.now(), 3), transition["condition"]
        if transition["to"] == "active" and transition["from"] in ("idle", "pending"):
            self._alarms.append(Alarm(at, condition, transition["priority"], text))
        elif transition["to"] in ("idle", "latched"):
            self._alarms = [
                msgspec.structs.replace(alarm, ended_at=at)
                if alarm.condition == condition and math.isinf(alarm.ended_at)
                else alarm
                for alarm in self._alarms
            ]

    async def _act(self) -> None:
        """Do what the scenario says that the nurse does."""
        assert self._hub is not None
        steps = ((begins + step.at, step) for begins in self._scenario.rounds() for step in self._scenario.step)
        for at, step in sorted(steps, key=lambda each: each[0]):
            if step.phase is None and not step.baseline:
                continue
            await self._timeline.until(at)
            if step.baseline:
                self._hub.act(TakeBaseline(CHAIR, NURSE))
            if step.phase is not None:
                self._hub.act(SetPhase(CHAIR, step.phase, NURSE))

    async def _pull_plug(self, kind: str, rig: Rig) -> None:
        """Cut and mend the loop of a device each time that a fault of its wire begins or ends."""
        loop, at = self._links.loop(kind), 0.0
        while not math.isinf(at):
            await self._timeline.until(at)
            loop.cut() if rig.line.wire_is_cut(at) else loop.heal()
            at = rig.line.next_turn(at)


def _verdicts(scenario: Scenario, alarms: tuple[Alarm, ...]) -> list[Verdict]:
    return [
        _verdict(step.at + after, expected, alarms)
        for after in _rounds(scenario)
        for step in sorted(scenario.step, key=lambda step: step.at)
        for expected in step.expectations
    ]


def _rounds(scenario: Scenario) -> list[float]:
    """When the steps begin: once, or each ``again`` seconds as long as a whole round fits."""
    if not scenario.again:
        return [0.0]
    return [n * scenario.again for n in range(max(1, int(scenario.length / scenario.again)))]


def _verdict(at: float, expected: Expectation, alarms: tuple[Alarm, ...]) -> Verdict:
    seen = [alarm.at for alarm in alarms if expected.fits(alarm.condition) and at <= alarm.at <= at + expected.within]
    return Verdict(at, expected.text, bool(seen) != expected.never, seen[0] if seen else None)
