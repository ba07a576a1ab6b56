"""A simulated monitor with everything that can go wrong with it: what it sees, its clock, and its line. Pure.

A *rig* is the monitor seen from its wire. It speaks the protocol of ``monitor.py`` itself, so a wire need not know that
anything is wrong.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Protocol, TypeAlias, runtime_checkable

from vitalwatch_simulators.faults import FaultyLine
from vitalwatch_simulators.monitor import (
    AnsweringMonitor,
    DatagramMonitor,
    MessageMonitor,
    Person,
    Publication,
    StreamMonitor,
)
from vitalwatch_simulators.patient import PatientVitals

CLOCK_JUMP: Final = timedelta(hours=2)


@runtime_checkable
class HasClock(Protocol):
    """A monitor that tells the time.

    Attributes:
        start: what its clock showed, or would have, at the start of the simulation.
    """

    start: datetime


@runtime_checkable
class HasDemo(Protocol):
    """A monitor that can be in demo mode.

    Attributes:
        demo: whether it is.
    """

    demo: bool


class Seen:
    """The patient as one monitor sees it: with ``stuck_value``, as the monitor saw it last before that began.

    Args:
        patient: the person.
        line: the monitor's faults.
    """

    def __init__(self, patient: Person, line: FaultyLine[str]) -> None:
        self._patient = patient
        self._line = line
        self._had: PatientVitals | None = None

    def vitals(self, t: float) -> PatientVitals:
        """The state of the person at ``t``, as the monitor knows it."""
        # Kept, not asked of the person again: who forgets sooner than a cuff measures the next time.
        if self._had is None or not self._line.holds("stuck_value", t):
            self._had = self._patient.vitals(t)
        return self._had


class _Rig:
    """What all rigs have in common."""

    def __init__(self, monitor: object, line: FaultyLine[str]) -> None:
        self.line = line
        self._clock = monitor if isinstance(monitor, HasClock) else None
        self._demo = monitor if isinstance(monitor, HasDemo) else None
        self._ahead = False

    def can(self, fault: str) -> bool:
        """Whether this monitor can have a fault."""
        match fault:
            case "clock_jump":
                return self._clock is not None
            case "demo_mode":
                return self._demo is not None
            case "broker_restart":
                return isinstance(self, MessageRig)
        return True

    def _set_up(self, t: float) -> None:
        """Set the monitor as its faults want it at ``t``."""
        if self._demo is not None:
            self._demo.demo = self.line.holds("demo_mode", t)
        jumped = self.line.holds("clock_jump", t)
        if self._clock is not None and jumped != self._ahead:
            self._ahead = jumped
            self._clock.start += CLOCK_JUMP if jumped else -CLOCK_JUMP


class StreamRig(_Rig):
    """A monitor that speaks in a stream of bytes, whether it listens or not."""

    def __init__(self, monitor: StreamMonitor, line: FaultyLine[str]) -> None:
        super().__init__(monitor, line)
        self._monitor = monitor

    def next_at(self) -> float:
        """When it speaks, or something late arrives."""
        return min(self._monitor.next_at(), self.line.next_at())

    def emit(self, t: float) -> bytes:
        """What arrives at ``t``."""
        self._set_up(t)
        if self._monitor.next_at() <= t:
            self.line.say(self._monitor.emit(t), t, "")
        return self._arrived(t)

    def receive(self, data: bytes, t: float) -> bytes:
        """Let the monitor hear, and give what of its answer arrives at once."""
        self._set_up(t)
        if isinstance(self._monitor, AnsweringMonitor) and (answer := self._monitor.receive(data, t)):
            self.line.say(answer, t, "")
        return self._arrived(t)

    def _arrived(self, t: float) -> bytes:
        return b"".join(piece for piece, _ in self.line.arrived(t))


class DatagramRig(_Rig):
    """A monitor that speaks in datagrams."""

    def __init__(self, monitor: DatagramMonitor, line: FaultyLine[str]) -> None:
        super().__init__(monitor, line)
        self._monitor = monitor

    def next_at(self) -> float:
        """When it speaks, or something late arrives."""
        return min(self._monitor.next_at(), self.line.next_at())

    def emit(self, t: float) -> list[bytes]:
        """The datagrams that arrive at ``t``."""
        self._set_up(t)
        if self._monitor.next_at() <= t:
            self._say(self._monitor.emit(t), t)
        return [piece for piece, _ in self.line.arrived(t)]

    def receive(self, data: bytes, t: float) -> list[bytes]:
        """Let the monitor hear, and give what of its answer arrives at once."""
        self._set_up(t)
        self._say(self._monitor.receive(data, t), t)
        return [piece for piece, _ in self.line.arrived(t)]

    def _say(self, datagrams: list[bytes], t: float) -> None:
        for datagram in datagrams:
            self.line.say(datagram, t, "")


class MessageRig(_Rig):
    """A monitor that publishes to a broker."""

    def __init__(self, monitor: MessageMonitor, line: FaultyLine[str]) -> None:
        super().__init__(monitor, line)
        self._monitor = monitor
        self._qos: dict[str, int] = {}

    @property
    def will(self) -> Publication:
        """The monitor's own."""
        return self._monitor.will

    def next_at(self) -> float:
        """When it publishes, or something late arrives."""
        return min(self._monitor.next_at(), self.line.next_at())

    def emit(self, t: float) -> list[Publication]:
        """What is published at ``t``."""
        self._set_up(t)
        if self._monitor.next_at() <= t:
            for said in self._monitor.emit(t):
                self._qos[said.suffix] = said.qos
                self.line.say(said.payload, t, said.suffix)
        return [Publication(suffix, payload, self._qos[suffix]) for payload, suffix in self.line.arrived(t)]


Rig: TypeAlias = StreamRig | DatagramRig | MessageRig
