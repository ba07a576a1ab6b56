"""What the engine says: changes of state, and events beside them. One line of the record each."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Priority(StrEnum):
    """How soon somebody must come."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """1 for low, 2 for medium, 3 for high."""
        return _RANK[self]


_RANK = {Priority.LOW: 1, Priority.MEDIUM: 2, Priority.HIGH: 3}


class State(StrEnum):
    """Where a condition stands: presence and signal in one word."""

    IDLE = "idle"
    PENDING = "pending"
    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    LATCHED = "latched"
    SHELVED = "shelved"


class Transition(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """A change of a condition's state; ``source`` and ``target`` are written ``from`` and ``to``.

    Attributes:
        chair: chair id.
        condition: id in the catalogue, ``SPO2-LOW``.
        source: state before.
        target: state after; never the same.
        priority: priority at this moment.
        at: monotonic service seconds.
        value: the value that decided, in the vital's unit, if one did.
        limit: the limit in force, if there is one.
        limit_source: where the limit was set.
        delay_s: the condition delay that was used.
        text: the message, ``SpO2 low 88 < 90``.
        note: what the text must not be read without, ``last 73, 0:14 ago``.
        reason: why the state changed, in plain words.
        actor: who did it, for acts.
        count: how often the alarm has become active since it was last idle.
    """

    chair: str
    condition: str
    source: State
    target: State
    priority: Priority
    at: float
    value: float | None = None
    limit: float | None = None
    limit_source: str = ""
    delay_s: float = 0.0
    text: str = ""
    note: str = ""
    reason: str = ""
    actor: str = ""
    count: int = 0


class AlarmEvent(msgspec.Struct, frozen=True, tag_field="kind", tag="event"):
    """Something worth a line that changes no state: an escalation, a reminder, an updated text, a pause.

    Attributes:
        chair: chair id.
        event: ``escalated`` ``reminder`` ``updated`` ``audio_paused`` ``audio_resumed`` ``chair_state`` ``phase``
            ``resumed``.
        at: monotonic service seconds.
        condition: catalogue id, or empty for events of the whole chair.
        priority: of the condition, or empty.
        step: which escalation step, from 1; 0 otherwise.
        text: what a person reads.
        note: what the text must not be read without.
        actor: who did it, for acts.
        reason: why, in plain words.
    """

    chair: str
    event: str
    at: float
    condition: str = ""
    priority: str = ""
    step: int = 0
    text: str = ""
    note: str = ""
    actor: str = ""
    reason: str = ""
