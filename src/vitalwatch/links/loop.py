"""``loop://name``: a link inside this process, for tests and for programs that embed VitalWatch."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.links.base import Outcome

_SENT_KEPT = 1000


class Loop:
    """The far end of all links of one loop name: plays the device and the cable.

    Attributes:
        sent: what the near ends wrote, oldest first; the newest 1000 writes are kept.
        heard: is called with each write as well, if set.
    """

    def __init__(self, name: str) -> None:
        self.sent: deque[bytes] = deque(maxlen=_SENT_KEPT)
        self.heard: Callable[[bytes], None] | None = None
        self._url = f"loop://{name}"
        self._whole = True
        self._open: list[LoopTransport] = []

    def feed(self, data: Received) -> None:
        """Send bytes or a message to every near end that is open; like a wire, it keeps nothing for the others."""
        for transport in list(self._open):
            transport.arrived(data)

    def cut(self) -> None:
        """Cut the cable: open links are lost, and none can be opened until ``heal``."""
        self._whole = False
        for transport in list(self._open):
            transport.cut(self._broken())

    def heal(self) -> None:
        """Mend the cable; lost links come back at their next attempt."""
        self._whole = True

    def plug(self, transport: LoopTransport) -> None:
        """Connect a near end.

        Raises:
            LinkError: if the cable is cut.
        """
        if not self._whole:
            raise self._broken()
        self._open.append(transport)

    def unplug(self, transport: LoopTransport) -> None:
        """Disconnect a near end."""
        self._open.remove(transport)

    def _broken(self) -> LinkError:
        return LinkError("The loop was cut by the program that feeds it.", url=self._url)


class LoopTransport:
    """The near end of a loop."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._outcome: Outcome | None = None
        self._received: Callable[[Received], None] | None = None

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:
        """Be plugged in until the loop is cut."""
        outcome = self._outcome = Outcome()
        self._received = received
        self._loop.plug(self)
        try:
            opened()
            await outcome.wait()
        finally:
            self._loop.unplug(self)
            self._outcome = None

    def send(self, data: bytes) -> None:
        """Hand bytes to the far end; does nothing while the link is not open."""
        if self._outcome is not None:
            self._loop.sent.append(data)
            if self._loop.heard is not None:
                self._loop.heard(data)

    def arrived(self, data: Received) -> None:
        """Take what the far end sent."""
        if self._outcome is not None and self._received is not None:
            self._outcome.call(self._received, data)

    def cut(self, error: LinkError) -> None:
        """Learn that the cable was cut."""
        if self._outcome is not None:
            self._outcome.fail(error)
