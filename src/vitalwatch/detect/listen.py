"""Listening to serial ports: each at one line setting after the other, many at once, never longer than was said.

Listening sends nothing. Only with ``probe`` is anything sent, and only what a driver itself declares harmless.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

import msgspec
from pydantic import ValidationError

from vitalwatch.clock import Clock
from vitalwatch.detect.ports import Port
from vitalwatch.detect.score import Confidence, Heard, Panel, Verdict, judge
from vitalwatch.driver import Driver, LineSettings, Message, Received, driver_names, load_driver
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links.serial import SerialTransport

SECONDS: Final = 5.0
"""How long to listen at one line setting if not said: two lines of the slowest present device, and one to spare."""


class Listeners(msgspec.Struct, frozen=True):
    """The drivers that can be tried on a serial line.

    Attributes:
        drivers: each tried on all bytes.
        unusable: sentences about installed drivers that cannot be tried.
    """

    drivers: tuple[type[Driver], ...]
    unusable: tuple[str, ...] = ()

    @property
    def settings(self) -> tuple[LineSettings, ...]:
        """Every line setting that a driver names, those that most drivers put first coming first."""
        places: dict[LineSettings, list[int]] = {}
        for driver in self.drivers:
            for place, setting in enumerate(driver.info.settings):
                places.setdefault(setting, []).append(place)
        return tuple(sorted(places, key=lambda each: (min(places[each]), -len(places[each]), each.baud)))


class PortReport(msgspec.Struct, frozen=True):
    """What came of one port.

    Attributes:
        port: the port.
        heard: what came in, one entry for each listening.
        verdict: what it was recognised as.
    """

    port: Port
    heard: tuple[Heard, ...]
    verdict: Verdict

    @property
    def error(self) -> str:
        """Why the port could not be listened to at all; empty if it could."""
        errors = [each.error for each in self.heard]
        return errors[0] if errors and all(errors) else ""

    @property
    def silent(self) -> bool:
        """Whether it could be listened to and nothing came."""
        return not self.error and not any(each.count for each in self.heard)


def find_listeners(*, serial: bool = True) -> Listeners:
    """Load every installed driver of a stream of bytes; with ``serial`` only those that name serial line settings."""
    drivers, unusable = [], []
    for name in driver_names():
        try:
            driver = load_driver(name)
            if driver.info.takes == "stream" and (driver.info.settings or not serial):
                driver.Options()
                drivers.append(driver)
        except (ImportError, AttributeError) as error:
            unusable.append(
                f'The driver "{name}" cannot be started ({error}). Install the package it comes from again.'
            )
        except ValidationError:
            unusable.append(f'The driver "{name}" cannot be tried: it has options that only a person can set.')
    return Listeners(tuple(drivers), tuple(unusable))


def longest_s(listeners: Listeners, seconds: float, *, probe: bool) -> float:
    """How long listening to a port takes at most, in seconds, when it is never silent and never recognised."""
    probes = sum(1 for _ in _probes(listeners)) if probe else 0
    return seconds * (len(listeners.settings) + probes)


async def listen(port: Port, listeners: Listeners, clock: Clock, seconds: float, *, probe: bool = False) -> PortReport:
    """Listen to one port at every line setting, until one driver is sure of it.

    A wrong speed turns bytes into wrong bytes and never into silence: when the first full listening heard none, the
    other settings share one more.

    Args:
        port: the port; taken for us alone while it is listened to.
        listeners: the drivers to try.
        clock: time stamps for the drivers.
        seconds: how long to listen at one setting, opening included.
        probe: ask the drivers' harmless questions when listening has recognised nothing.
    """
    heard: list[Heard] = []
    settings = listeners.settings
    for number, setting in enumerate(settings):
        silent = number > 0 and not any(each.count for each in heard)
        share = seconds / (len(settings) - 1) if silent else seconds
        heard.append(await _listen_once(port, Panel(listeners.drivers, setting), setting, clock, share))
        if judge(heard[-1:]).confidence is Confidence.SURE:
            break
    if probe and judge(heard).confidence is Confidence.NONE:
        for driver, setting in _probes(listeners):
            panel = Panel(listeners.drivers, setting)
            answer = await _listen_once(port, panel, setting, clock, seconds, driver.info.probe)
            heard.append(msgspec.structs.replace(answer, probed=driver.info.name))
            if judge(heard[-1:]).confidence is Confidence.SURE:
                break
    return PortReport(port, tuple(heard), judge(heard))


def link_of(port: Port, settings: LineSettings) -> LinkUrl:
    """The link that opens a port at a line setting; what is usual for all devices is left out."""
    usual = LineSettings()
    options: dict[str, object] = {"baud": settings.baud}
    if (settings.bits, settings.parity, settings.stop) != (usual.bits, usual.parity, usual.stop):
        options |= {"bits": settings.bits, "parity": settings.parity, "stop": f"{settings.stop:g}"}
    text = f"serial://{quoted(port.path)}?{urlencode(options)}"
    return LinkUrl(text, "serial", path=port.path, options=settings)


def quoted(text: str) -> str:
    """A path or topic as it stands in a link."""
    return text.replace("%", "%25").replace("?", "%3F")


async def _listen_once(
    port: Port, panel: Panel, setting: LineSettings, clock: Clock, seconds: float, send: Sequence[bytes] = ()
) -> Heard:
    """Open the port at a setting, let the drivers hear what comes, and close it."""
    transport = SerialTransport(link_of(port, setting))
    opened, settled = asyncio.Event(), asyncio.Event()

    def was_opened() -> None:
        opened.set()
        for data in send:
            transport.send(data)

    def received(data: Received) -> None:
        if not isinstance(data, Message):
            panel.hear(data, clock.now())
            if panel.settled:
                settled.set()

    running = asyncio.create_task(transport.run(was_opened, received))
    waiting = asyncio.create_task(settled.wait())
    try:
        await asyncio.wait({running, waiting}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        running.cancel()
        waiting.cancel()
        await asyncio.wait({running, waiting})
    error = ""
    try:
        if not running.cancelled():
            running.result()
    except LinkError as lost:
        error = lost.reason
    if not error and not opened.is_set():
        error = f"{port.path} has not opened within {seconds:g} s. Pull the adapter out and plug it in again."
    return msgspec.structs.replace(panel.heard(), error=error)


def _probes(listeners: Listeners) -> Iterator[tuple[type[Driver], LineSettings]]:
    for driver in listeners.drivers:
        if driver.info.probe:
            for setting in driver.info.settings:
                yield driver, setting
