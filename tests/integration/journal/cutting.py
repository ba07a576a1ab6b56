"""A connection to a server that breaks exactly at a commit."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, Self

from tests.integration.conftest import free_port

_COMMIT: Final = b"COMMIT"


class CuttingProxy:
    """Hands bytes on between a client and PostgreSQL, until it is told to break.

    Args:
        server: the server's port on the loopback.

    Attributes:
        port: where clients connect.
        cuts: how often it broke.
    """

    def __init__(self, server: int) -> None:
        self.port = free_port()
        self.cuts = 0
        self._server = server
        self._when = ""
        self._away = False
        self._and_stay_away = False
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._break_all()

    def cut(self, when: str, *, and_stay_away: bool) -> None:
        """Break at the next commit: ``before`` the server hears of it, or ``after`` it has done it."""
        self._and_stay_away = and_stay_away
        self._when = when

    def come_back(self) -> None:
        """Let clients in again."""
        self._away = False

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._away:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._server))
            self._open += [client, server]
            threading.Thread(target=self._to_server, args=(client, server), daemon=True).start()
            threading.Thread(target=self._to_client, args=(server, client), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        for data in _received(client):
            if _COMMIT in data and self._when == "before":
                self._break()
                return
            if _COMMIT in data and self._when == "after":
                self._when = "answer"  # what the server says next must not come through
            with suppress(OSError):  # it broke meanwhile
                server.sendall(data)

    def _to_client(self, server: socket.socket, client: socket.socket) -> None:
        for data in _received(server):
            if self._when == "answer":
                self._break()
                return
            with suppress(OSError):
                client.sendall(data)

    def _break(self) -> None:
        self._when = ""
        self._away = self._and_stay_away
        self.cuts += 1
        self._break_all()

    def _break_all(self) -> None:
        for each in self._open:
            with suppress(OSError):  # it ended before
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()


def _received(wire: socket.socket) -> Iterator[bytes]:
    """What comes, until the connection ends."""
    while True:
        try:
            data = wire.recv(65536)
        except OSError:
            return
        if not data:
            return
        yield data
