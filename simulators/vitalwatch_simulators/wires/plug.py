"""The plug between a simulated monitor and its wire: it can be pulled, and put in again."""

from __future__ import annotations

import asyncio
from typing import Any

from vitalwatch.errors import LinkError
from vitalwatch_simulators.faults import FaultyLine
from vitalwatch_simulators.links import Link
from vitalwatch_simulators.wires.outage import RETRY_S, Outage
from vitalwatch_simulators.wires.station import Station
from vitalwatch_simulators.wires.talk import Talk
from vitalwatch_simulators.wires.timeline import Timeline


class Plug:
    """A station whose wire is gone while a fault of the wire holds.

    Pulled, the station does not run: its pseudo-terminal vanishes, its connection closes, its broker sees it leave. The
    monitor goes on, heard by nobody, so that it is where it should be when the plug is in again.

    Args:
        station: the monitor on its wire.
        line: the monitor's faults.
    """

    def __init__(self, station: Station, line: FaultyLine[str]) -> None:
        self.link: Link = station.link
        self._station = station
        self._line = line
        self._told = asyncio.Event()

    def look(self) -> None:
        """Look at the faults again: there are others now."""
        self._told.set()

    async def run(self, opened: asyncio.Event, timeline: Timeline) -> None:
        """Speak and listen, or go on unheard, until cancelled; ``opened`` is set as the station does it.

        Raises:
            LinkError: if the wire cannot be opened at the start. Later that is tried again.
        """
        while True:
            cut = self._line.wire_is_cut(timeline.now())
            doing = self._go_on_unheard(opened, timeline) if cut else self._speak(opened, timeline)
            tasks = [
                asyncio.create_task(doing, name=f"{'unplugged' if cut else 'plugged in'} {self.link}"),
                asyncio.create_task(self._until_it_turns(cut, timeline), name=f"plug {self.link}"),
            ]
            try:
                ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            for task in ended:
                task.result()

    async def _speak(self, opened: asyncio.Event, timeline: Timeline) -> None:
        trouble = Outage(self.link, "the far end")
        while True:
            try:
                await self._station.run(opened, timeline)
            except LinkError as error:
                if not opened.is_set():
                    raise
                trouble.begin(error)
            await asyncio.sleep(RETRY_S)

    async def _go_on_unheard(self, opened: asyncio.Event, timeline: Timeline) -> None:
        opened.set()
        monitor: Any = self._station.monitor  # of one kind or another: what it says is thrown away
        await Talk(monitor, None, timeline, lambda _: None).run()

    async def _until_it_turns(self, cut: bool, timeline: Timeline) -> None:
        await timeline.until(0.0)
        while self._line.wire_is_cut(timeline.now()) == cut:
            self._told.clear()
            await timeline.until_or(self._line.next_turn(timeline.now()), self._told)
