"""One streamed vital of one chair, second by second, in a fixed piece of memory."""

from __future__ import annotations

from array import array
from typing import Final

import numpy as np
import numpy.typing as npt

KEPT_S: Final = 2 * 60 * 60
"""How far back is remembered, in service seconds."""

_NOTHING: Final = 0
_NO_VALUE: Final = 1
_FIRST: Final = 2
_STEPS: Final = 100
"""A cell is 16 bits: nothing arrived in that second; something without a usable value; or the value in hundredths.
The widest plausible value of any vital is 350, of the finest 0.01."""


class Seconds:
    """A ring of :data:`KEPT_S` cells, 14 kB. Within one second the newest sample wins; older ones are overwritten."""

    def __init__(self) -> None:
        self._cells = array("H", bytes(2 * KEPT_S))
        self._newest: int | None = None
        self._stands_s = 0.0

    def put(self, at: float, value: float | None, stands_s: float) -> None:
        """Keep a sample.

        Args:
            at: service seconds; never before the sample that came last.
            value: in the vital's unit, 0 to 655; ``None`` when there is no usable one.
            stands_s: how long one sample speaks for the present.
        """
        second = int(at)
        if self._newest is None:
            self._newest = second
        for passed in range(max(self._newest + 1, second - KEPT_S + 1), second):
            self._cells[passed % KEPT_S] = _NOTHING
        self._newest = second
        self._stands_s = stands_s
        self._cells[second % KEPT_S] = _NO_VALUE if value is None else _FIRST + round(value * _STEPS)

    def points(self, since: float, until: float) -> tuple[npt.NDArray[np.int64], list[float | None]]:
        """What arrived between two service seconds, oldest first: the seconds, and the values.

        A value is ``None`` where a gap begins. Arrays, since two hours as single values cost the event loop too long.
        """
        if self._newest is None:
            return np.arange(0), []
        first, last = max(int(since), self._newest - KEPT_S + 1), min(int(until), self._newest)
        seconds = np.arange(first, last + 1)
        cells = np.frombuffer(self._cells, dtype=np.uint16)[seconds % KEPT_S]
        seconds, cells = seconds[cells != _NOTHING], cells[cells != _NOTHING]
        values = np.where(cells == _NO_VALUE, np.nan, (cells.astype(float) - _FIRST) / _STEPS)
        ends = (np.diff(seconds, append=int(until)) > self._stands_s) & ~np.isnan(values)
        (before,) = np.nonzero(ends)
        seconds = np.insert(seconds, before + 1, seconds[before] + int(self._stands_s))
        values = np.insert(values, before + 1, np.nan)
        found: list[float | None] = values.tolist()
        for gap in np.nonzero(np.isnan(values))[0]:
            found[gap] = None
        return seconds, found
