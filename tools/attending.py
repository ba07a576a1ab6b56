"""A screen before which somebody sits, played by a program, and a network between it and the service that can be cut.

For tests and benchmarks of what the service notices when a screen is no longer what it was.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

CUTS: Final = ("closed", "reset", "silent", "unread", "undrawn")
"""Ways to lose a screen: it says goodbye; its connection breaks; its network is gone, while the connection seems to
stand; it no longer reads; it reads, and draws nothing any more."""

_PROVEN: Final = ("snapshot", "heartbeat", "alarm")


class Network:
    """Carries one connection to the service until it is cut.

    Attributes:
        port: where to connect to.
    """

    def __init__(self, service: str) -> None:
        url = urlsplit(service)
        self._host, self._port = url.hostname or "", url.port or 80
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._silent = False

    @asynccontextmanager
    async def carrying(self) -> AsyncIterator[None]:
        """Carry for the length of a block."""
        async with asyncio.TaskGroup() as tasks:

            async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
                self._writers = [writer, far_writer]
                tasks.create_task(self._pump(reader, far_writer))
                tasks.create_task(self._pump(far_reader, writer))

            server = await asyncio.start_server(take, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            try:
                yield
            finally:
                self.reset()
                server.close()
                await server.wait_closed()

    def reset(self) -> None:
        """Break the connection, at both ends at once."""
        for writer in self._writers:
            writer.transport.abort()

    def silence(self) -> None:
        """Let everything vanish that is sent from now on, while the connection seems to stand."""
        self._silent = True

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if not self._silent:
                    writer.write(data)
                    await writer.drain()
        writer.close()


class Attending:
    """A page that draws all that comes and sounds."""

    def __init__(self, socket: ClientConnection, network: Network) -> None:
        self._socket = socket
        self._network = network
        self._draws = True
        self._drawing = asyncio.create_task(self._draw())

    async def _draw(self) -> None:
        with suppress(ConnectionClosed):
            await self._socket.send('{"type":"hello","screen":"desk","kind":"viewer"}')
            await self._socket.send('{"type":"state","sound":"on","visible":true}')
            while True:
                frame = json.loads(await self._socket.recv())
                if self._draws and frame["type"] in _PROVEN:
                    await self._socket.send(json.dumps({"type": "drew", "seq": frame["seq"]}))

    async def cut(self, how: str) -> None:
        """Be lost in one of the ways of :data:`CUTS`."""
        match how:
            case "closed":
                await self._socket.close()
            case "reset":
                self._network.reset()
            case "silent":
                self._network.silence()
            case "unread":
                self._drawing.cancel()
            case _:
                self._draws = False

    async def end(self) -> None:
        """Stop playing."""
        self._drawing.cancel()
        await asyncio.wait({self._drawing})


@asynccontextmanager
async def attending(address: str) -> AsyncIterator[Attending]:
    """Attend the service at the page's address for the length of a block."""
    network = Network(address)
    async with network.carrying():
        url = f"ws://127.0.0.1:{network.port}/ws/live"
        socket = await connect(url, max_size=None, close_timeout=0.1)
        screen = Attending(socket, network)
        try:
            yield screen
        finally:
            await screen.end()
            socket.transport.abort()
            await socket.wait_closed()
