"""``tcp-listen://[address]:port``: devices that dial in to this computer, one connection a device at a time.

Theory of operation. The first connection is the device's. When another one comes while it stands, there are two
stories: the device lost its network and dials again while the system still takes the old connection for whole, or a
second device was set to the wrong port. Mixing up two patients is the worst that can happen here, so

- a connection from *another* address is turned away. If the device has got a new address, the system finds the old
  connection dead within 12 s (``stream.py``), and the next call gets through;
- a connection from the *same* address waits, unread. When the old one ends or says nothing for ``SILENT_S``, the new
  one takes its place. When the old one still delivers, there are two devices behind one address: the new one is
  turned away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links.base import LinkSink, Outcome
from vitalwatch.links.ports import Seating, cannot_listen, sender_of
from vitalwatch.links.stream import Stream

FIRST_CALL_S: Final = 10.0
"""A device that has not dialled in for so long after the port was opened is told as missing, real seconds."""

SILENT_S: Final = 5.0
"""A connection that delivers nothing for so long, while its device dials again, is dead. Real seconds."""

PROOF_AFTER_S: Final = 0.5
"""What was on its way when the new call came proves nothing; bytes that come later do. Real seconds."""

_log = structlog.get_logger(__name__)


class CallSeat:
    """One device at a listening port: the connection that is its own, and perhaps one that waits."""

    def __init__(self, url: LinkUrl, sink: LinkSink) -> None:
        self.url = url
        self.outcome = Outcome()
        self._loop = asyncio.get_running_loop()
        self._sink = sink
        self._present: Stream | None = None
        self._waiting: Stream | None = None
        self._waiting_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def listening(self, seating: Seating) -> None:  # noqa: ARG002 - a call is answered on its own connection
        """The port is open; the device is awaited."""
        if self._present is None:
            self._set_timer(FIRST_CALL_S, self._nobody)

    def call(self, call: Stream) -> None:
        """The device, or what passes for it, has dialled in."""
        if self._present is None:
            self._take(call)
        elif call.sender != self._present.sender:
            _log.warning(
                "a second device dialled in, turned away",
                link=self.url.text,
                present=self._present.sender,
                second=call.sender,
            )
            call.close()
        else:
            if self._waiting is not None:
                self._waiting.close()
            else:
                self._waiting_since = self._loop.time()
                self._set_timer(SILENT_S, self._give_way)
            self._waiting = call
            call.hold()

    def heard(self, call: Stream, data: bytes) -> None:
        """Bytes came over the present connection; one that waits hands nothing on."""
        if self._waiting is not None and self._loop.time() - self._waiting_since >= PROOF_AFTER_S:
            _log.warning("a second connection from one address, turned away", link=self.url.text, address=call.sender)
            self._drop_waiting()
        self.outcome.call(self._sink.received, data)

    def ended(self, call: Stream, error: LinkError) -> None:
        """A connection has ended."""
        if call is self._waiting:
            self._drop_waiting()
        elif call is self._present:
            self._present = None
            self._tell_lost(error)
            self._let_in()

    def lost(self, error: LinkError) -> None:
        """The port is closed, or cannot be opened."""
        self.close()
        self._tell_lost(error)

    def send(self, data: bytes) -> None:
        """Write bytes to the device; does nothing while it is not connected."""
        if self._present is not None:
            self._present.send(data)

    def close(self) -> None:
        """Hang up."""
        self._drop_waiting()
        if self._present is not None:
            self._present.close()
            self._present = None

    def _take(self, call: Stream) -> None:
        self._set_timer(None)
        self._present = call
        self.outcome.call(self._sink.opened)

    def _give_way(self) -> None:
        """The present connection has kept silent while its device dialled again."""
        if self._present is not None:
            silent, self._present = self._present, None
            silent.close()
            self._tell_lost(
                LinkError(f"The device at {silent.sender} fell silent and has dialled in again.", url=self.url.text)
            )
        self._let_in()

    def _let_in(self) -> None:
        if self._waiting is not None:
            call, self._waiting = self._waiting, None
            self._take(call)
            call.resume()

    def _drop_waiting(self) -> None:
        self._set_timer(None)
        if self._waiting is not None:
            self._waiting.close()
            self._waiting = None

    def _nobody(self) -> None:
        sender = sender_of(self.url)
        who = f"The device at {sender} has not" if sender else "No device has"
        reason = f"{who} dialled in yet. Check that it is on, and set to send to this computer, {self.url.place}."
        self._tell_lost(LinkError(reason, url=self.url.text))

    def _tell_lost(self, error: LinkError) -> None:
        self.outcome.call(self._sink.lost, LinkError(error.reason, url=self.url.text, transient=error.transient))

    def _set_timer(self, seconds: float | None, then: Callable[[], None] = lambda: None) -> None:
        """One timer serves both waits, since a device is awaited only while none is connected."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self._loop.call_later(seconds, then)


class ListenTransport:
    """One listening port, from one opening to its loss.

    Args:
        url: a ``tcp-listen`` URL of one of the seats; all name the same port.
        seating: who gets which call.
    """

    def __init__(self, url: LinkUrl, seating: Seating) -> None:
        self._url = url
        self._seating = seating

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:  # noqa: ARG002
        """Listen until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(
                self._answer, self._url.host or None, self._url.port, reuse_address=True, backlog=64
            )
        except OSError as error:
            raise cannot_listen(error, self._url) from error
        try:
            opened()
            await loop.create_future()
        finally:
            server.close()

    def send(self, data: bytes) -> None:
        """Never called: each seat answers its own device."""

    def _answer(self) -> Stream:
        """Make the stream of a call that comes in; whose it is, is known when it stands."""
        call: Stream
        seat: CallSeat | None = None

        def opened() -> None:
            nonlocal seat
            found = self._seating.seat_of(call.sender)
            if isinstance(found, CallSeat):
                seat = found
                seat.call(call)
            else:
                call.close()

        def received(data: bytes) -> None:
            if seat is not None:
                seat.heard(call, data)

        def ended(error: LinkError) -> None:
            if seat is not None:
                seat.ended(call, error)

        call = Stream(self._url, opened, received, ended)
        return call
