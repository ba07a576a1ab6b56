"""What a link is to the rest of the service: a sink that is told of opening, bytes and loss, in that order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, Protocol, TypeAlias

from vitalwatch.driver import Received
from vitalwatch.errors import LinkError
from vitalwatch.link_url import LinkUrl

_P = ParamSpec("_P")

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
"""Sleeps for so many *service* seconds (``Clock.now`` moves by as many); always lets other tasks run, also at 0."""


class LinkSink(Protocol):
    """Who is told what happens on a link. All calls come from the event loop, never at the same time."""

    def opened(self) -> None:
        """The link is open; what is received from now on belongs to this opening."""
        ...

    def received(self, data: Received) -> None:
        """Bytes or a message came."""
        ...

    def lost(self, error: LinkError) -> None:
        """The link could not be opened or has ended. Called once for each loss, not for every failed retry; again
        only when a retry fails for another reason."""
        ...


class Link(Protocol):
    """One device's link as the hub sees it: kept open for as long as it runs, and never silent about a loss."""

    url: LinkUrl

    @property
    def ignored(self) -> int:
        """Messages not handed on because they were too large, since the link was made; only grows."""
        ...

    async def run(self, sink: LinkSink) -> None:
        """Keep the link open and tell ``sink`` what happens, until cancelled or until a recording has ended.

        Raises:
            Exception: what the sink raised; that is a bug and stops this link, no other.
        """
        ...

    def send(self, data: bytes) -> None:
        """Write bytes to the device; does nothing while the link is not open."""
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


class Outcome:
    """How something that lives on event-loop callbacks ends: by the first error given to it.

    A callback has nobody above it who would see an exception: the event loop would log it and go on. What a sink
    raises there is kept here instead, and is raised in the task that waits.
    """

    def __init__(self) -> None:
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def call(self, function: Callable[_P, None], /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        """Call into a sink; what it raises ends this. Does nothing after the end."""
        if self._end.done():
            return
        try:
            function(*args, **kwargs)
        except Exception as bug:  # noqa: BLE001 - kept and raised by wait()
            self.fail(bug)

    def fail(self, error: Exception) -> None:
        """End with this error, unless it has ended already."""
        if not self._end.done():
            self._end.set_exception(error)

    async def wait(self) -> None:
        """Wait for the end and raise its error."""
        await self._end
