"""Puts simulated monitors on real wires: pseudo-terminals and an MQTT broker.

The only part of the simulators that waits and opens things. All devices share one time that starts when every wire is
open, and may run faster than life.

A pseudo-terminal is made to behave like a serial cable. It does not pace bytes, so they are written at the line's
speed. It would keep what nobody reads and hand it over as fresh to whoever opens it later, so what is left unread is
thrown away, as a port does that nobody has open.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import socket
import sys
import termios
import tty
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeAlias

import aiomqtt

from vitalwatch.clock import Clock, SystemClock
from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import MqttLink, PtyLink
from vitalwatch_simulators.monitor import MessageMonitor, StreamMonitor

BITS_A_BYTE: Final = 10
"""On a line with 8 data bits, no parity and one stop bit: a start bit comes with them."""

CHUNK_BYTES: Final = 16
"""Written at once when their time is over, as a port's hardware buffer hands bytes on."""

UNREAD_BYTES: Final = 2048
"""More than this left unread means that nobody listens. Below the 4,095 that a terminal holds: what goes beyond those
lies in a second buffer, which opening the port does not empty."""

RECONNECT_S: Final = 1.0
"""Real seconds between two tries to reach a broker that was lost."""

NO_DELAY: Final = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
"""Without it two messages in a row wait up to 44 ms for the broker's acknowledgement of the first."""


class OnPty(NamedTuple):
    """A monitor on a pseudo-terminal."""

    monitor: StreamMonitor
    link: PtyLink
    baud: int


class OnMqtt(NamedTuple):
    """A monitor that publishes to a broker."""

    monitor: MessageMonitor
    link: MqttLink


Station: TypeAlias = OnPty | OnMqtt


async def serve(stations: Sequence[Station], *, speed: float = 1.0, ready: Callable[[], None]) -> None:
    """Run monitors until cancelled.

    Args:
        stations: the monitors and where each speaks.
        speed: simulated seconds in one real second.
        ready: called once, when every pseudo-terminal exists and every broker connection stands.

    Raises:
        LinkError: if a link cannot be opened at the start. Brokers lost later are tried again, with a line on stderr.
    """
    timeline = Timeline(SystemClock(speed))
    openings = [asyncio.Event() for _ in stations]
    try:
        async with asyncio.TaskGroup() as group:
            for station, opened in zip(stations, openings, strict=True):
                group.create_task(_run(station, opened, timeline), name=f"simulate {station.link}")
            for opened in openings:
                await opened.wait()
            timeline.begin()
            ready()
    except ExceptionGroup as failures:
        of_links, others = failures.split(LinkError)
        if of_links is None or others is not None:
            raise
        raise of_links.exceptions[0] from None


