"""What a config can say about a Nonin oximeter."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, model_validator

from vitalwatch.driver import DriverOptions

Format: TypeAlias = Literal[1, 2, 7, 8, 13, "ascii"]

SELECTABLE: Final = (2, 7, 8, 13)
"""Formats that the select command of the 9560 knows."""


class NoninOptions(DriverOptions):
    """``[device.options]`` of a Nonin oximeter."""

    format: Annotated[
        Format, Field(description='Output format that the oximeter is set to: 1, 2, 7, 8, 13, or "ascii".')
    ] = 2
    select: bool = Field(
        default=False,
        description="Send the command that sets a 9560 to this format at each opening; the oximeter remembers it.",
    )

    @model_validator(mode="after")
    def _only_what_the_command_knows(self) -> NoninOptions:
        if self.select and self.format not in SELECTABLE:
            raise ValueError("select = true can set the formats 2, 7, 8 and 13 only")
        return self
