"""How high each sample of a curve is drawn: one byte, by a range that follows the device. Pure.

Devices send a pleth without a unit, each on its own scale (0 to 127, 0 to 65535, per cent about zero), so its range
has to be found. The rule:

* a sample outside the range widens it at once: nothing is ever cut off;
* the range narrows again towards the extremes of the last :data:`MEMORY_S` seconds, at most :data:`NARROWING` of
  itself a second: one movement of the hand does not flatten the curve for long, and a beat is not distorted;
* it is never narrower than :data:`NARROWEST` of the largest height that the device has sent. So a pulse that fades
  is seen to fade, and a flat line is drawn flat: noise is not blown up to look like a pulse.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, TypeGuard

MISSING: Final = 255
"""Byte of a sample that is not there; drawn as a gap."""

HIGHEST: Final = 254
"""Byte of the top of the range; 0 is its bottom."""

MEMORY_S: Final = 6.0
"""Seconds of the curve that the range is to hold; more than one slow breath or a few beats at 30 bpm."""

NARROWING: Final = 0.1
"""How much of itself the range may become narrower in a second."""

NARROWEST: Final = 1 / 8
"""The narrowest range, as a part of the largest height that the device has sent, counted from its zero."""


FARTHEST: Final = 1e9
"""No device counts so far from zero: what does is no sample."""


def _is_there(sample: float | None) -> TypeGuard[float]:
    return sample is not None and -FARTHEST < sample < FARTHEST  # false for what is not a number, too


class Range:
    """The range of one device's curve, in the device's own numbers. Time is counted in samples; there is no clock."""

    def __init__(self) -> None:
        self._low = 0.0
        self._high = 0.0
        self._reach: float | None = None
        self._recent: deque[tuple[float, float, float]] = deque()  # lowest, highest, seconds: one entry a block
        self._recent_s = 0.0

    def heights(self, samples: Sequence[float | None], rate_hz: float) -> bytearray:
        """Take the next samples into the range, and give their heights: 0 to 254, or 255 for one that is missing.

        Args:
            samples: oldest first; what is not a number, or beyond all sense, is missing.
            rate_hz: samples a second, > 0.
        """
        known = [sample for sample in samples if _is_there(sample)]
        if not known:
            return bytearray([MISSING]) * len(samples)
        self._follow(min(known), max(known), len(samples) / rate_hz)
        low, span = self._low, self._high - self._low
        if span == 0:  # a device that has only ever sent zeros: its line lies in the middle
            return bytearray(HIGHEST // 2 if _is_there(sample) else MISSING for sample in samples)
        return bytearray(round((sample - low) / span * HIGHEST) if _is_there(sample) else MISSING for sample in samples)

    def _follow(self, lowest: float, highest: float, seconds: float) -> None:
        self._recent.append((lowest, highest, seconds))
        self._recent_s += seconds
        while self._recent_s - self._recent[0][2] >= MEMORY_S:
            self._recent_s -= self._recent.popleft()[2]
        floor = min(low for low, _, _ in self._recent)
        top = max(high for _, high, _ in self._recent)
        if self._reach is None:
            self._reach, self._low, self._high = 0.0, floor, top
        self._reach = max(self._reach, abs(lowest), abs(highest))
        step = (self._high - self._low) * NARROWING * seconds / 2
        self._low = min(floor, self._low + step)
        self._high = max(top, self._high - step)
        lacking = self._reach * NARROWEST - (self._high - self._low)
        if lacking > 0:
            self._low -= lacking / 2
            self._high += lacking / 2
