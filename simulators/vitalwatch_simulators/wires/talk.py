"""A monitor in conversation: it speaks when its time has come and is heard out when it answers. Knows no wire."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Generic, NoReturn, Protocol, TypeVar

from vitalwatch_simulators.monitor import AnsweringMonitor, DatagramMonitor, StreamMonitor
from vitalwatch_simulators.wires.timeline import Timeline

UNHEARD: Final = 64
"""Pieces of what was said to a monitor that may wait, of at most ``PIECE_BYTES`` each; the oldest are lost."""

PIECE_BYTES: Final = 65536
"""Taken from a wire at once: the largest datagram is below that."""

Said = TypeVar("Said")
_Said_co = TypeVar("_Said_co", covariant=True)


class _Speaker(Protocol[_Said_co]):
    """What stream and datagram monitors have in common."""

    def next_at(self) -> float: ...

    def emit(self, t: float) -> _Said_co: ...


class Talk(Generic[Said]):
    """One monitor, from the beginning of time.

    Args:
        monitor: speaks when it is due.
        receive: its way to be spoken to; ``None`` for a monitor that does not listen.
        timeline: the time that it lives in.
        say: puts what it says, unasked or as an answer, on the wire; called in the order in which it is said.
    """

    def __init__(
        self,
        monitor: _Speaker[Said],
        receive: Callable[[bytes, float], Said] | None,
        timeline: Timeline,
        say: Callable[[Said], None],
    ) -> None:
        self._monitor = monitor
        self._receive = receive
        self._timeline = timeline
        self._say = say
        self._unheard: deque[tuple[bytes, Callable[[Said], None]]] = deque(maxlen=UNHEARD)
        self._spoken_to = asyncio.Event()

    async def run(self) -> NoReturn:
        """Let it hear what was said to it, and speak each time that it is due, until cancelled."""
        await self._timeline.until(0.0)
        while True:
            self._spoken_to.clear()
            while self._unheard:
                self._answer(*self._unheard.popleft())
            t = self._monitor.next_at()
            if t <= self._timeline.now():
                self._say(self._monitor.emit(t))
                await asyncio.sleep(0)  # one that is behind its time must not hold up the others
            else:
                await self._timeline.until_or(t, self._spoken_to)

    def hear(self, data: bytes, say: Callable[[Said], None] | None = None) -> None:
        """Take what came over the wire.

        Args:
            data: some bytes, or one datagram.
            say: where the answer goes, if not where all else goes.
        """
        if self._receive is not None:
            # Kept for run(), and not told at once: an event loop's callback has nobody above it who sees an error.
            self._unheard.append((data, say or self._say))
            self._spoken_to.set()

    def _answer(self, data: bytes, say: Callable[[Said], None]) -> None:
        if self._receive is not None:
            # One that is behind its time hears at the time at which it is: its times never go back.
            answer = self._receive(data, min(self._timeline.now(), self._monitor.next_at()))
            if answer:
                say(answer)


def stream_talk(monitor: StreamMonitor, timeline: Timeline, say: Callable[[bytes], None]) -> Talk[bytes]:
    """The conversation of a monitor that speaks in a stream of bytes, whether it listens or not."""
    receive = monitor.receive if isinstance(monitor, AnsweringMonitor) else None
    return Talk(monitor, receive, timeline, say)


def datagram_talk(
    monitor: DatagramMonitor, timeline: Timeline, say: Callable[[list[bytes]], None]
) -> Talk[list[bytes]]:
    """The conversation of a monitor that speaks in datagrams."""
    return Talk(monitor, monitor.receive, timeline, say)
