"""Lines through short, gappy, outlier-ridden series: the arithmetic of the trend alarms. Pure numpy.

Times in minutes, slopes in units a minute. Missing values are NaN.

Sources: Siegel 1982 (repeated median); Theil 1950 and Sen 1968 (median of pairwise slopes).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]


def repeated_median(minutes: Floats, values: Floats) -> tuple[float, float]:
    """A line that up to half of the points cannot bend.

    Args:
        minutes: shape (n,), increasing.
        values: shape (n,), NaN where missing; at least two present.

    Returns:
        Slope in units a minute, and the level at the last of ``minutes``.
    """
    there = ~np.isnan(values)
    t, y = minutes[there], values[there]
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = (y[:, None] - y[None, :]) / (t[:, None] - t[None, :])
    off_diagonal = slopes[~np.eye(len(t), dtype=bool)].reshape(len(t), len(t) - 1)
    slope = float(np.median(np.median(off_diagonal, axis=1)))
    level = float(np.median(y - slope * (t - minutes[-1])))
    return slope, level


def theil_sen(minutes: Floats, values: Floats) -> tuple[float, float]:
    """A line for few points, which up to 29 % of them cannot bend.

    Args:
        minutes: shape (n,), increasing, n at least 2.
        values: shape (n,), none missing.

    Returns:
        Slope in units a minute, and the level at the last of ``minutes``.
    """
    first, second = np.triu_indices(len(minutes), k=1)
    slope = float(np.median((values[second] - values[first]) / (minutes[second] - minutes[first])))
    level = float(np.median(values - slope * (minutes - minutes[-1])))
    return slope, level
