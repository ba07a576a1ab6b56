"""A running VitalWatch as a child process, and a program that listens to it as a screen does.

For tests, benchmarks and pictures, which all watch the service from outside.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self

from websockets.asyncio.client import ClientConnection, connect

VITALWATCH: Final = Path(sys.executable).with_name("vitalwatch")
"""The command, beside the Python that runs this."""

PATIENCE_S: Final = 30.0
"""How long anything may take that does not say otherwise; real seconds."""


class Running:
    """One ``vitalwatch`` command that was started, and has not ended unless told to.

    Args:
        process: the child; its standard output is a pipe.
        log: the file that holds its standard error.
    """

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def log(self) -> str:
        """What it has written to standard error so far."""
        return self._log.read_text()

    async def address(self, timeout_s: float = PATIENCE_S) -> str:
        """Wait until it serves, and give the page's address.

        Raises:
            RuntimeError: if it ended instead; the text is what it said.
        """
        assert self.process.stdout is not None
        async with asyncio.timeout(timeout_s):
            line = (await self.process.stdout.readline()).decode()
        if "http://" not in line:
            await self.process.wait()
            raise RuntimeError(f"the service did not start: {self.log}")
        return line.split()[4]

    async def end(self, how: signal.Signals) -> int:
        """Send a signal, wait for the end, and give the exit code."""
        self.process.send_signal(how)
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()


@asynccontextmanager
async def running(*arguments: str, log: Path, env: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
    """Run ``vitalwatch`` with these arguments for the length of a block.

    Args:
        arguments: of the command line.
        log: a file for its standard error.
        env: its environment variables; ``None`` for ours.
    """
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            VITALWATCH,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=env,
        )
    try:
        yield Running(process, log)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)  # one that was stopped cannot end
            process.terminate()
            await process.wait()
        assert process.stdout is not None
        await process.stdout.read()  # to its end: the pipe's transport closes with it


class Screen:
    """A program at the live socket that keeps what a page would draw.

    Attributes:
        snapshot: the first frame.
        values: the newest value object by chair and vital.
        alarms: the newest alarm object by chair and condition; ended ones are gone.
        chairs: the newest chair object by id.
        screens: the newest list of screens.
        seq: number of the newest frame.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.snapshot: dict[str, Any] = {}
        self.values: dict[tuple[str, str], dict[str, Any]] = {}
        self.alarms: dict[tuple[str, str], dict[str, Any]] = {}
        self.chairs: dict[str, dict[str, Any]] = {}
        self.screens: list[dict[str, Any]] = []
        self.seq = 0
        self._acts = 0

    async def frame(self) -> dict[str, Any]:
        """The next frame, already drawn."""
        return self.take(await self.socket.recv())

    def take(self, text: str | bytes) -> dict[str, Any]:
        """Draw a frame that was received; give it.

        Raises:
            AssertionError: if its number does not follow the one before.
        """
        frame: dict[str, Any] = json.loads(text)
        if frame["seq"] != self.seq + 1:
            raise AssertionError(f"frame {frame['seq']} came after frame {self.seq}")
        self.seq = frame["seq"]
        self._draw(frame)
        return frame

    async def until(
        self, wanted: Callable[[Self, dict[str, Any]], Any], timeout_s: float = PATIENCE_S
    ) -> dict[str, Any]:
        """Draw frames until one after which ``wanted(self, frame)`` holds; give that frame.

        Raises:
            TimeoutError: if none came in time.
        """
        async with asyncio.timeout(timeout_s):
            while True:
                frame = await self.frame()
                if wanted(self, frame):
                    return frame

    async def until_holds(self, wanted: Callable[[Self], Any], timeout_s: float = PATIENCE_S) -> None:
        """Draw frames until ``wanted(self)`` holds; none if it already does.

        Raises:
            TimeoutError: if it did not in time.
        """
        if not wanted(self):
            await self.until(lambda screen, _: wanted(screen), timeout_s)

    async def until_alarm(
        self, chair: str, condition: str, state: str, timeout_s: float = PATIENCE_S
    ) -> dict[str, Any]:
        """Draw frames until the ``alarm`` frame with this change of state; give it."""

        def wanted(_: Screen, frame: dict[str, Any]) -> bool:
            change = frame.get("transition", {})
            return [change.get(key) for key in ("chair", "condition", "to")] == [chair, condition, state]

        return await self.until(wanted, timeout_s)

    async def until_screen(self, name: str, **wanted: object) -> None:
        """Draw frames until the service tells this of the screen of that name; none if it already does."""
        await self.until_holds(
            lambda screen: any(one["screen"] == name and wanted.items() <= one.items() for one in screen.screens)
        )

    async def act(self, act: str, chair: str, actor: str, **more: object) -> dict[str, Any]:
        """Ask for an act, and give the reply."""
        self._acts += 1
        number = self._acts
        await self.socket.send(
            json.dumps({"type": "act", "id": number, "act": act, "chair": chair, "actor": actor, **more})
        )
        return await self.until(lambda _, frame: frame["type"] == "reply" and frame["id"] == number)

    def _draw(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "snapshot":
                self.snapshot = frame
                self.screens = frame["screens"]
                for chair in frame["chairs"]:
                    self._draw_chair(chair)
                    self._draw_alarms(chair["alarms"])
            case "screens":
                self.screens = frame["screens"]
            case "chair":
                self._draw_chair(frame["chair"])
            case "vitals":
                self._draw_values(frame["values"])
            case "alarm":
                self._draw_alarms([frame["alarm"]])
            case "alarms":
                self._draw_alarms(frame["alarms"])

    def _draw_chair(self, chair: dict[str, Any]) -> None:
        self.chairs[chair["id"]] = chair
        self._draw_values(chair["values"])

    def _draw_values(self, values: list[dict[str, Any]]) -> None:
        self.values.update({(value["chair"], value["vital"]): value for value in values})

    def _draw_alarms(self, alarms: list[dict[str, Any]]) -> None:
        for alarm in alarms:
            key = (alarm["chair"], alarm["condition"])
            if alarm["state"] == "idle":
                self.alarms.pop(key, None)
            else:
                self.alarms[key] = alarm


@asynccontextmanager
async def watching(address: str) -> AsyncIterator[Screen]:
    """Listen to the service at the page's address; the snapshot is there when the block begins."""
    url = address.replace("http://", "ws://", 1) + "ws/live"
    # Behind a full queue the service's goodbye would not be heard, and the end of the block would wait 10 s for it.
    async with connect(url, max_size=None, max_queue=None) as socket:
        screen = Screen(socket)
        await screen.until_holds(lambda screen: screen.snapshot)
        yield screen
