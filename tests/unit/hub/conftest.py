"""Time that jumps, a driver whose device speaks plain words, and hubs made of them."""

from __future__ import annotations

import asyncio
import json
import selectors
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from vitalwatch.alarms.engine import ChairSpec
from vitalwatch.alarms.facts import DeviceSpec
from vitalwatch.driver import NOTHING_DUE, Command, Counts, DriverInfo, Due, NoOptions
from vitalwatch.hub import ChairFace, ChairSetup, DeviceSetup, Hub, Viewer
from vitalwatch.hub.fallback import Fallback
from vitalwatch.hub.viewers import Sound
from vitalwatch.links import Links
from vitalwatch.model import DeviceStatus, Vital, Waveform, observe, observe_cuff

START = 1000.0


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for the next timer it lets that much time have passed."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout is None:  # only a thread can go on from here
            ready = super().select(10)
            assert ready, "everything waits for something that will never happen"
        elif not ready:
            self.jumped_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which an hour takes no time, and everything happens at its exact moment."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.jumped_s


class LoopClock:
    """The service's clock on the time of the running loop: ``START`` service seconds at the loop's 0."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now(self) -> float:
        return round(START + asyncio.get_running_loop().time() * self.speed, 6)

    def wall(self) -> datetime:
        return datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


@pytest.fixture
def run() -> Callable[[Awaitable[Any]], Any]:
    """Run a coroutine in virtual time and give its result."""

    def run(story: Any) -> Any:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(story)

    return run


class WordsDriver:
    """Reads words: ``spo2=97`` ``spo2=`` ``bp=124/78`` ``+motion`` ``-motion`` ``frame`` ``noise`` ``boom``."""

    info = DriverInfo(
        "words", "plain words", ("none",), "stream", (Vital.SPO2, Vital.SYSTOLIC), 2.0, commands=(Command.START_NIBP,)
    )
    Options = NoOptions

    def __init__(self, device: str, vitals: tuple[Vital, ...] = info.vitals) -> None:
        self.counts = Counts()
        self.period_s = self.info.period_s
        self.vitals = vitals
        self.resets = 0
        self.plan: Callable[[float], Due] = lambda _: NOTHING_DUE
        self._device = device
        self._started = 0

    def command(self, command: Command, now: float) -> None:
        assert command is Command.START_NIBP
        self._started += 1

    def receive(self, data: Any, now: float) -> list[Any]:
        reports: list[Any] = []
        for word in data.decode().split():
            if word == "boom":
                raise ZeroDivisionError("a bug")
            if word == "noise":
                self.counts.bad_frames += 1
                self.counts.dropped_bytes += len(word)
                continue
            self.counts.frames += 1
            name, _, value = word.partition("=")
            if name == "bp":
                systolic, diastolic = map(float, value.split("/"))
                reports += observe_cuff(self._device, systolic, diastolic, now)
            elif name == "spo2":
                reports.append(observe(self._device, Vital.SPO2, float(value) if value else None, now))
            elif name == "wave":
                reports.append(Waveform(self._device, "pleth", 60.0, (1.0, 2.0), now))
            elif name[0] in "+-":
                reports.append(DeviceStatus(self._device, name[1:], name[0] == "+", now))
        return reports

    def due(self, now: float) -> Due:
        started, self._started = self._started, 0
        return Due((b"start",)) if started else self.plan(now)

    def redact(self, data: bytes) -> bytes:
        return data

    def reset(self) -> None:
        self.resets += 1


@pytest.fixture
def words_driver() -> type[WordsDriver]:
    return WordsDriver


class Room:
    """A hub of chairs "1", "2", …, each with one device ``d1``, ``d2``, … on ``loop://d1``, ``loop://d2``, …"""

    def __init__(self, chairs: int, speed: float, folder: Path, fallback: Fallback | None = None) -> None:
        self.clock = LoopClock(speed)
        self.links = Links(self.clock, folder, Random(1))
        self.drivers = {f"d{n}": WordsDriver(f"d{n}") for n in range(1, chairs + 1)}
        setups = []
        for n in range(1, chairs + 1):
            driver = self.drivers[f"d{n}"]
            spec = ChairSpec(str(n), (DeviceSpec(f"d{n}", driver.vitals, driver.period_s),))
            allowed = frozenset({Command.START_NIBP}) if n != 2 else frozenset()  # chair 2 may not
            device = DeviceSetup(f"d{n}", driver, "words", self.links.open(f"loop://d{n}"), allowed=allowed)
            setups.append(ChairSetup(spec, ChairFace(str(n), f"Chair {n}", ""), (device,)))
        self.hub = Hub("Test clinic", setups, self.clock, ["a notice"], fallback)

    def say(self, device: str, words: str) -> None:
        """Let a device send words."""
        self.links.loop(device).feed(words.encode())

    def screen(self) -> Screen:
        """Connect a screen."""
        return Screen(self.hub, self.hub.connect())

    async def after(self, seconds: float) -> None:
        """Let so many real seconds pass."""
        await asyncio.sleep(seconds)


