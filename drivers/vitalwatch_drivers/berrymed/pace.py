"""Whether packets come as fast as a BerryMed oximeter sends them. The bytes alone cannot tell it from a Contec."""

from __future__ import annotations

from typing import Final

USUAL_A_SECOND: Final = 100.0
LEAST_A_SECOND: Final = 80.0
"""Half way to the 60 packets a second of a Contec: fewer are no BerryMed, or many are lost on the way."""

WINDOW_S: Final = 10.0
BREAK_S: Final = 1.0
"""A silence longer than this is no matter of pace; counting begins again after it."""


class Pace:
    """Counts packets in windows of ten seconds.

    Attributes:
        slow: whether the last whole window had too few.
    """

    def __init__(self) -> None:
        self.slow = False
        self._since: float | None = None
        self._newest = 0.0
        self._packets = 0

    def take(self, packets: int, now: float) -> None:
        """Count packets that arrived at monotonic ``now``; they belong to the window that is open afterwards."""
        if self._since is None or now - self._newest > BREAK_S:
            self._begin(now)
        elif now - self._since >= WINDOW_S:
            self.slow = self._packets < LEAST_A_SECOND * (now - self._since)
            self._begin(now)
        self._packets += packets
        if packets:
            self._newest = now

    def _begin(self, now: float) -> None:
        self._since = self._newest = now
        self._packets = 0
