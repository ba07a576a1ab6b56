"""What several devices' links share: a transport that is kept open for as long as anybody uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from vitalwatch.link_url import LinkUrl
from vitalwatch.links.base import LinkSink, Transport
from vitalwatch.links.link import ReopeningLink

KeptOpen: TypeAlias = Callable[[LinkUrl, Transport], ReopeningLink]
"""Makes the link that keeps a transport open."""


class Keeper:
    """Runs a link in a task of its own, for several that share it.

    Args:
        link: keeps the shared transport open.
        sink: passes on what happens to those that share it.
        failed: is given a bug that ended the link.
    """

    def __init__(self, link: ReopeningLink, sink: LinkSink, failed: Callable[[Exception], None]) -> None:
        self._link = link
        self._sink = sink
        self._failed = failed
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep the transport open, unless that has begun."""
        if self._task is None:
            url = self._link.url
            self._task = asyncio.create_task(self._link.run(self._sink), name=f"{url.scheme} {url.place}")
            self._task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Close the transport and wait until it is closed."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _ended(self, task: asyncio.Task[None]) -> None:
        bug = None if task.cancelled() else task.exception()
        if isinstance(bug, Exception):
            self._failed(bug)
