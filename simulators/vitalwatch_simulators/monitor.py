"""What every simulated bedside monitor is to the process that puts it on a wire.

A monitor is pure: it reads no clock and opens nothing. It says when it wants to speak next and, asked at that time,
what it says. Its times are seconds since the start of the simulation, from 0, never going back.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, runtime_checkable

from vitalwatch_simulators.patient import PatientVitals


class Person(Protocol):
    """Whom a monitor watches."""

    def vitals(self, t: float) -> PatientVitals:
        """The state of the person at ``t`` seconds since the start."""
        ...


class StreamMonitor(Protocol):
    """A monitor on a serial line or a TCP connection."""

    def next_at(self) -> float:
        """Seconds since the start at which it speaks next; later than every time already emitted.

        Infinite while it only speaks when spoken to."""
        ...

    def emit(self, t: float) -> bytes:
        """What it writes at ``t``, which is what ``next_at`` said. Called once for each such time."""
        ...


@runtime_checkable
class AnsweringMonitor(StreamMonitor, Protocol):
    """A monitor that can be spoken to: it is polled, or takes commands."""

    def receive(self, data: bytes, t: float) -> bytes:
        """Take bytes, cut anywhere, that arrive at ``t``; give what it writes back at once.

        ``next_at`` may change by it.
        """
        ...


class DatagramMonitor(Protocol):
    """A monitor that speaks in UDP datagrams."""

    def next_at(self) -> float:
        """As of a :class:`StreamMonitor`."""
        ...

    def emit(self, t: float) -> list[bytes]:
        """The datagrams that it sends at ``t``, which is what ``next_at`` said. Called once for each such time."""
        ...

    def receive(self, data: bytes, t: float) -> list[bytes]:
        """Take a datagram that arrives at ``t``; give those that it sends back at once. ``next_at`` may change."""
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
