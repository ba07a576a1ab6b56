"""A clinic inside the test's own loop, and pseudo-terminals that stand for serial ports."""

from __future__ import annotations

import asyncio
import os
import pty
import tty
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest
from sqlalchemy.engine import URL

from tests.patience import PATIENCE_S
from vitalwatch.alarms.engine import ChairSpec
from vitalwatch.alarms.facts import DeviceSpec
from vitalwatch.clock import SystemClock
from vitalwatch.driver import NoOptions, load_driver
from vitalwatch.hub import ChairFace, ChairSetup, DeviceSetup, Hub
from vitalwatch.journal.store import Store
from vitalwatch.links import Links
from vitalwatch.web import bind, make_server, make_site


async def never_reloaded(dry_run: bool) -> msgspec.Struct:
    raise AssertionError("nothing here reloads the config")


def line(spo2: int, codes: str = "") -> bytes:
    """A line of a Nellcor oximeter; its stamp is a label only."""
    return b"02-Mar-26 10:15:00   %3d      66      12    %-18s\r\n" % (spo2, codes.encode())


class Clinic:
    """Chairs "1", "2", … with a Nellcor oximeter each on ``loop://ox-1``, …, served on a real port.

    Attributes:
        hub: the hub.
        address: the page's address.
        server: the web server.
    """

    def __init__(self, chairs: int, speed: float, folder: Path, record: URL | None) -> None:
        clock = SystemClock(speed)
        self._links = Links(clock, folder)
        setups = []
        for n in range(1, chairs + 1):
            driver = load_driver("nellcor")(f"ox-{n}", NoOptions())
            spec = ChairSpec(str(n), (DeviceSpec(f"ox-{n}", driver.vitals, driver.period_s),))
            device = DeviceSetup(f"ox-{n}", driver, "nellcor", self._links.open(f"loop://ox-{n}"))
            setups.append(ChairSetup(spec, ChairFace(str(n), f"Chair {n}", ""), (device,)))
        self.hub = Hub("Test clinic", setups, clock)
        self.listener = bind("127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        opened = None if record is None else partial(Store.open, record)
        self.server = make_server(make_site(self.hub, never_reloaded, opened))

    def send(self, chair: str, data: bytes) -> None:
        """Let the chair's oximeter send bytes."""
        self._links.loop(f"ox-{chair}").feed(data)

    def cut(self, chair: str) -> None:
        """Cut the cable of the chair's oximeter."""
        self._links.loop(f"ox-{chair}").cut()

    def heal(self, chair: str) -> None:
        """Mend it."""
        self._links.loop(f"ox-{chair}").heal()

    @asynccontextmanager
    async def sending(self, chair: str, spo2: int) -> AsyncIterator[None]:
        """Let the chair's oximeter send a value each service second, for the length of a block."""

        async def send() -> None:
            while True:
                self.send(chair, line(spo2))
                await asyncio.sleep(1.0 / self.hub.clock.speed)

        task = asyncio.create_task(send())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def until(self, wanted: Callable[[], object]) -> None:
        """Wait until something holds that no frame tells of."""
        async with asyncio.timeout(PATIENCE_S):
            while not wanted():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.005)


@pytest.fixture
def clinic(tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[Clinic]]:
    """Serve a clinic for the length of a block: ``clinic(chairs=1, speed=1.0)``; with ``record``, it can be asked."""

    @asynccontextmanager
    async def clinic(chairs: int = 1, speed: float = 1.0, record: URL | None = None) -> AsyncIterator[Clinic]:
        made = Clinic(chairs, speed, tmp_path, record)
        watching = asyncio.create_task(made.hub.run())
        serving = asyncio.create_task(made.server.serve([made.listener]))
        try:
            await made.until(
                lambda: made.server.started and all(s.state == "up" for s in made.hub.supervisors.values())
            )
            yield made
        finally:
            made.server.should_exit = True
            await serving
            watching.cancel()
            await asyncio.wait({watching})
            made.listener.close()
        if not watching.cancelled():
            await watching

    return clinic


class Port:
    """A pseudo-terminal that plays a serial port under a name of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends: tuple[int, ...] = ()

    def plug(self) -> None:
        """Let the port appear."""
        self._ends = (_, slave) = pty.openpty()
        tty.setraw(slave)
        self.path.symlink_to(os.ttyname(slave))

    def unplug(self) -> None:
        """Let it vanish, as an adapter that is pulled out."""
        for end in self._ends:
            os.close(end)
        self._ends = ()
        self.path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Send bytes as the device at the other end."""
        os.write(self._ends[0], data)


@pytest.fixture
def make_port(tmp_path: Path) -> Iterator[Callable[[str], Port]]:
    """Makes ports by name, not yet plugged in."""
    made: list[Port] = []

    def make(name: str) -> Port:
        made.append(Port(tmp_path / name))
        return made[-1]

    yield make
    for port in made:
        port.unplug()


@pytest.fixture
def clinic_file(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a clinic file that serves on any free port of this computer."""

    def write(text: str) -> Path:
        path = tmp_path / "clinic.toml"
        path.write_text(f"[web]\nport = 0\n\n{text}")
        return path

    return write


@pytest.fixture
def nellcor_line() -> Callable[..., bytes]:
    return line
