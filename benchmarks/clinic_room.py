"""A clinic for a benchmark: chairs whose people come and go, nurses who answer alarms, and the real service between.

As a rehearsal it runs on virtual time and loops; what a nurse does reaches the service as her screen would send it.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.clinic_luck import INFUSION_MIN, PROBES_OFF_AN_HOUR, Luck, Treatment, luck_of
from vitalwatch import app
from vitalwatch.alarms.events import Acknowledge, NewVisit, SetChairState, SetPhase, TakeBaseline
from vitalwatch.config import load
from vitalwatch.driver import Command
from vitalwatch.errors import UsageError
from vitalwatch.hub import Hub, Viewer
from vitalwatch.links import Links
from vitalwatch_simulators.clinic import DevicePlan, make_rig
from vitalwatch_simulators.patient import Patient, PatientVitals
from vitalwatch_simulators.physiology.drugs import Dose
from vitalwatch_simulators.virtual_time import VirtualClock
from vitalwatch_simulators.wires.loop import OnLoop
from vitalwatch_simulators.wires.timeline import Timeline
from vitalwatch_simulators.wiring import WiredChair, WiredDevice, clinic_toml

CHAIRS: Final = 12
NURSES: Final = 3
HOURS: Final = 8.0
CUFF: Final = "suntech"
CUFF_INTERVAL_S: Final = 300.0
STARTED: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

READY_MIN: Final = 11
"""From sitting down to the start: two cuff readings 5 min apart, then the baseline."""
RECOVERY_MIN: Final[dict[Treatment, float]] = {"ketamine-iv": 60.0, "iron": 30.0}
TURNOVER_MIN: Final = 12.0

CUTS_AN_HOUR: Final = 0.02
"""Cuts of one device's link, 5 to 60 s each. Assumed."""

REACTION_S: Final = {"high": 15.0, "medium": 45.0, "low": 180.0}
"""Median time until a nurse who is free is at the chair; log-normal with spread 0.5. Assumed."""
AT_CHAIR_S: Final = (15.0, 45.0)
"""How long she is busy there. Assumed."""

NOBODY: Final = PatientVitals(72.0, 97.0, 3.0, 120.0, 75.0, 90.0, "off", motion=True)
"""What sensors see of an empty chair: a sensor on no finger, and a cuff on no arm."""


class Seat:
    """A chair's place: monitors stay, people come and go."""

    def __init__(self) -> None:
        self._patient: Patient | None = None
        self._since = 0.0

    def sit(self, patient: Patient, t: float) -> None:
        """Somebody sits down."""
        self._patient, self._since = patient, t

    def leave(self) -> None:
        """The place is empty."""
        self._patient = None

    def vitals(self, t: float) -> PatientVitals:
        """What sensors can see at ``t``."""
        if self._patient is None:
            return NOBODY
        return self._patient.vitals(max(0.0, t - self._since))

    def refit(self, t: float) -> None:
        """A nurse puts sensor and cuff right."""
        if self._patient is not None:
            self._patient.refit(t - self._since)


class Alarm(msgspec.Struct):
    """One alarm; times in seconds since the start of the day, ``None`` while it has not happened."""

    chair: str
    condition: str
    priority: str
    at: float
    answered_at: float | None = None


class Visit(msgspec.Struct):
    """One visit: where, when, and what befell; ``put_off`` if the pressure forbade the start."""

    chair: str
    treatment: Treatment
    began: float
    ended: float
    luck: Luck
    put_off: bool


class Day(msgspec.Struct):
    """What came of a day.

    Attributes:
        alarms: every one that became active.
        visits: those that ended.
        cuts: of each link that was cut its chair, and when.
        refused: how often a cuff could not be started.
    """

    alarms: list[Alarm]
    visits: list[Visit]
    cuts: list[tuple[str, float]]
    refused: int = 0


class Nurse:
    """One nurse; she is at one chair at a time."""

    def __init__(self, name: str, draw: random.Random) -> None:
        self.name = name
        self.draw = draw
        self.busy = asyncio.Lock()


