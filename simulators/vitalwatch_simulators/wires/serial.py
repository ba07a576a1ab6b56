"""A real serial port: the simulator's end of a cable, or of a pair of joined pseudo-terminals.

pyserial makes the settings and takes the port for this program alone; the event loop watches the descriptor. The port
has the speed of its line however fast the simulated time runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import termios
from collections.abc import Callable
from typing import NamedTuple, NoReturn

import serial

from vitalwatch.driver import LineSettings
from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import SerialLink
from vitalwatch_simulators.monitor import StreamMonitor
from vitalwatch_simulators.wires import outage
from vitalwatch_simulators.wires.line import Line, seconds_a_byte
from vitalwatch_simulators.wires.talk import PIECE_BYTES, stream_talk
from vitalwatch_simulators.wires.timeline import Timeline

_CC = 6  # index of the control characters in termios' attributes


class OnSerial(NamedTuple):
    """A monitor on a serial port, with the line settings that it usually has, if its link does not say others."""

    monitor: StreamMonitor
    link: SerialLink
    usual: LineSettings

    async def run(self, opened: asyncio.Event, timeline: Timeline) -> None:
        """Speak and listen until cancelled; ``opened`` is set when the port is open. One that is lost is awaited.

        Raises:
            LinkError: if it cannot be opened at the start.
        """
        settings = self.link.line(self.usual)
        port = _Port(self.link, settings)
        line = Line(self.link, seconds_a_byte(settings) * timeline.speed, timeline, port.write)
        talk = stream_talk(self.monitor, timeline, line.write)
        port.open()
        opened.set()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(port.keep_open(talk.hear), name=f"watch {self.link}")
                group.create_task(line.run(), name=f"line {self.link}")
                group.create_task(talk.run(), name=f"talk {self.link}")
        finally:
            port.close()


class _Port:
    """A serial port that is opened again when it was lost.

    Args:
        link: the port.
        settings: of its line.
    """

    def __init__(self, link: SerialLink, settings: LineSettings) -> None:
        self._link = link
        self._settings = settings
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """Open it for this program alone, raw and without flow control.

        Raises:
            LinkError: if that does not work.
        """
        settings = self._settings
        try:
            port = serial.Serial(
                str(self._link.path),
                baudrate=settings.baud,
                bytesize=settings.bits,
                parity=settings.parity,
                stopbits=settings.stop,
                exclusive=True,
            )
            attributes = termios.tcgetattr(port.fileno())
            # pyserial asks for reads that return nothing when there is nothing; then a hang-up could not be told.
            attributes[_CC][termios.VMIN] = 1
            termios.tcsetattr(port.fileno(), termios.TCSANOW, attributes)
        except (OSError, ValueError, termios.error) as error:
            reason = f"{self._link} cannot be opened: {error}. Check the path, the line settings, and who has it open."
            raise LinkError(reason, url=str(self._link), transient=False) from error
        self._port = port

    async def keep_open(self, hear: Callable[[bytes], None]) -> NoReturn:
        """Hand on what comes, and open the port again whenever it was lost."""
        trouble = outage.Outage(self._link, "the port")
        while True:
            trouble.begin(await self._listen(hear))
            self.close()
            while self._port is None:
                await asyncio.sleep(outage.RETRY_S)
                with contextlib.suppress(LinkError):  # said when it was lost; it may be plugged in again at any time
                    self.open()
            trouble.end()

    def write(self, data: bytes) -> None:
        """Send bytes; what the port does not take is lost, as is everything while it is closed."""
        if self._port is not None:
            # Full, or gone: a line does not wait for its reader, and a hang-up is told to the reader in keep_open.
            with contextlib.suppress(OSError):
                os.write(self._port.fileno(), data)

    def close(self) -> None:
        """Close it, if it is open, without waiting for what a stopped device does not take."""
        if self._port is not None:
            port, self._port = self._port, None
            with contextlib.suppress(termios.error):  # vanished: nothing waits any more
                termios.tcflush(port.fileno(), termios.TCOFLUSH)
            port.close()

    async def _listen(self, hear: Callable[[bytes], None]) -> str:
        """Hand on what comes until the port is lost; tell why."""
        assert self._port is not None
        loop = asyncio.get_running_loop()
        lost: asyncio.Future[str] = loop.create_future()
        descriptor = self._port.fileno()

        def read() -> None:
            try:
                data = os.read(descriptor, PIECE_BYTES)
            except BlockingIOError:
                return
            except OSError as error:
                data, reason = b"", os.strerror(error.errno or 0)
            else:
                reason = "hung up"
            if data:
                hear(data)
            elif not lost.done():
                lost.set_result(reason)

        loop.add_reader(descriptor, read)
        try:
            return await lost
        finally:
            loop.remove_reader(descriptor)
