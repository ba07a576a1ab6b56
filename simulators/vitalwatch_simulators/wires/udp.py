"""UDP: a monitor that sends datagrams to one place and answers whoever writes to it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import UdpLink
from vitalwatch_simulators.monitor import DatagramMonitor
from vitalwatch_simulators.wires.outage import Outage
from vitalwatch_simulators.wires.talk import PIECE_BYTES, datagram_talk
from vitalwatch_simulators.wires.timeline import Timeline


class OnUdp(NamedTuple):
    """A monitor that speaks in datagrams."""

    monitor: DatagramMonitor
    link: UdpLink

    async def run(self, opened: asyncio.Event, timeline: Timeline) -> None:
        """Speak and listen until cancelled; ``opened`` is set when the port is bound. That somebody hears is not known.

        Raises:
            LinkError: if the name of the host is not known, or the port to send from is taken.
        """
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(self.link.host, self.link.port, type=socket.SOCK_DGRAM)
            family, *_, address = found[0]
            port = _bind(family, self.link.from_port or 0)
        except OSError as error:
            reason = f"{self.link} cannot be used: {error.strerror}. Check the host, or send from another port."
            raise LinkError(reason, url=str(self.link), transient=False) from error
        with port:
            sender = _Sender(port, Outage(self.link, "the host"))
            talk = datagram_talk(self.monitor, timeline, partial(sender.send, address))
            loop.add_reader(port, _read, port, lambda data, writer: talk.hear(data, partial(sender.send, writer)))
            opened.set()
            try:
                await talk.run()
            finally:
                loop.remove_reader(port)


class _Sender:
    """Sends datagrams, and says once when the system refuses to."""

    def __init__(self, port: socket.socket, outage: Outage) -> None:
        self._port = port
        self._outage = outage

    def send(self, address: Any, datagrams: list[bytes]) -> None:
        """Send them; those that do not get out are lost, as others are on the way."""
        for datagram in datagrams:
            try:
                self._port.sendto(datagram, address)
            except BlockingIOError:
                continue
            except OSError as error:
                self._outage.begin(error.strerror)
            else:
                self._outage.end()


def _bind(family: int, number: int) -> socket.socket:
    port = socket.socket(family, socket.SOCK_DGRAM)
    try:
        port.setblocking(False)
        port.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)  # some monitors announce themselves to everybody
        port.bind(("", number))
    except BaseException:
        port.close()
        raise
    return port


def _read(port: socket.socket, heard: Callable[[bytes, Any], None]) -> None:
    with contextlib.suppress(OSError):  # nothing there after all, or news of a datagram that was not delivered
        data, writer = port.recvfrom(PIECE_BYTES)
        heard(data, writer)
