"""One connection to an MQTT broker, and the seats of the devices whose messages it carries.

There is no queue. Each message goes to the devices that want it while it is being read, one message a turn of the event
loop; when messages come faster than they can be handled, the socket fills and the broker holds back or drops by its
own rules. So nothing here grows, and nothing is handed over late while a newer value waits behind it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import functools
import socket
from collections.abc import Callable, Collection
from typing import Any, NoReturn

import aiomqtt
import structlog
from paho.mqtt.client import MQTTMessage
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from vitalwatch.driver import Message, Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl, MqttOptions
from vitalwatch.links.base import LinkSink, Outcome
from vitalwatch.links.broker_settings import BrokerSettings, tls_context
from vitalwatch.links.link import LONGEST_PAUSE_S
from vitalwatch.links.mqtt_errors import ClosedEarlyError, explain, topic_refused
from vitalwatch.links.topics import TopicTable

KEEPALIVE_S = 5
"""A silent broker is asked after this time and given up after as long again: noticed within 12 s."""

ANSWER_S = 3.0
"""How long to wait for a TCP connection, and for each answer of the broker."""

LARGEST_MESSAGE = 1024 * 1024
"""Bytes; no bedside device sends a larger one, and one may not fill the memory of the service."""

_FILTERS_A_REQUEST = 200
# Nagle's algorithm would hold small packets back for up to 40 ms while an acknowledgement is outstanding.
_SOCKET_OPTIONS = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)

_log = structlog.get_logger(__name__)


class Seat:
    """One device on a connection: tells its sink, and keeps apart what goes wrong in it."""

    def __init__(self, url: LinkUrl, sink: LinkSink) -> None:
        self.url = url
        self.outcome = Outcome()
        self.ignored = 0
        options = url.options if isinstance(url.options, MqttOptions) else MqttOptions()
        self.qos = options.qos
        self._bytes = options.bytes
        self._sink = sink
        self._open = False
        self._refused = False

    def opened(self) -> None:
        """The broker delivers this seat's topic."""
        if not self._open:
            self._open, self._refused = True, False
            self.outcome.call(self._sink.opened)

    def received(self, message: Message) -> None:
        """A message of this seat's topic. One that overtakes the broker's answer to the request proves the opening."""
        if len(message.payload) > LARGEST_MESSAGE:
            self.ignored += 1
            if self.ignored == 1:
                _log.warning("message too large, ignored", link=self.url.text, bytes=len(message.payload))
            return
        self.opened()
        if self._bytes is None:
            self.outcome.call(self._sink.received, message)
        elif not message.retained:  # a piece of a stream from an unknown time ago
            self.outcome.call(self._sink.received, _piece(message.payload, self._bytes))

    def refused(self) -> None:
        """The broker does not grant the topic; told once for a row of refusals."""
        if not self._refused:
            self.lost(topic_refused(self.url))
            self._refused = True

    def lost(self, error: LinkError) -> None:
        """The topic is not delivered any more, or cannot be."""
        self._open = self._refused = False
        self.outcome.call(self._sink.lost, LinkError(error.reason, url=self.url.text, transient=error.transient))


