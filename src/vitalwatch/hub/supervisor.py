"""One device: its link, its driver, and what the engine is told of both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from vitalwatch.alarms.events import Event, Heard, LinkChanged, events_from
from vitalwatch.clock import Clock
from vitalwatch.driver import Command, CommandedDriver, Driver, Received
from vitalwatch.errors import LinkError, UsageError
from vitalwatch.hub.misfit import Misfit
from vitalwatch.links import Link
from vitalwatch.model import Report, Waveform

_log = structlog.get_logger("device")

HEARD_EVERY_S: Final = 1.0
"""Frames that say nothing for the engine are reported to it at most this often, in service seconds."""


class Supervisor:
    """Watches over one device for as long as the service runs. It is the sink of the device's link.

    Args:
        chair: id of the chair that the device is wired to.
        device: device id.
        driver: what its bytes mean.
        driver_name: entry-point name, for people.
        link: where its bytes come from.
        clock: the service's clock.
        tell: is given the engine's events and their time.
        changed: is called when the device's link or faults changed, for the screens.
        allowed: what the config lets people have the device do.
        draw: is given the device's curves; they decide nothing, so the engine never sees them.
    """

    def __init__(
        self,
        chair: str,
        device: str,
        driver: Driver,
        driver_name: str,
        link: Link,
        clock: Clock,
        tell: Callable[[list[Event], float], None],
        changed: Callable[[str], None],
        allowed: frozenset[Command] = frozenset(),
        draw: Callable[[str, Waveform], None] = lambda _chair, _block: None,
    ) -> None:
        self.chair = chair
        self.device = device
        self.driver = driver
        self.driver_name = driver_name
        self.link = link
        self.allowed = allowed
        self.state = "opening"
        self.reason = ""
        self.faults = 0
        self.stopped = False
        self._clock = clock
        self._tell = tell
        self._changed = changed
        self._draw = draw
        self._frames_seen = 0
        self._heard_told_at = float("-inf")
        self._send_timer: asyncio.TimerHandle | None = None
        self._misfit = Misfit(driver.info)
        self._dropped_before = 0
        self._look: asyncio.Task[None] | None = None
        self._log = _log.bind(chair=chair, device=device, link=link.url.text)

    async def run(self) -> None:
        """Keep the link open until cancelled, or until a recording has ended."""
        await self.link.run(self)

    def stop(self) -> None:
        """Say and send nothing any more: another config has taken this device out, or put another in its place.

        Its link closes a little later, and what it still says till then is about a device that is not there.
        """
        self.stopped = True
        self._stop_sending()
        self._stop_looking()

    # --- the link's sink ----------------------------------------------------------------------------------------

    def opened(self) -> None:
        """The link is open: whatever was known of the device's state is forgotten."""
        if self.stopped:
            return
        self.driver.reset()
        self.state, self.reason = "up", ""
        self._misfit = Misfit(self.driver.info)
        self._dropped_before = self.driver.counts.dropped_bytes
        self._log.info("link open")
        self._tell([LinkChanged(self.chair, self.device, True)], self._clock.now())
        self._changed(self.chair)
        self._send_due()

    def lost(self, error: LinkError) -> None:
        """The link is lost, or could not be opened."""
        if self.stopped:
            return
        self._stop_sending()
        self._stop_looking()
        self.state, self.reason = "lost", str(error)
        self._log.warning("link lost", reason=str(error))
        self._tell([LinkChanged(self.chair, self.device, False, str(error))], self._clock.now())
        self._changed(self.chair)

    def received(self, data: Received) -> None:
        """Bytes or a message came: decode, and tell the engine."""
        if self.stopped:
            return
        now = self._clock.now()
        try:
            reports = self.driver.receive(data, now)
        except Exception as fault:  # noqa: BLE001 - a faulty driver must cost its own device only, and be heard of
            self._driver_failed(fault, now)
            return
        events = events_from(self.chair, reports)
        if self.state == "faulty":
            if not self._send_due():
                return  # it reads again, but its other half still fails
            self.state, self.reason = "up", ""
            events.insert(0, LinkChanged(self.chair, self.device, True))
            self._changed(self.chair)
        frames = self.driver.counts.frames
        self._doubt(data, good=frames != self._frames_seen)
        if frames != self._frames_seen:
            self._frames_seen = frames
            if events:
                self._heard_told_at = now
            elif now - self._heard_told_at >= HEARD_EVERY_S:
                self._heard_told_at = now
                events.append(Heard(self.chair, self.device))
        if events:
            self._tell(events, now)
        self._show_curves(reports)
        self._send_due()  # what came may want an answer

    def _show_curves(self, reports: Iterable[Report]) -> None:
        for report in reports:
            if isinstance(report, Waveform):
                self._draw(self.chair, report)

    # --- a wrong device -----------------------------------------------------------------------------------------

    def _doubt(self, data: Received, *, good: bool) -> None:
        dropped = self.driver.counts.dropped_bytes - self._dropped_before
        if self._misfit.hear(data, good=good, dropped=dropped):
            self._look = asyncio.get_running_loop().create_task(self._say_misfit(self._misfit))
        if good and self.reason:  # it was the right device after all
            self.reason = ""
            self._changed(self.chair)

    async def _say_misfit(self, misfit: Misfit) -> None:
        """Put on the screen that this looks like another device, unless it has become right meanwhile."""
        sentence = await asyncio.to_thread(misfit.look)
        if not misfit.fits and self.state == "up":
            self.reason = sentence
            self._log.warning("not the device of the config", reason=sentence)
            self._changed(self.chair)

    def _stop_looking(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    # --- people -------------------------------------------------------------------------------------------------

    def command(self, command: Command) -> None:
        """Have the device do something, at once.

        Raises:
            UsageError: if it is not allowed or not possible now; the text is for the person.
        """
        if command not in self.allowed:
            raise UsageError(f"the config does not allow {command} for the monitor {self.device}")
        if not isinstance(self.driver, CommandedDriver):
            raise UsageError(f"the driver {self.driver_name} has no {command}")
        if self.state != "up":
            raise UsageError(f"the monitor {self.device} cannot be reached now: {self.reason or 'its link is opening'}")
        try:
            self.driver.command(command, self._clock.now())
        except UsageError:
            raise  # the device as it is now cannot do it, and the driver says why
        except Exception as fault:  # noqa: BLE001 - as in received()
            self._driver_failed(fault, self._clock.now())
        if self.state != "up" or not self._send_due():
            raise UsageError(f"the monitor {self.device} was not told: {self.reason}")
        self._log.info("command sent", command=str(command))

    # --- the driver ---------------------------------------------------------------------------------------------

    def _driver_failed(self, fault: Exception, now: float) -> None:
        """A bug in a driver: this device counts as lost until its driver works again; the others go on."""
        self.faults += 1
        reason = f"fault in the {self.driver_name} driver: {type(fault).__name__}: {fault}"
        if self.state != "faulty":
            self._log.error("driver failed", exc_info=fault)
        self.state, self.reason = "faulty", reason
        self.driver.reset()
        self._tell([LinkChanged(self.chair, self.device, False, reason)], now)
        self._changed(self.chair)

    def _send_due(self) -> bool:
        """Send what the driver has to send, and set the timer for the next time. False if the driver failed."""
        self._stop_sending()
        now = self._clock.now()
        try:
            due = self.driver.due(now)
        except Exception as fault:  # noqa: BLE001 - as in received()
            self._driver_failed(fault, now)
            return False
        for data in due.send:
            self.link.send(data)
        if due.next_at is not None:
            delay = max(0.0, due.next_at - self._clock.now()) / self._clock.speed
            self._send_timer = asyncio.get_running_loop().call_later(delay, self._send_due)
        return True

    def _stop_sending(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None
