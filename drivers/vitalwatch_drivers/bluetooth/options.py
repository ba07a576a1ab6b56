"""What a config can say about a Bluetooth device and the gateway that passes its notifications on."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field

from vitalwatch.driver import DriverOptions
from vitalwatch.model import CUFF_VITALS, Vital

Characteristic: TypeAlias = Literal["2A5F", "2A5E", "2A37", "2A35", "2A36"]
Watched: TypeAlias = Literal["2A5F", "2A37", "2A35"]

VITALS: Final[dict[Watched, tuple[Vital, ...]]] = {
    "2A5F": (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX),
    "2A37": (Vital.HEART_RATE,),
    "2A35": (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE, Vital.CUFF_PULSE_RATE),
}
"""What each watched characteristic gives."""

STREAM_PERIOD_S: Final = 1.0
CUFF_PERIOD_S: Final = 300.0
"""Seconds between two messages if the config does not say: of an oximeter or heart rate sensor, and of a device that is
only a cuff."""


def _is_part(part: str) -> str:
    if not all(part.split("/")):
        raise ValueError('write whole levels with single slashes between them, for example "oximeter/live"')
    return part


class BluetoothOptions(DriverOptions):
    """``[device.options]`` of a bluetooth device."""

    characteristics: list[Watched] = Field(
        default=["2A5F", "2A37", "2A35"],
        min_length=1,
        description="What this device is watched for: 2A5F oximeter, 2A37 heart rate, 2A35 cuff (with 2A36).",
    )
    payload: Literal["raw", "hex", "base64"] = Field(
        default="raw", description="How the gateway writes a notification: its bytes, hex digits, or base64."
    )
    topics: dict[Annotated[str, AfterValidator(_is_part)], Characteristic] = Field(
        default={},
        description="Whole levels of a topic = characteristic, for topics that do not hold its UUID.",
    )
    period_s: float | None = Field(
        default=None,
        gt=0,
        le=3600,
        description="Longest usual time between two messages, seconds; left out, 1, and 300 for a cuff alone.",
    )

    @property
    def vitals(self) -> tuple[Vital, ...]:
        """What this device gives, in the order of the catalogue of characteristics."""
        return tuple(vital for name, given in VITALS.items() if name in self.characteristics for vital in given)

    @property
    def usual_period_s(self) -> float:
        """``period_s``, or what fits the characteristics."""
        if self.period_s is not None:
            return self.period_s
        return CUFF_PERIOD_S if CUFF_VITALS.issuperset(self.vitals) else STREAM_PERIOD_S
