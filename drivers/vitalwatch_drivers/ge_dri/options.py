"""What a config can say about a DRI monitor."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from pydantic import Field, model_validator

from vitalwatch.driver import DriverOptions

Curve: TypeAlias = Literal["pleth", "ecg_1", "ecg_2", "ecg_3", "co2", "resp"]

MOST_SAMPLES_A_SECOND: Final = 600
"""What the line carries, by M1017617."""


class CurveInfo(msgspec.Struct, frozen=True):
    """What is fixed about one curve.

    Attributes:
        kind: its number in requests and records.
        rate_hz: samples a second.
        scale: raw units in one of what is told: % for pleth and CO2, mV for an ECG, ohm for respiration.
    """

    kind: int
    rate_hz: int
    scale: int


CURVES: Final[dict[Curve, CurveInfo]] = {
    "pleth": CurveInfo(8, 100, 100),
    "ecg_1": CurveInfo(1, 300, 1000),
    "ecg_2": CurveInfo(2, 300, 1000),
    "ecg_3": CurveInfo(3, 300, 1000),
    "co2": CurveInfo(9, 25, 100),
    "resp": CurveInfo(15, 25, 100),
}


class GeDriOptions(DriverOptions):
    """``[device.options]`` of a DRI monitor."""

    interval_s: int = Field(
        default=5, ge=5, le=60, description="Seconds between two sets of values; the monitor takes no less than 5."
    )
    waves: Annotated[
        list[Curve],
        Field(description="Curves to ask for: pleth, ecg_1, ecg_2, ecg_3, co2, resp; at most 600 samples a second."),
    ] = ["pleth"]  # noqa: RUF012 - pydantic copies defaults
    alarms: bool = Field(default=True, description="Ask for the monitor's own alarms too.")
    co2: Literal["wet", "dry"] = Field(
        default="wet",
        description='How the monitor turns % of CO2 into mmHg: "wet" (BTPS) or "dry" (ATPD), as in its gas set-up.',
    )

    @model_validator(mode="after")
    def _what_the_line_carries(self) -> GeDriOptions:
        rate = sum(CURVES[name].rate_hz for name in self.waves)
        if rate > MOST_SAMPLES_A_SECOND or len(set(self.waves)) < len(self.waves):
            raise ValueError(
                f"waves can be at most {MOST_SAMPLES_A_SECOND} samples a second, each curve once; an ECG has 300, "
                "pleth 100, co2 and resp 25 each"
            )
        return self
