"""One second of one vital in 16 bits: how seconds are kept, in memory and in the record. Pure.

A cell says that nothing arrived in that second, that something arrived without a usable value, or the value in
hundredths. The widest plausible value of any vital is 350, the finest step 0.01.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

NOTHING: Final = 0
"""Nothing arrived in that second."""

_NO_VALUE: Final = 1
_FIRST: Final = 2
_STEPS: Final = 100


def cell_of(value: float | None) -> int:
    """The cell of a value (0 to 655, in its vital's unit); ``None`` when there was no usable one."""
    return _NO_VALUE if value is None else _FIRST + round(value * _STEPS)


def values_of(cells: Sequence[int] | npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """The values in cells; NaN where there is none."""
    found = np.asarray(cells, dtype=float)
    return np.where(found < _FIRST, np.nan, (found - _FIRST) / _STEPS)