class Screen:
    """Reads the frames of one viewer."""

    def __init__(self, hub: Hub, viewer: Viewer) -> None:
        self.hub = hub
        self.viewer = viewer
        self._drawing: asyncio.Task[None] | None = None

    def says(self, sound: Sound = "on", visible: bool = True, *, name: str = "", kind: Any = "viewer") -> None:
        """What the page tells of itself."""
        self.hub.screens.can(self.viewer, sound, visible=visible)
        if name:
            self.hub.screens.introduce(self.viewer, name, kind)

    def draw(self) -> None:
        """Draw and prove everything that comes, from now on until :meth:`freeze`."""

        async def draw() -> None:
            while True:
                self.hub.screens.drew(self.viewer, json.loads(await self.viewer.next_frame())["seq"])

        self._drawing = asyncio.create_task(draw())

    async def freeze(self) -> None:
        """Draw and read nothing more, while the connection stands."""
        assert self._drawing is not None
        self._drawing.cancel()
        await asyncio.wait({self._drawing})

    def leave(self) -> None:
        """Close the connection."""
        self.hub.disconnect(self.viewer)

    async def next(self, kind: str, timeout_s: float = 3600.0) -> Any:
        """The next frame of this type; others are passed over. Time-outs are in virtual time."""
        async with asyncio.timeout(timeout_s):
            while True:
                frame = json.loads(await self.viewer.next_frame())
                if frame["type"] == kind:
                    return frame

    async def seen(self) -> list[Any]:
        """Every frame that is waiting now."""
        frames: list[Any] = []
        while True:
            try:
                async with asyncio.timeout(0):
                    frames.append(json.loads(await self.viewer.next_frame()))
            except TimeoutError:
                return frames


@pytest.fixture
def in_room(run: Callable[[Awaitable[Any]], Any], tmp_path: Path) -> Callable[..., Any]:
    """Run a story in a running room, in virtual time: ``in_room(story, chairs=1, speed=1.0)``.

    Unless ``unattended``, somebody sits before a screen that draws and sounds all the time.
    """

    def in_room(
        story: Callable[[Room], Awaitable[Any]],
        chairs: int = 1,
        speed: float = 1.0,
        *,
        unattended: bool = False,
        fallback: Fallback | None = None,
    ) -> Any:
        async def whole() -> Any:
            room = Room(chairs, speed, tmp_path, fallback)
            watching = asyncio.create_task(room.hub.run())
            await asyncio.sleep(0.01)  # until the links are open
            nurse = None if unattended else room.screen()
            if nurse:
                nurse.says()
                nurse.draw()
            try:
                return await story(room)
            finally:
                if nurse:
                    await nurse.freeze()
                watching.cancel()
                await asyncio.wait({watching})
                if not watching.cancelled():
                    await watching  # a hub that ended by itself did so with an error

        return run(whole())

    return in_room
