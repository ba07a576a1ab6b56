"""Ports of this computer that devices speak to of their own accord: ``tcp-listen://`` and ``udp://``.

Theory of operation. All links that name the same address and port share one *port*: a transport that listens, kept
open by a ``ReopeningLink`` so that failing to open it and telling so happen once. The port's sink is a ``Port``, which
passes on what happens to the seats: one *seat* is one device. Who sits where is decided by the sender's address
alone: a seat that names it (``from=``) comes first, else the seat that names none. What comes from an address that
nobody expects is dropped, and logged once for each address.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

import structlog

from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl, ListenOptions, UdpOptions
from vitalwatch.links.base import LinkSink, Outcome, Transport
from vitalwatch.links.shared import Keeper, KeptOpen

_STRANGERS_KEPT: Final = 100

_log = structlog.get_logger(__name__)


class Seat(Protocol):
    """One device at a port: tells its sink, and keeps apart what goes wrong in it."""

    url: LinkUrl
    outcome: Outcome

    def listening(self, seating: Seating) -> None:
        """The port is open; ``seating`` is who sits there."""
        ...

    def lost(self, error: LinkError) -> None:
        """The port is closed, or cannot be opened."""
        ...

    def send(self, data: bytes) -> None:
        """Write bytes to the device, if it is known where it is."""
        ...

    def close(self) -> None:
        """The device's link does not run any more."""
        ...


class Seating:
    """Who sits at a port, in the order in which they came.

    Attributes:
        seats: all of them.
        write: sends a datagram to an address, while the port is open and such a thing is possible.
    """

    def __init__(self) -> None:
        self.seats: list[Seat] = []
        self.write: Callable[[bytes, tuple[str, int]], None] | None = None
        self._strangers: set[str] = set()

    def first(self, sender: str | None) -> Seat | None:
        """Who came first of those that name this sender, or of those that name none."""
        return next((seat for seat in self.seats if sender_of(seat.url) == sender), None)

    def firsts(self) -> list[Seat]:
        """Everybody who does not wait for a place that somebody else has taken."""
        return [seat for seat in self.seats if self.first(sender_of(seat.url)) is seat]

    def seat_of(self, sender: str) -> Seat | None:
        """The seat of a sender; ``None`` for a stranger, who is logged."""
        seat = self.first(sender) or self.first(None)
        if seat is not None:
            return seat
        if sender not in self._strangers and len(self._strangers) < _STRANGERS_KEPT:
            self._strangers.add(sender)
            _log.warning("a sender that no device of the config expects, ignored", sender=sender)
        return None


SeatMaker: TypeAlias = Callable[[LinkUrl, LinkSink], Seat]
TransportMaker: TypeAlias = Callable[[LinkUrl, Seating], Transport]


class Ports:
    """All ports of one kind.

    Args:
        keep_open: makes the link that keeps a transport open.
        listen: makes the transport of a port.
    """

    def __init__(self, keep_open: KeptOpen, listen: TransportMaker) -> None:
        self._keep_open = keep_open
        self._listen = listen
        self._ports: dict[tuple[str, int, str | None], Port] = {}

    def join(self, seat: Seat) -> None:
        """Find or make the port of a seat."""
        key = _key(seat.url)
        if key not in self._ports:
            self._ports[key] = Port(seat.url, self._keep_open, self._listen)
        self._ports[key].join(seat)

    async def leave(self, seat: Seat) -> None:
        """Give up a seat; the last one waits until the port is closed."""
        key = _key(seat.url)
        port = self._ports[key]
        port.leave(seat)
        if not port.taken:
            del self._ports[key]
            await port.close()


