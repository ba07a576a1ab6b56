"""When a cuff reading of a Unity monitor is new. Its block has no time, and nobody has said what its status means."""

from __future__ import annotations

from typing import Final

STEADY_S: Final = 10.0
"""Five replies. A reading that shows up within this time of the reply before it was made just now."""


class CuffMemory:
    """Tells a new reading from one that is still shown.

    Only changed numbers are new. The status word is not asked: it might as well say that the reading has grown old. So
    a second reading with the very same three numbers is missed, which makes the reading look older than it is; the
    other mistake would make an old one look new. Numbers that stand there when the monitor is first heard are of
    unknown age, perhaps another person's, and are not told at all.
    """

    def __init__(self) -> None:
        self._known: tuple[int, ...] | None = None
        self._heard_at: float | None = None

    def age_if_new(self, numbers: tuple[int, ...] | None, now: float) -> float | None:
        """Take the numbers of one reply, or ``None`` if it holds no reading; the reading's age in s if it is new.

        After a silence of the monitor a new reading may be as old as the silence was long, and is told as that old.
        """
        heard_at, self._heard_at = self._heard_at, now
        if numbers is None or numbers == self._known:
            return None
        self._known = numbers
        if heard_at is None:
            return None
        silence_s = now - heard_at
        return silence_s if silence_s > STEADY_S else 0.0
