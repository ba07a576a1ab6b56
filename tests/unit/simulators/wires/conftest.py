"""A device that can be spoken to, as its simulated monitor, and a free port."""

from __future__ import annotations

import asyncio
import math
import socket
from collections.abc import Callable

import pytest


class Polled:
    """Says nothing until it is told ``start``, then a number each second until ``stop``; answers ``poll`` at once.

    Attributes:
        count: numbers said so far.
        heard: all that was said to it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.heard = b""
        self._next_at = math.inf
        self._awaited: list[tuple[int, asyncio.Event]] = []

    def next_at(self) -> float:
        return self._next_at

    def emit(self, t: float) -> bytes:
        assert t == self._next_at
        self._next_at += 1.0
        self.count += 1
        for number, event in self._awaited:
            if self.count >= number:
                event.set()
        return b"%07d\n" % (self.count - 1)

    def receive(self, data: bytes, t: float) -> bytes:
        self.heard += data
        if data.endswith(b"start"):
            self._next_at = t + 1.0
        elif data.endswith(b"stop"):
            self._next_at = math.inf
        elif data.endswith(b"poll"):
            return b"answer\n"
        elif data.endswith(b"fail"):
            raise ArithmeticError("a bug in the monitor")
        return b""

    async def said(self, number: int) -> None:
        """Wait until it has said so many numbers."""
        event = asyncio.Event()
        self._awaited.append((number, event))
        if self.count < number:
            await asyncio.wait_for(event.wait(), 10)


class PolledInDatagrams(Polled):
    """The same in datagrams; a poll is answered by two."""

    def emit(self, t: float) -> list[bytes]:  # type: ignore[override]
        return [super().emit(t)]

    def receive(self, data: bytes, t: float) -> list[bytes]:  # type: ignore[override]
        answer = super().receive(data, t)
        return [answer, b"and more"] if answer else []


@pytest.fixture
def polled() -> Polled:
    return Polled()


@pytest.fixture
def make_polled() -> Callable[[], Polled]:
    return Polled


@pytest.fixture
def datagrams() -> PolledInDatagrams:
    return PolledInDatagrams()


@pytest.fixture
def free_port() -> int:
    """A TCP and UDP port of the loopback that nobody has."""
    with socket.socket() as probe, socket.socket(type=socket.SOCK_DGRAM) as other:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        other.bind(("127.0.0.1", number))
        return number
