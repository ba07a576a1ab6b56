"""A service that is killed again and again while people act, and what its clients were told beside what it kept.

For the test with three kills and for the benchmark with two hundred. Only the service dies: monitors and broker go on.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from tools.running import PATIENCE_S, Screen, running
from vitalwatch.broker import start_broker
from vitalwatch.children import Child
from vitalwatch.journal.database import parsed
from vitalwatch.journal.record import Kind, Started
from vitalwatch.journal.store import Store
from vitalwatch.journal.upkeep.verify import verify
from vitalwatch.replay.span import SpanPlayer, span_of

PROFILE: Final = """
name = "busy"
version = "1"
inherits = "ketamine-iv"

[limits]
spo2_low = 97
spo2_very_low = 95
heart_rate_low = 60
heart_rate_very_low = 50
heart_rate_high = 75
heart_rate_very_high = 85
systolic_high = 120
diastolic_high = 75

[delays]
spo2_low = 1
spo2_low_deep = 1
spo2_low_deeper = 0
spo2_very_low = 1
heart_rate_high = 1
heart_rate_very_high = 1
heart_rate_low = 1
heart_rate_very_low = 1
"""
"""Limits amid ordinary values, and short delays: much begins and ends at every chair."""

JUST_NOW_S: Final = 0.05
"""What was shown in so short a time before a kill may be decided again instead of being in the record."""

SLOWEST_S: Final = 60.0
"""A start may take so long where much else goes on."""

NURSES: Final = 3
"""People who act all the time."""


class Change(NamedTuple):
    """A change that a client was told: its line, and how long before the kill it was sent."""

    line: dict[str, Any]
    before_s: float


class Life(NamedTuple):
    """What clients know of one run of the service.

    Attributes:
        ready_s: from the start of its process to the first snapshot, which shows the alarms.
        cpu_s: processor time that it took until then.
        snapshot: that snapshot.
        changes: what it told of alarms.
        acts: by the name under which somebody acted, the answer; ``None`` where none came before the kill.
    """

    ready_s: float
    cpu_s: float
    snapshot: dict[str, Any]
    changes: list[Change]
    acts: dict[str, dict[str, Any] | None]


class Found(NamedTuple):
    """What was told, beside what the record holds.

    Attributes:
        told: counts of what clients were told.
        missing: of that, what the record lacks though it must not, and what it has twice; empty when all is well.
        again: changes shown just before a kill that are not in the record as they were shown.
        decided: of these, how many the record has all the same, decided again a little later.
        unanswered: of these, how many were the doing of somebody whose act was not answered, and did not happen.
        problems: what else is wrong with the record.
        counts: of what is in it.
    """

    told: Counter[str]
    missing: list[str]
    again: int
    decided: int
    unanswered: int
    problems: list[str]
    counts: Counter[str]


@contextmanager
def clinic(folder: Path, chairs: int, seed: int = 1) -> Iterator[Path]:
    """Simulated monitors that run for the length of a block; gives the clinic file that reads them."""
    broker, port = start_broker(folder)
    try:
        options = ["--chairs", str(chairs), "--seed", str(seed), "--broker", str(port)]
        simulators = [sys.executable, "-m", "vitalwatch_simulators"]
        subprocess.run([*simulators, "wire", str(folder), *options], check=True, capture_output=True)
        file = folder / "clinic.toml"
        text = file.read_text()
        for name in ("ketamine-iv", "iron", "biologic", "adult-default", "esketamine-nasal", "ketamine-im"):
            text = text.replace(f'profile = "{name}"', 'profile = "busy.toml"')
        file.write_text(f"{text}\n[web]\nport = 0\n")
        (folder / "busy.toml").write_text(PROFILE)
        plan = str(folder / "simulators.toml")
        monitors = Child(
            [*simulators, "clinic", plan, "--until-stdin-closes"], folder / "sim.log", until_stdin_closes=True
        )
        try:
            until = time.monotonic() + PATIENCE_S * 2
            while "ready" not in monitors.said():
                if monitors.ended or time.monotonic() > until:
                    raise RuntimeError(f"the simulators did not start: {monitors.said()}")
                time.sleep(0.02)
            yield file
        finally:
            monitors.stop()
    finally:
        broker.stop()


def record_of(file: Path) -> Store:
    """The record of a clinic, for reading."""
    return Store.open(parsed(f"sqlite:///{file.with_suffix('.journal.db')}"))


# --- one life -------------------------------------------------------------------------------------------------------


class _Witness(Screen):
    """Keeps every change that it is told, with the service's time at which it was sent."""

    def __init__(self, socket: Any) -> None:
        super().__init__(socket)
        self.changes: list[tuple[float, dict[str, Any]]] = []
        self.ahead = float("-inf")

    def take(self, text: str | bytes) -> dict[str, Any]:
        frame = super().take(text)
        if "now" in frame:
            self.ahead = max(self.ahead, frame["now"] - time.monotonic())
        if frame["type"] == "alarm":
            self.changes.append((frame["now"], frame["transition"]))
        return frame

    async def listen(self) -> None:
        """Take frames until the service is gone."""
        try:
            while True:
                await self.frame()
        except ConnectionClosed:
            return


