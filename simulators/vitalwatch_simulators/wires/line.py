"""A serial line's speed: bytes are put on the wire when their time is over, as a port's hardware does it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, NoReturn

from vitalwatch.driver import LineSettings
from vitalwatch_simulators.links import Link
from vitalwatch_simulators.wires.outage import note
from vitalwatch_simulators.wires.timeline import Timeline

CHUNK_BYTES: Final = 16
"""Put on the wire at once when their time is over, as a port's hardware buffer hands bytes on."""

UNSENT_BYTES: Final = 8192
"""When more than this waits for the line, what is said next is lost as a whole: nobody gets half a message."""


def seconds_a_byte(settings: LineSettings) -> float:
    """The time that a byte takes: its bits, the start bit before, parity and stop bits behind them."""
    return (1 + settings.bits + (settings.parity != "N") + settings.stop) / settings.baud


class Line:
    """Bytes on their way down a serial line.

    Args:
        link: for what is said when the line is too slow.
        seconds_a_byte: simulated seconds.
        timeline: the time in which they pass.
        put: puts bytes on the wire.
    """

    def __init__(self, link: Link, seconds_a_byte: float, timeline: Timeline, put: Callable[[bytes], None]) -> None:
        self._link = link
        self._seconds_a_byte = seconds_a_byte
        self._timeline = timeline
        self._put = put
        self._unsent = bytearray()
        self._filled = asyncio.Event()
        self._free_at = 0.0
        self._told = False

    def write(self, data: bytes) -> None:
        """Send bytes behind those that are on their way."""
        if len(self._unsent) > UNSENT_BYTES:
            if not self._told:
                self._told = True
                note(self._link, "the line is too slow for all that the device says; some of it is lost")
            return
        if not self._unsent:
            self._free_at = max(self._free_at, self._timeline.now())
        self._unsent += data
        if data:
            self._filled.set()

    async def run(self) -> NoReturn:
        """Move bytes until cancelled."""
        await self._timeline.until(0.0)
        while True:
            await self._filled.wait()
            chunk = bytes(self._unsent[:CHUNK_BYTES])
            self._free_at += len(chunk) * self._seconds_a_byte
            if self._free_at > self._timeline.now():
                await self._timeline.until(self._free_at)
            del self._unsent[: len(chunk)]
            self._put(chunk)
            if not self._unsent:
                self._filled.clear()
