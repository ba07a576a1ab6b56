"""What a config can say about a Contec oximeter."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from vitalwatch.driver import DriverOptions

Dialect: TypeAlias = Literal["v7", "5-byte", "eb"]


class ContecOptions(DriverOptions):
    """``[device.options]`` of a Contec oximeter."""

    dialect: Annotated[
        Dialect, Field(description='What the oximeter speaks: "v7", "5-byte" or "eb"; models of one name differ.')
    ] = "v7"
    pulse_bit: bool = Field(
        default=True,
        description="Dialect eb: bit 1 of the status stands for 128 bpm. True over USB HID; not proven over Bluetooth.",
    )

    @model_validator(mode="after")
    def _only_where_it_means_something(self) -> ContecOptions:
        if "pulse_bit" in self.model_fields_set and self.dialect != "eb":
            raise ValueError('pulse_bit is for dialect = "eb" only')
        return self
