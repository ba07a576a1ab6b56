"""``mqtt://``: one connection to a broker, shared by all devices that it carries.

Theory of operation. A ``BrokerConnection`` is a transport like any other and a ``ReopeningLink`` keeps it open, so that
connecting, backing off and telling a loss happen once for a broker. Its sink is a ``Broker``, which passes on what
happens to the seats: one *seat* is one device, sitting under one topic filter. A device's ``MqttLink`` takes a seat for
as long as it runs; the connection is made for the first seat and closed after the last.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from vitalwatch.driver import Message, Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links.base import LinkSink
from vitalwatch.links.broker_settings import NO_SETTINGS, BrokerSettings
from vitalwatch.links.mqtt_connection import BrokerConnection, Seat, client_id_of
from vitalwatch.links.shared import Keeper, KeptOpen
from vitalwatch.links.topics import TopicTable


class Brokers:
    """All connections to brokers. Devices of one broker share one, except that overlapping filters never do.

    Args:
        keep_open: makes the link that keeps a connection open.
        settings: how to sign in, by ``host:port`` with the host in lower case and without brackets.
    """

    def __init__(self, keep_open: KeptOpen, settings: Mapping[str, BrokerSettings]) -> None:
        self._keep_open = keep_open
        self._settings = settings
        self._brokers: list[Broker] = []

    def join(self, seat: Seat) -> Broker:
        """Find or make a connection for a seat."""
        for broker in self._brokers:
            if broker.welcomes(seat.url):
                break
        else:
            taken = {broker.number for broker in self._brokers if broker.serves(seat.url)}
            number = next(number for number in itertools.count(1) if number not in taken)
            settings = self._settings.get(f"{seat.url.host.lower()}:{seat.url.port}", NO_SETTINGS)
            broker = Broker(seat.url, number, self._keep_open, settings)
            self._brokers.append(broker)
        broker.join(seat)
        return broker

    async def leave(self, broker: Broker, seat: Seat) -> None:
        """Give up a seat; the last one waits until the connection is closed."""
        broker.leave(seat)
        if broker.empty:
            self._brokers.remove(broker)
            await broker.close()


class MqttLink:
    """A device's link over a broker's shared connection."""

    def __init__(self, url: LinkUrl, brokers: Brokers) -> None:
        self.url = url
        self._brokers = brokers
        self._seat: Seat | None = None
        self._ignored = 0

    @property
    def ignored(self) -> int:
        """Messages larger than 1 MiB, since the link was made."""
        return self._ignored + (self._seat.ignored if self._seat else 0)

    async def run(self, sink: LinkSink) -> None:
        """Have a seat until cancelled."""
        seat = self._seat = Seat(self.url, sink)
        broker = self._brokers.join(seat)
        try:
            await seat.outcome.wait()
        finally:
            self._ignored, self._seat = self.ignored, None
            await self._brokers.leave(broker, seat)

    def send(self, data: bytes) -> None:
        """Does nothing: a topic filter names where to listen, not where to publish."""


class Broker:
    """The seats of one connection, and the task that keeps the connection open while there are any."""

    def __init__(self, url: LinkUrl, number: int, keep_open: KeptOpen, settings: BrokerSettings) -> None:
        self.number = number
        self._place = _place(url)
        self._table: TopicTable[Seat] = TopicTable()
        self._connection = BrokerConnection(url, number, self._table, settings)
        self._keeper = Keeper(keep_open(url, self._connection), self, self._failed)
        self._error: LinkError | None = None

    @property
    def empty(self) -> bool:
        """Whether nobody sits here."""
        return not self._table.filters()

    def serves(self, url: LinkUrl) -> bool:
        """Tell whether this is the broker that a device's URL names."""
        return self._place == _place(url)

    def welcomes(self, url: LinkUrl) -> bool:
        """Tell whether a device's topic can come over this connection without coming twice."""
        return self.serves(url) and not self._table.clashes(url.topic)

    def join(self, seat: Seat) -> None:
        """Seat a device; the first one starts the connection."""
        self._table.add(seat.url.topic, seat)
        if self._error is not None:
            seat.lost(self._error)
        self._connection.wanted(seat.url.topic)
        self._keeper.start()

    def leave(self, seat: Seat) -> None:
        """Take a device out."""
        self._table.remove(seat.url.topic, seat)
        if not self._table.under(seat.url.topic):
            self._connection.wanted(seat.url.topic)

    async def close(self) -> None:
        """Close the connection and wait until it is closed."""
        await self._keeper.close()

    def opened(self) -> None:
        """The broker is there; each seat opens when its topic is granted."""
        self._error = None

    def received(self, data: Received) -> None:
        """Hand a message to every device that wants its topic."""
        if isinstance(data, Message):
            for seat in self._table.wanting(data.topic):
                seat.received(data)

    def lost(self, error: LinkError) -> None:
        """The broker is gone or cannot be reached: every device's link is lost."""
        self._error = error
        for seat in self._table:
            seat.lost(error)

    def _failed(self, bug: Exception) -> None:
        """A bug ended the connection for good: let it come out in every device's link."""
        for seat in self._table:
            seat.outcome.fail(bug)


def _place(url: LinkUrl) -> tuple[str, str, int, str | None]:
    """What two links have in common when they share a connection."""
    return url.scheme, url.host, url.port, client_id_of(url)
