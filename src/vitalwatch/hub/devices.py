"""The devices of all chairs: each is supervised by a task of its own, and outlives any other config that keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Final

import msgspec
import structlog

from vitalwatch.alarms import ChairSpec
from vitalwatch.driver import Command, Driver
from vitalwatch.errors import LinkError
from vitalwatch.hub.frames import ChairFace
from vitalwatch.hub.supervisor import Supervisor
from vitalwatch.links import Link

RESTART_S: Final = 5.0
"""Real seconds before a device is taken up again after an internal fault."""

CLOSING_S: Final = 5.0
"""Real seconds that a device of another config waits at most for the links of the config before to close."""

_log = structlog.get_logger("device")


class DeviceSetup(msgspec.Struct, frozen=True):
    """A device to supervise: its id, driver and link; what people may have it do; ``key`` is equal as long as its
    settings are."""

    id: str
    driver: Driver
    driver_name: str
    link: Link
    key: str = ""
    allowed: frozenset[Command] = frozenset()


class ChairSetup(msgspec.Struct, frozen=True):
    """A chair to watch: what the engine must know, what the screen shows, and its devices."""

    spec: ChairSpec
    face: ChairFace
    devices: tuple[DeviceSetup, ...]


class Devices:
    """Supervises every device of the chairs.

    Args:
        chairs: the chairs with their devices.
        supervise: makes the supervisor of a device of a chair.

    Attributes:
        supervisors: by device id.
    """

    def __init__(self, chairs: Sequence[ChairSetup], supervise: Callable[[str, DeviceSetup], Supervisor]) -> None:
        self._supervise = supervise
        self._setups = _by_id(chairs)
        self.supervisors = {name: supervise(chair, device) for name, (chair, device) in self._setups.items()}
        self._tasks: asyncio.TaskGroup | None = None
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to supervise, in tasks of this group."""
        self._tasks = tasks
        for supervisor in self.supervisors.values():
            self._start(supervisor)

    def stop(self) -> None:
        """Start no more; the tasks end with their group."""
        self._tasks = None

    def drop(self, chairs: Sequence[ChairSetup]) -> list[asyncio.Task[None]]:
        """Say and send nothing any more for the devices that these chairs do not have, or have with other settings.

        Returns:
            Their tasks, which are ending.
        """
        gone = self.supervisors.keys() - self._same(_by_id(chairs))
        for name in gone:
            self.supervisors.pop(name).stop()
        closing = [self._running.pop(name) for name in gone if name in self._running]
        for task in closing:
            task.cancel()
        return closing

    def take_up(self, chairs: Sequence[ChairSetup], closing: Collection[asyncio.Task[None]]) -> None:
        """Supervise the devices of these chairs that are new or have other settings.

        Args:
            chairs: all chairs with their devices, as for :meth:`drop` before.
            closing: devices that are being taken out; one of them may still hold a port.
        """
        wanted = _by_id(chairs)
        same = self._same(wanted)
        started = [self._supervise(chair, device) for name, (chair, device) in wanted.items() if name not in same]
        self.supervisors |= {supervisor.device: supervisor for supervisor in started}
        self._setups = {name: self._setups[name] if name in same else wanted[name] for name in wanted}
        for supervisor in started:
            self._start(supervisor, closing)

    def _same(self, wanted: dict[str, tuple[str, DeviceSetup]]) -> set[str]:
        """The devices that stay where they are, as they are."""
        return {
            name
            for name, (chair, device) in wanted.items()
            if name in self.supervisors and (self._setups[name][0], self._setups[name][1].key) == (chair, device.key)
        }

    def _start(self, supervisor: Supervisor, closing: Collection[asyncio.Task[None]] = ()) -> None:
        if self._tasks is not None:
            task = self._tasks.create_task(_keep_up(supervisor, closing), name=f"device {supervisor.device}")
            self._running[supervisor.device] = task


def _by_id(chairs: Sequence[ChairSetup]) -> dict[str, tuple[str, DeviceSetup]]:
    """The devices by id, each with its chair."""
    return {device.id: (chair.spec.id, device) for chair in chairs for device in chair.devices}


async def _keep_up(supervisor: Supervisor, closing: Collection[asyncio.Task[None]]) -> None:
    """Run one supervisor. A bug on its way costs its own device, loudly, and never the others."""
    if closing:
        await asyncio.wait(closing, timeout=CLOSING_S)
    while True:
        try:
            await supervisor.run()
        except Exception as bug:  # noqa: BLE001 - told to the screens as a lost link, and logged
            _log.error("supervisor failed", device=supervisor.device, exc_info=bug)
            if supervisor.stopped:
                return  # it failed at closing
            supervisor.lost(LinkError(f"internal fault: {bug}", url=supervisor.link.url.text))
            await asyncio.sleep(RESTART_S)
        else:
            return  # a recording has ended
