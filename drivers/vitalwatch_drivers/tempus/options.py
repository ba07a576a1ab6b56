"""What a config can say about a Tempus Pro."""

from __future__ import annotations

from pydantic import Field

from vitalwatch.driver import DriverOptions


class TempusOptions(DriverOptions):
    """``[device.options]`` of a ``tempus`` device."""

    period_s: float = Field(
        default=5.0,
        gt=0,
        le=600,
        description="Longest usual time between two messages, seconds. Ages and the no-data alarm follow it.",
    )
