"""What a config can say about a CASMED 740."""

from __future__ import annotations

from pydantic import Field

from vitalwatch.driver import DriverOptions


class CasmedOptions(DriverOptions):
    """``[device.options]`` of a CASMED 740."""

    oximeter: bool = Field(
        default=True, description="Report SpO2 and pulse. Set false for a 740-2T, or any model without an oximeter."
    )
    temperature: bool = Field(
        default=True,
        description="Report the temperature, always as questionable: the monitor does not tell when it was taken. "
        "Set false to leave it out.",
    )
