"""What a config can say about a Mindray monitor on port 4601."""

from __future__ import annotations

from pydantic import Field

from vitalwatch.driver import DriverOptions


class MindrayPdsOptions(DriverOptions):
    """``[device.options]`` of a ``mindray-pds`` device."""

    period_s: float = Field(
        default=5.0,
        ge=1.0,
        le=60.0,
        json_schema_extra={"unit": "s"},
        description="Longest usual time between two messages with values. Ages and the no-data alarm follow it.",
    )
