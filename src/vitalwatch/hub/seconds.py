"""One streamed vital of one chair, second by second, in a fixed piece of memory."""

from __future__ import annotations

from array import array
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vitalwatch.model.cells import NOTHING, cell_of, values_of

KEPT_S: Final = 2 * 60 * 60
"""How far back is remembered, in service seconds."""


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
        self.put_cell(int(at), cell_of(value), stands_s)

    def put_cell(self, second: int, cell: int, stands_s: float) -> None:
        """Keep the cell of a second; see :mod:`vitalwatch.model.cells`."""
        if self._newest is None:
            self._newest = second
        for passed in range(max(self._newest + 1, second - KEPT_S + 1), second):
            self._cells[passed % KEPT_S] = NOTHING
        self._newest = second
        self._stands_s = stands_s
        self._cells[second % KEPT_S] = cell

    def recall(self, before: Seconds) -> None:
        """Put in what arrived before, where nothing is yet. It stays in its own seconds, so no value gets newer."""
        if before._newest is None:
            return
        own_until = -1 if self._newest is None else self._newest
        newest = max(own_until, before._newest)
        seconds = np.arange(newest - KEPT_S + 1, before._newest + 1)
        at = seconds % KEPT_S
        mine, theirs = (np.frombuffer(cells, dtype=np.uint16) for cells in (self._cells, before._cells))
        wanted = (mine[at] == NOTHING) | (seconds > own_until)
        mine[at[wanted]] = theirs[at[wanted]]
        self._newest = newest
        self._stands_s = self._stands_s or before._stands_s

    def cells(self, since: int, count: int) -> list[int]:
        """The cells of so many seconds from a service second on; 0 where nothing arrived, or it is forgotten."""
        if self._newest is None:
            return [NOTHING] * count
        oldest = self._newest - KEPT_S + 1
        wanted = range(since, since + count)
        return [self._cells[second % KEPT_S] if oldest <= second <= self._newest else NOTHING for second in wanted]

    def points(self, since: float, until: float) -> tuple[npt.NDArray[np.int64], list[float | None]]:
        """What arrived between two service seconds, oldest first: the seconds, and the values.

        A value is ``None`` where a gap begins. Arrays, since two hours as single values cost the event loop too long.
        """
        if self._newest is None:
            return np.arange(0), []
        first, last = max(int(since), self._newest - KEPT_S + 1), min(int(until), self._newest)
        seconds = np.arange(first, last + 1)
        cells = np.frombuffer(self._cells, dtype=np.uint16)[seconds % KEPT_S]
        seconds, cells = seconds[cells != NOTHING], cells[cells != NOTHING]
        values = values_of(cells)
        ends = (np.diff(seconds, append=int(until)) > self._stands_s) & ~np.isnan(values)
        (before,) = np.nonzero(ends)
        seconds = np.insert(seconds, before + 1, seconds[before] + int(self._stands_s))
        gapped: npt.NDArray[Any] = np.insert(values, before + 1, np.nan)
        found: list[float | None] = gapped.tolist()
        for gap in np.nonzero(np.isnan(gapped))[0]:
            found[gap] = None
        return seconds, found
