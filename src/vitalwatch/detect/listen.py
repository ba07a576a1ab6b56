"""Listening to serial ports: each at one line setting after the other, many at once, never longer than was said.

Listening sends nothing. Only with ``probe`` is anything sent: then one driver after the other talks with the line as it
does in service, which is harmless to a wrong device and never starts a cuff (the contract of ``Driver.due``), while all
others listen along.
"""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import urlencode

import msgspec
from pydantic import ValidationError

from vitalwatch.clock import Clock
from vitalwatch.detect.ports import Port
from vitalwatch.detect.score import Confidence, Heard, Panel, Trial, Verdict, judge
from vitalwatch.driver import NOTHING_DUE, Driver, LineSettings, Message, Received, driver_names, load_driver
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links.serial import SerialTransport

SECONDS: Final = 5.0
"""How long to listen at one line setting if not said: two lines of the slowest present device, and one to spare."""

PERIODS: Final = 5
"""For so many of its driver's periods a device is listened to that has begun to answer."""


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

    @property
    def turns(self) -> tuple[tuple[type[Driver], LineSettings], ...]:
        """Each driver that has anything to ask of its device, at each of its settings; everybody's best one first."""
        asking = [driver for driver in self.drivers if _asks(driver)]
        most = max((len(driver.info.settings) for driver in asking), default=0)
        return tuple(
            (driver, driver.info.settings[place])
            for place in range(most)
            for driver in asking
            if place < len(driver.info.settings)
        )


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
    asking_s = sum(turn_s(driver, seconds) for driver, _ in listeners.turns) if probe else 0.0
    return seconds * len(listeners.settings) + asking_s


def turn_s(driver: type[Driver], seconds: float) -> float:
    """How long a driver's turn to ask takes at most, in seconds; only ``seconds`` when it is given no answer."""
    return max(seconds, PERIODS * driver.info.period_s)


async def listen(port: Port, listeners: Listeners, clock: Clock, seconds: float, *, probe: bool = False) -> PortReport:
    """Listen to one port at every line setting, until one driver is sure of it.

    A wrong speed turns bytes into wrong bytes and never into silence: when the first full listening heard none, the
    other settings share one more.

    Args:
        port: the port; taken for us alone while it is listened to.
        listeners: the drivers to try.
        clock: time stamps for the drivers.
        seconds: how long to listen at one setting, opening included.
        probe: let the drivers ask, each in its turn, when listening has recognised nothing.
    """
    heard: list[Heard] = []
    settings = listeners.settings
    for number, setting in enumerate(settings):
        silent = number > 0 and not any(each.count for each in heard)
        share = seconds / (len(settings) - 1) if silent else seconds
        heard.append(await _listen_once(port, Panel(listeners.drivers, setting), setting, clock, share))
        if judge(heard[-1:]).confidence is Confidence.SURE:
            break
    opened = any(not each.error for each in heard)
    if probe and opened and judge(heard).confidence is Confidence.NONE:
        silent = not any(each.count for each in heard)
        for driver, setting in listeners.turns:
            panel = Panel(listeners.drivers, setting, driver, silent=silent)
            heard.append(await _listen_once(port, panel, setting, clock, seconds, turn_s(driver, seconds)))
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
    port: Port, panel: Panel, setting: LineSettings, clock: Clock, seconds: float, longest_s: float = 0.0
) -> Heard:
    """Open the port at a setting, let the drivers hear what comes, and close it.

    Takes ``seconds``; up to ``longest_s`` when the driver that asks has been answered.
    """
    talk = _Talk(link_of(port, setting), panel, clock)
    running = asyncio.create_task(talk.run())
    waiting = asyncio.create_task(talk.settled.wait())
    try:
        done, _ = await asyncio.wait({running, waiting}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not done and panel.answered and longest_s > seconds:
            more_s = longest_s - seconds
            await asyncio.wait({running, waiting}, timeout=more_s, return_when=asyncio.FIRST_COMPLETED)
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
    if not error and not talk.opened:
        error = f"{port.path} has not opened within {seconds:g} s. Pull the adapter out and plug it in again."
    return msgspec.structs.replace(panel.heard(), error=error)


class _Talk:
    """One opening of a port: what comes goes to the drivers, what the asking driver has to send goes out in time."""

    def __init__(self, url: LinkUrl, panel: Panel, clock: Clock) -> None:
        self.opened = False
        self.settled = asyncio.Event()
        self._transport = SerialTransport(url)
        self._panel = panel
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Open, and talk until cancelled or until the port is lost."""
        try:
            await self._transport.run(self._was_opened, self._received)
        finally:
            self._stop_timer()

    def _was_opened(self) -> None:
        self.opened = True
        self._send_due()

    def _received(self, data: Received) -> None:
        if isinstance(data, Message):
            return
        self._panel.hear(data, self._clock.now())
        if self._panel.settled:
            self.settled.set()
        self._send_due()  # what came may want an answer

    def _send_due(self) -> None:
        self._stop_timer()
        if self.settled.is_set():
            return
        now = self._clock.now()
        due = self._panel.due(now)
        for data in due.send:
            self._transport.send(data)
        if due.next_at is not None:
            self._timer = asyncio.get_running_loop().call_later(max(0.0, due.next_at - now), self._send_due)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _asks(driver: type[Driver]) -> bool:
    """Whether a driver has anything to send to a device that says nothing by itself; a broken one is to be told of."""
    trial = Trial(driver)
    return trial.due(0.0) != NOTHING_DUE or bool(trial.score().fault)