class Port:
    """The seats of one port, and the task that keeps it open while there are any."""

    def __init__(self, url: LinkUrl, keep_open: KeptOpen, listen: TransportMaker) -> None:
        self._seating = Seating()
        self._keeper = Keeper(keep_open(url, listen(url, self._seating)), self, self._failed)
        self._listening = False
        self._error: LinkError | None = None

    @property
    def taken(self) -> bool:
        """Whether anybody sits here."""
        return bool(self._seating.seats)

    def join(self, seat: Seat) -> None:
        """Seat a device; the first one opens the port."""
        self._seating.seats.append(seat)
        first = self._seating.first(sender_of(seat.url))
        if first is not None and first is not seat:
            seat.lost(_taken(seat.url, first.url))
        elif self._listening:
            seat.listening(self._seating)
        elif self._error is not None:
            seat.lost(self._error)
        self._keeper.start()

    def leave(self, seat: Seat) -> None:
        """Take a device out."""
        self._seating.seats.remove(seat)
        seat.close()
        heir = self._seating.first(sender_of(seat.url))
        if heir is not None and self._listening:
            heir.listening(self._seating)

    async def close(self) -> None:
        """Close the port and wait until it is closed."""
        await self._keeper.close()

    def opened(self) -> None:
        """The port is open."""
        self._listening, self._error = True, None
        for seat in self._seating.firsts():
            seat.listening(self._seating)

    def received(self, data: object) -> None:
        """Never called: the transport hands what comes to the seats."""

    def lost(self, error: LinkError) -> None:
        """The port is closed or cannot be opened: every device's link is lost."""
        self._listening, self._error = False, error
        for seat in self._seating.firsts():
            seat.lost(error)

    def _failed(self, bug: Exception) -> None:
        for seat in self._seating.seats:
            seat.outcome.fail(bug)


class PortLink:
    """A device's link over a port that it may share."""

    ignored = 0

    def __init__(self, url: LinkUrl, ports: Ports, make_seat: SeatMaker) -> None:
        self.url = url
        self._ports = ports
        self._make_seat = make_seat
        self._seat: Seat | None = None

    async def run(self, sink: LinkSink) -> None:
        """Have a seat until cancelled."""
        seat = self._seat = self._make_seat(self.url, sink)
        self._ports.join(seat)
        try:
            await seat.outcome.wait()
        finally:
            self._seat = None
            await self._ports.leave(seat)

    def send(self, data: bytes) -> None:
        """Write bytes to the device; does nothing while it is not known where it is."""
        if self._seat is not None:
            self._seat.send(data)


def sender_of(url: LinkUrl) -> str | None:
    """The address that a link expects its device at, if it names one."""
    return url.options.sender if isinstance(url.options, (ListenOptions, UdpOptions)) else None


def cannot_listen(error: OSError, url: LinkUrl) -> LinkError:
    """Turn what the system raised when a port was opened into a sentence for people."""
    needs_a_hand = True
    match error.errno:
        case errno.EADDRINUSE:
            reason = f"Another program of this computer listens at {url.place}. Close it, or choose another port."
        case errno.EACCES | errno.EPERM:
            reason = f"The account that runs VitalWatch may not listen at {url.place}. Choose a port above 1023."
        case errno.EADDRNOTAVAIL:
            reason = f"This computer has no address {url.host}. Check its network, or correct the address in the link."
            needs_a_hand = False  # the network may come up later than the service
        case errno.ENODEV | errno.ENETUNREACH | errno.ENETDOWN:
            reason = "This computer's network is not up, so nothing can be heard. Check its network cable."
            needs_a_hand = False
        case errno.EMFILE | errno.ENFILE:
            reason = f"{url.place} cannot be opened: too many files are open. Raise the limit (ulimit -n) and restart."
        case code:
            detail = os.strerror(code) if code else str(error)
            reason = f"{url.place} cannot be listened at: {detail}. Check the address in the link."
    return LinkError(reason, url=url.text, transient=not needs_a_hand)


def _taken(url: LinkUrl, twin: LinkUrl) -> LinkError:
    reason = (
        f"Another device of the config has the same place: {twin.text}. Give each device that sends to {url.place} "
        "its own address with from=."
    )
    return LinkError(reason, url=url.text, transient=False)


def _key(url: LinkUrl) -> tuple[str, int, str | None]:
    """What two links have in common when they share a port."""
    return url.host, url.port, url.options.group if isinstance(url.options, UdpOptions) else None
