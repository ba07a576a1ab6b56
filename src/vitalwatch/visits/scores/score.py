"""What every points score shares: its items, its total, and how a measured value becomes points.

The published tables speak of charted numbers, whole ones, or one decimal for temperature; sensors send more digits.
One rule closes the gaps between the bands: a value is first rounded as a person would chart it, halves upwards (38.05
becomes 38.1), then looked up. The plausible range is checked before rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias, TypeVar

import msgspec

from vitalwatch.errors import UsageError
from vitalwatch.model import CATALOGUE, Vital, plausible

Bands: TypeAlias = Sequence[tuple[float, int]]
"""A table row as (highest value of the band, points), lowest band first; the last band is open (infinity)."""

Choice = TypeVar("Choice", bound=StrEnum)

CHARTED_STEP: Final = {Vital.TEMPERATURE: Decimal("0.1")}
"""The step to which people chart a vital; 1 for every vital that is not listed."""


class Item(msgspec.Struct, frozen=True):
    """One line of a score.

    Attributes:
        name: what was looked at; the vital's name where there is one.
        value: what was charted, rounded as it was scored; ``None`` when it is not known.
        points: what it adds; ``None`` when it cannot be decided, which may be so though ``value`` is known.
    """

    name: str
    value: float | str | None
    points: int | None


class Score(msgspec.Struct, frozen=True, tag_field="score"):
    """The result of a points score, complete or not; each score has its own subclass.

    Attributes:
        variant: which of the published variants was used; empty when there is only one.
        items: every item of the score in the order of its table, known or not.
    """

    title: ClassVar[str]

    variant: str
    items: tuple[Item, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the items that have no points."""
        return tuple(item.name for item in self.items if item.points is None)

    @property
    def complete(self) -> bool:
        """Whether every item has its points."""
        return not self.missing

    @property
    def at_least(self) -> int:
        """Points of the known items: the total cannot be lower, whatever the missing ones turn out to be."""
        return sum(item.points for item in self.items if item.points is not None)

    @property
    def total(self) -> int | None:
        """The score; ``None`` while an item is missing."""
        return self.at_least if self.complete else None

    def __str__(self) -> str:
        """``NEWS2 5``, or ``NEWS2 partial (3 of 7), >= 2`` while an item is missing."""
        if self.complete:
            return f"{self.title} {self.total}"
        known = len(self.items) - len(self.missing)
        return f"{self.title} partial ({known} of {len(self.items)}), >= {self.at_least}"


def charted(vital: Vital, value: float) -> float:
    """Round a value to the step in which people chart it, halves upwards.

    Raises:
        UsageError: when the value is outside the vital's plausible range, or not a number.
    """
    if not plausible(vital, value):
        info = CATALOGUE[vital]
        raise UsageError(
            f"{vital} {value!r} cannot be scored: expected {info.low:g} to {info.high:g} {info.unit}, or no value"
        )
    step = CHARTED_STEP.get(vital, Decimal(1))
    # Through the shortest decimal text, so that 38.05 is a half for us as it is for the reader.
    return float(Decimal(str(float(value))).quantize(step, ROUND_HALF_UP))


def points_in(bands: Bands, value: float) -> int:
    """Give the points of the first band that reaches up to ``value``."""
    return next(points for highest, points in bands if value <= highest)


def measured(name: str, vital: Vital, value: float | None, bands: Bands) -> Item:
    """Score one measured value, in the unit of ``vital``; ``None`` makes an item without points."""
    if value is None:
        return Item(name, None, None)
    rounded = charted(vital, value)
    return Item(name, rounded, points_in(bands, rounded))


def chosen(name: str, choice: Choice | None, points: Mapping[Choice, int]) -> Item:
    """Score what a person chose from a list; ``None`` makes an item without points.

    Raises:
        UsageError: when the choice is not in the list.
    """
    if choice is None:
        return Item(name, None, None)
    if choice not in points:
        raise UsageError(f"{name} {choice!r} is none of: {', '.join(points)}")
    return Item(name, choice.value, points[choice])


def change_item(
    name: str, vital: Vital, now: float | None, baseline: float | None, bands: Bands, *, percent: bool
) -> Item:
    """Score how far a vital is from its baseline, in either direction.

    Args:
        name: the item's name.
        vital: what is compared; fixes unit and range.
        now: the present value.
        baseline: the value before the dose; above 0.
        bands: highest difference of each band, in percent of the baseline or in the vital's unit.
        percent: whether ``bands`` is in percent.
    """
    if now is None or baseline is None:
        return Item(name, None, None)
    now, baseline = charted(vital, now), charted(vital, baseline)
    difference = abs(now - baseline)
    # Whole numbers throughout: 100 * 24 / 120 is exactly 20, where 24 / 120 * 100 might not be.
    points = points_in(bands, 100 * difference / baseline if percent else difference)
    return Item(name, f"{now:g} against {baseline:g} {CATALOGUE[vital].unit}", points)
