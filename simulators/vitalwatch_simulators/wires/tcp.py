"""TCP, both ways round: a monitor that dials its host, and one that listens.

A listening monitor serves one host at a time, as a device server does that gives one serial line to the network; a
polled device with two masters would mix up their answers. Who dials last gets the line: a host that lost its
connection without a word is served again at once. While no host is connected the monitor goes on, heard by nobody.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn, cast

from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import TcpLink, TcpListenLink
from vitalwatch_simulators.monitor import StreamMonitor
from vitalwatch_simulators.wires import outage
from vitalwatch_simulators.wires.talk import stream_talk
from vitalwatch_simulators.wires.timeline import Timeline

UNREAD_BYTES: Final = 16384
"""When more than this waits here for a host that does not read, what is said next is lost as a whole. As much again
waits in the system's buffer."""

ANSWER_S: Final = 5.0
"""How long to wait for a host to answer, real seconds."""

# A host whose power failed is noticed after 5 + 3 * 2 = 11 s (tcp(7)) instead of hours. Some are Linux's own.
_SETTINGS: Final = (
    ("SOL_SOCKET", "SO_KEEPALIVE", 1),
    ("SOL_SOCKET", "SO_SNDBUF", UNREAD_BYTES // 2),  # the system doubles it, socket(7)
    ("IPPROTO_TCP", "TCP_KEEPIDLE", 5),
    ("IPPROTO_TCP", "TCP_KEEPINTVL", 2),
    ("IPPROTO_TCP", "TCP_KEEPCNT", 3),
    ("IPPROTO_TCP", "TCP_USER_TIMEOUT", 10_000),
)


class OnTcp(NamedTuple):
    """A monitor that dials a host, and dials again whenever the connection has ended."""

    monitor: StreamMonitor
    link: TcpLink

    async def run(self, opened: asyncio.Event, timeline: Timeline) -> None:
        """Speak and listen until cancelled; ``opened`` is set after the first call, answered or not."""
        host = _Host()
        talk = stream_talk(self.monitor, timeline, host.write)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_dialled(host, talk.hear, opened), name=f"dial {self.link}")
                group.create_task(talk.run(), name=f"talk {self.link}")
        finally:
            host.hang_up()

    async def _keep_dialled(self, host: _Host, hear: Callable[[bytes], None], opened: asyncio.Event) -> NoReturn:
        trouble = outage.Outage(self.link, "the host")
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with asyncio.timeout(ANSWER_S):
                    _, call = await loop.create_connection(lambda: _Call(host, hear), self.link.host, self.link.port)
            except OSError as error:
                trouble.begin(_why(error))
                opened.set()
            else:
                trouble.end()
                opened.set()
                trouble.begin(await call.ended)
            await asyncio.sleep(outage.RETRY_S)


class OnTcpListen(NamedTuple):
    """A monitor that hosts dial in to."""

    monitor: StreamMonitor
    link: TcpListenLink

    async def run(self, opened: asyncio.Event, timeline: Timeline) -> None:
        """Speak and listen until cancelled; ``opened`` is set when hosts can dial in.

        Raises:
            LinkError: if the port cannot be listened at.
        """
        host = _Host()
        talk = stream_talk(self.monitor, timeline, host.write)
        try:
            server = await asyncio.get_running_loop().create_server(
                lambda: _Call(host, talk.hear), self.link.host or None, self.link.port
            )
        except OSError as error:
            reason = f"{self.link} cannot be listened at: {_why(error)}. Choose another port or address."
            raise LinkError(reason, url=str(self.link), transient=False) from error
        opened.set()
        try:
            await talk.run()
        finally:
            server.close()
            host.hang_up()


class _Host:
    """The far end: the connection that was made last, if it stands."""

    def __init__(self) -> None:
        self._call: _Call | None = None

    def write(self, data: bytes) -> None:
        """Send bytes, if a host is there to take them."""
        if self._call is not None:
            self._call.write(data)

    def take(self, call: _Call) -> None:
        """Serve this call, and hang up the one before."""
        self.hang_up()
        self._call = call

    def leave(self, call: _Call) -> None:
        """This call has ended."""
        if self._call is call:
            self._call = None

    def hang_up(self) -> None:
        """End the connection, if there is one."""
        if self._call is not None:
            self._call.hang_up()


class _Call(asyncio.Protocol):
    """One connection.

    Args:
        host: is told of its beginning and end.
        hear: is given what comes.

    Attributes:
        ended: why it has ended, when it has.
    """

    def __init__(self, host: _Host, hear: Callable[[bytes], None]) -> None:
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._host = host
        self._hear = hear
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take an open connection."""
        self._transport = cast("asyncio.Transport", transport)
        connection = self._transport.get_extra_info("socket")
        for level, name, value in _SETTINGS:
            if hasattr(socket, name):
                connection.setsockopt(getattr(socket, level), getattr(socket, name), value)
        self._host.take(self)

    def data_received(self, data: bytes) -> None:
        """Hand bytes on."""
        self._hear(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._host.leave(self)
        if not self.ended.done():
            self.ended.set_result("it hung up" if exc is None else _why(exc))

    def write(self, data: bytes) -> None:
        """Send bytes, unless too many wait already."""
        assert self._transport is not None
        if not self._transport.is_closing() and self._transport.get_write_buffer_size() <= UNREAD_BYTES:
            self._transport.write(data)

    def hang_up(self) -> None:
        """End it at once, without waiting for what the host does not take."""
        assert self._transport is not None
        self._transport.abort()


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)  # the system's words; asyncio puts an address before them
    return str(error)
