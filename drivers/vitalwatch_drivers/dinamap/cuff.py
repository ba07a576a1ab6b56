"""Tells a new cuff result from one that is shown again. Pure."""

from __future__ import annotations

import math
from typing import Final

OLDEST_S: Final = 5400
"""The counter's range ends here (HC_009). At it and beyond (9999 is "none"), the result's time is not known."""

APART_S: Final = 10.0
"""Two results cannot end within this time: a determination alone takes longer. Far more than a counter of whole
seconds and a slow answer make the time of one result waver."""


class CuffMemory:
    """Knows when the last result that was told was taken.

    The monitor repeats its result with a counter of the seconds since. Arrival minus counter is when it was taken: it
    stays the same for one result, and leaps forward with the next, also when the counter was not seen to fall because
    the link was cut meanwhile.
    """

    def __init__(self) -> None:
        self._taken_at = -math.inf

    def is_new(self, age_s: int, now: float) -> bool:
        """Whether a result of this age, arrived at ``now``, was not told before; and if so remember it."""
        taken_at = now - age_s
        if age_s >= OLDEST_S or taken_at <= self._taken_at + APART_S:
            return False
        self._taken_at = taken_at
        return True

    def age_s(self, now: float) -> float:
        """How old the remembered result is, seconds."""
        return now - self._taken_at