async def live_and_die(file: Path, log: Path, rng: Random, for_s: float, how: signal.Signals = signal.SIGKILL) -> Life:
    """Start the service, let people act for a while, end it, and give what its clients know.

    Args:
        file: the clinic's.
        log: for the service's standard error.
        rng: what people do.
        for_s: real seconds from its first snapshot to its end.
        how: it ends.
    """
    begun = time.monotonic()
    async with running("run", str(file), log=log) as service:
        address = await service.address(SLOWEST_S)
        async with _witness(address) as witness:
            ready_s, cpu_s = time.monotonic() - begun, _processor_s(service.process.pid)
            snapshot = witness.snapshot
            acts: dict[str, dict[str, Any] | None] = {}
            tasks = [asyncio.create_task(witness.listen())]
            tasks += [asyncio.create_task(_act(address, acts, rng, f"{log.stem} {n}")) for n in range(NURSES)]
            await asyncio.sleep(for_s)
            killed = time.monotonic()
            await service.end(how)
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*tasks)
    ended = killed + witness.ahead
    return Life(ready_s, cpu_s, snapshot, [Change(line, ended - sent) for sent, line in witness.changes], acts)


def _processor_s(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def _witness(address: str) -> AsyncIterator[_Witness]:
    url = address.replace("http://", "ws://", 1) + "ws/live"
    async with connect(url, max_size=None) as socket:
        witness = _Witness(socket)
        await witness.until_holds(lambda screen: screen.snapshot)
        yield witness


async def _act(address: str, acts: dict[str, dict[str, Any] | None], rng: Random, name: str) -> None:
    """Do one thing after the other, each under a name of its own, until the service is gone."""
    try:
        async with _witness(address) as nurse:
            while True:
                deed = _deed(nurse, rng)
                actor = f"{name} {len(acts)}"
                acts[actor] = None
                acts[actor] = await nurse.act(**deed, actor=actor)
                await asyncio.sleep(rng.expovariate(25))
    except (WebSocketException, OSError, EOFError):  # in the middle of saying hello, too
        return


def _deed(screen: Screen, rng: Random) -> dict[str, Any]:
    """Something that people do."""
    chair = rng.choice(list(screen.chairs))
    active = [key for key, alarm in screen.alarms.items() if alarm["state"] == "active" and key[0]]
    which = rng.random()
    if which < 0.35 and active:
        found, condition = rng.choice(active)
        return {"act": "acknowledge", "chair": found, "condition": condition}
    if which < 0.45:
        return {"act": rng.choice(["pause_audio", "resume_audio"]), "chair": chair}
    if which < 0.6:
        limit = {"key": "limits.spo2_low", "value": rng.choice([90, 93, 96, 98])}
        return {"act": "change_limit", "chair": chair, **limit, "reason": "a trial", "second": "another person"}
    if which < 0.65:
        shelf = {"condition": "BP-HIGH", "reason": "known", "seconds": 20}
        return {"act": "shelve", "chair": chair, **shelf}
    if which < 0.7:
        return {"act": "set_phase", "chair": chair, "phase": rng.choice(["preparation", "infusion", "recovery"])}
    return {"act": "note", "chair": chair, "text": f"seen at {rng.random():.6f}"}


# --- told and found -------------------------------------------------------------------------------------------------


def compare(store: Store, lives: list[Life]) -> Found:
    """What clients were told in all lives, beside what the record holds."""
    kept = list(store.entries(kinds=[Kind.TRANSITION, Kind.EVENT]))
    lines = Counter(entry.body for entry in kept)
    acts = Counter(json.loads(entry.body)["actor"] for entry in store.entries(kinds=[Kind.ACT]))
    told: Counter[str] = Counter()
    missing = [f"twice in the record: {body}" for body, count in lines.items() if count > 1]
    missing += [f"twice in the record: the act of {actor}" for actor, count in acts.items() if count > 1]
    again: list[dict[str, Any]] = []
    for life in lives:
        for actor, reply in life.acts.items():
            sort = _sort(reply)
            told[sort] += 1
            if (sort == "answered" and not acts[actor]) or (sort == "refused" and acts[actor]):
                missing.append(f"{sort}, {acts[actor]} times in the record: the act of {actor}")
        for line, before_s in life.changes:
            told["changes"] += 1
            if lines[_body(line)]:
                continue
            again.append(line) if before_s <= JUST_NOW_S else missing.append(f"{before_s:.3f} s before a kill: {line}")
    decided = sum(_decided(line, kept) for line in again)
    counts = Counter(str(entry.kind) for entry in store.entries())
    by_acts = sum(bool(line["actor"]) for line in again if not _decided(line, kept))
    return Found(told, missing, len(again), decided, by_acts, [*_problems(store), *_unlike(kept, lives)], counts)


def _sort(reply: dict[str, Any] | None) -> str:
    if reply is None:
        return "without an answer"
    if not reply["ok"]:
        return "refused"
    return "answered as not kept yet" if reply["note"] else "answered"


def _body(line: dict[str, Any]) -> str:
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False)


