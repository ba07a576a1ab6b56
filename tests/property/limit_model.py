"""The delay rule of a streamed limit, told a second time and in the plainest way: tick by tick, in tenths of a second.

An oracle for the engine, written from the rule of the delay in docs/alarms.md and not from the code. It knows one
source of one vital, acknowledgements, and nothing else. Slow on purpose: each tenth is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

SECOND: Final = 10
"""Ticks in a second."""

_CLEAR_ENDS: Final = 3 * SECOND
_NOT_BEYOND_RESETS: Final = 10 * SECOND
_NOT_BEYOND_ENDS: Final = 30 * SECOND
_REJOINS: Final = 60 * SECOND
_ACKNOWLEDGED_FOR: Final = {"high": 120 * SECOND, "medium": 300 * SECOND}


@dataclass(frozen=True)
class Limit:
    """A limit as the catalogue states it; ``delay_s`` of the distance beyond it."""

    condition: str
    bound: float
    low: bool
    hysteresis: float
    delay_s: Callable[[float], float]
    high_priority: bool

    def side(self, value: float | None) -> str:
        """Where a value lies; ``None`` is unknown."""
        if value is None:
            return "unknown"
        beyond = self.bound - value if self.low else value - self.bound
        if beyond > 0:
            return "beyond"
        return "clear" if -beyond >= self.hysteresis else "between"

    def delay(self, value: float) -> int:
        """The delay of a value that is beyond, in ticks."""
        return round(self.delay_s(abs(self.bound - value)) * SECOND)


def graded(depth: float) -> float:
    """SPO2-LOW: 15 s, 10 s when more than 2 below the limit, 5 s when more than 4 below."""
    return 5 if depth > 4 else 10 if depth > 2 else 15


LIMITS: Final = (
    Limit("SPO2-LOW", 90, low=True, hysteresis=2, delay_s=graded, high_priority=False),
    Limit("SPO2-DESAT", 85, low=True, hysteresis=2, delay_s=lambda _: 5, high_priority=True),
    Limit("HR-HIGH", 120, low=False, hysteresis=5, delay_s=lambda _: 10, high_priority=False),
    Limit("HR-XHIGH", 150, low=False, hysteresis=5, delay_s=lambda _: 5, high_priority=True),
    Limit("HR-LOW", 50, low=True, hysteresis=3, delay_s=lambda _: 10, high_priority=False),
    Limit("HR-XLOW", 40, low=True, hysteresis=3, delay_s=lambda _: 5, high_priority=True),
)
"""Limits, hysteresis and delays of adult-default, from the alarm catalogue. The high ones latch."""


@dataclass
class Model:
    """One limit at one chair. Call :meth:`pass_tick` once for each tick, then tell what happens at it."""

    limit: Limit
    stands: int
    tick: int = 0
    state: str = "idle"
    value: float | None = None
    sampled: int = 0
    clock: int = 0
    not_beyond: int = 0
    known_inside: int = 0
    clear: int = 0
    latched_below: bool = False
    acknowledged: int | None = None
    steps: list[tuple[int, str, str]] = field(default_factory=list)

    def pass_tick(self) -> None:
        """A tenth of a second goes by: what was so during it counts, then the sample may have grown too old."""
        self.tick += 1
        side = self.limit.side(self.value)
        if self.state == "pending" and side == "beyond":
            self.clock += 1
        self.not_beyond = 0 if side == "beyond" else self.not_beyond + 1
        self.known_inside = self.known_inside + 1 if side in ("clear", "between") else 0
        self.clear = self.clear + 1 if side == "clear" else 0
        if self.value is not None and self.tick - self.sampled >= self.stands:
            self.value = None
            self._runs_anew()
        self._decide()

    def take(self, value: float | None) -> None:
        """A sample arrives, with a value or without."""
        self.value, self.sampled = value, self.tick
        self._runs_anew()
        self._decide()

    def acknowledge(self) -> None:
        """Somebody answers, if there is anything to answer."""
        if self.state == "active":
            self._go("acknowledged")
        elif self.state == "latched":
            self._go("idle")
        elif not (self.state == "pending" and self.latched_below):
            return
        self.latched_below = False
        self.acknowledged = self.tick

    def _runs_anew(self) -> None:
        """A run ends with the first sample that does not belong to it."""
        side = self.limit.side(self.value)
        if side == "beyond":
            self.not_beyond = 0
        if side not in ("clear", "between"):
            self.known_inside = 0
        if side != "clear":
            self.clear = 0

    def _decide(self) -> None:
        side = self.limit.side(self.value)
        if self.state in ("idle", "latched") and side == "beyond":
            self.latched_below = self.state == "latched"
            self.clock = 0
            self._go("pending")
        if self.state == "pending":
            if side == "beyond" and self.value is not None and self.clock >= self.limit.delay(self.value):
                self._alarm()
            elif side != "beyond" and (self.not_beyond >= _NOT_BEYOND_RESETS or self.clear >= _CLEAR_ENDS):
                self._go("latched" if self.latched_below else "idle")
                self.latched_below = False
        elif self.state in ("active", "acknowledged"):
            if self.clear >= _CLEAR_ENDS or self.known_inside >= _NOT_BEYOND_ENDS:
                self._go("latched" if self.limit.high_priority and self.state == "active" else "idle")
            elif self.state == "acknowledged" and self._answer_is_over():
                self._go("active")

    def _answer_is_over(self) -> bool:
        lasts = _ACKNOWLEDGED_FOR["high" if self.limit.high_priority else "medium"]
        return self.acknowledged is not None and self.tick - self.acknowledged >= lasts

    def _alarm(self) -> None:
        answered = self.acknowledged is not None and self.tick - self.acknowledged <= _REJOINS
        if answered and not self.limit.high_priority and not self.latched_below:
            self._go("acknowledged")
            return
        self.acknowledged, self.latched_below = None, False
        self._go("active")

    def _go(self, state: str) -> None:
        self.steps.append((self.tick, self.state, state))
        self.state = state