class BrokerConnection:
    """One opening of a connection after the other, with the subscriptions that the seats ask for."""

    def __init__(self, url: LinkUrl, number: int, table: TopicTable[Seat], settings: BrokerSettings) -> None:
        self._url = url
        self._number = number
        self._table = table
        self._settings = settings
        self._changed = asyncio.Event()
        self._pending: set[str] = set()

    def wanted(self, topic_filter: str) -> None:
        """Note that somebody came to this filter, or that the last one left. A newcomer makes it be asked for again,
        so that the broker sends the retained message once more; everybody under the filter gets it, so marked."""
        self._pending.add(topic_filter)
        self._changed.set()

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:
        """Connect, subscribe, and hand on messages until the connection is lost."""
        outcome = Outcome()
        repeats = Repeats()

        def arrived(_client: object, _data: object, message: MQTTMessage) -> None:
            if not repeats.is_one(message):
                outcome.call(received, Message(bytes(message.payload), message.topic, message.retain))

        tls = None
        if self._settings.tls or self._url.scheme == "mqtts":
            # In a thread, since it reads files; anew each time, since certificates are renewed.
            tls = await asyncio.to_thread(tls_context, self._settings, self._url)
        client = aiomqtt.Client(
            self._url.host,
            self._url.port,
            username=self._settings.user,
            password=self._settings.password,
            tls_context=tls,
            protocol=aiomqtt.ProtocolVersion.V5 if self._settings.version == "5" else aiomqtt.ProtocolVersion.V311,
            identifier=self._client_id(),
            timeout=ANSWER_S,
            keepalive=KEEPALIVE_S,
            socket_options=_SOCKET_OPTIONS,
        )
        # aiomqtt has no setting for these: paho would wait 5 s for a connection, aiomqtt would queue the messages, and
        # would wait for the answer of a broker that has hung up.
        client._client.connect_timeout = ANSWER_S  # noqa: SLF001
        client._client.on_message = arrived  # noqa: SLF001
        client._client.on_disconnect = functools.partial(_hung_up, client)  # noqa: SLF001
        try:
            await _connect(client)
            try:
                await self._serve(client, outcome, opened)
            finally:
                await _disconnect(client)
        except (aiomqtt.MqttError, UnicodeError) as error:
            raise explain(error, self._url, self._settings) from error

    def send(self, data: bytes) -> None:
        """Does nothing: see ``MqttLink.send``."""

    async def _serve(self, client: aiomqtt.Client, outcome: Outcome, opened: Callable[[], None]) -> None:
        """Keep the subscriptions as the seats want them until the connection is lost or a sink has failed."""
        opened()
        tasks = (
            # No message reaches this client's queue, so waiting for one is waiting for the loss.
            asyncio.ensure_future(anext(client.messages)),
            asyncio.ensure_future(outcome.wait()),
            asyncio.create_task(self._keep_subscribed(client)),
        )
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:  # in this order: a loss explains a failed subscription
                if task in done:
                    await task
        finally:
            await _end(tasks)

    async def _keep_subscribed(self, client: aiomqtt.Client) -> NoReturn:
        """Subscribe to what the seats want, again whenever that changes, and now and then to what was refused."""
        self._pending.update(self._table.filters())
        while True:
            self._changed.clear()
            refused = await self._subscribe(client)
            with contextlib.suppress(TimeoutError):
                # Real seconds: a refusal lasts until a person changes the broker's rules.
                async with asyncio.timeout(LONGEST_PAUSE_S if refused else None):
                    await self._changed.wait()
            self._pending |= refused

    async def _subscribe(self, client: aiomqtt.Client) -> set[str]:
        """Ask the broker for the pending filters, and give up those that nobody wants; return the refused ones."""
        refused: set[str] = set()
        while self._pending and self._table.filters():  # with nobody left the connection is about to be closed
            batch = [self._pending.pop() for _ in range(min(len(self._pending), _FILTERS_A_REQUEST))]
            ask = [topic_filter for topic_filter in batch if self._table.under(topic_filter)]
            drop = [topic_filter for topic_filter in batch if not self._table.under(topic_filter)]
            if drop:
                await client.unsubscribe(drop)
            if not ask:
                continue
            codes: list[int | ReasonCode] = [*await client.subscribe([self._request(one) for one in ask])]
            for topic_filter, code in zip(ask, codes, strict=True):
                granted = (code if isinstance(code, int) else code.value) < 128  # MQTT 3.1.1 section 3.9.3
                for seat in self._table.under(topic_filter):
                    if granted:
                        seat.opened()
                    else:
                        seat.refused()
                if not granted:
                    refused.add(topic_filter)
        return refused

    def _request(self, topic_filter: str) -> Any:
        """One filter of a subscription, with the highest quality that any of its seats asks for."""
        qos = max(seat.qos for seat in self._table.under(topic_filter))
        return (topic_filter, SubscribeOptions(qos=qos) if self._settings.version == "5" else qos)

    def _client_id(self) -> str | None:
        """The name from the URL, numbered when overlapping filters need a second connection to the same broker."""
        name = client_id_of(self._url)
        return f"{name}-{self._number}" if name and self._number > 1 else name


class Repeats:
    """Finds messages that the broker sends again although they were taken.

    At quality 1 a broker may send a message again, marked as a duplicate and under the same packet number, when our
    answer was late (MQTT 3.1.1 sections 3.3.1.1 and 4.3.2). The mark alone proves nothing: the first one may never
    have come. What a publisher sends twice to its broker cannot be seen here: the broker makes two messages of it.
    """

    def __init__(self) -> None:
        # What each packet number last stood for. There are 65,535 of them, so this does not grow without end.
        self._taken: dict[int, int] = {}

    def is_one(self, message: MQTTMessage) -> bool:
        """Tell whether a message has been taken before on this connection."""
        if message.qos == 0:
            return False
        what = hash((message.topic, message.payload))
        if message.dup and self._taken.get(message.mid) == what:
            return True
        self._taken[message.mid] = what
        return False


def client_id_of(url: LinkUrl) -> str | None:
    """The client name that a URL gives."""
    return url.options.client_id if isinstance(url.options, MqttOptions) else None


async def _end(tasks: Collection[asyncio.Future[Any]]) -> None:
    """Cancel tasks and wait for their end, whatever it is."""
    while waiting := [task for task in tasks if not task.done()]:
        # More than once: before Python 3.12 asyncio.wait_for, which aiomqtt uses, loses a cancellation that comes
        # at the same moment as the answer (CPython issue 86296).
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=0.05)
    await asyncio.gather(*tasks, return_exceptions=True)


async def _connect(client: aiomqtt.Client) -> None:
    """Connect; when cancelled meanwhile, let the attempt finish and undo it, since half of it runs in a thread."""
    attempt = asyncio.create_task(client.__aenter__())
    try:
        await asyncio.shield(attempt)
    except asyncio.CancelledError:
        await asyncio.wait({attempt})
        if attempt.exception() is None:
            await _disconnect(client)
        raise
    except aiomqtt.MqttError:
        client._client.disconnect()  # noqa: SLF001 - aiomqtt leaves the socket of a failed attempt open
        raise


def _hung_up(client: aiomqtt.Client, *details: Any) -> None:
    """The connection is gone, perhaps before the broker has answered."""
    client._on_disconnect(*details)  # noqa: SLF001
    if not client._connected.done():  # noqa: SLF001
        client._connected.set_exception(ClosedEarlyError())  # noqa: SLF001


async def _disconnect(client: aiomqtt.Client) -> None:
    """Say goodbye; a broker that does not take it is gone all the same."""
    with contextlib.suppress(aiomqtt.MqttError):
        await client.__aexit__(None, None, None)


def _piece(payload: bytes, written: str) -> bytes:
    """The bytes that a payload stands for; what is not written that way goes on as it came, for the driver to count."""
    try:
        if written == "hex":
            return bytes.fromhex(payload.translate(None, b":-,").decode("ascii"))
        return base64.b64decode(payload.strip(), validate=True) if written == "base64" else payload
    except ValueError:
        return payload
