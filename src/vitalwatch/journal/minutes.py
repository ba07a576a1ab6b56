"""Minutes of a vital: made of its seconds, and made whole of parts that were kept one after the other. Pure.

A minute may reach the record in parts: the service ends or is killed within it, or the patient leaves and what the
chair remembers goes. Each part says what it knows; what one second of a newer part does not know stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from vitalwatch.journal.record import Minute
from vitalwatch.model.cells import NOTHING, values_of

MINUTE_S: Final = 60


def minute_of(chair: str, vital: str, cells: Sequence[int], minute: int, wall: int = 0) -> Minute | None:
    """A minute of a vital; ``None`` when nothing arrived in it.

    Args:
        chair: chair id.
        vital: of it.
        cells: of its :data:`MINUTE_S` seconds, see :mod:`vitalwatch.model.cells`.
        minute: ``at`` of its beginning, in whole minutes.
        wall: µs since 1970 at its beginning; 0 where the record fills it in.
    """
    if not any(cells):
        return None
    return _made(chair, vital, np.asarray(cells, dtype="<u2"), minute, wall)


def whole(older: Minute, newer: Minute) -> Minute:
    """One minute of two parts of it: of each second the newer, if it knows it. The time of day stays."""
    if older.seconds is None:
        return older  # long ago, and compacted since
    if newer.seconds is None or len(older.seconds) != len(newer.seconds):
        return newer  # somebody has changed the older one: nothing may wait for that
    first, second = (np.frombuffer(seconds, dtype="<u2") for seconds in (older.seconds, newer.seconds))
    cells = np.where(second == NOTHING, first, second)
    return _made(newer.chair, newer.vital, cells, newer.minute, older.wall or newer.wall)


def _made(chair: str, vital: str, cells: npt.NDArray[np.uint16], minute: int, wall: int) -> Minute:
    values = values_of(cells)
    values = values[~np.isnan(values)]
    bare = Minute(chair, vital, minute, wall, len(values), None, None, None, cells.tobytes())
    if not len(values):
        return bare
    low, high, mean = (round(float(number), 2) for number in (values.min(), values.max(), values.mean()))
    return msgspec.structs.replace(bare, low=low, high=high, mean=mean)
