"""What a config can say about a Dinamap monitor."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from vitalwatch.driver import DriverOptions

Format: TypeAlias = Literal["ascii", "pro1000"]


class DinamapOptions(DriverOptions):
    """``[device.options]`` of a Dinamap monitor."""

    format: Annotated[
        Format,
        Field(
            description='How the monitor speaks: "ascii" answers questions of the host, '
            '"pro1000" is the binary stream of a PRO 1000, to which nothing is sent.'
        ),
    ] = "ascii"
    oximeter: bool = Field(
        default=True, description="Ask for SpO2 and pulse too. Set false for a monitor without an oximeter."
    )
    heart_rate: bool = Field(
        default=True,
        description="Report the heart rate of a PRO 1000, always as questionable: no manual confirms where it stands.",
    )
    check_replies: bool = Field(
        default=True,
        description="Refuse ASCII replies whose checksum does not fit. Set false only if every reply is refused.",
    )