class Timeline:
    """The simulated seconds that all monitors share.

    Args:
        clock: the real time, at the simulation's speed.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._zero = 0.0
        self._begun = asyncio.Event()

    def begin(self) -> None:
        """Let time begin, at 0."""
        self._zero = self._clock.now()
        self._begun.set()

    def now(self) -> float:
        """Simulated seconds since the beginning."""
        return self._clock.now() - self._zero

    async def until(self, t: float) -> None:
        """Wait until ``t``; for the beginning if there was none yet, and not at all if ``t`` is past."""
        await self._begun.wait()
        await asyncio.sleep(max(0.0, (t - self.now()) / self._clock.speed))


async def _run(station: Station, opened: asyncio.Event, timeline: Timeline) -> None:
    if isinstance(station, OnPty):
        await _run_on_pty(station, opened, timeline)
    else:
        await _run_on_mqtt(station, opened, timeline)


async def _run_on_pty(station: OnPty, opened: asyncio.Event, timeline: Timeline) -> None:
    monitor, link, baud = station
    with _Pty(link) as line:
        opened.set()
        sent_at = 0.0
        while True:
            t = monitor.next_at()
            await timeline.until(t)
            data = monitor.emit(t)
            sent_at = max(sent_at, t)
            for start in range(0, len(data), CHUNK_BYTES):
                chunk = data[start : start + CHUNK_BYTES]
                sent_at += len(chunk) * BITS_A_BYTE / baud
                await timeline.until(sent_at)
                line.write(chunk)


async def _run_on_mqtt(station: OnMqtt, opened: asyncio.Event, timeline: Timeline) -> None:
    monitor, link, lost = station.monitor, station.link, False
    while True:
        try:
            async with _client(station) as client:
                if lost:
                    lost = False
                    _say(f"{link}: the broker is back")
                    _skip(monitor, timeline.now())
                opened.set()
                await _publish_until_lost(client, station, timeline)
        except aiomqtt.MqttError as error:
            _end_if_cancelled()
            if not opened.is_set():
                reason = f"{link}: no connection to the broker ({error}). Is it running, and is the port right?"
                raise LinkError(reason, url=str(link)) from error
            if not lost:
                lost = True
                _say(f"{link}: the broker is lost ({error}), trying again each {RECONNECT_S:g} s")
        await asyncio.sleep(RECONNECT_S)


def _client(station: OnMqtt) -> aiomqtt.Client:
    """A client for one connection. A used one would send again what was not acknowledged on the connection before."""
    will, link = station.monitor.will, station.link
    return aiomqtt.Client(
        link.host,
        link.port,
        username=link.username,
        password=link.password,
        will=aiomqtt.Will(link.topic + will.suffix, will.payload, will.qos),
        socket_options=NO_DELAY,
    )


async def _publish_until_lost(client: aiomqtt.Client, station: OnMqtt, timeline: Timeline) -> None:
    # Not a task group: up to Python 3.12 one that fails leaves its own task marked as cancelled, which is what
    # _end_if_cancelled looks at.
    tasks = [
        asyncio.create_task(_publish(client, station, timeline), name=f"publish {station.link}"),
        asyncio.create_task(_notice_loss(client), name=f"watch {station.link}"),
    ]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        ended.pop().result()  # raises: neither ends by itself
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _publish(client: aiomqtt.Client, station: OnMqtt, timeline: Timeline) -> None:
    monitor, link = station
    while True:
        t = monitor.next_at()
        await timeline.until(t)
        for publication in monitor.emit(t):
            await client.publish(link.topic + publication.suffix, publication.payload, publication.qos)
        _end_if_cancelled()


def _end_if_cancelled() -> None:
    """End the present task if it was cancelled and the cancellation went astray.

    It does in two places: ``asyncio.wait_for`` of Python 3.11, inside a publish, drops it when the acknowledgement
    comes in the same moment, and an aiomqtt client that is left by it raises its own error instead if the connection
    breaks meanwhile.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _notice_loss(client: aiomqtt.Client) -> None:
    # Nothing is subscribed; what this waits for is the error. A publish that awaits its acknowledgement does not
    # notice that the connection is gone (aiomqtt 2.5) and would stand there for 10 s.
    async for _ in client.messages:
        pass


def _skip(monitor: MessageMonitor, now: float) -> None:
    """Pass over what came due while the broker was away: a device that stores nothing has lost it."""
    while monitor.next_at() < now:
        monitor.emit(monitor.next_at())


def _say(line: str) -> None:
    print(f"vitalwatch-sim: {line}", file=sys.stderr, flush=True)


class _Pty:
    """A raw pseudo-terminal under a stable name, gone when left.

    Raises:
        LinkError: on entering, if the name is taken by something else or cannot be made.
    """

    def __init__(self, link: PtyLink) -> None:
        self._link = link

    def __enter__(self) -> Self:
        self._master, self._slave = pty.openpty()  # the slave stays open, so that readers may come and go
        try:
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            self._name = os.ttyname(self._slave)
            _point(self._link.path, self._name)
        except OSError as error:
            self._close()
            reason = f"{self._link} cannot be made: {error.strerror}. Choose a path in a folder that you may write to."
            raise LinkError(reason, url=str(self._link), transient=False) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        path = self._link.path
        if path.is_symlink() and str(path.readlink()) == self._name:
            path.unlink()
        self._close()

    def write(self, data: bytes) -> None:
        """Send bytes down the line, whether somebody listens or not."""
        unread = int.from_bytes(fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4)), sys.byteorder)
        if unread > UNREAD_BYTES:
            termios.tcflush(self._slave, termios.TCIFLUSH)
        with contextlib.suppress(BlockingIOError):  # full all the same: a line does not wait for its reader
            os.write(self._master, data)

    def _close(self) -> None:
        os.close(self._master)
        os.close(self._slave)


def _point(path: Path, target: str) -> None:
    """Make ``path`` a link to ``target``; one left over from a simulator that was killed is replaced at a stroke."""
    if path.exists() and not path.is_symlink():
        raise FileExistsError(0, "the path is taken by something that is not a simulator's link")
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.symlink_to(target)
    fresh.replace(path)
