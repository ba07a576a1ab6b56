"""What a config can say about a Philips IntelliVue monitor."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vitalwatch.driver import DriverOptions


class IntellivueOptions(DriverOptions):
    """``[device.options]`` of an ``intellivue`` device."""

    framing: Literal["auto", "serial", "lan"] = Field(
        default="auto",
        description="How messages travel: serial (framed, on the MIB/RS232 port), lan (each in a UDP datagram), or"
        " auto, which follows the link. Needed only to decode a capture of the network: lan.",
    )
    poll: Literal["single", "extended"] = Field(
        default="single",
        description="How values are asked for: single (again each second) or extended (once a half minute; the monitor"
        " then sends by itself).",
    )
    pleth: bool = Field(default=False, description="Ask for the oximeter's curve too.")
