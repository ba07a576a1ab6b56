"""What every simulated bedside monitor is to the process that puts it on a wire.

A monitor is pure: it reads no clock and opens nothing. It says when it wants to speak next and, asked at that time,
what it says. Its times are seconds since the start of the simulation, from 0, never going back.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol


class StreamMonitor(Protocol):
    """A monitor on a serial line."""

    def next_at(self) -> float:
        """Seconds since the start at which it speaks next; later than every time already emitted."""
        ...

    def emit(self, t: float) -> bytes:
        """What it writes at ``t``, which is what ``next_at`` said. Called once for each such time."""
        ...


class Publication(NamedTuple):
    """One MQTT message of a monitor."""

    suffix: str
    """Put behind the topic of the monitor's link, slash included; empty for a monitor with only one topic."""
    payload: bytes
    qos: int
    """0 for streams (the next sample is the repair of a lost one), 1 for what is sent only now and then."""


class MessageMonitor(Protocol):
    """A monitor, or a bridge beside one, that publishes to an MQTT broker."""

    @property
    def will(self) -> Publication:
        """What the broker publishes in its name when its connection breaks."""
        ...

    def next_at(self) -> float:
        """Seconds since the start at which it speaks next; later than every time already emitted."""
        ...

    def emit(self, t: float) -> list[Publication]:
        """What it publishes at ``t``, which is what ``next_at`` said. Called once for each such time."""
        ...