class Clinic:
    """One day of one clinic, on a virtual loop.

    Args:
        seed: of the day.
        chairs: how many.
        hours: how long.
        probes_off: how often a probe comes off, an hour.
    """

    def __init__(
        self, seed: int, chairs: int = CHAIRS, hours: float = HOURS, probes_off: float = PROBES_OFF_AN_HOUR
    ) -> None:
        self._probes_off = probes_off
        self._length = hours * 3600.0
        self._seed = seed
        self._clock = VirtualClock(STARTED)
        self._timeline = Timeline(self._clock)
        self._links = Links(self._clock, Path())
        self._seats = {str(number): Seat() for number in range(1, chairs + 1)}
        self._treatments: dict[str, Treatment] = {c: "iron" if int(c) % 3 == 0 else "ketamine-iv" for c in self._seats}
        nurses = [Nurse(f"nurse {n + 1}", random.Random(f"nurse/{seed}/{n}")) for n in range(NURSES)]
        self._nurses = {chair: nurses[(int(chair) - 1) * NURSES // chairs] for chair in self._seats}
        self._day = Day([], [], [])
        self._answers: set[asyncio.Task[None]] = set()
        self._hub = self._service()

    async def live(self) -> Day:
        """Let the day happen."""
        viewer = self._hub.connect()
        self._hub.screens.can(viewer, "on", visible=True)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(self._hub.run()), tasks.create_task(self._watch(viewer))]
            for chair, seat in self._seats.items():
                running += [tasks.create_task(wire.run(self._timeline)) for wire in self._wires(chair, seat)]
                running.append(tasks.create_task(self._serve(chair, seat)))
                running += [tasks.create_task(self._cut_link(kind, chair)) for kind in self._kinds(chair)]
            self._timeline.begin()
            await self._timeline.until(self._length)
            for task in (*running, *self._answers):
                task.cancel()
        return self._day

    def _kinds(self, chair: str) -> tuple[str, str]:
        return "masimo" if int(chair) % 2 else "json-oximeter", CUFF

    def _service(self) -> Hub:
        chairs = [
            WiredChair(
                chair,
                tuple(WiredDevice(f"{kind}-{chair}", kind, f"loop://{kind}-{chair}") for kind in self._kinds(chair)),
                treatment,
                CUFF_INTERVAL_S,
            )
            for chair, treatment in self._treatments.items()
        ]
        allowed = f'driver = "{CUFF}"\nallow = ["start_nibp"]'
        with tempfile.TemporaryDirectory(prefix="vitalwatch-clinic-day-") as folder:
            path = Path(folder) / "clinic.toml"
            path.write_text(clinic_toml("Benchmark", chairs).replace(f'driver = "{CUFF}"', allowed), "utf-8")
            config = load(path)
        return app.make_hub(config, self._clock, self._links)

    def _wires(self, chair: str, seat: Seat) -> Iterator[OnLoop]:
        for kind in self._kinds(chair):
            name = f"{kind}-{chair}"
            plan = DevicePlan(kind, name)
            rig = make_rig(plan, seat, STARTED, f"{self._seed}/{name}")
            yield OnLoop(rig, self._links.loop(name), name)

    # --- visits -------------------------------------------------------------------------------------------------------

    async def _serve(self, chair: str, seat: Seat) -> None:
        """One visit after the other."""
        treatment, nurse = self._treatments[chair], self._nurses[chair].name
        length = 60.0 * (READY_MIN + 10.0 + INFUSION_MIN[treatment] + RECOVERY_MIN[treatment])
        self._act(SetChairState(chair, "empty", nurse, "nobody yet"))
        at, number = 60.0 + 300.0 * (int(chair) - 1), 0
        while at + length < self._length:
            number += 1
            await self._timeline.until(at)
            luck = luck_of(f"{self._seed}/{chair}/{number}", treatment, length, self._probes_off)
            put_off = await self._visit(chair, seat, treatment, luck, nurse)
            self._act(SetChairState(chair, "empty", nurse, "left"))
            now = self._timeline.now()
            self._day.visits.append(Visit(chair, treatment, at, now, luck, put_off))
            seat.leave()
            at = now + 60.0 * TURNOVER_MIN

    async def _visit(self, chair: str, seat: Seat, treatment: Treatment, luck: Luck, nurse: str) -> bool:
        """From sitting down to leaving; whether the pressure forbade the start."""
        patient = Patient(luck.person, luck.happenings)
        began = self._timeline.now()
        seat.sit(patient, began)
        self._act(NewVisit(chair, nurse))
        self._measure(chair)
        for wait in (5, 5, 1):
            await asyncio.sleep(60.0 * wait)
            self._measure(chair)
        for again in range(3):
            body = patient.vitals(self._timeline.now() - began)
            if treatment == "iron" or (body.systolic <= 140 and body.diastolic <= 90):
                break
            if again == 2:
                return True
            await asyncio.sleep(300.0)
            self._measure(chair)
        self._act(TakeBaseline(chair, nurse))
        self._act(SetPhase(chair, "infusion", nurse))
        if treatment == "ketamine-iv":
            patient.happen(Dose("iv", self._timeline.now() - began))
        await asyncio.sleep(60.0 * INFUSION_MIN[treatment])
        self._act(SetPhase(chair, "recovery", nurse))
        await asyncio.sleep(60.0 * RECOVERY_MIN[treatment])
        return False

    def _act(self, act: NewVisit | SetChairState | SetPhase | TakeBaseline) -> None:
        self._hub.act(act)

    def _measure(self, chair: str) -> None:
        """Press the cuff's button. If it is refused (it inflates already, its link is cut), she lets it be."""
        try:
            self._hub.command(chair, f"{CUFF}-{chair}", Command.START_NIBP, self._nurses[chair].name)
        except UsageError:
            self._day.refused += 1

    async def _cut_link(self, kind: str, chair: str) -> None:
        draw = random.Random(f"links/{self._seed}/{kind}/{chair}")
        loop = self._links.loop(f"{kind}-{chair}")
        while True:
            await asyncio.sleep(draw.expovariate(CUTS_AN_HOUR / 3600.0))
            loop.cut()
            self._day.cuts.append((chair, self._timeline.now()))
            await asyncio.sleep(draw.uniform(5.0, 60.0))
            loop.heal()

    # --- nurses -------------------------------------------------------------------------------------------------------

    async def _watch(self, viewer: Viewer) -> None:
        """Read the screen, have it drawn at once, count, and send the nurse whose chair it is."""
        while True:
            frame: dict[str, Any] = json.loads(await viewer.next_frame())
            self._hub.screens.drew(viewer, frame["seq"])
            if frame["type"] != "alarm" or "to" not in frame["transition"]:
                continue
            change = frame["transition"]
            if change["to"] != "active" or change["from"] not in ("idle", "pending", "latched"):
                continue
            alarm = Alarm(change["chair"], change["condition"], change["priority"], self._timeline.now())
            self._day.alarms.append(alarm)
            if alarm.chair in self._nurses:
                task = asyncio.create_task(self._answer(alarm, self._nurses[alarm.chair]))
                self._answers.add(task)
                task.add_done_callback(self._answers.discard)

    async def _answer(self, alarm: Alarm, nurse: Nurse) -> None:
        """Come, see, acknowledge, and put right what can be put right."""
        await asyncio.sleep(REACTION_S[alarm.priority] * math.exp(nurse.draw.gauss(0.0, 0.5)))
        async with nurse.busy:
            try:
                self._hub.act(Acknowledge(alarm.chair, alarm.condition, nurse.name))
            except UsageError:
                return  # it has ended, or she was there for another and answered this one too
            alarm.answered_at = self._timeline.now()
            await asyncio.sleep(nurse.draw.uniform(*AT_CHAIR_S))
            if alarm.condition.startswith("T-"):
                self._seats[alarm.chair].refit(self._timeline.now())
            if alarm.condition.startswith(("BP-", "T-CUFF", "T-NIBP", "REACTION", "HR-")):
                self._measure(alarm.chair)
