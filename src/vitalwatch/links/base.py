"""What a link is to the rest of the service: a sink that is told of opening, bytes and loss, in that order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from vitalwatch.driver import Received
from vitalwatch.errors import LinkError


class LinkSink(Protocol):
    """Who is told what happens on a link. All calls come from the event loop, never at the same time."""

    def opened(self) -> None:
        """The link is open; what is received from now on belongs to this opening."""
        ...

    def received(self, data: Received) -> None:
        """Bytes or a message came."""
        ...

    def lost(self, error: LinkError) -> None:
        """The link could not be opened or has ended. Called once for each loss, not for every failed retry."""
        ...


class Transport(Protocol):
    """One way to move bytes: opens once, runs until it ends. Reconnecting is not its business."""

    async def run(self, opened: Callable[[], None], received: Callable[[Received], None]) -> None:
        """Open, call ``opened`` once, hand on what comes, and return only when a recording has ended.

        Raises:
            LinkError: if it cannot be opened, or was open and is lost.
        """
        ...

    def send(self, data: bytes) -> None:
        """Write bytes to the device; does nothing while the link is not open."""
        ...
