"""One open TCP connection as the event loop sees it; ``tcp`` dials it, ``tcp_listen`` is dialled."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
from collections.abc import Callable
from typing import Any, Final, cast

from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl

IDLE_S: Final = 5
"""A connection that has been silent so long is asked by the system whether its far end still stands."""

QUESTION_S: Final = 2
QUESTIONS: Final = 3
UNTAKEN_S: Final = 10
"""Bytes that the far end has not confirmed for so long end the connection."""

UNSENT_BYTES: Final = 4096
"""Bytes that may wait for a device that does not take them; a poll is a few tens of bytes."""

# Without these a far end whose power failed would be noticed after hours (tcp(7)). With them it is noticed after
# 5 + 3 * 2 = 11 s. Some are Linux's own; elsewhere the system's defaults stay.
_SETTINGS: Final = (
    ("SOL_SOCKET", "SO_KEEPALIVE", 1),
    ("IPPROTO_TCP", "TCP_KEEPIDLE", IDLE_S),
    ("IPPROTO_TCP", "TCP_KEEPINTVL", QUESTION_S),
    ("IPPROTO_TCP", "TCP_KEEPCNT", QUESTIONS),
    ("IPPROTO_TCP", "TCP_USER_TIMEOUT", UNTAKEN_S * 1000),
    ("IPPROTO_TCP", "TCP_NODELAY", 1),
)


class Stream(asyncio.Protocol):
    """A connection from its making to its end.

    Args:
        url: the link that it belongs to.
        opened: is told when the connection stands, before any byte.
        received: is given bytes as they come.
        ended: is told once why the connection has ended; not when ``close`` ended it.

    Attributes:
        sender: the far end's IP address, as ``ipaddress`` writes it; empty before the connection stands.
    """

    def __init__(
        self,
        url: LinkUrl,
        opened: Callable[[], None],
        received: Callable[[bytes], None],
        ended: Callable[[LinkError], None],
    ) -> None:
        self.sender = ""
        self._url = url
        self._opened = opened
        self._received = received
        self._ended = ended
        self._over = False
        self._held: bytes | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take an open connection."""
        self._transport = cast("asyncio.Transport", transport)
        peer = self._transport.get_extra_info("peername")
        if peer is None:  # it has hung up already, as port scanners do
            self.connection_lost(None)
            self._transport.abort()
            return
        settle(self._transport.get_extra_info("socket"))
        self.sender = plain_address(peer[0])
        self._opened()

    def data_received(self, data: bytes) -> None:
        """Hand bytes on."""
        if self._held is not None:
            # Here and not in hold(): before Python 3.12 a pause of a connection that was just made is not kept.
            self._held += data
            if self._transport is not None:
                self._transport.pause_reading()
        elif not self._over:
            self._received(data)

    def eof_received(self) -> None:
        """The far end closes in an orderly way."""
        self._end(f"{self._far()} closed the connection. Check that it is on and set to send to VitalWatch.")

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._end(_why_gone(exc, self._far()))

    def send(self, data: bytes) -> None:
        """Write bytes; more than a little that the far end does not take is a loss."""
        if self._over or self._transport is None:
            return
        if self._transport.get_write_buffer_size() + len(data) > UNSENT_BYTES:
            self._end(f"{self._far()} takes no more bytes. Check that the device is on and the cable is whole.")
            self._transport.abort()
        else:
            self._transport.write(data)

    def hold(self) -> None:
        """Hand no bytes on until ``resume``; the first that come are kept, the rest stays with the far end."""
        self._held = b""

    def resume(self) -> None:
        """Hand bytes on again."""
        held, self._held = self._held, None
        if held and self._transport is not None:
            self._transport.resume_reading()
            self.data_received(held)

    def close(self) -> None:
        """Close at once, without waiting for what the far end does not take, and without a word."""
        self._over = True
        if self._transport is not None:
            self._transport.abort()

    def _far(self) -> str:
        """The far end for people: as the link names it, or where the device dialled from."""
        return self._url.place if self._url.scheme == "tcp" else f"The device at {self.sender}"

    def _end(self, reason: str) -> None:
        if not self._over:
            self._over = True
            self._ended(LinkError(reason, url=self._url.text))


def plain_address(address: str) -> str:
    """An IP address as ``ipaddress`` writes it, without scope; IPv4 also when it came through an IPv6 socket."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return str(ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else str(ip)


def settle(connection: Any) -> None:
    """Set a connection (a socket, or uvloop's stand-in for one) so that a vanished far end is noticed."""
    for level, name, value in _SETTINGS:
        if hasattr(socket, name):
            connection.setsockopt(getattr(socket, level), getattr(socket, name), value)


def _why_gone(error: Exception | None, far: str) -> str:
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.ETIMEDOUT:
        return f"{far} has stopped answering. Check its power, its network cable and the network between."
    if code in (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED) or error is None:
        return f"{far} broke the connection off. It was restarted, or serves another program now."
    detail = os.strerror(code) if code else error
    return f"The connection to {far} was lost: {detail}. Check the network between."
