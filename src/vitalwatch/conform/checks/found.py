"""What a check gives back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vitalwatch.conform.subject import Subject
from vitalwatch.driver import Sample


class Exempt(Exception):  # noqa: N818 - not an error
    """The check has nothing to ask of this kind of driver; the text says why."""


class Found(msgspec.Struct, frozen=True):
    """The end of a check.

    Attributes:
        detail: what was done, in a few words.
        faults: what is wrong, in sentences; empty when nothing is.
        figures: what was measured, with the unit in the name.
    """

    detail: str
    faults: Sequence[str] = ()
    figures: dict[str, float] = {}


def samples_of(subject: Subject) -> tuple[Sample, ...]:
    """The author's samples; none when there are none."""
    return subject.conformance.samples if subject.conformance else ()
