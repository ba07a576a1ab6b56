"""The way between a page and the service, which a test can cut and join again, or make slow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Wire:
    """Carries the connections of a page to the service.

    Attributes:
        is_cut: whether nothing is carried now.
        bytes_per_s: how much it carries each way of a connection; what is more waits. ``None``: all at once.
    """

    def __init__(self, address: str) -> None:
        self._port = urlsplit(address).port
        self._ends: set[asyncio.StreamWriter] = set()
        self.is_cut = False
        self.bytes_per_s: int | None = None

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection of the page, both ways."""
        if self.is_cut:
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._ends |= {writer, back}
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536 if self.bytes_per_s is None else 100):
                if self.bytes_per_s is not None:
                    await asyncio.sleep(len(data) / self.bytes_per_s)
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass  # cut while it was writing
        writer.close()
        self._ends.discard(writer)

    def cut(self) -> None:
        """End every connection, and refuse new ones until it is joined."""
        self.is_cut = True
        for end in self._ends:
            end.transport.abort()


@asynccontextmanager
async def wire_to(address: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the service, and the address of its near end."""
    wire = Wire(address)
    server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    try:
        yield wire, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        wire.cut()
        server.close()
        await server.wait_closed()
