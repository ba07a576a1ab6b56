"""What a config can say about a GE Unity monitor."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vitalwatch.driver import DriverOptions


class GeUnityOptions(DriverOptions):
    """``[device.options]`` of a ``ge-unity`` device."""

    ask: Literal["vitals", "waves", "nothing"] = Field(
        default="vitals",
        description="What this link asks the monitor for: vitals (our port 3073), waves (our port 3074), or nothing, on"
        " a link that hears the broadcasts of its alarms (our port 7001).",
    )
    origin: str = Field(
        default="HOME|HOST",
        pattern=r"^[A-Z0-9 _-]+\|[A-Z0-9 _-]+$",
        max_length=15,
        description="Who asks, as WARD|BED: the monitor's own ward, and a bed that no monitor has.",
    )
