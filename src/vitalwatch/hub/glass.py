"""What one screen has proved to show: which frames were sent to it, and which of them are on its glass.

Times are real seconds of the event loop's clock, given by the caller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final, TypeAlias

from vitalwatch.errors import UsageError

ALIVE_S: Final = 1.8
"""A screen is alive while the newest frame on its glass was sent at most this long ago; real seconds.

Heartbeats go out each second and each is answered, so 0.8 s are left for network and painting. Longer would not do: a
frozen screen has to be an alarm within 5 s, of which the alarm's own delay takes 3.
"""

Key: TypeAlias = tuple[str, str]
"""A chair and a condition: which alarm a frame is about."""


class Glass:
    """The frames of one connection, from being queued to being drawn.

    Attributes:
        drew_seq: number of the newest frame that is drawn; 0 before the first.
        fresh_at: when that frame was sent; minus infinity before the first, or when it was too old to tell.
        heard_at: when the screen last proved anything; ``None`` before the first time.
    """

    def __init__(self) -> None:
        self.drew_seq = 0
        self.fresh_at = float("-inf")
        self.heard_at: float | None = None
        self._sent_seq = 0
        self._sent: deque[tuple[int, float]] = deque()  # bounded: what is older than ALIVE_S is of no use
        self._about: dict[Key, float] = {}

    def queued(self, about: Iterable[Key]) -> None:
        """A frame about these alarms waits to be sent: what was drawn of them before does not count any more."""
        self._about.update(dict.fromkeys(about, float("inf")))

    def sent(self, seq: int, about: Iterable[Key], now: float) -> None:
        """A frame went out under this number."""
        self._sent_seq = seq
        self._sent.append((seq, now))
        while self._sent[0][1] < now - ALIVE_S:
            self._sent.popleft()
        self._about.update(dict.fromkeys(about, float(seq)))

    def drew(self, seq: int, now: float) -> None:
        """The screen says that everything up to this frame is drawn.

        Raises:
            UsageError: if no such frame was sent; nothing is taken as drawn then.
        """
        if seq > self._sent_seq:
            raise UsageError(f"frame {seq} is said to be drawn, and {self._sent_seq} was the last that was sent")
        self.heard_at = now
        self.drew_seq = max(self.drew_seq, seq)
        while self._sent and self._sent[0][0] <= seq:
            self.fresh_at = self._sent.popleft()[1]

    def alive(self, now: float) -> bool:
        """Whether what it shows is fresh."""
        return now < self.fresh_at + ALIVE_S

    def shows(self, key: Key) -> bool:
        """Whether the newest frame about an alarm is drawn."""
        return self._about.get(key, float("inf")) <= self.drew_seq
