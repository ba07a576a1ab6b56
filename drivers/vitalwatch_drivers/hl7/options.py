"""What a config can say about a sender of HL7 messages."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vitalwatch.driver import DriverOptions


class Hl7Options(DriverOptions):
    """``[device.options]`` of an ``hl7`` device."""

    period_s: float = Field(
        default=10.0,
        ge=1.0,
        le=3600.0,
        json_schema_extra={"unit": "s"},
        description="Longest usual time between two messages with vitals. Ages and the no-data alarm follow it.",
    )
    oldest_s: float = Field(
        default=60.0,
        ge=5.0,
        le=3600.0,
        json_schema_extra={"unit": "s"},
        description="A value that the device itself stamps this much before its message is not taken as present.",
    )
    acknowledge: Literal["asked", "always", "never"] = Field(
        default="asked",
        description="Whether messages are acknowledged: as MSH-15 and MSH-16 ask, every one, or none.",
    )
    ask: Literal["none", "edan"] = Field(
        default="none",
        description="Which question makes the device talk, for links that we dial: none, or that of an Edan gateway.",
    )
