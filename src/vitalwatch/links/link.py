"""Keeping a transport open: tell the sink, wait a little, try again.

Theory of operation. A link is *closed* (nobody told yet), *open*, or *lost*. Opening tells ``opened``. Losing an open
transport, or failing to open a closed one, tells ``lost`` once; while lost, a retry that fails for the same reason
is not told again, one that fails for another reason is. Retries go on for ever: a person may put the cable back or
free the port at any time, so an error that needs a hand is retried too, at the longest pause.
"""

from __future__ import annotations

from random import Random

from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl
from vitalwatch.links.base import LinkSink, Sleep, Transport

END_OF_RECORDING = "end of recording"
"""Reason of the ``lost`` that a link tells when a recording has been played to its end."""

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
_JITTER = 0.2


class ReopeningLink:
    """A link over a transport of its own, opened again whenever it is lost.

    Args:
        url: where the transport leads.
        transport: opened again and again, never twice at a time.
        sleep: waits between attempts.
        rng: spreads the attempts of many links that were lost together.
    """

    ignored = 0

    def __init__(self, url: LinkUrl, transport: Transport, sleep: Sleep, rng: Random) -> None:
        self.url = url
        self._transport = transport
        self._sleep = sleep
        self._rng = rng
        self._failures = 0
        self._told: str | None = None

    async def run(self, sink: LinkSink) -> None:
        """Keep the transport open and tell ``sink``, until cancelled or until a recording has ended."""

        def opened() -> None:
            self._told = None
            sink.opened()

        def received(data: Received) -> None:
            self._failures = 0  # only data prove that an opening was worth something
            sink.received(data)

        self._failures = 0
        self._told = None
        while True:
            try:
                await self._transport.run(opened, received)
            except LinkError as error:
                if error.reason != self._told:
                    self._told = error.reason
                    sink.lost(error)
                await self._sleep(self._pause(transient=error.transient))
            else:
                sink.lost(LinkError(END_OF_RECORDING, url=self.url.text, transient=False))
                return

    def send(self, data: bytes) -> None:
        """Write bytes to the device; does nothing while the link is not open."""
        self._transport.send(data)

    def _pause(self, *, transient: bool) -> float:
        """Seconds until the next attempt: doubling from the first pause to the longest, less up to a fifth."""
        longest = LONGEST_PAUSE_S
        if transient:
            longest = min(longest, FIRST_PAUSE_S * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return longest * (1.0 - _JITTER * self._rng.random())
