"""What goes wrong between a monitor and its reader: silence, damage, delay, repetition. Pure and seeded.

A ``FaultyLine`` stands between a monitor and its wire. What the monitor says goes through the faults that hold at that
time, in the order of ``FAULTS``; the same seed, faults and bytes give the same damage. Faults of the monitor
(``stuck_value``, ``clock_jump``) are seen to by ``rig``, those of the wire itself (``unplug``, ``broker_restart``) by
who runs the wire.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable
from typing import Final, Generic, Literal, TypeVar

import msgspec

SLOWEST_S: Final = 5.0
"""How late a delayed piece comes at most."""

FLOOD: Final = 40
"""How often everything is said in a flood."""

GARBAGE_BYTES: Final = 40
FLIP_EVERY: Final = 60
"""Bytes from one flipped bit to the next, on average."""

_TRAILERS: Final = b"\r\n\x00\x03\x04\x1c\x7e\xc1"
"""What may end a frame behind its checksum."""

Tag = TypeVar("Tag")
Damage = Callable[[random.Random, bytes], list[bytes]]


class Fault(msgspec.Struct, frozen=True):
    """A kind of fault.

    Attributes:
        summary: one line for people.
        of: who has it: the bytes on the ``line``, the ``wire``, or the ``monitor``.
        damage: what it does to one piece of what is said; none for faults that are not the bytes'.
    """

    summary: str
    of: Literal["line", "wire", "monitor"]
    damage: Damage | None = None


def _silence(draw: random.Random, data: bytes) -> list[bytes]:  # noqa: ARG001
    return []


def _half_frames(draw: random.Random, data: bytes) -> list[bytes]:
    return [data[: draw.randint(1, max(1, len(data) - 1))]] if draw.random() < 0.5 else [data]


def _flipped_bits(draw: random.Random, data: bytes) -> list[bytes]:
    bent = bytearray(data)
    for place in range(len(bent)):
        if draw.random() < 1.0 / FLIP_EVERY:
            bent[place] ^= 1 << draw.randrange(8)
    return [bytes(bent)]


def _wrong_checksum(draw: random.Random, data: bytes) -> list[bytes]:  # noqa: ARG001
    """Bend the last byte that is no end mark: where most protocols have their checksum."""
    place = len(data.rstrip(_TRAILERS)) - 1
    return [data if place < 0 else data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1 :]]


def _garbage(draw: random.Random, data: bytes) -> list[bytes]:
    return [draw.randbytes(draw.randint(1, GARBAGE_BYTES)), data]


def _wrong_baud(draw: random.Random, data: bytes) -> list[bytes]:
    """A line read at twice its speed: each bit is seen twice, and half of them are framing errors."""
    wide = "".join(bit * 2 for byte in data for bit in f"{byte:08b}"[::-1])
    bits = [wide[start : start + 8][::-1] for start in range(0, len(wide), 8)]
    return [bytes(int(bit, 2) for bit in bits if draw.random() < 0.8)]


FAULTS: Final[dict[str, Fault]] = {
    "stuck_value": Fault("the monitor goes on with the values that it had", "monitor"),
    "demo_mode": Fault("the monitor is in its demo mode and says so", "monitor"),
    "clock_jump": Fault("the monitor's own clock jumps two hours ahead", "monitor"),
    "flipped_bits": Fault("now and then a bit is wrong", "line", _flipped_bits),
    "wrong_checksum": Fault("every checksum is wrong", "line", _wrong_checksum),
    "half_frames": Fault("every second piece breaks off", "line", _half_frames),
    "duplicates": Fault("everything is said twice", "line", lambda _, data: [data, data]),
    "flood": Fault(f"everything is said {FLOOD} times", "line", lambda _, data: [data] * FLOOD),
    "garbage": Fault("noise stands between the pieces", "line", _garbage),
    "wrong_baud": Fault("the line is read at the wrong speed", "line", _wrong_baud),
    "silence": Fault("the monitor says nothing, and its line stands", "line", _silence),
    "delay": Fault(f"pieces come up to {SLOWEST_S:g} s late, in their order", "line"),
    "reorder": Fault("each second piece comes before the one before it", "line"),
    "unplug": Fault("the cable, or the network, is cut", "wire"),
    "broker_restart": Fault("the broker ends and comes back", "wire"),
}
"""Every kind of fault by its name, in the order in which those of the line act."""


class FaultyLine(Generic[Tag]):
    """Between a monitor and its wire. What is said may carry a tag (an MQTT topic, say), which stays with it.

    Args:
        seed: of the damage.
    """

    def __init__(self, seed: str) -> None:
        self._draw = random.Random(f"faults/{seed}")
        self._spans: list[tuple[str, float, float]] = []
        self._late: list[tuple[float, int, bytes, Tag]] = []
        self._number = 0
        self._latest = 0.0
        self._held: tuple[bytes, Tag] | None = None

    def begin(self, fault: str, at: float, lasts: float = math.inf) -> None:
        """Let a fault hold from ``at`` for ``lasts`` seconds.

        Raises:
            KeyError: if there is no such fault.
        """
        if fault not in FAULTS:
            raise KeyError(fault)
        self._spans.append((fault, at, at + lasts))

    def end(self, at: float) -> None:
        """Let every fault be over from ``at`` on, and those to come not happen."""
        self._spans = [(name, begins, min(ends, at)) for name, begins, ends in self._spans if begins < at]

    def holds(self, fault: str, t: float) -> bool:
        """Whether a fault holds at ``t``."""
        return any(name == fault and begins <= t < ends for name, begins, ends in self._spans)

    def forget(self, before: float) -> None:
        """Drop the faults that were over before this time: a clinic may run for days."""
        self._spans = [span for span in self._spans if span[2] > before]

    def present(self, t: float) -> dict[str, float]:
        """The faults that hold at ``t``, and until when."""
        held: dict[str, float] = {}
        for name, begins, ends in self._spans:
            if begins <= t < ends:
                held[name] = max(ends, held.get(name, ends))
        return held

    def wire_is_cut(self, t: float) -> bool:
        """Whether a fault of the wire holds at ``t``."""
        return any(FAULTS[name].of == "wire" for name in self.present(t))

    def next_turn(self, t: float) -> float:
        """When a fault begins or ends next after ``t``; infinite when none will."""
        turns = [at for _, begins, ends in self._spans for at in (begins, ends) if at > t]
        return min(turns, default=math.inf)

    def say(self, piece: bytes, t: float, tag: Tag) -> None:
        """Take one piece of what the monitor says at ``t``."""
        pieces = [piece]
        for name, fault in FAULTS.items():
            if fault.damage is not None and self.holds(name, t):
                pieces = [bent for each in pieces for bent in fault.damage(self._draw, each)]
        for each, its_tag in self._in_order(pieces, t, tag):
            due = t
            if self.holds("delay", t):
                due = self._latest = max(self._latest, t + self._draw.uniform(0.0, SLOWEST_S))
            self._number += 1
            heapq.heappush(self._late, (due, self._number, each, its_tag))

    def next_at(self) -> float:
        """When the next piece arrives; infinite when none is under way."""
        return self._late[0][0] if self._late else math.inf

    def arrived(self, t: float) -> list[tuple[bytes, Tag]]:
        """Take off what arrives up to ``t``."""
        pieces = []
        while self._late and self._late[0][0] <= t:
            pieces.append(heapq.heappop(self._late)[2:])
        return pieces

    def _in_order(self, pieces: list[bytes], t: float, tag: Tag) -> list[tuple[bytes, Tag]]:
        """With ``reorder`` each second piece overtakes the one before; what was held goes out when it is over."""
        told: list[tuple[bytes, Tag]] = []
        for piece in pieces:
            if self._held is not None:
                told += [(piece, tag), self._held]
                self._held = None
            elif self.holds("reorder", t):
                self._held = (piece, tag)
            else:
                told.append((piece, tag))
        return told