def _decided(line: dict[str, Any], kept: list[Any]) -> bool:
    """Whether the same change of the same alarm stands in the record within the seconds that follow."""
    same = (
        json.loads(entry.body)
        for entry in kept
        if entry.chair == line["chair"] and 0 <= entry.at / 1e6 - line["at"] <= PATIENCE_S
    )
    return any(one["condition"] == line["condition"] and one.get("to") == line.get("to") for one in same)


def _problems(store: Store) -> Iterator[str]:
    """Where the record is not as it was written, or not what its inputs give."""
    steps = verify(store)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            yield from (f"verify: {problem.seq}: {problem.what}" for problem in end.value.problems)
            break
    player = SpanPlayer(store, span_of(store, None, None))
    for _ in player.play():
        pass
    if player.comparison.unlike is not None:
        yield f"replay: {player.comparison.unlike}"
    runs = [json.loads(entry.body) for entry in store.entries(kinds=[Kind.STARTED])]
    yield from (f"not resumed: {run}" for run in runs[1:] if not Started(**run).resumed)


def _unlike(kept: list[Any], lives: list[Life]) -> Iterator[str]:
    """Alarms that a first snapshot shows in another state than the record has them in at that moment."""
    changes = [entry for entry in kept if entry.kind is Kind.TRANSITION]
    for life in lives:
        now = life.snapshot["now"] * 1e6 + 500
        expected: dict[tuple[str, str], str] = {}
        for entry in changes:
            if entry.at <= now:
                expected[entry.chair, entry.name] = json.loads(entry.body)["to"]
        expected = {key: state for key, state in expected.items() if state != "idle"}
        alarms = [*life.snapshot["clinic_alarms"], *(a for chair in life.snapshot["chairs"] for a in chair["alarms"])]
        shown = {(alarm["chair"], alarm["condition"]): alarm["state"] for alarm in alarms}
        for key in expected.keys() | shown.keys():
            if expected.get(key) != shown.get(key):
                yield f"{key} at {life.snapshot['now']}: shown {shown.get(key)}, kept {expected.get(key)}"
