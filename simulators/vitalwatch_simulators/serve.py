"""Runs simulated monitors on real wires, all in one time that starts when every wire is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from vitalwatch.errors import LinkError
from vitalwatch_simulators.links import Link
from vitalwatch_simulators.wires.timeline import Timeline


class OnWire(Protocol):
    """A monitor on its wire: a station of ``wires``, or one behind a plug."""

    @property
    def link(self) -> Link:
        """Where it speaks."""
        ...

    async def run(self, opened: asyncio.Event, timeline: Timeline) -> None:
        """Speak and listen until cancelled; set ``opened`` when the wire is there."""
        ...


async def serve(stations: Sequence[OnWire], timeline: Timeline, *, ready: Callable[[], None]) -> None:
    """Run monitors until cancelled.

    Args:
        stations: the monitors and where each speaks.
        timeline: the time that they share; begun here.
        ready: called once, when every port exists, every broker has answered, and every host was dialled once.

    Raises:
        LinkError: if a link cannot be opened at the start; not for a host that does not answer yet. What is lost later
            is tried again, with a line on stderr.
    """
    openings = [asyncio.Event() for _ in stations]
    try:
        async with asyncio.TaskGroup() as group:
            for station, opened in zip(stations, openings, strict=True):
                group.create_task(station.run(opened, timeline), name=f"simulate {station.link}")
            for opened in openings:
                await opened.wait()
            timeline.begin()
            ready()
    except ExceptionGroup as failures:
        of_links, others = failures.split(LinkError)
        if of_links is None or others is not None:
            raise
        raise of_links.exceptions[0] from None
