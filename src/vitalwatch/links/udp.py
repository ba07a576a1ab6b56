"""``udp://[address]:port``: datagrams that devices send to this computer or to a multicast group, each a message."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from typing import Any, Final, cast

import structlog

from vitalwatch.driver import Message, Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl, UdpOptions
from vitalwatch.links.base import LinkSink, Outcome
from vitalwatch.links.ports import Seating, cannot_listen
from vitalwatch.links.stream import plain_address

_EVERY_ADDRESS: Final = "0.0.0.0"

_log = structlog.get_logger(__name__)


class UdpSeat:
    """One device at a UDP port."""

    def __init__(self, url: LinkUrl, sink: LinkSink) -> None:
        self.url = url
        self.outcome = Outcome()
        self._sink = sink
        self._open = False
        self._to = url.options.to if isinstance(url.options, UdpOptions) else None
        self._seating: Seating | None = None
        self._reply: Callable[[bytes], None] | None = None
        self._heard_from = ""
        self._mixed = False

    def listening(self, seating: Seating) -> None:
        """Datagrams can come from now on; whether any do is a matter of their age."""
        self._seating = seating
        self._opened()

    def _opened(self) -> None:
        if not self._open:
            self._open = True
            self.outcome.call(self._sink.opened)

    def heard(self, data: bytes, sender: str, reply: Callable[[bytes], None]) -> None:
        """A datagram of this device came."""
        self._opened()  # a datagram may overtake the news that the port is open
        if self._heard_from not in ("", sender) and not self._mixed:
            self._mixed = True
            _log.warning("several senders on one link, give it from=", link=self.url.text, one=sender)
        self._heard_from, self._reply = sender, reply
        self.outcome.call(self._sink.received, Message(data))

    def lost(self, error: LinkError) -> None:
        """The port is closed, or cannot be opened."""
        self._open = False
        self._reply = None
        self.outcome.call(self._sink.lost, LinkError(error.reason, url=self.url.text, transient=error.transient))

    def send(self, data: bytes) -> None:
        """Write to the address of the link; if it names none, answer whoever was heard last, and nobody before."""
        if self._to is not None:
            if self._seating is not None and self._seating.write is not None:
                self._seating.write(data, self._to)
        elif self._reply is not None:
            self._reply(data)

    def close(self) -> None:
        """Forget the sender."""
        self._reply = None


class UdpTransport:
    """One UDP port, from one opening to its loss.

    Args:
        url: a ``udp`` URL of one of the seats; all name the same port.
        seating: who gets what comes.
    """

    def __init__(self, url: LinkUrl, seating: Seating) -> None:
        self._url = url
        self._seating = seating

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:  # noqa: ARG002
        """Listen until the socket fails."""
        outcome = Outcome()
        try:
            port = _open(self._url)
        except OSError as error:
            raise cannot_listen(error, self._url) from error
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Socket(self._url, self._seating, outcome), sock=port
        )
        try:
            self._seating.write = transport.sendto
            opened()
            await outcome.wait()
        finally:
            self._seating.write = None
            transport.abort()

    def send(self, data: bytes) -> None:
        """Never called: each seat answers its own sender."""


class _Socket(asyncio.DatagramProtocol):
    """An open socket as the event loop sees it."""

    def __init__(self, url: LinkUrl, seating: Seating, outcome: Outcome) -> None:
        self._url = url
        self._seating = seating
        self._outcome = outcome
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        sender = plain_address(addr[0])
        seat = self._seating.seat_of(sender)
        if isinstance(seat, UdpSeat):
            seat.heard(data, sender, lambda answer: self._send(answer, addr))

    def error_received(self, exc: Exception) -> None:
        self._outcome.fail(cannot_listen(exc, self._url) if isinstance(exc, OSError) else exc)

    def _send(self, data: bytes, address: tuple[Any, ...]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, address)


def _open(url: LinkUrl) -> socket.socket:
    """Bind a port, and join the group if there is one."""
    group = url.options.group if isinstance(url.options, UdpOptions) else None
    family = socket.AF_INET6 if ":" in url.host else socket.AF_INET
    port = socket.socket(family, socket.SOCK_DGRAM)
    try:
        port.setblocking(False)
        if group is None:
            port.bind((url.host or _EVERY_ADDRESS, url.port))
        else:
            # Every program of this computer may hear a group. Bound to the group's own address, the socket gets
            # nothing else that is sent to the port (ip(7)).
            port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            port.bind((group, url.port))
            membership = ipaddress.IPv4Address(group).packed + ipaddress.IPv4Address(url.host or _EVERY_ADDRESS).packed
            port.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    except BaseException:
        port.close()
        raise
    return port
