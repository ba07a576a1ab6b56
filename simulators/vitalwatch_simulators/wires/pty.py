"""A pseudo-terminal, made to behave like a serial cable.

It does not pace bytes, so they are written at the line's speed. It would keep what nobody reads and hand it over as
fresh to whoever opens it later, so what is left unread is thrown away, as a port does that nobody has open.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import sys
import termios
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from vitalwatch.driver import LineSettings
from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import PtyLink
from vitalwatch_simulators.monitor import StreamMonitor
from vitalwatch_simulators.wires.line import Line, seconds_a_byte
from vitalwatch_simulators.wires.talk import PIECE_BYTES, stream_talk
from vitalwatch_simulators.wires.timeline import Timeline

UNREAD_BYTES: Final = 2048
"""More than this left unread means that nobody listens. Below the 4,095 that a terminal holds: what goes beyond those
lies in a second buffer, which opening the port does not empty."""


class OnPty(NamedTuple):
    """A monitor on a pseudo-terminal, which carries bytes as fast as a line with these settings would."""

    monitor: StreamMonitor
    link: PtyLink
    settings: LineSettings

    async def run(self, opened: asyncio.Event, timeline: Timeline) -> None:
        """Speak and listen until cancelled; ``opened`` is set when the port exists.

        Raises:
            LinkError: if it cannot be made.
        """
        with _Pty(self.link) as port:
            line = Line(self.link, seconds_a_byte(self.settings), timeline, port.write)
            talk = stream_talk(self.monitor, timeline, line.write)
            port.listen(talk.hear)
            opened.set()
            async with asyncio.TaskGroup() as group:
                group.create_task(line.run(), name=f"line {self.link}")
                group.create_task(talk.run(), name=f"talk {self.link}")


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
        asyncio.get_running_loop().remove_reader(self._master)
        path = self._link.path
        if path.is_symlink() and str(path.readlink()) == self._name:
            path.unlink()
        self._close()

    def listen(self, hear: Callable[[bytes], None]) -> None:
        """Hand on what is written to the port; else a host that polls a deaf device would find the line full."""
        asyncio.get_running_loop().add_reader(self._master, lambda: hear(os.read(self._master, PIECE_BYTES)))

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
